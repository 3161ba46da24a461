#!/usr/bin/python3
"""copy_stranded.py PATRONI CONFIG SOCKETS PORT: gives stranded replicas a new copy of the leader.

A stranded replica can never follow this leader again. The script runs on every database machine, and acts only on the
leader's. There are two kinds of stranded replicas.

A replica of the first kind was down for so long that the leader has removed the WAL that the replica needs
(max_slot_wal_keep_size), and there is no archive. Patroni 4.0 lists such a replica as running, and keeps its lost
slot, which even a new copy couldn't use. The replica gets a new copy only if its replay stands still: after a
restart, a healthy replica first replays the WAL that it already has. Until it streams, a replica reports its
replayed position as the received one, so it may seem to lack WAL that it has.

A replica of the second kind holds data that isn't the leader's, and may still report that it streams. Either the
replica is ahead of what the leader has flushed, or the leader sees the replica in the state startup for ever. A replica
that is ahead may also hold the only copy of what the leader has lost. So it gets a new copy only while another replica
follows the leader. Otherwise a person must decide.
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
PATRONICTL_S = 60  # patronictl asks etcd, then the member. If it hung without a limit, no other member would get a copy
# How many checks in a row must find the same sign. A healthy replica may not stream, or may stay in startup, until it
# has replayed the WAL that it has. A read on the replica delays the replay: by up to
# max_standby_archive_delay if the WAL was on the replica's disk at its start, and by up to max_standby_streaming_delay
# if the WAL came by streaming. With fewer checks, a healthy replica would be replaced by a copy.
LOOKS = {"gone": 4, "ahead": 2, "startup": 10}
WHY = {"gone": "needs WAL that is gone here, and can't stream again",
       "ahead": "is ahead of this leader: its data isn't the leader's",
       "startup": "stays in the state startup, and replays nothing: its data may not be the leader's"}
# A member may have several connections, one of them left from before. It is in startup if all its connections are.
HERE = """SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint,
          ARRAY(SELECT application_name FROM pg_stat_replication GROUP BY 1 HAVING bool_and(state = 'startup'))"""
# A replica at the very end of a segment needs the next segment: hence the added byte.
GONE = """SELECT substr(pg_walfile_name('0/0'::pg_lsn + %s + 1), 9) < min(substr(name, 9)) FROM pg_ls_waldir()
          WHERE name ~ '^[0-9A-F]{24}$'"""
RENEW = """SELECT pg_drop_replication_slot(slot_name), pg_create_physical_replication_slot(slot_name, true)
           FROM pg_replication_slots WHERE slot_name = %s AND wal_status = 'lost' AND NOT active"""


def ask(url):
    """The URL's answer, parsed from JSON, with any HTTP status. Raises an OSError with the URL if no answer comes."""
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
    """The name that Patroni gives a member's slot. With a wrong name the lost slot stays, and no copy can stream."""
    return re.sub(r"[^a-z0-9_]", lambda other: "_" if other[0] in "-." else f"u{ord(other[0]):04}", member.lower())[:63]


class Database:
    """The leader's PostgreSQL, which is asked as its superuser."""

    def __init__(self, sockets, port):
        self.where = {"host": sockets, "port": port, "user": "postgres", "dbname": "postgres",
                      "connect_timeout": ANSWER_S}

    def ask(self, statement, *values):
        """Runs the statement and returns its first row, or None."""
        connection = psycopg2.connect(**self.where)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchone()
        finally:
            connection.close()


class Sign(NamedTuple):
    """A sign, seen in one check, that a member can't follow. `look` counts how many checks in a row saw the same sign.

    A sign with a replayed position is equal to an earlier one only if the replay has stood still.
    """

    member: str
    kind: str
    replayed: int = 0


