"""Turns the machines' answers (ansible/files/machine_facts.py) into a table and a list of problems, for ansible/status.yml.

Drills run this file as a program. It then reads {"answers": ..., "expected": ...} from standard input, and prints the
problems and the roles as JSON.

The result depends only on these answers and on what the inventory expects. Every problem has a test with an answer that
shows the problem (tests/repo/test_status.py). An answer that lacks a field or isn't JSON is a problem of its machine, and
hides no other problem.
"""

import json
import re
import sys
from typing import NamedTuple

LEAST_FREE = 0.10  # the share of a disk, or of its inodes, that must be free
# A disk with this many bytes free isn't reported as full, however large it is. The leader keeps at most this much WAL
# for a replica that is down (max_slot_wal_keep_size).
ENOUGH_FREE = 2 << 30
MOST_USED = 0.9  # of the connections that are allowed: with more, new connections may soon be refused
MOST_OF_QUOTA = 0.8  # of etcd's quota: if the quota is used up, etcd takes no writes, and no failover is possible
YOUNG_S = 60  # seconds: a unit that has restarted at least twice and has run for less than this may be failing again and again
CLOCK_S = 60  # an answer takes some seconds on a busy machine; a larger difference means that the clock is wrong
ETCD_SILENT_S = 30  # Patroni asks etcd about every second, so this is a long time without contact

# The unit whose journal shows why a part doesn't answer.
UNIT_OF = {"postgresql": "patroni", "redis": "redis-server", "rabbitmq": "rabbitmq-server", "way_to_core": "nginx", "kept_answers": "nginx"}


class Problem(NamedTuple):
    """A problem: the machine, what is wrong there, and what to do."""

    machine: str
    what: str
    remedy: str

    def __str__(self):
        return f"PROBLEM {self.machine}: {self.what}. Do: {self.remedy}"


class System:
    """The system: what the inventory expects, and the answers of all machines that could be asked."""

    def __init__(self, answers, expected):
        self.groups, self.vips, self.play = expected["groups"], expected["vips"], expected["play"]
        # Settled means that nothing lags or changes at this moment. A drill requires this before it begins and again at
        # its end. lab/status doesn't, because it is also run while the system is under load.
        self.settled = expected.get("settled", False)
        self.max_lag, self.scope = 0 if self.settled else expected["max_lag_bytes"], expected["patroni_scope"]
        self.names = sorted(self.groups["all"])
        self.facts, self.silent = {}, {}
        for name in self.names:
            self.read(name, answers.get(name) or {})

    def read(self, name, answer):
        """Stores the answer of Ansible's task in `facts`. If it can't be used, stores the reason in `silent`."""
        try:
            facts = json.loads(answer["stdout"])
            if not isinstance(facts["parts"], dict):
                raise ValueError("no parts")
            self.facts[name] = facts
        except (KeyError, TypeError, ValueError):
            said = answer.get("stderr") or answer.get("msg") or answer.get("stdout") or "no answer"
            how = "can't be reached" if answer.get("unreachable") else "can't be asked"
            self.silent[name] = (how, " ".join(str(said).split())[:200])

    def part(self, name, part):
        """The answer of one part of a machine, or None if there is no answer that can be used."""
        found = self.facts.get(name, {}).get("parts", {}).get(part)
        return found if isinstance(found, dict) and "error" not in found else None

    def all_of(self, part):
        """The usable answers of this part on all machines: {machine: answer}."""
        return {name: self.part(name, part) for name in self.names if self.part(name, part)}

    def running(self, name, unit):
        """Whether the unit is active on the machine."""
        shown = self.facts[name].get("units", {}).get("all", {}).get(f"{unit}.service", {})
        return shown.get("ActiveState") == "active"

    def leaders(self):
        """The machines whose PostgreSQL takes writes."""
        return [name for name, said in self.all_of("postgresql").items() if said["in_recovery"] is False]


def journal(machine, unit):
    """The remedy if only the journal can show the reason."""
    return f"on {machine}: journalctl -u {unit} -n 50"


