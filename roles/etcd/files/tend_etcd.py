#!/usr/bin/python3
"""tend_etcd.py URL QUOTA: keeps room in etcd's database.
URL is this machine's member. QUOTA is the database's limit in bytes.

A full database raises the alarm NOSPACE. etcd then takes no writes, so no lease is renewed and no failover of
PostgreSQL is possible. The script runs beside every member, and only the script beside etcd's leader does the work for
all members. Defragmentation blocks a member, so only one member is defragmented at a time. If the leader itself must be
defragmented, it hands the lead to a follower, whose script then defragments the old leader. A cluster of one member has
no follower: this member is defragmented while it leads.
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
SMALL = 32 * 1024 * 1024  # bytes: defragmenting a smaller database would block the member and free little
MOST_USED = 0.9  # share of the quota: if keys fill more, defragmenting a full file helps for moments only
BEHIND = 100  # a follower may take the lead if it lacks at most this many entries of etcd's raft log


def ask(url, path, body=None, timeout=ANSWER_S):
    """The member's answer, parsed from JSON. Raises an OSError that names the URL if there is no good answer."""
    try:
        request = urllib.request.Request(f"{url}/v3/{path}", data=json.dumps(body or {}).encode())
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as trouble:
        raise OSError(f"{url}/{path}: {trouble.code} {trouble.read(200).decode(errors='replace')}") from trouble
    except (OSError, ValueError, http.client.HTTPException) as trouble:
        raise OSError(f"{url}/{path}: {trouble}") from trouble


class Member:
    """A member of etcd with the state that it last reported."""

    def __init__(self, name, url):
        self.name, self.url = name, url
        self.look()

    def look(self):
        """Asks the member for its state. Raises OSError if the member doesn't answer."""
        status = ask(self.url, "maintenance/status")
        self.id, self.leader = status["header"]["member_id"], status.get("leader")
        self.revision, self.index = int(status["header"].get("revision", 0)), int(status.get("raftIndex", 0))
        self.size, self.used = int(status.get("dbSize", 0)), int(status.get("dbSizeInUse", 0))
        self.alarmed = any("alarm:" in error for error in status.get("errors", []))

    def bloated(self, quota):
        """Whether the member is to be defragmented: that would free more than half of the file, or make a full file fit."""
        return self.size > SMALL and (self.size > 2 * self.used or self.full(quota) and self.used < MOST_USED * quota)

    def full(self, quota):
        """Whether the file has reached the quota. Then the member raises the alarm NOSPACE at its next write."""
        return self.size >= quota


def tend(here, quota, say):
    """Checks the cluster once. Does nothing unless this member leads. Raises OSError if a necessary request fails."""
    own = Member("", here)
    if own.leader != own.id:
        return
    alarms = ask(here, "maintenance/alarm", {"action": "GET"}).get("alarms", []) if own.alarmed else []
    if any(alarm.get("alarm") == "CORRUPT" for alarm in alarms):
        say("alarm CORRUPT: a member's data differs from the others'. tend-etcd waits while this alarm is raised. "
            "Find the member (etcdctl alarm list) and replace its data")
        return
    listed = ask(here, "cluster/member/list")["members"]
    members = reachable(listed)
    full = [alarm for alarm in alarms if alarm.get("alarm") == "NOSPACE"]
    if any(member.size > quota / 2 for member in members):
        compact(own, members)
    make_room(own, members, quota, len(listed) == 1, full, say)
    if full:
        disarm(here, full, members, quota, say)


def reachable(listed):
    """The members that answer."""
    found = []
    for member in listed:
        try:
            found.append(Member(member["name"], member["clientURLs"][0]))
        except (OSError, KeyError, IndexError):
            continue  # the member is down, or was never started
    return found


def compact(own, members):
    """Removes the keys' history. If etcd has already compacted the history, that is no error."""
    try:
        ask(own.url, "kv/compaction", {"revision": str(own.revision), "physical": True}, WORK_S)
    except OSError as trouble:
        if "has been compacted" not in str(trouble):
            raise
    for member in members:
        member.look()


def make_room(own, members, quota, alone, full, say):
    """Defragments the followers that need it. If the leader needs it, hands the lead to a follower.

    The follower's tend_etcd then defragments this member. A single member has no follower to hand the lead to, so it is
    defragmented while it leads.
    """
    for member in members:
        if (alone or member.id != own.id) and member.bloated(quota):
            before, began = member.size, time.monotonic()
            ask(member.url, "maintenance/defragment", timeout=WORK_S)
            member.look()
            say(f"{member.name} is defragmented: {before >> 10} KiB before, {member.size >> 10} KiB now, "
                f"{time.monotonic() - began:.1f} s")
    fit = [member for member in members
           if member.id != own.id and member.leader == own.id and member.index >= own.index - BEHIND]
    if fit and any(member.id == own.id and member.bloated(quota) for member in members):
        ask(own.url, "maintenance/transfer-leadership", {"targetID": fit[0].id})
        say(f"{fit[0].name} takes etcd's lead, so that this member can be defragmented"
            + ("; alarm NOSPACE is still raised" if full else ""))


def disarm(here, full, members, quota, say):
    """Disarms the alarm if every member that answers has room. A member that is down may raise the alarm again."""
    crowded = [f"{member.name} uses {member.used >> 10} of {quota >> 10} KiB"
               for member in members if member.full(quota) and not member.bloated(quota)]
    if crowded:
        say(f"alarm NOSPACE stays, because the keys themselves fill the database: {'; '.join(crowded)}. "
            "Delete keys that aren't needed (etcdctl del)")
    elif not any(member.full(quota) for member in members):  # a member with a full file would raise the alarm again
        for alarm in full:
            ask(here, "maintenance/alarm", {"action": "DEACTIVATE", "memberID": alarm["memberID"], "alarm": "NOSPACE"})
        say("alarm NOSPACE is disarmed, because every member that answers has room: "
            + ", ".join(f"{member.name} {member.size >> 10} KiB" for member in members))


def main(here, quota):
    """Checks the cluster every LOOK_EVERY_S seconds. Doesn't print the same text twice in a row."""
    told = []

    def say(text):
        if told != [text]:
            told[:] = [text]
            print(text, flush=True)

    while True:
        try:
            tend(here, int(quota), say)
        except OSError as trouble:
            say(f"can't check etcd's database: {trouble}")
        time.sleep(LOOK_EVERY_S)


if __name__ == "__main__":
    main(*sys.argv[1:])
