"""Tests of status.py: for each fault, the answers of the machines give a problem with its remedy. Also tests of machine_facts.py."""

import copy
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


status = load(ROOT / "ansible/filter_plugins/status.py")
machine_facts = load(ROOT / "ansible/files/machine_facts.py")

DATABASES, BALANCERS = ["db1", "db2", "db3"], ["lb1", "lb2"]
EXPECTED = {
    "groups": {"all": ["lb1", "lb2", "db1", "db2", "db3", "app1", "web1"], "balancer": BALANCERS, "database": DATABASES, "etcd": DATABASES,
               "core": ["app1"], "chat": ["app1"], "cache": ["app1"], "broker": ["app1"], "web": ["web1"]},
    "vips": {"vip": {"address": "10.0.0.10", "machines": BALANCERS}},
    "play": "lab/play", "max_lag_bytes": 16 << 20, "patroni_scope": "holdfast"}
GIB = 1 << 30


def machine(units, **parts):
    """Returns the facts of a healthy machine, as machine_facts.py prints them."""
    shown = {f"{name}.service": {"Id": f"{name}.service", "Type": "simple", "ActiveState": "active", "SubState": "running", "NRestarts": "0",
                                 "UnitFileState": "enabled", "NeedDaemonReload": "no", "ConditionResult": "yes", "TriggeredBy": "", "active_for_s": 900}
             for name in ("ssh", *units)}
    return {"units": {"expected": list(shown), "all": shown}, "addresses": ["127.0.0.1"],
            "disks": [{"place": "/", "size": 20 * GIB, "used": 4 * GIB, "free": 15 * GIB, "inodes": 1000, "inodes_free": 900, "read_only": False}],
            "clock": {"time": 5000.0, "off_s": 0.4, "synchronized": True}, "connections": {"used": 10, "max": 2900},
            "parts": {"stale": {"units": []}, **parts}}


def database(name):
    leads = name == "db1"
    sender = {"state": "streaming", "sync_state": "quorum", "lag": 0}
    slot = {"active": True, "wal_status": "reserved", "kept": 1000}
    member = {"state": "running", "timeline": 3}
    return machine(
        ["patroni", "etcd"],
        postgresql={"in_recovery": not leads, "replay_paused": None if leads else False, "max_connections": 150, "connections": 40,
                    "logins": {"core": {"used": 30, "limit": 100}}, "pending_restart": [],
                    "senders": [{"name": each, **sender} for each in DATABASES[1:]] if leads else [],
                    "slots": [{"name": each, **slot, "active": leads} for each in DATABASES if each != name]},
        patroni={"self": {**member, "role": "primary" if leads else "replica", "dcs_last_seen": 4999},
                 "cluster": {"members": [{"name": each, **member, "role": "leader" if each == "db1" else "quorum_standby"} for each in DATABASES]}},
        etcd={"status": {"header": {"member_id": name[-1]}, "leader": "2", "dbSize": str(1 << 20)}, "alarms": [], "quota": 2.0 * GIB, "majority": True,
              "members": [{"ID": each[-1], "name": each} for each in DATABASES]})


def haproxy():
    servers = [{"proxy": proxy, "server": name, "status": "UP" if (name == "db1") == (proxy == "primary") else "NOLB", "check": "L7OKC"}
               for proxy in ("primary", "replicas") for name in DATABASES]
    servers += [{"proxy": "replicas", "server": f"{name}-primary", "status": "NOLB", "check": ""} for name in DATABASES]
    servers += [{"proxy": "cache", "server": "app1", "status": "UP", "check": "L7OK"}]
    return {"servers": servers, "connections": 30, "max_connections": 1000}