def reinstall(system, name, unit, first=""):
    """The remedy if the unit's own files may be missing or damaged. The remedy begins with the command `first`."""
    return f"on {name}: {first}journalctl -u {unit} -n 50. If a file is missing, damaged or can't be read: {system.play} site.yml"


def silent_machines(system):
    for name, (how, why) in system.silent.items():
        yield Problem(name, f"{how} ({why})", "start the machine and check its network and SSH; other problems are listed below")


def units(system, name):
    shown = system.facts[name]["units"]
    expected, all_units = shown["expected"], shown["all"]
    for unit in expected:
        all_units.setdefault(unit, {"ActiveState": "missing"})
    for unit, is_now in sorted(all_units.items()):
        yield from one_unit(system, name, unit, is_now, unit in expected)


def one_unit(system, name, unit, is_now, expected):
    state, sub, label = is_now["ActiveState"], is_now.get("SubState", ""), unit.removesuffix(".service")
    restarts, age = int(is_now.get("NRestarts") or 0), is_now.get("active_for_s")
    # Not only the expected units must run, but every unit that starts at boot. Exceptions: the unit runs only once, its
    # condition doesn't hold on this machine, or another unit triggers it.
    starts = (is_now.get("Type") != "oneshot" and is_now.get("ConditionResult") == "yes"
              and not is_now.get("TriggeredBy"))
    if state == "failed" or sub == "auto-restart":
        yield Problem(name, f"{label} {'failed' if state == 'failed' else 'ends again and again'} ({restarts} restarts)", reinstall(system, name, label))
    elif expected and state != "active" and is_now.get("UnitFileState", "") == "":
        yield Problem(name, f"{label} is not installed", f"{system.play} site.yml")
    elif state != "active" and (expected or starts):
        yield Problem(name, f"{label} is {state}", reinstall(system, name, label, f"systemctl start {label}; "))
    elif restarts > 1 and age is not None and age < YOUNG_S:
        yield Problem(name, f"{label} ends again and again ({restarts} restarts, the last {age} s ago)",
                      f"wait {YOUNG_S - age} s if it has just been repaired; else {reinstall(system, name, label)}")
    if expected and is_now.get("UnitFileState") in ("disabled", "masked", "masked-runtime"):
        yield Problem(name, f"{label} is {is_now['UnitFileState']}: the next boot is without it",
                      f"on {name}: systemctl unmask {label}; systemctl enable {label}")
    if is_now.get("NeedDaemonReload") == "yes":
        yield Problem(name, f"systemd has loaded an older unit file of {label} than the one on disk", f"{system.play} site.yml")


def parts(system, name):
    """Problems of parts that don't answer. If the part's unit doesn't run, that is listed as a problem of the unit."""
    for part, said in sorted(system.facts[name]["parts"].items()):
        unit = UNIT_OF.get(part, part)
        if part == "stale" and "error" in said:
            yield Problem(name, f"can't list the processes older than their configuration: {said['error']}", f"{system.play} site.yml")
        elif "error" in said and system.running(name, unit) and part == "kept_answers":
            yield Problem(name, f"nginx keeps no answers, so each search asks a node: {said['error']}",
                          f"on {name}: systemctl restart nginx, which makes the folder anew")
        elif "error" in said and system.running(name, unit):
            yield Problem(name, f"{part} doesn't answer as it should: {said['error']}", unanswered(system, name, part, unit, said["error"]))


def unanswered(system, name, part, unit, error):
    """The remedy for a part that runs and doesn't answer. A process doesn't make its socket again until it is restarted."""
    if "No such file" not in error or part not in ("haproxy", "postgresql"):
        return journal(name, unit)
    return f"{system.play} site.yml" if part == "haproxy" else f"on {name}: patronictl -c /etc/patroni/config.yml restart {system.scope} {name}"


