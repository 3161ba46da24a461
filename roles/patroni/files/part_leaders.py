#!/usr/bin/python3
"""part_leaders.py PATRONI ETCD: keeps etcd's leader off the machine that leads the database.
PATRONI and ETCD are the URLs of Patroni and etcd on this machine.

If a machine that leads etcd and the database goes silent, the failover takes longer than the database's lease. The
other etcd members must first elect a leader. The new leader then gives every lease its whole time again (etcd,
server/lease/lessor.go, Promote).
"""

import http.client
import json
import sys
import time
import urllib.error
import urllib.request

LOOK_EVERY_S = 5
AFTER_TROUBLE_S = 60  # until a transfer fails, it blocks Patroni's writes, so it is not tried again soon
ANSWER_S = 2
BEHIND = 100  # entries of etcd's raft log that the new leader may lack; with more, the transfer would block writes


def ask(url, body=None):
    """The URL's answer, parsed from JSON. Raises an OSError that names the URL if there is no good answer."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=ANSWER_S) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as trouble:
        raise OSError(f"{url}: {trouble.code} {trouble.read(200).decode(errors='replace')}") from trouble
    except (OSError, ValueError, http.client.HTTPException) as trouble:
        raise OSError(f"{url}: {trouble}") from trouble


def leads_the_database(patroni):
    """Whether this machine's PostgreSQL is the primary. Raises OSError if Patroni doesn't answer."""
    return ask(f"{patroni}/patroni")["role"] == "primary"


def part(etcd):
    """If this machine's etcd leads, hands the lead to a member that can take it, and returns the member's name.

    Raises OSError if this machine's etcd doesn't answer or refuses the transfer.
    """
    status = ask(f"{etcd}/v3/maintenance/status", {})
    own = status["header"]["member_id"]
    if status.get("leader") != own:
        return None
    for member in ask(f"{etcd}/v3/cluster/member/list", {})["members"]:
        if member["ID"] != own and can_lead(member, own, int(status["raftIndex"])):
            ask(f"{etcd}/v3/maintenance/transfer-leadership", {"targetID": member["ID"]})
            return member["name"]
    return None


def can_lead(member, leader, index):
    """Whether the member answers, follows this leader without errors, and lacks at most BEHIND entries of its log."""
    if member.get("isLearner") or not member.get("clientURLs"):  # a member without URLs hasn't been started yet
        return False
    try:
        status = ask(f"{member['clientURLs'][0]}/v3/maintenance/status", {})
    except OSError:
        return False
    return status.get("leader") == leader and not status.get("errors") and int(status["raftIndex"]) >= index - BEHIND


def main(patroni, etcd):
    """Checks every LOOK_EVERY_S seconds as long as the unit runs. Prints the same trouble only once in a row."""
    told = None
    while True:
        pause = LOOK_EVERY_S
        try:
            taker = part(etcd) if leads_the_database(patroni) else None
            if taker:
                print(f"{taker} leads etcd now, since this machine leads the database", flush=True)
            told = None
        except OSError as trouble:
            if str(trouble) != told:
                told = str(trouble)
                print(f"can't find out who leads, or can't hand etcd's lead on: {told}", flush=True)
            pause = AFTER_TROUBLE_S if "transfer-leadership" in str(trouble) else LOOK_EVERY_S
        time.sleep(pause)


if __name__ == "__main__":
    main(*sys.argv[1:])
