#!/usr/bin/python3
"""copy_stranded.py PATRONI CONFIG SOCKETS PORT: on the leader's machine, has replicas copied anew that can never stream again.

Such a replica was away for longer than the leader keeps its log (max_slot_wal_keep_size), and there is no archive to take it from. Patroni 4.0 lists
it as running, and leaves its lost slot as it is, so that not even a fresh copy could use it.
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
        with urllib.request.urlopen(url, timeout=ANSWER_S) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as answer:
        return json.load(answer)
    except (OSError, ValueError, http.client.HTTPException) as trouble:
        raise OSError(f"{url}: {trouble}") from trouble


def slot_of(member):
    """The name that Patroni gives a member's slot."""
    return re.sub(r"[^a-z0-9_]", "_", member.lower())


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


def stranded(patroni, database):
    """Names of the members that run, don't stream, and stand where the leader's log no longer reaches."""
    members = ask(f"{patroni}/cluster")["members"]
    found = set()
    for member in members:
        if member["role"] != "leader" and member["state"] == "running":  # neither "streaming" nor "creating replica"
            position = ask(member["api_url"]).get("xlog", {}).get("received_location")
            if position and database.ask(GONE, position)[0]:
                found.add(member["name"])
    return found


def copy(member, scope, config, database):
    """Gives the member a slot that holds what comes from now on, and asks Patroni for a copy."""
    print(f"{member} needs log that is gone here, and can't stream again: it is copied anew", flush=True)
    database.ask(RENEW, slot_of(member))
    done = subprocess.run(["patronictl", "-c", config, "reinit", scope, member, "--force"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"patronictl reinit {member}: {(done.stderr or done.stdout).strip()}")


def look(patroni, config, database, before):
    """One look: copies who was stranded at the last one and still is; returns who is now."""
    if ask(f"{patroni}/patroni")["role"] != "primary":
        return set()
    now = stranded(patroni, database)
    for member in sorted(now & before):
        copy(member, ask(f"{patroni}/cluster")["scope"], config, database)
    return now - before


def main(patroni, config, sockets, port):
    """For as long as the unit runs. The same trouble is told once."""
    told, before, database = None, set(), Database(sockets, port)
    while True:
        try:
            before = look(patroni, config, database, before)
            told = None
        except (OSError, psycopg2.Error) as trouble:
            before = set()
            if str(trouble) != told:
                told = str(trouble)
                print(f"can't tell who is stranded: {told}", flush=True)
        time.sleep(LOOK_EVERY_S)


if __name__ == "__main__":
    main(*sys.argv[1:])