def services(system, name):
    """Problems of core and chat that run but aren't ready, and of an nginx that can't reach core."""
    for part in ("core", "chat"):
        said = system.part(name, part)
        if said and said["status"] != 200:
            yield Problem(name, f"{part} isn't ready ({said['status']})", f"on {name}: see whether it reaches the VIP; journalctl -u {part} -n 50")
    said = system.part(name, "nginx")
    if said and said["status"] != 200:
        yield Problem(name, f"nginx answers {said['status']} for its own page", f"{system.play} site.yml")
    said = system.part(name, "way_to_core")
    if said and said["status"] != 404:  # core's answer, because the check asks for a user that doesn't exist
        yield Problem(name, f"a read through nginx is answered {said['status']}",
                      "first repair core and the database if they are listed here; " + journal(name, "nginx"))


def disks(system, name):
    for disk in system.facts[name]["disks"]:
        place = disk["place"]
        if disk["read_only"]:
            yield Problem(name, f"{place} is read-only", f"on {name}: dmesg, then check the disk and mount it again")
        elif disk["free"] < min(LEAST_FREE * disk["size"], ENOUGH_FREE):
            yield Problem(name, f"{place} is full: {size(disk['free'])} of {size(disk['size'])} left",
                          f"on {name}: du -xh {place} | sort -h | tail -20, and remove what isn't needed (nothing below pg_wal), or enlarge the disk")
        elif disk["inodes_free"] < LEAST_FREE * disk["inodes"]:
            yield Problem(name, f"{place} has {disk['inodes_free']} of {disk['inodes']} inodes left",
                          f"on {name}: du --inodes -x {place} | sort -n | tail -20, and remove what isn't needed")


def clock(system, name):
    said = system.facts[name]["clock"]
    if said["synchronized"] is False:
        yield Problem(name, "no time server sets its clock", f"on {name}: timedatectl timesync-status; journalctl -u systemd-timesyncd -n 20")
    if not -CLOCK_S < said["off_s"] < CLOCK_S:
        yield Problem(name, f"its clock is {said['off_s']:+.0f} s off the controller's", f"on {name}: timedatectl; set the clock, then keep it with systemd-timesyncd")


def connections(system, name):
    said = system.facts[name]["connections"]
    if "error" not in said and said["used"] > MOST_USED * said["max"]:
        yield Problem(name, f"the firewall tracks {said['used']} of at most {said['max']} connections: at the limit, new ones are dropped",
                      f"on {name}: ss -uap, and stop the program that opens them; else raise net.netfilter.nf_conntrack_max")
    said = system.part(name, "haproxy")
    if said and said["connections"] > MOST_USED * said["max_connections"]:
        yield Problem(name, f"HAProxy has {said['connections']} of at most {said['max_connections']} connections", "see which service opens so many")
    said = system.part(name, "postgresql")
    if said:
        yield from database_connections(system, name, said)


def database_connections(system, name, said):
    remedy = f"on {name}: sudo -u postgres psql -c 'SELECT usename, client_addr, state, count(*) FROM pg_stat_activity GROUP BY 1, 2, 3 ORDER BY 4'"
    if said["connections"] > MOST_USED * said["max_connections"]:
        yield Problem(name, f"PostgreSQL has {said['connections']} of at most {said['max_connections']} connections", remedy)
    for login, has in sorted(said["logins"].items()):
        if has["used"] > MOST_USED * has["limit"]:
            yield Problem(name, f"{login} has {has['used']} of its {has['limit']} connections to PostgreSQL", remedy)


def stale(system, name):
    said = system.part(name, "stale")
    for each in said["units"] if said else ():
        if each["action"] != "later":  # such files wait for the unit's next start by design
            yield Problem(name, f"{each['unit']} runs with an older configuration than the one on disk ({', '.join(each['files'])})",
                          f"{system.play} site.yml, which will {each['action']} it")


