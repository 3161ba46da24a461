#!/usr/bin/python3
"""copy_stranded.py PATRONI CONFIG SOCKETS PORT: on the leader's machine, recopies replicas that can never stream again.

Such a replica was down for longer than the leader keeps its log (max_slot_wal_keep_size), and there is no archive to take it from.
Patroni 4.0 lists such a replica as running and keeps its lost slot. A fresh copy couldn't use that slot either.
"""

import http.client
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request

import psycopg2

LOOK_EVERY_S = 5
ANSWER_S = 2
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

    def ask(self, statement, value):
        """The first row, or None."""
        connection = psycopg2.connect(**self.where)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, (value,))
                return cursor.fetchone()
        finally:
            connection.close()


def stranded(patroni, database, say):
    """Names of the members that run, don't stream, and stand where the leader's log no longer reaches."""
    found = set()
    for member in ask(f"{patroni}/cluster")["members"]:
        if member["role"] != "leader" and member["state"] == "running":  # neither "streaming" nor "creating replica"
            try:
                position = ask(member["api_url"]).get("xlog", {}).get("received_location")
            except OSError as trouble:  # the others are looked after all the same
                say(f"can't tell whether {member['name']} is stranded: {trouble}")
                continue
            if position and database.ask(GONE, position)[0]:
                found.add(member["name"])
    return found


def copy(member, scope, config, database):
    """Gives the member a slot that holds what comes from now on, and asks Patroni for a copy."""
    database.ask(RENEW, slot_of(member))
    done = subprocess.run(["patronictl", "-c", config, "reinit", scope, member, "--force"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"patronictl reinit {member}: {(done.stderr or done.stdout).strip()}")
    print(f"{member} needs log that is gone here, and can't stream again: it is copied anew", flush=True)


def look(patroni, config, database, before, say):
    """One look. Copies each member that was stranded at the last look and still is. Returns the members to copy if still stranded at the next."""
    if ask(f"{patroni}/patroni")["role"] != "primary":
        return set()
    now, failed = stranded(patroni, database, say), set()
    for member in sorted(now & before):
        try:
            copy(member, ask(f"{patroni}/cluster")["scope"], config, database)
        except (OSError, psycopg2.Error) as trouble:
            say(f"{member} is stranded, and isn't copied: {trouble}")
            failed.add(member)
    return now - before | failed


def main(patroni, config, sockets, port):
    """Looks as long as the unit runs. Prints a trouble once; prints it again only after a look without it."""
    before, told, database = set(), set(), Database(sockets, port)
    while True:
        troubles = []
        try:
            before = look(patroni, config, database, before, troubles.append)
        except (OSError, psycopg2.Error) as trouble:
            before = set()
            troubles.append(f"can't tell who is stranded: {trouble}")
        for trouble in troubles:
            if trouble not in told:
                print(trouble, flush=True)
        told = set(troubles)
        time.sleep(LOOK_EVERY_S)


if __name__ == "__main__":
    main(*sys.argv[1:])
