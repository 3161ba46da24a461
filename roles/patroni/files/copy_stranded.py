#!/usr/bin/python3
"""copy_stranded.py PATRONI CONFIG SOCKETS PORT: on the leader's machine, recopies replicas that can never follow this leader again.

One kind was down for longer than the leader keeps its log (max_slot_wal_keep_size), and there is no archive to take it from.
Patroni 4.0 lists such a replica as running and keeps its lost slot. A fresh copy couldn't use that slot either.
It is copied only if its replay stands still. After a restart a healthy replica first replays its own log. Until it streams,
it names the position that it has replayed as the one that it has received.
The other kind holds data that isn't the leader's, and may call itself streaming. Such a replica is ahead of what the leader has flushed,
or the leader never sees it get beyond the state startup. One that is ahead may also be the only copy of what the leader has lost. So it is
copied only while another replica follows the leader, and somebody must look otherwise.
"""

import http.client
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import NamedTuple

import psycopg2

LOOK_EVERY_S = 5
ANSWER_S = 2
PATRONICTL_S = 60  # it asks etcd, then the member; one that hangs would keep every other from its copy
# How many looks in a row must find the same. A replica may not stream, or stay in startup, until it has replayed what it has, for which
# a read on it may make it wait, up to max_standby_archive_delay for log that it has itself and max_standby_streaming_delay for log
# that it has streamed. With fewer looks, a healthy one would be copied.
LOOKS = {"gone": 4, "ahead": 2, "startup": 10}
WHY = {"gone": "needs log that is gone here, and can't stream again", "ahead": "is ahead of this leader: its data isn't the leader's",
       "startup": "doesn't get beyond the state startup, and replays nothing: its data may not be the leader's"}
# A member with several connections, one of them from before, is in startup if all are.
HERE = """SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint,
          ARRAY(SELECT application_name FROM pg_stat_replication GROUP BY 1 HAVING bool_and(state = 'startup'))"""
# A position at the very end of a segment needs the next one: hence the byte.
GONE = """SELECT substr(pg_walfile_name('0/0'::pg_lsn + %s + 1), 9) < min(substr(name, 9)) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'"""
RENEW = """SELECT pg_drop_replication_slot(slot_name), pg_create_physical_replication_slot(slot_name, true) FROM pg_replication_slots
           WHERE slot_name = %s AND wal_status = 'lost' AND NOT active"""


def ask(url):
    """What the URL answers, as JSON, whatever its status. Raises OSError, which names it, if that is none."""
    try:
        try:
            answer = urllib.request.urlopen(url, timeout=ANSWER_S)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            return json.load(answer)
    except (OSError, ValueError, http.client.HTTPException) as trouble:
        raise OSError(f"{url}: {trouble}") from trouble


def slot_of(member):
    """The name that Patroni gives a member's slot: under another one, the lost slot would stay, and no copy could stream."""
    return re.sub(r"[^a-z0-9_]", lambda other: "_" if other[0] in "-." else f"u{ord(other[0]):04}", member.lower())[:63]


class Database:
    """The leader's PostgreSQL, as its superuser."""

    def __init__(self, sockets, port):
        self.where = {"host": sockets, "port": port, "user": "postgres", "dbname": "postgres", "connect_timeout": ANSWER_S}

    def ask(self, statement, *values):
        """The first row, or None."""
        connection = psycopg2.connect(**self.where)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchone()
        finally:
            connection.close()


class Sign(NamedTuple):
    """What shows at one look that a member can't follow. Equal ones are counted: if `replayed` is given, it must not have moved."""

    member: str
    kind: str
    replayed: int = 0


def positions(members, timeline, say):
    """What each replica that runs says of its position: {name: (its state in etcd, what it says)}."""
    found = {}
    for member in members:
        if member["role"] != "leader" and member["state"] in ("running", "streaming"):  # not "creating replica"
            try:
                said = ask(member["api_url"])
            except OSError as trouble:  # the others are looked after all the same
                say(f"can't tell whether {member['name']} is stranded: {trouble}")
                continue
            if said.get("xlog"):
                found[member["name"]] = (member["state"], {**said["xlog"], "same_line": said.get("timeline") == timeline})
    return found