def patroni(system, name):
    """Problems that a member's Patroni reports about the member itself."""
    said = system.part(name, "patroni")
    if not said:
        return
    own, ctl = said["self"], f"on {name}: patronictl -c /etc/patroni/config.yml"
    if own["state"] != "running":
        yield Problem(name, f"PostgreSQL is {own['state']}, says Patroni", journal(name, "patroni"))
    pending = (system.part(name, "postgresql") or {}).get("pending_restart") or list(own.get("pending_restart_reason") or [])
    if pending or own.get("pending_restart"):
        yield Problem(name, f"PostgreSQL must restart to apply {', '.join(sorted(pending)) or 'changed settings'}",
                      f"{ctl} restart {system.scope} {name}")
    if own.get("failsafe_mode_is_active"):
        yield Problem(name, "Patroni doesn't reach etcd and goes on in failsafe mode: no failover is possible", "repair etcd; " + journal(name, "patroni"))
    elif own.get("dcs_last_seen") and system.facts[name]["clock"].get("time", 0) - own["dcs_last_seen"] > ETCD_SILENT_S:
        yield Problem(name, f"Patroni hasn't reached etcd for more than {ETCD_SILENT_S} s", journal(name, "patroni"))
    for tag in ("nofailover", "noloadbalance", "nosync", "nostream", "replicatefrom"):
        if (own.get("tags") or {}).get(tag):
            yield Problem(name, f"its tag {tag} limits what this member may do", f"remove the tag from /etc/patroni/config.yml: run {system.play} site.yml")


def keepalived(system, name):
    said = system.part(name, "keepalived")
    if said and said["state"] == "FAULT":
        yield Problem(name, "keepalived is in FAULT and can't take the VIP", f"on {name}: ip address; journalctl -u haproxy -u nginx -u keepalived -n 50")


def etcd(system):
    """Problems of etcd: alarms, size, majority and membership. A member that doesn't answer is reported by `parts`."""
    said = system.all_of("etcd")
    expected = system.groups.get("etcd", [])
    ids = {member["ID"]: member.get("name") for each in said.values() for member in each["members"]}
    for alarm in sorted({(alarm["alarm"], alarm.get("memberID", "0")) for each in said.values() for alarm in each["alarms"]}):
        yield etcd_alarm(system, alarm[0], ids.get(alarm[1]) or "etcd")
    for name, each in said.items():
        used, quota = float(each["status"]["dbSize"]), each.get("quota")
        if quota and used > MOST_OF_QUOTA * quota:
            yield Problem(name, f"etcd's database has {size(used)} of at most {size(quota)}; at this limit etcd takes no writes",
                          f"on {name}: etcdctl --command-timeout=60s defrag. If that frees little, find out why nothing is compacted: "
                          "journalctl -u tend-etcd -u etcd")
    corrupt = any(alarm["alarm"] == "CORRUPT" for each in said.values() for alarm in each["alarms"])  # etcd then refuses reads too
    if expected and not corrupt and not any(each["majority"] for each in said.values()):
        yield Problem("etcd", f"no majority of {', '.join(sorted(expected))} answers ({', '.join(said) or 'none'} is up): no failover is possible",
                      f"start the members that are down; if their data is lost for good: {system.play} ansible/recover_etcd.yml")
    elif said and set(ids.values()) != set(expected):
        yield Problem("etcd", f"its members are {', '.join(sorted(name or '(not started)' for name in ids.values()))}, the inventory has "
                              f"{', '.join(sorted(expected))}",
                      f"{system.play} site.yml adds a missing member; etcdctl member remove removes one that isn't in the inventory")


def etcd_alarm(system, alarm, member):
    if alarm == "NOSPACE":
        return Problem(member, "etcd's alarm NOSPACE is raised: etcd takes no writes, and no failover is possible",
                       f"on {member}: df /var/lib/etcd; etcdctl --command-timeout=60s defrag; etcdctl alarm disarm")
    return Problem(member, f"etcd's alarm {alarm} is raised: its data differs from the other members'",
                   f"on {member}: systemctl stop etcd; . /etc/default/etcd; rm -r $ETCD_DATA_DIR/member; then {system.play} site.yml, and etcdctl alarm disarm")