@pytest.fixture
def well():
    """The facts of every machine of a healthy system."""
    facts = {name: database(name) for name in DATABASES}
    for name, state in (("lb1", "MASTER"), ("lb2", "BACKUP")):
        facts[name] = machine(["haproxy", "keepalived"], haproxy=haproxy(), keepalived={"state": state})
    facts["lb1"]["addresses"].append("10.0.0.10")
    facts["app1"] = machine(["core", "chat", "redis-server", "rabbitmq-server"], core={"status": 200}, chat={"status": 200}, redis={}, rabbitmq={})
    facts["web1"] = machine(["nginx"], nginx={"status": 200}, way_to_core={"status": 404}, kept_answers={})
    return facts


def answers(facts):
    return {name: {"stdout": json.dumps(said)} for name, said in facts.items()}


def problems(facts):
    return status.status_problems(answers(facts), EXPECTED)


def test_a_healthy_system_has_no_problem(well):
    assert problems(well) == []
    table = status.status_table(answers(well), EXPECTED)
    assert len(table) == 7
    assert any("db1" in line and "primary on timeline 3" in line for line in table)
    assert any("lb1" in line and "VIP 10.0.0.10" in line for line in table)


def test_the_program_prints_the_problems_and_the_roles(well):
    """A drill runs status.py as a program, with the same rules."""
    asked = json.dumps({"answers": answers(well), "expected": EXPECTED})
    done = subprocess.run([sys.executable, ROOT / "ansible/filter_plugins/status.py"], input=asked, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"problems": [], "leader": "db1", "standbys": ["db2", "db3"], "vip_holders": {"vip": "lb1"}}


@pytest.mark.parametrize("change", [lambda f: sender(f, "db2").update(lag=1), lambda f: seen_by(f, "lb1", "primary", "db1").update(status="UP 1/2")])
def test_a_state_that_is_about_to_change_is_a_problem_only_for_a_drill(well, change):
    change(well)
    assert problems(well) == []
    assert len(status.status_problems(answers(well), {**EXPECTED, "settled": True})) == 1


MEMBERS = [{"name": "db1", "role": "leader", "state": "running"}, {"name": "db2", "role": "quorum_standby", "state": "streaming", "lag": 0},
           {"name": "db3", "role": "replica", "state": "streaming", "lag": 0}]


@pytest.mark.parametrize("place, change, said", [
    (0, {"state": "starting"}, "no member leads"),
    (1, {"role": "leader", "state": "running"}, "db1 and db2 lead"),
    (1, {"state": "running"}, "db2 (quorum_standby) is \"running\", 0 bytes behind: it does not stream"),
    (2, {"state": "creating replica"}, "its copy of the leader isn't complete yet"),
    (2, {"state": "stopped", "lag": "unknown"}, "unknown bytes behind: `journalctl -u patroni` there shows the reason; patronictl"),
    (2, {"name": "db4"}, "db3 has not reported"),
])
def test_plays_wait_for_members_that_lead_or_stream(place, change, said):
    members = copy.deepcopy(MEMBERS)
    assert status.member_problems({"members": members}, DATABASES, "holdfast") == []
    members[place].update(change)
    assert said in "; ".join(status.member_problems({"members": members}, DATABASES, "holdfast"))
    assert len(status.member_problems({}, DATABASES, "holdfast")) == 4


def test_without_exactly_one_leader_no_role_is_given(well):
    part(well, "db2", "postgresql")["in_recovery"] = False
    well["lb2"]["addresses"].append("10.0.0.10")
    assert status.status_roles(answers(well), EXPECTED) == {"leader": "", "standbys": [], "vip_holders": {}}


def sender(facts, name):
    return next(each for each in facts["db1"]["parts"]["postgresql"]["senders"] if each["name"] == name)


def slot(facts, name):
    return next(each for each in facts["db1"]["parts"]["postgresql"]["slots"] if each["name"] == name)


def unit(facts, name, which):
    return facts[name]["units"]["all"][f"{which}.service"]


def seen_by(facts, balancer, proxy, server):
    return next(each for each in facts[balancer]["parts"]["haproxy"]["servers"] if (each["proxy"], each["server"]) == (proxy, server))