def signs(cluster, timeline, config, database, say):
    """What shows now that members can't follow. Their positions are read before the leader's: so no healthy one is ahead."""
    found, follows, standing = set(), False, positions(cluster["members"], timeline, say)
    flushed, starting = database.ask(HERE) if standing else (0, [])
    for name, (state, xlog) in standing.items():
        received, replayed = xlog.get("received_location") or 0, xlog.get("replayed_location") or 0
        if state == "running" and received and database.ask(GONE, received)[0]:
            found.add(Sign(name, "gone", replayed))
        if xlog["same_line"] and max(received, replayed) > flushed:  # on another timeline Patroni rewinds it by itself
            found.add(Sign(name, "ahead"))
        elif xlog["same_line"] and state == "streaming" and received and name not in starting:
            follows = True
        if name in starting and not xlog.get("paused"):
            found.add(Sign(name, "startup", replayed))
    kept = set() if follows else {sign.member for sign in found if sign.kind == "ahead"}
    for name in sorted(kept):
        say(f"{name} is ahead of this leader, which may have lost data that {name} has, and no other replica follows this leader. So {name} isn't "
            f"copied. Compare its rows with the leader's and save those that the leader lacks. Then: patronictl -c {config} reinit {cluster['scope']} {name}")
    return {sign for sign in found if sign.member not in kept}


def copy(member, why, scope, config, database):
    """Gives the member a slot that holds what comes from now on, if its own is lost, and asks Patroni for a copy."""
    database.ask(RENEW, slot_of(member))
    words = ["patronictl", "-c", config, "reinit", scope, member, "--force"]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=PATRONICTL_S)
    except subprocess.TimeoutExpired as late:
        raise OSError(f"patronictl reinit {member}: no answer within {PATRONICTL_S} s") from late
    if done.returncode:
        raise OSError(f"patronictl reinit {member}: {(done.stderr or done.stdout).strip()}")
    print(f"{member} {why}: it is copied anew", flush=True)


def look(patroni, config, database, before, say):
    """One look. Copies each member that has shown a sign for enough looks. `before` and the result count, for each sign, the looks in a row that saw it."""
    own = ask(f"{patroni}/patroni")
    if own["role"] != "primary":
        return {}
    cluster = ask(f"{patroni}/cluster")
    if cluster.get("pause"):  # somebody works on it by hand
        return {}
    seen = {sign: before.get(sign, 0) + 1 for sign in signs(cluster, own.get("timeline"), config, database, say)}
    due = {sign.member: sign.kind for sign, looks in sorted(seen.items()) if looks >= LOOKS[sign.kind]}
    for member, kind in due.items():
        try:
            copy(member, WHY[kind], cluster["scope"], config, database)
        except (OSError, psycopg2.Error) as trouble:  # its signs stay, so the next look tries again
            say(f"{member} is stranded, and isn't copied: {trouble}")
        else:
            seen = {sign: looks for sign, looks in seen.items() if sign.member != member}
    return seen


def main(patroni, config, sockets, port):
    """Looks as long as the unit runs. Prints a trouble once; prints it again only after a look without it."""
    before, told, database = {}, set(), Database(sockets, port)
    while True:
        troubles = []
        try:
            before = look(patroni, config, database, before, troubles.append)
        except (OSError, psycopg2.Error) as trouble:
            before = {}
            troubles.append(f"can't tell who is stranded: {trouble}")
        for trouble in troubles:
            if trouble not in told:
                print(trouble, flush=True)
        told = set(troubles)
        time.sleep(LOOK_EVERY_S)


if __name__ == "__main__":
    main(*sys.argv[1:])