def database(system):
    """Problems of the database: first who leads, as PostgreSQL itself says; then each replica, as the leader sees it."""
    members = system.groups.get("database", [])
    leaders = system.leaders()
    unseen = [name for name in members if name not in system.all_of("postgresql")]
    ctl = f"on {members[0] if members else 'db1'}: patronictl -c /etc/patroni/config.yml"
    if len(leaders) != 1:
        more = f" (not seen: {', '.join(unseen)})" if unseen else ""
        yield Problem("database", f"{' and '.join(leaders) or 'no machine'} take{'s' if len(leaders) < 2 else ''} writes{more}",
                      f"{ctl} list {system.scope}; journalctl -u patroni -u etcd -n 50")
    said = [each["cluster"] for each in system.all_of("patroni").values()]
    if any(each.get("pause") for each in said):
        yield Problem("database", "Patroni is paused: no failover is possible", f"{ctl} resume {system.scope}")
    if len(leaders) == 1:
        yield from replicas(system, leaders[0], members, {member["name"]: member for each in said for member in each["members"]})


def replicas(system, leader, members, listed):
    """One problem for each replica that has any, with the gravest reason. Then the problems of all replicas together."""
    said = system.part(leader, "postgresql")
    slots = {slot["name"]: slot for slot in said["slots"]}
    senders = {sender["name"]: sender for sender in said["senders"]}
    lines = {name: timeline for name in members if (timeline := (listed.get(name) or {}).get("timeline")) is not None}
    well = 0
    for name in (each for each in members if each != leader):
        slot = slots.pop(slot_of(name), None)
        trouble = slot_lost(name, slot) or follows(system, name, leader, senders.get(name), listed.get(name) or {}, lines, slot) or slot_at_risk(name, leader, slot)
        if trouble:
            yield Problem(name, *remedied(system, name, leader, trouble))
        well += (senders.get(name) or {}).get("state") == "streaming"
    if len(members) > 1 and not well:
        yield Problem(leader, "no replica streams from it: every write is on this machine alone", "first repair the replicas listed here")
    for slot in slots.values():
        if not slot["active"]:
            yield Problem(leader, f"nobody uses the replication slot {slot['name']}, which keeps {size(slot['kept'] or 0)} of WAL",
                          f"on {leader}: sudo -u postgres psql -c \"SELECT pg_drop_replication_slot('{slot['name']}')\"")


def slot_of(member):
    """The name that Patroni gives a member's slot. copy_stranded.py repeats the rule, because the machines don't have this file."""
    return re.sub(r"[^a-z0-9_]", lambda other: "_" if other[0] in "-." else f"u{ord(other[0]):04}", member.lower())[:63]


def slot_lost(name, slot):
    if slot and slot["wal_status"] == "lost":
        return (f"its replication slot is lost: the leader no longer has the WAL that {name} needs, so {name} can never "
                "catch up", "renew")


def slot_at_risk(name, leader, slot):
    """Why a replica may lose its slot, or None. The slot isn't lost yet, so the replica can still catch up."""
    if slot is None:
        return f"{leader} has no replication slot {slot_of(name)}: {name} can't catch up once its WAL is removed there", "look"
    if slot["wal_status"] in ("unreserved", "extended"):
        soon = ("the next checkpoint removes it" if slot["wal_status"] == "unreserved"
                else "it fills the leader's disk up to max_slot_wal_keep_size")
        return (f"its replication slot on {leader} is {slot['wal_status']}: {size(slot['kept'] or 0)} of WAL wait for "
                f"{name}, {soon}", "look")
    if not slot["active"]:
        return f"its replication slot on {leader} is inactive", "look"