def all_members(facts, **change):
    for name in DATABASES:
        for member in facts[name]["parts"]["patroni"]["cluster"]["members"]:
            if member["name"] == "db2":
                member.update(change)


def part(facts, name, which):
    return facts[name]["parts"][which]


NOSPACE = {"memberID": "2", "alarm": "NOSPACE"}
# The name of each fault: a change of the facts, the machine that the problem names, words of the problem, words of the remedy.
CASES = {
    "a lost slot": (lambda f: (slot(f, "db2").update(wal_status="lost", active=False), part(f, "db1", "postgresql")["senders"].pop(0)),
                    "db2", "slot is lost", "on db2: systemctl start patroni; once it runs, copy-stranded on db1 gives it a new copy"),
    "a slot about to be lost": (lambda f: slot(f, "db2").update(wal_status="unreserved"), "db2", "unreserved", "systemctl start patroni"),
    "a slot that keeps much": (lambda f: slot(f, "db2").update(wal_status="extended"), "db2", "extended", "systemctl start patroni"),
    "an inactive slot": (lambda f: slot(f, "db2").update(active=False), "db2", "inactive", "patroni"),
    "a slot that is gone": (lambda f: part(f, "db1", "postgresql")["slots"].pop(0), "db2", "db1 has no replication slot db2", "patroni"),
    "a replica that is down and has no slot": (lambda f: (part(f, "db1", "postgresql")["slots"].pop(0), part(f, "db1", "postgresql")["senders"].pop(0)),
                                               "db2", "doesn't stream from db1, which has no replication slot db2", "systemctl start patroni"),
    "HAProxy's socket is gone": (lambda f: f["lb1"]["parts"].update(haproxy={"error": "[Errno 2] No such file or directory"}),
                                 "lb1", "haproxy doesn't answer", "lab/play site.yml"),
    "PostgreSQL's socket is gone": (lambda f: f["db2"]["parts"].update(postgresql={"error": "psql: … No such file or directory"}),
                                    "db2", "postgresql doesn't answer", "patronictl -c /etc/patroni/config.yml restart holdfast db2"),
    "a stranger's slot": (lambda f: part(f, "db1", "postgresql")["slots"].append({"name": "old", "active": False, "wal_status": "reserved", "kept": 3 << 30}),
                          "db1", "nobody uses the replication slot old, which keeps 3.0 GB", "pg_drop_replication_slot"),
    "a copy that was never started": (lambda f: (sender(f, "db2").update(state="startup", sync_state="async"), all_members(f, role="replica")),
                                      "db2", "startup, not streaming", "copy-stranded on db1 gives it a new copy"),
    "a replica that catches up": (lambda f: sender(f, "db2").update(state="catchup"), "db2", "catchup, not streaming", "journalctl -u patroni"),
    "a replica that doesn't stream": (lambda f: part(f, "db1", "postgresql")["senders"].pop(0), "db2", "doesn't stream from db1", "site.yml"),
    "a replica that lags": (lambda f: sender(f, "db2").update(lag=(16 << 20) + 1), "db2", "lags 16 MB behind db1", "journalctl"),
    "a replica ahead": (lambda f: sender(f, "db2").update(lag=-8), "db2", "ahead of db1", "compare their rows first"),
    "a replica without a position": (lambda f: sender(f, "db2").update(lag=None), "db2", "hasn't reported what it has replayed", "journalctl -u patroni"),
    "a replica nobody waits for": (lambda f: sender(f, "db2").update(sync_state="async"), "db2", "commits don't wait for it", "journalctl"),
    "a replica Patroni doesn't count": (lambda f: all_members(f, role="replica"), "db2", "Patroni: replica", "journalctl"),
    "a paused replay": (lambda f: part(f, "db2", "postgresql").update(replay_paused=True), "db2", "replay is paused", "pg_wal_replay_resume"),
    "another timeline": (lambda f: all_members(f, timeline=2), "db2", "timeline 2, db1 on 3", "site.yml"),
    "two primaries": (lambda f: part(f, "db2", "postgresql").update(in_recovery=False), "database", "db1 and db2 take writes", "patronictl"),
    "no primary": (lambda f: part(f, "db1", "postgresql").update(in_recovery=True), "database", "no machine takes writes", "patronictl"),
    "no replica": (lambda f: part(f, "db1", "postgresql")["senders"].clear(), "db1", "every write is on this machine alone", "repair the replicas"),
    "Patroni paused": (lambda f: part(f, "db3", "patroni")["cluster"].update(pause=True), "database", "Patroni is paused", "resume holdfast"),
    "failsafe mode": (lambda f: part(f, "db1", "patroni")["self"].update(failsafe_mode_is_active=True), "db1", "failsafe mode", "repair etcd"),
    "Patroni without etcd": (lambda f: part(f, "db1", "patroni")["self"].update(dcs_last_seen=4900), "db1", "hasn't reached etcd", "journalctl"),
    "a member that may not lead": (lambda f: part(f, "db3", "patroni")["self"].update(tags={"nofailover": True}), "db3", "nofailover", "config.yml"),
    "PostgreSQL starting": (lambda f: part(f, "db3", "patroni")["self"].update(state="starting"), "db3", "is starting", "journalctl -u patroni"),
    "a setting that waits": (lambda f: part(f, "db1", "postgresql").update(pending_restart=["shared_buffers"]), "db1", "restart to apply shared_buffers",
                             "patronictl -c /etc/patroni/config.yml restart holdfast db1"),
    "connections of a login": (lambda f: part(f, "db1", "postgresql")["logins"]["core"].update(used=95), "db1", "core has 95 of its 100", "pg_stat_activity"),
    "all connections": (lambda f: part(f, "db1", "postgresql").update(connections=140), "db1", "140 of at most 150", "pg_stat_activity"),
    "HAProxy's connections": (lambda f: part(f, "lb1", "haproxy").update(connections=950), "lb1", "950 of at most 1000", "opens"),
    "the firewall's connections": (lambda f: f["web1"]["connections"].update(used=2800), "web1", "2800 of at most 2900", "nf_conntrack_max"),
    "etcd's alarm NOSPACE": (lambda f: part(f, "db1", "etcd")["alarms"].append(NOSPACE), "db2", "NOSPACE is raised", "etcdctl alarm disarm"),
    "etcd's alarm CORRUPT": (lambda f: part(f, "db1", "etcd")["alarms"].append({**NOSPACE, "alarm": "CORRUPT"}), "db2", "CORRUPT is raised", "site.yml"),
    "etcd's database": (lambda f: part(f, "db3", "etcd")["status"].update(dbSize=str(1700 << 20)), "db3", "1.7 GB of at most 2.0 GB", "defrag"),
    "no majority": (lambda f: [part(f, name, "etcd").update(majority=False) for name in DATABASES], "etcd", "no majority", "recover_etcd.yml"),
    "a member of etcd too few": (lambda f: [part(f, name, "etcd")["members"].pop() for name in DATABASES], "etcd", "its members are db1, db2", "site.yml"),
    "etcd hangs": (lambda f: f["db2"]["parts"].update(etcd={"error": "timed out"}), "db2", "etcd doesn't answer as it should: timed out", "journalctl -u etcd"),
    "a unit that was never installed": (lambda f: unit(f, "app1", "core").update(ActiveState="inactive", UnitFileState=""),
                                        "app1", "core is not installed", "lab/play site.yml"),
    "a unit that is down": (lambda f: unit(f, "app1", "core").update(ActiveState="inactive"), "app1", "core is inactive", "systemctl start core"),
    "a unit that failed": (lambda f: unit(f, "app1", "core").update(ActiveState="failed"), "app1", "core failed", "can't be read: lab/play site.yml"),
    "a unit on its way": (lambda f: unit(f, "app1", "core").update(ActiveState="activating", SubState="start-post"), "app1", "core is activating", "journalctl"),
    "a unit that ends again and again": (lambda f: unit(f, "app1", "rabbitmq-server").update(NRestarts="12", active_for_s=3), "app1", "12 restarts", "wait 57 s if it has just"),
    "a unit between two lives": (lambda f: unit(f, "app1", "core").update(ActiveState="activating", SubState="auto-restart"), "app1", "again and again", "journal"),
    "a unit that won't start again": (lambda f: unit(f, "lb1", "haproxy").update(UnitFileState="masked-runtime"), "lb1", "masked-runtime", "systemctl unmask"),
    "a stranger's failed unit": (lambda f: f["web1"]["units"]["all"].update({"x.service": {**unit(f, "web1", "ssh"), "ActiveState": "failed"}}),
                                 "web1", "x failed", "journalctl -u x"),
    "an enabled unit that doesn't run": (lambda f: f["db1"]["units"]["all"].update({"keeper.service": {**unit(f, "db1", "ssh"), "ActiveState": "inactive"}}),
                                         "db1", "keeper is inactive", "systemctl start keeper"),
    "a unit file of before": (lambda f: unit(f, "web1", "nginx").update(NeedDaemonReload="yes"), "web1", "older unit file", "lab/play site.yml"),
    "a process older than its configuration": (
        lambda f: part(f, "web1", "stale")["units"].append({"unit": "nginx", "action": "reload", "files": ["/etc/nginx/nginx.conf"]}),
        "web1", "nginx runs with an older configuration than the one on disk (/etc/nginx/nginx.conf)", "lab/play site.yml, which will reload it"),
    "no word on older processes": (lambda f: f["web1"]["parts"].update(stale={"error": "No such file"}), "web1", "older than their configuration", "site.yml"),
    "a full disk": (lambda f: f["db1"]["disks"][0].update(free=100 << 20), "db1", "/ is full: 100 MB of 20.0 GB left", "du -xh /"),
    "no inodes": (lambda f: f["db1"]["disks"][0].update(inodes_free=10), "db1", "10 of 1000 inodes", "du --inodes"),
    "a disk that went read-only": (lambda f: f["db1"]["disks"][0].update(read_only=True), "db1", "/ is read-only", "dmesg"),
    "two holders of the VIP": (lambda f: f["lb2"]["addresses"].append("10.0.0.10"), "lb1, lb2", "both hold the VIP 10.0.0.10", "systemctl stop keepalived"),
    "no holder of the VIP": (lambda f: f["lb1"]["addresses"].pop(), "lb1, lb2", "no machine holds the VIP", "systemctl start keepalived"),
    "keepalived in FAULT": (lambda f: part(f, "lb2", "keepalived").update(state="FAULT"), "lb2", "in FAULT", "journalctl"),
    "a replica without reads": (lambda f: [seen_by(f, name, "replicas", "db2").update(status="NOLB") for name in BALANCERS],
                                "db2", "replicas on lb1 and lb2 sees it NOLB", "journalctl -u haproxy"),
    "a primary without writes": (lambda f: seen_by(f, "lb2", "primary", "db1").update(status="DOWN"), "db1", "primary on lb2 sees it DOWN", "haproxy"),
    "writes to a replica": (lambda f: seen_by(f, "lb2", "primary", "db2").update(status="UP"), "db2", "UP, and is no primary", "haproxy"),
    "a server that is down": (lambda f: seen_by(f, "lb1", "cache", "app1").update(status="DOWN"), "app1", "cache on lb1 sees it DOWN", "haproxy"),
    "core not ready": (lambda f: part(f, "app1", "core").update(status=503), "app1", "core isn't ready (503)", "journalctl -u core"),
    "a folder that nginx can't use": (lambda f: f["web1"]["parts"].update(kept_answers={"error": "www-data can't use /var/cache/nginx/kept"}),
                                      "web1", "nginx keeps no answers, so each search asks a node: www-data can't use", "systemctl restart nginx"),
    "no way to core": (lambda f: part(f, "web1", "way_to_core").update(status=502), "web1", "answered 502", "journalctl -u nginx"),
    "Redis hangs": (lambda f: f["app1"]["parts"].update(redis={"error": "timed out"}), "app1", "redis doesn't answer", "journalctl -u redis-server"),
    "units that can't be checked": (lambda f: f["app1"].update(units={"error": "systemctl: no answer within 5 s"}), "app1", "units can't be checked: systemctl",
                                 "systemctl --failed"),
    "a clock that nobody sets": (lambda f: f["app1"]["clock"].update(synchronized=False), "app1", "no time server", "timedatectl"),
    "a clock that is wrong": (lambda f: f["app1"]["clock"].update(off_s=-3600.0), "app1", "-3600 s off", "timedatectl"),
}