def positions(members, timeline, say):
    """The position that each running replica reports: {name: (its state in etcd, the reported position)}."""
    found = {}
    for member in members:
        if member["role"] != "leader" and member["state"] in ("running", "streaming"):  # not "creating replica"
            try:
                said = ask(member["api_url"])
            except OSError as trouble:  # the other members are still checked
                say(f"can't find out whether {member['name']} is stranded: {trouble}")
                continue
            if said.get("xlog"):
                xlog = {**said["xlog"], "same_line": said.get("timeline") == timeline}
                found[member["name"]] = (member["state"], xlog)
    return found


def signs(cluster, timeline, config, database, say):
    """The signs that members can't follow. The leader's position is read last, so no healthy member seems ahead."""
    found, follows, standing = set(), False, positions(cluster["members"], timeline, say)
    flushed, starting = database.ask(HERE) if standing else (0, [])
    for name, (state, xlog) in standing.items():
        received, replayed = xlog.get("received_location") or 0, xlog.get("replayed_location") or 0
        if state == "running" and received and database.ask(GONE, received)[0]:
            found.add(Sign(name, "gone", replayed))
        if xlog["same_line"] and max(received, replayed) > flushed:  # if its timeline differs, Patroni rewinds it
            found.add(Sign(name, "ahead"))
        elif xlog["same_line"] and state == "streaming" and received and name not in starting:
            follows = True
        if name in starting and not xlog.get("paused"):
            found.add(Sign(name, "startup", replayed))
    kept = set() if follows else {sign.member for sign in found if sign.kind == "ahead"}
    for name in sorted(kept):
        say(f"{name} is ahead of this leader, which may have lost data that {name} has, and no other replica follows "
            f"this leader. So {name} gets no new copy. Compare its rows with the leader's and save those that the "
            f"leader lacks. Then: patronictl -c {config} reinit {cluster['scope']} {name}")
    return {sign for sign in found if sign.member not in kept}


def copy(member, why, scope, config, database):
    """Asks Patroni for a new copy. First replaces a lost slot of the member; the new slot keeps WAL from now on."""
    database.ask(RENEW, slot_of(member))
    words = ["patronictl", "-c", config, "reinit", scope, member, "--force"]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=PATRONICTL_S)
    except subprocess.TimeoutExpired as late:
        raise OSError(f"patronictl reinit {member}: no answer within {PATRONICTL_S} s") from late
    if done.returncode:
        raise OSError(f"patronictl reinit {member}: {(done.stderr or done.stdout).strip()}")
    print(f"{member} {why}. It gets a new copy of the leader", flush=True)


def look(patroni, config, database, before, say):
    """Checks once. Gives a new copy to each member that has shown a sign for enough checks in a row.

    `before` and the result hold, for each sign, how many checks in a row have seen it.
    """
    own = ask(f"{patroni}/patroni")
    if own["role"] != "primary":
        return {}
    cluster = ask(f"{patroni}/cluster")
    if cluster.get("pause"):  # somebody works on the cluster by hand
        return {}
    seen = {sign: before.get(sign, 0) + 1 for sign in signs(cluster, own.get("timeline"), config, database, say)}
    due = {sign.member: sign.kind for sign, looks in sorted(seen.items()) if looks >= LOOKS[sign.kind]}
    for member, kind in due.items():
        try:
            copy(member, WHY[kind], cluster["scope"], config, database)
        except (OSError, psycopg2.Error) as trouble:  # the signs stay, so the next check tries again
            say(f"{member} is stranded, and a new copy failed: {trouble}")
        else:
            seen = {sign: looks for sign, looks in seen.items() if sign.member != member}
    return seen


def main(patroni, config, sockets, port):
    """Checks every LOOK_EVERY_S seconds. Prints a trouble once, and again only after a check without this trouble."""
    before, told, database = {}, set(), Database(sockets, port)
    while True:
        troubles = []
        try:
            before = look(patroni, config, database, before, troubles.append)
        except (OSError, psycopg2.Error) as trouble:
            before = {}
            troubles.append(f"can't find out which members are stranded: {trouble}")
        for trouble in troubles:
            if trouble not in told:
                print(trouble, flush=True)
        told = set(troubles)
        time.sleep(LOOK_EVERY_S)


if __name__ == "__main__":
    main(*sys.argv[1:])