def follows(system, name, leader, sender, listed, lines, slot):
    """Why a replica doesn't follow the leader: the first reason that is found, or None.

    The leader's view counts. A replica whose copy was never started (see copy_member.py) wrongly reports that it
    streams.
    """
    if name in system.silent:
        return None
    own = system.part(name, "postgresql") or {}
    if sender and sender["state"] == "startup":
        return (f"{leader} sees it in the state startup, not streaming: it may be a copy that was never started, and then "
                "its reads are stale", "copy")
    if name in lines and leader in lines and lines[name] != lines[leader]:
        return f"it is on timeline {lines[name]}, {leader} on {lines[leader]}", "look"
    if not sender:
        return f"it doesn't stream from {leader}" + ("" if slot else f", which has no replication slot {slot_of(name)}"), "look"
    if sender["state"] != "streaming":
        return f"{leader} sees it in the state {sender['state']}, not streaming", "look"
    if sender["lag"] is None:
        return f"it hasn't reported what it has replayed of {leader}'s WAL", "look"
    if sender["lag"] < 0:
        return f"it claims to be ahead of {leader}: its data isn't the leader's", "ahead"
    if own.get("replay_paused"):
        return "its replay is paused", "resume"
    if sender["lag"] > system.max_lag:
        return (f"it lags {size(sender['lag'])} behind {leader}. With a lag of more than {size(system.max_lag)} it gets no "
                "reads", "look")
    if sender["sync_state"] not in ("quorum", "sync") or listed.get("role") not in ("quorum_standby", "sync_standby"):
        return f"commits don't wait for it (PostgreSQL: {sender['sync_state']}, Patroni: {listed.get('role') or 'not a member'})", "look"


def remedied(system, name, leader, trouble):
    """The reason, and what to do. After a lost slot, `reinit` by hand doesn't help: Patroni keeps the lost slot.

    copy-stranded replaces the slot before it asks Patroni for a copy.
    """
    what, kind = trouble
    copied = (f"copy-stranded on {leader} gives it a new copy of the leader within a minute, unless Patroni is paused, or "
              f"{name} is ahead and no other replica follows (on {leader}: journalctl -u copy-stranded -n 50)")
    by_hand = f"by hand, on {name}: patronictl -c /etc/patroni/config.yml reinit {system.scope} {name}"
    return what, {"copy": f"{copied}; {by_hand}",
                  "ahead": f"{copied}: {name} may hold the only copy of what {leader} has lost, so compare their rows first; "
                           f"then {by_hand}",
                  "renew": f"on {name}: systemctl start patroni; once it runs, {copied}",
                  "look": f"on {name}: systemctl start patroni; journalctl -u patroni -n 50; if it doesn't come back: {system.play} site.yml",
                  "resume": f"on {name}: sudo -u postgres psql -c 'SELECT pg_wal_replay_resume()'"}[kind]


def balancers(system):
    """Servers that HAProxy sees in a wrong state, each listed once for all balancers. Servers of silent machines are left out."""
    leaders, wrong = system.leaders(), {}
    databases = system.groups.get("database", [])
    for balancer, said in system.all_of("haproxy").items():
        for row in said["servers"]:
            if row["server"] not in system.facts or is_up(system, row) or row["proxy"] == "replicas_without_primary":
                continue  # replicas_without_primary has the same servers as replicas
            if row["proxy"] == "primary" and row["server"] not in leaders or row["proxy"] == "replicas" and row["server"] in leaders:
                continue
            if row["proxy"] == "replicas" and len(databases) == 1:
                continue
            wrong.setdefault((row["proxy"], row["server"], row["status"], row.get("check", "")), []).append(balancer)
        for row in said["servers"]:
            if row["proxy"] == "primary" and row["status"].startswith("UP") and leaders and row["server"] not in leaders:
                wrong.setdefault((row["proxy"], row["server"], "UP, and is no primary", row.get("check", "")), []).append(balancer)
    for (proxy, server, status, check), seen_by in sorted(wrong.items()):
        yield Problem(server, f"HAProxy's {proxy} on {' and '.join(seen_by)} sees it {status} ({check})",
                      f"solve the other problems of {server} first. If there are none, on {seen_by[0]}: journalctl -u haproxy -n 50; "
                      "check the network between them")