@pytest.mark.parametrize("happens, name, what, remedy", CASES.values(), ids=CASES)
def test_a_fault_is_named_with_its_remedy(well, happens, name, what, remedy):
    happens(well)
    found = problems(well)
    assert any(line.startswith(f"PROBLEM {name}: ") and what in line and remedy in line.split(". Do: ")[1] for line in found), found


def test_a_slot_is_found_under_the_name_that_patroni_gives_it(well):
    facts, expected = (json.loads(json.dumps(each).replace("db2", "db2.example.org")) for each in (well, EXPECTED))
    slot(facts, "db2.example.org").update(name="db2_example_org")
    assert status.status_problems(answers(facts), expected) == []


@pytest.mark.parametrize("case", ["a lost slot", "a copy that was never started", "a replica ahead"])
def test_a_remedy_names_only_programs_that_make_a_copy(well, case):
    """site.yml makes no copy. After a lost slot a copy that is made by hand can't stream either, because Patroni keeps the lost slot."""
    CASES[case][0](well)
    remedy = next(line for line in problems(well) if line.startswith("PROBLEM db2")).split(". Do: ")[1]
    assert "site.yml" not in remedy and "unless Patroni is paused" in remedy
    assert ("reinit holdfast db2" in remedy) == (case != "a lost slot")


