#!/usr/bin/python3
"""part_leaders.py PATRONI ETCD: keeps etcd's lead off the machine that leads the database. Both are URLs on this machine.

A machine with both, gone without a word, costs more than the database's lease: the members left elect first, and whoever
wins gives every lease its whole time again (etcd, server/lease/lessor.go, Promote).
"""

import http.client
import json
import sys
import time
import urllib.error
import urllib.request

LOOK_EVERY_S = 5
AFTER_TROUBLE_S = 60  # a transfer that fails holds up every write of Patroni's meanwhile
ANSWER_S = 2
BEHIND = 100  # entries of etcd's log that who takes the lead may lack; more would hold up writes


def ask(url, body=None):
    """What the URL answers, as JSON. Raises OSError, which names it, if that is no JSON or an error."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=ANSWER_S) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as trouble:
        raise OSError(f"{url}: {trouble.code} {trouble.read(200).decode(errors='replace')}") from trouble
    except (OSError, ValueError, http.client.HTTPException) as trouble:
        raise OSError(f"{url}: {trouble}") from trouble


def leads_the_database(patroni):
    """Whether Patroni holds the lease here. Raises OSError if it doesn't say."""
    return ask(f"{patroni}/patroni")["role"] == "primary"


def part(etcd):
    """Hands etcd's lead, if it is here, to a member that can take it; returns its name. Raises OSError if one doesn't answer."""
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
    """Whether the member is there, follows that leader, and has its log up to about that index."""
    if member.get("isLearner") or not member.get("clientURLs"):  # none: it hasn't been started yet
        return False
    try:
        status = ask(f"{member['clientURLs'][0]}/v3/maintenance/status", {})
    except OSError:
        return False
    return status.get("leader") == leader and not status.get("errors") and int(status["raftIndex"]) >= index - BEHIND


def main(patroni, etcd):
    """For as long as the unit runs. The same trouble is told once."""
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
                print(f"can't tell who leads, or hand etcd's lead on: {told}", flush=True)
            pause = AFTER_TROUBLE_S if "transfer-leadership" in str(trouble) else LOOK_EVERY_S
        time.sleep(pause)


if __name__ == "__main__":
    main(*sys.argv[1:])
