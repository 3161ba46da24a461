#!/usr/bin/python3
"""tend_etcd.py URL QUOTA: keeps room in etcd's database. URL is this machine's member, QUOTA what its database may take, in bytes.

A full database raises the alarm NOSPACE: etcd takes no writes, no lease is renewed, and no failover of PostgreSQL is possible.
etcd's leader does the work for all members. Defragmenting blocks a member, so only one is done at a time. If the leader itself needs it,
it first hands its lead to a follower, which then defragments it. A single member has no follower, and defragments itself.
"""

import http.client
import json
import sys
import time
import urllib.error
import urllib.request

LOOK_EVERY_S = 5
ANSWER_S = 2
WORK_S = 60  # a compaction or a defragmentation on a slow disk
SMALL = 32 * 1024 * 1024  # bytes: below it, nothing is worth a pause of the member
BEHIND = 100  # a follower may take the lead if it lacks at most so many entries of etcd's log


def ask(url, path, body=None, timeout=ANSWER_S):
    """What the member answers, as JSON. Raises OSError, which names it, if that is no JSON or an error."""
    try:
        request = urllib.request.Request(f"{url}/v3/{path}", data=json.dumps(body or {}).encode())
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as trouble:
        raise OSError(f"{url}/{path}: {trouble.code} {trouble.read(200).decode(errors='replace')}") from trouble
    except (OSError, ValueError, http.client.HTTPException) as trouble:
        raise OSError(f"{url}/{path}: {trouble}") from trouble


class Member:
    """One member, as it was when it was last asked."""

    def __init__(self, name, url):
        self.name, self.url = name, url
        self.look()

    def look(self):
        """Asks the member again. Raises OSError if it doesn't answer."""
        status = ask(self.url, "maintenance/status")
        self.id, self.leader = status["header"]["member_id"], status.get("leader")
        self.revision, self.index = int(status["header"].get("revision", 0)), int(status.get("raftIndex", 0))
        self.size, self.used = int(status.get("dbSize", 0)), int(status.get("dbSizeInUse", 0))
        self.alarmed = any("alarm:" in error for error in status.get("errors", []))

    def bloated(self):
        """Whether defragmentation would give back more than it keeps."""
        return self.size > SMALL and self.size > 2 * self.used


def tend(here, quota, say):
    """One look, by the member that leads; the others do nothing. Raises OSError if a request that must succeed fails."""
    own = Member("", here)
    if own.leader != own.id:
        return
    alarms = ask(here, "maintenance/alarm", {"action": "GET"}).get("alarms", []) if own.alarmed else []
    if any(alarm.get("alarm") == "CORRUPT" for alarm in alarms):
        say("alarm CORRUPT: a member's data differs. It is left as it is: find the member (etcdctl alarm list) and replace its data")
        return
    listed = ask(here, "cluster/member/list")["members"]
    members = reachable(listed)
    full = [alarm for alarm in alarms if alarm.get("alarm") == "NOSPACE"]
    if any(member.size > quota / 2 for member in members):
        compact(own, members)
    make_room(own, members, len(listed) == 1, full, say)
    if full:
        disarm(here, full, members, quota, say)


def reachable(listed):
    """The members that answer."""
    found = []
    for member in listed:
        try:
            found.append(Member(member["name"], member["clientURLs"][0]))
        except (OSError, KeyError, IndexError):
            continue  # it is down, or was never started
    return found


def compact(own, members):
    """Drops the history. It is no error if etcd has compacted it already."""
    try:
        ask(own.url, "kv/compaction", {"revision": str(own.revision), "physical": True}, WORK_S)
    except OSError as trouble:
        if "has been compacted" not in str(trouble):
            raise
    for member in members:
        member.look()


def make_room(own, members, alone, full, say):
    """Defragments the followers that need it; if the leader does, a follower takes the lead, and goes on from there. Who is alone can't wait for that."""
    for member in members:
        if (alone or member.id != own.id) and member.bloated():
            before, began = member.size, time.monotonic()
            ask(member.url, "maintenance/defragment", timeout=WORK_S)
            member.look()
            say(f"{member.name} is defragmented: {before >> 10} KiB before, {member.size >> 10} KiB now, {time.monotonic() - began:.1f} s")
    fit = [member for member in members if member.id != own.id and member.leader == own.id and member.index >= own.index - BEHIND]
    if fit and any(member.id == own.id and member.bloated() for member in members):
        ask(own.url, "maintenance/transfer-leadership", {"targetID": fit[0].id})
        say(f"{fit[0].name} takes etcd's lead, so that this member can be defragmented" + ("; alarm NOSPACE is still raised" if full else ""))


def disarm(here, full, members, quota, say):
    """Disarms the alarm if every member that answers has room. A member that was down raises it again if it has none."""
    crowded = [f"{member.name} uses {member.used >> 10} of {quota >> 10} KiB" for member in members if member.used >= quota]
    if crowded:
        say(f"alarm NOSPACE stays, because the keys themselves fill the database: {'; '.join(crowded)}. Delete keys that aren't needed (etcdctl del)")
    elif all(member.size < quota for member in members):  # else the leader's own turn comes next
        for alarm in full:
            ask(here, "maintenance/alarm", {"action": "DEACTIVATE", "memberID": alarm["memberID"], "alarm": "NOSPACE"})
        say("alarm NOSPACE is disarmed, every member has room: " + ", ".join(f"{member.name} {member.size >> 10} KiB" for member in members))


def main(here, quota):
    """Looks as long as the unit runs. Doesn't print the same text twice in a row."""
    told = []

    def say(text):
        if told != [text]:
            told[:] = [text]
            print(text, flush=True)

    while True:
        try:
            tend(here, int(quota), say)
        except OSError as trouble:
            say(f"can't look after etcd's database: {trouble}")
        time.sleep(LOOK_EVERY_S)


if __name__ == "__main__":
    main(*sys.argv[1:])