def test_an_alarm_that_stops_reads_is_not_reported_as_a_lost_majority(well):
    for name in DATABASES:
        part(well, name, "etcd").update(majority=False, alarms=[{**NOSPACE, "alarm": "CORRUPT"}])
    assert len(problems(well)) == 1 and "CORRUPT" in problems(well)[0]


def test_only_the_worst_problem_of_a_replica_is_shown(well):
    CASES["a lost slot"][0](well)
    assert [line for line in problems(well) if line.startswith("PROBLEM db2")] == [line for line in problems(well) if "slot is lost" in line]


@pytest.mark.parametrize("name", EXPECTED["groups"]["all"])
def test_an_unreachable_machine_is_named_and_hides_no_other_problem(well, name):
    well["app1" if name != "app1" else "web1"]["disks"][0].update(free=0)
    said = {**answers(well), name: {"unreachable": True, "msg": "No route to host"}}
    found = status.status_problems(said, EXPECTED)
    assert f"PROBLEM {name}: can't be reached (No route to host). Do: start the machine" in found[0], found
    assert any("is full" in line for line in found)
    assert not any("can't read" in line for line in found), found
    assert any(line.startswith(name) and "NOT REACHED" in line for line in status.status_table(said, EXPECTED))


@pytest.mark.parametrize("answer", [{}, {"stdout": ""}, {"stdout": "Traceback", "stderr": "No space left on device"}, {"stdout": "[]"}, {"stdout": "7"},
                                    {"stdout": '{"parts": 3}'}, {"stdout": None}])