def is_up(system, row):
    """Whether HAProxy sees the server up. A server with "UP 1/3" is about to be marked down."""
    return row["status"] == "UP" if system.settled else row["status"].startswith("UP")


def vips(system):
    for vip in system.vips.values():
        address, machines = vip["address"], vip["machines"]
        holders = [name for name in machines if name in system.facts and address in system.facts[name]["addresses"]]
        unseen = [name for name in machines if name in system.silent]
        if len(holders) > 1:
            yield Problem(", ".join(holders), f"both hold the VIP {address}: clients reach different machines",
                          f"check that VRRP passes between {' and '.join(holders)} (nft list ruleset; network cables). Until it does, "
                          f"on {holders[-1]}: systemctl stop keepalived")
        elif not holders:
            yield Problem(", ".join(machines), f"no machine holds the VIP {address}" + (f" (not seen: {', '.join(unseen)})" if unseen else ""),
                          f"on {machines[0]}: systemctl start keepalived; journalctl -u keepalived -n 50; "
                          "a machine takes the VIP only while its own service answers")


OF_A_MACHINE = [units, parts, services, disks, clock, connections, stale, patroni, keepalived]
OF_THE_SYSTEM = [silent_machines, vips, database, etcd, balancers]


def guarded(check, where, system, *arguments):
    """The problems that a check finds. If the check can't read an answer, that is a problem too."""
    try:
        yield from check(system, *arguments)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as trouble:
        yield Problem(where, f"status can't read the answer about {check.__name__} ({type(trouble).__name__}: {trouble})",
                      "a part may have another version than this project expects; "
                      f"ANSIBLE_DISPLAY_OK_HOSTS=1 {system.play} ansible/status.yml -v shows the answer")


def of_a_machine(check, system, name):
    """The problems that a check finds on a machine. If the machine couldn't collect the answer, that is a problem too."""
    said = system.facts[name].get(check.__name__)
    if isinstance(said, dict) and "error" in said and check is not connections:  # no table of connections: it can't be full
        yield Problem(name, f"its {check.__name__} can't be checked: {said['error']}",
                      f"on {name}: systemctl --failed; journalctl -p err -n 50")
    else:
        yield from guarded(check, name, system, name)


# What to do about a member that doesn't stream, by the state that Patroni gives it.
OF_A_STATE = {
    "running": "it does not stream. If the leader no longer has the WAL that it needs, copy-stranded gives it a new copy of "
               "the leader: see `journalctl -u copy-stranded` on the leader's machine. Otherwise {again}",
    "creating replica": "its copy of the leader isn't complete yet; run the playbook again when it is"}
OF_ANOTHER_STATE = "`journalctl -u patroni` there shows the reason; {again}"


def leading_members(cluster):
    """The names of the members that lead and run. `cluster` is Patroni's answer to /cluster, or {} without an answer."""
    return [member["name"] for member in cluster.get("members", [])
            if (member["role"], member["state"]) == ("leader", "running")]


def member_problems(cluster, names, scope):
    """The reasons why the cluster isn't healthy, as Patroni sees it: one member must lead, and all others stream.

    Plays wait until this list is empty. `cluster` is as for leading_members; `names` are the members that the inventory has.
    """
    members, leads = cluster.get("members", []), leading_members(cluster)
    again = f"patronictl -c /etc/patroni/config.yml reinit {scope} NAME gives it a new copy of the leader"
    return [*([] if len(leads) == 1 else [f"{' and '.join(leads) or 'no member'} lead{'s' if len(leads) < 2 else ''}"]),
            *(f"{member['name']} ({member['role']}) is \"{member['state']}\", {member.get('lag', 'unknown')} bytes behind: "
              + OF_A_STATE.get(member["state"], OF_ANOTHER_STATE).format(again=again)
              for member in members if member["name"] not in leads and member["state"] != "streaming"),
            *(f"{name} has not reported: see `systemctl status patroni` there"
              for name in names if name not in [member["name"] for member in members])]