def test_an_invalid_answer_is_a_problem_of_its_machine(well, answer):
    found = status.status_problems({**answers(well), "web1": answer}, EXPECTED)
    assert len(found) == 1 and found[0].startswith("PROBLEM web1: can't be asked"), found


def places(facts, path=()):
    """Yields the path of every value in the facts."""
    for key, value in facts.items() if isinstance(facts, dict) else enumerate(facts):
        yield (*path, key)
        if isinstance(value, (dict, list)):
            yield from places(value, (*path, key))


@pytest.mark.parametrize("garbage", [None, "?", [], {"error": "timed out"}])
def test_an_invalid_field_never_hides_the_problem_of_another_machine(well, garbage):
    """Each field is replaced in turn. There is never a traceback, and app1's full disk is always listed."""
    well["app1"]["disks"][0].update(free=0)
    for name in ("db1", "lb1", "web1"):
        for path in places(well[name]):
            broken = copy.deepcopy(well)
            place = broken[name]
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = garbage
            assert any("app1: / is full" in line for line in problems(broken)), (name, path)
            status.status_table(answers(broken), EXPECTED)


def test_the_leaders_position_is_read_after_those_of_its_replicas():
    """Both are read in one statement, so the order must follow from the data: the position needs the count of the replicas, which are read once."""
    parts = dict(re.findall(r"(\w+) AS MATERIALIZED \((.*?)\)(?=,\n  \w+ AS|\nSELECT)", machine_facts.POSTGRESQL, re.DOTALL))
    assert "FROM pg_stat_replication" in parts["senders"] and machine_facts.POSTGRESQL.count("pg_stat_replication") == 1
    assert "pg_current_wal_flush_lsn()" in parts["here"] and machine_facts.POSTGRESQL.count("pg_current_wal") == 1
    assert "WHEN seen.senders < 0" in parts["here"] and parts["here"].endswith("FROM (SELECT count(*) AS senders FROM senders) AS seen")


def test_the_script_answers_although_every_part_fails():
    """The script runs from standard input, as on a machine. Here no part exists."""
    questions = {"asked": time.time(), "units": ["no-such-unit"], "parts": {
        "etcd": {"ask": "etcd", "url": "http://127.0.0.1:1"}, "redis": {"ask": "tcp", "address": "127.0.0.1", "port": 1, "send": "PING", "expect": "PONG"},
        "haproxy": {"ask": "haproxy", "path": "/nonexistent"}, "stale": {"ask": "stale", "path": "/nonexistent"}}}
    done = subprocess.run([sys.executable, "-", json.dumps(questions)], input=(ROOT / "ansible/files/machine_facts.py").read_text(),
                          capture_output=True, text=True, check=True)
    facts = json.loads(done.stdout)
    assert facts["disks"] and all(disk["size"] > 0 for disk in facts["disks"])
    assert {name: sorted(said) for name, said in facts["parts"].items()} == dict.fromkeys(questions["parts"], ["error"])


def test_a_folder_that_its_user_cannot_use_is_named():
    with tempfile.TemporaryDirectory() as top:
        inner = Path(top, "1/2")
        inner.mkdir(parents=True)
        for each in (Path(top), inner.parent, inner):
            each.chmod(0o777)
        assert machine_facts.ask_folder(top, "nobody") == {}
        for each in (inner, inner.parent):
            each.chmod(0o755)
            with pytest.raises(OSError, match=f"nobody can't use {each}$"):
                machine_facts.ask_folder(top, "nobody")
        with pytest.raises(OSError, match="No such file"):
            machine_facts.ask_folder(f"{top}/none", "nobody")


def test_a_stopped_nginx_is_not_also_reported_for_its_folder(well):
    unit(well, "web1", "nginx").update(ActiveState="inactive")
    part(well, "web1", "kept_answers")["error"] = "No such file or directory"
    assert not any("keeps no answers" in line for line in problems(well))


def test_the_remedies_name_playbooks_that_exist():
    source = (ROOT / "ansible/filter_plugins/status.py").read_text()
    named = set(re.findall(r"[\w/]+\.yml", source)) - {"config.yml", "/etc/patroni/config.yml", "patroni/config.yml"}
    assert "site.yml" in named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