def status_problems(answers, expected):
    """One line for each problem. The list is empty if every part works."""
    system = System(answers, expected)
    found = [problem for check in OF_THE_SYSTEM for problem in guarded(check, "system", system)]
    found += [problem for name in system.facts for check in OF_A_MACHINE for problem in of_a_machine(check, system, name)]
    return [str(problem) for problem in found]


def status_table(answers, expected):
    """One line for each machine, with its present roles and state."""
    system = System(answers, expected)
    return [f"{name:6} {', '.join(described(system, name))}" for name in system.names]


def described(system, name):
    """The machine's roles, units and fullest disk in words. What can't be read is shown as unknown."""
    if name not in system.facts:
        return ["NOT REACHED"]
    words = []
    for describe in (vip_words, database_words, etcd_words, unit_words, disk_words):
        try:
            words += describe(system, name)
        except (KeyError, TypeError, ValueError, AttributeError):
            words += [f"{describe.__name__.removesuffix('_words')} unknown"]
    return words


def vip_words(system, name):
    return [f"VIP {vip['address']}" for vip in system.vips.values() if name in vip["machines"] and vip["address"] in system.facts[name]["addresses"]]


def database_words(system, name):
    said, member = system.part(name, "postgresql"), system.part(name, "patroni")
    if not said:
        return []
    line = f" on timeline {member['self'].get('timeline') or '?'}" if member else ""
    if not said["in_recovery"]:
        return [f"primary{line}", f"{said['connections']} of {said['max_connections']} connections"]
    sender = next((sender for leader in system.leaders() for sender in system.part(leader, "postgresql")["senders"] if sender["name"] == name), None)
    return [f"replica{line}", f"{sender['state']}, lag {size(sender['lag'] or 0)}" if sender else "doesn't stream"]


def etcd_words(system, name):
    said = system.part(name, "etcd")
    if not said:
        return []
    leads = said["status"].get("leader") == said["status"]["header"]["member_id"]
    return [f"etcd {'leader' if leads else 'member'} with {size(float(said['status']['dbSize']))}"]


def unit_words(system, name):
    shown = system.facts[name]["units"]
    states = {unit.removesuffix(".service"): shown["all"].get(unit, {}).get("ActiveState", "missing") for unit in shown["expected"]}
    return [" ".join(unit if state == "active" else f"{unit}:{state}" for unit, state in states.items())]


def disk_words(system, name):
    """The fullest disk, as df counts: without the room that only root may use."""
    used, fullest = max((disk["used"] / ((disk["used"] + disk["free"]) or 1), disk["place"]) for disk in system.facts[name]["disks"])
    return [f"{fullest} {100 * used:.0f} % used"]


def size(number):
    """A number of bytes with a unit, such as 16 MB."""
    number = float(number)
    for unit in ("B", "kB", "MB"):
        if abs(number) < 1024:
            return f"{number:.0f} {unit}"
        number /= 1024
    return f"{number:.1f} GB"


class FilterModule:
    """The class in which Ansible looks for filters."""

    def filters(self):
        return {"status_problems": status_problems, "status_table": status_table, "leading_members": leading_members,
                "member_problems": member_problems}


def status_roles(answers, expected):
    """The leader (empty if there is none or several), the replicas that commits wait for, and the holder of each VIP."""
    system = System(answers, expected)
    leaders = system.leaders()
    senders = system.part(leaders[0], "postgresql")["senders"] if len(leaders) == 1 else []
    holders = {name: [machine for machine in vip["machines"] if machine in system.facts and vip["address"] in system.facts[machine]["addresses"]]
               for name, vip in system.vips.items()}
    return {"leader": leaders[0] if len(leaders) == 1 else "",
            "standbys": sorted(sender["name"] for sender in senders if sender["sync_state"] in ("quorum", "sync")),
            "vip_holders": {name: held[0] for name, held in holders.items() if len(held) == 1}}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    print(json.dumps({"problems": status_problems(**asked), **status_roles(**asked)}))
