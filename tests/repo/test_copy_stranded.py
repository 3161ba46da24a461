"""Tests of copy_stranded.py: which replicas get a new copy of the leader, and when. A replica in trouble must not stop the copies of others."""

import importlib.util
import json
import sys
import threading
import types
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "roles/patroni/files/copy_stranded.py"
STATUS = ROOT / "ansible/filter_plugins/status.py"
KEPT = 1000  # the position at which the leader's WAL begins
FLUSHED = 3 * KEPT  # the position up to which it is on the disk
GONE = "db2 needs WAL that is gone here"
AHEAD = "db2 is ahead of this leader"
STARTUP = "db2 stays in the state startup"
GONE_LOOKS = 4
STARTUP_LOOKS = 10
PATRONICTL = """#!/bin/sh
echo "$*" >> "$0.asked"
[ ! -e "$0.hangs" ] || exec sleep 60
[ ! -e "$0.fails" ] || { echo "no etcd" >&2; exit 1; }
"""


class DatabaseTrouble(Exception):
    """The fake psycopg2.Error."""


class Ended(Exception):
    """Ends the script after enough looks."""


class Cluster:
    """A fake cluster: db1 leads, db2 and db3 stream. Each member has its own answer of Patroni's API. The WAL goes from KEPT to FLUSHED. patronictl records
    its arguments.
    """

    def __init__(self, folder):
        self.names, self.leader = ["db1", "db2", "db3"], "db1"
        self.listed = {"db1": "running", "db2": "streaming", "db3": "streaming"}  # the states in etcd
        self.answers, self.starting, self.asked = {}, [], []
        self.paused, self.flushed, self.renewed, self.database_fails = False, FLUSHED, [], ""
        for name in self.names:
            self.stands(name, 2 * KEPT)
        self.patronictl = folder / "patronictl"
        self.patronictl.write_text(PATRONICTL)
        self.patronictl.chmod(0o755)
        self.server = ThreadingTCPServer(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()

    def handler(self):
        cluster = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                code, body = cluster.answer(self.path)
                self.send_response(code)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        return Handler

    def answer(self, path):
        if path == "/patroni":
            return 200, json.dumps({"role": "primary" if self.leader == "db1" else "replica", "timeline": 1})
        if path == "/cluster":
            return 200, json.dumps({"scope": "holdfast", **({"pause": True} if self.paused else {}), "members": [
                {"name": name, "role": "leader" if name == self.leader else "replica", "state": self.listed[name], "api_url": f"{self.url}/{name}/patroni"}
                for name in self.names]})
        self.asked.append(path)
        return self.answers[path.split("/")[1]]

    def stands(self, name, received, replayed=None, **said):
        """Sets the positions that the member's own API reports."""
        xlog = {"received_location": received, "replayed_location": received if replayed is None else replayed, "paused": False}
        self.answers[name] = (200, json.dumps({"state": "running", "timeline": 1, "xlog": xlog, **said}))

    def strand(self, name):
        self.listed[name] = "running"
        self.stands(name, KEPT // 2)

    def copying(self, name):
        """Makes the member's API answer as during a copy: without a position."""
        self.answers[name] = (503, json.dumps({"state": "creating replica"}))

    def connect(self, **_):
        """The fake psycopg2.connect."""
        if self.database_fails:
            raise DatabaseTrouble(self.database_fails)
        return Connection(self)

    def copied(self):
        asked = Path(f"{self.patronictl}.asked")
        return asked.read_text().splitlines() if asked.exists() else []


class Connection:
    """The fake connection and cursor of psycopg2, as far as the script uses them."""

    def __init__(self, cluster):
        self.cluster, self.row = cluster, None

    def cursor(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def execute(self, statement, values):
        if "pg_drop_replication_slot" in statement:
            self.cluster.renewed.append(values[0])
        elif "pg_current_wal_flush_lsn" in statement:
            self.cluster.asked.append("flushed")
            self.row = (self.cluster.flushed, self.cluster.starting)
        else:
            self.row = (values[0] + 1 < KEPT,)

    def fetchone(self):
        return self.row

    def close(self):
        pass


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    made = Cluster(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def script(cluster, monkeypatch):
    """The script, with a fake psycopg2 that connects to the fake cluster."""
    driver = types.ModuleType("psycopg2")
    driver.Error, driver.connect = DatabaseTrouble, cluster.connect
    monkeypatch.setitem(sys.modules, "psycopg2", driver)
    return load(SCRIPT)


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture
def look(script, cluster, capsys):
    """A function that runs the script for a number of looks, calls `between` after each look, and returns the output."""

    def run(looks, between=lambda: None):
        left = iter(range(looks - 1))

        def sleep(_):
            between()
            if next(left, None) is None:
                raise Ended

        script.time = types.SimpleNamespace(sleep=sleep)
        with pytest.raises(Ended):
            script.main(cluster.url, "config.yml", "sockets", "5432")
        return capsys.readouterr().out

    return run


def test_a_stranded_replica_gets_a_new_copy(cluster, look):
    cluster.strand("db2")
    assert look(GONE_LOOKS - 1) == "" and cluster.copied() == []
    said = look(GONE_LOOKS)
    assert cluster.copied() == ["-c config.yml reinit holdfast db2 --force"]
    assert cluster.renewed == ["db2"] and said.count("\n") == 1 and said.startswith(GONE)


def test_a_replica_that_streams_again_gets_no_copy(cluster, look):
    cluster.strand("db2")
    states = iter((["running"] * (GONE_LOOKS - 2) + ["streaming", "running"]) * 3)
    look(3 * GONE_LOOKS, lambda: cluster.listed.update(db2=next(states)))
    assert cluster.copied() == []


def test_a_replica_that_still_replays_its_own_wal_gets_no_copy(cluster, look):
    """After a restart a replica reports its replayed position as the received one, until it has replayed all its WAL and streams again."""
    cluster.strand("db2")
    replayed = iter(range(100))
    look(3 * GONE_LOOKS, lambda: cluster.stands("db2", KEPT // 2 + next(replayed)))
    assert cluster.copied() == []


@pytest.mark.parametrize("state", ["streaming", "creating replica", "starting", "stopped"])
def test_a_replica_that_streams_or_does_not_run_gets_no_copy(cluster, look, state):
    cluster.strand("db2")
    cluster.listed["db2"] = state
    assert look(2 * GONE_LOOKS) == "" and cluster.copied() == [] and cluster.renewed == []


def test_a_replica_whose_wal_the_leader_still_has_gets_no_copy(cluster, look):
    cluster.listed["db2"] = "running"
    assert look(2 * GONE_LOOKS) == "" and cluster.copied() == []


def test_a_replica_gets_no_second_copy_while_the_first_goes_on(cluster, look):
    """etcd may list the replica as running for some more seconds."""
    cluster.strand("db2")
    look(3 * GONE_LOOKS, lambda: cluster.copying("db2") if cluster.copied() else None)
    assert len(cluster.copied()) == 1


def test_a_replica_that_is_still_stranded_gets_another_copy(cluster, look):
    cluster.strand("db2")
    look(2 * GONE_LOOKS)
    assert len(cluster.copied()) == 2


@pytest.mark.parametrize("trouble", [None, (502, "<html>"), (200, "")])
def test_a_replica_that_does_not_answer_does_not_stop_the_copy_of_another(cluster, look, trouble):
    cluster.strand("db2")
    cluster.strand("db3")
    cluster.names = ["db2", "db3", "db1"]  # db2 is asked first
    if trouble:
        cluster.answers["db2"] = trouble
    else:
        del cluster.answers["db2"]  # the connection breaks
        cluster.server.handle_error = lambda *_: None
    said = look(GONE_LOOKS + 1)
    assert cluster.copied() == ["-c config.yml reinit holdfast db3 --force"]
    assert said.count("can't find out whether db2 is stranded") == 1


def test_only_the_leaders_machine_asks_for_copies(cluster, look):
    cluster.strand("db2")
    cluster.leader = "db3"
    assert look(GONE_LOOKS + 1) == "" and cluster.copied() == [] and cluster.renewed == []


def test_looks_before_a_loss_of_the_lead_do_not_count(cluster, look):
    cluster.strand("db2")
    leaders = iter(["db3"] + ["db1"] * GONE_LOOKS)
    look(GONE_LOOKS + 1, lambda: setattr(cluster, "leader", next(leaders)))
    assert cluster.copied() == []


def test_a_failed_patronictl_is_reported_once_and_tried_again(cluster, look):
    cluster.strand("db2")
    failing = Path(f"{cluster.patronictl}.fails")
    failing.touch()
    said = look(GONE_LOOKS + 3)
    assert len(cluster.copied()) > 2 and said == "db2 is stranded, and a new copy failed: patronictl reinit db2: no etcd\n"
    failing.unlink()
    assert look(GONE_LOOKS).startswith(GONE)


def test_a_patronictl_that_hangs_is_ended_and_tried_again(cluster, look, script, monkeypatch):
    monkeypatch.setattr(script, "PATRONICTL_S", 0.5, raising=False)
    cluster.strand("db2")
    cluster.strand("db3")
    hanging = Path(f"{cluster.patronictl}.hangs")
    hanging.touch()
    said = look(GONE_LOOKS + 1)
    assert said.splitlines() == [f"{name} is stranded, and a new copy failed: patronictl reinit {name}: no answer within 0.5 s" for name in ("db2", "db3")]
    hanging.unlink()
    assert look(GONE_LOOKS).startswith(GONE)


def test_nothing_is_done_while_patroni_is_paused(cluster, look):
    """A pause means that somebody works on the cluster by hand. Looks before the pause don't count after it."""
    cluster.strand("db2")
    cluster.paused = True
    assert look(2 * GONE_LOOKS) == "" and cluster.copied() == [] and cluster.renewed == []
    cluster.paused = False
    pauses = iter([True] + [False] * GONE_LOOKS)
    look(GONE_LOOKS + 1, lambda: setattr(cluster, "paused", next(pauses)))
    assert cluster.copied() == []


def test_a_failed_copy_does_not_stop_the_copy_of_another_replica(cluster, look):
    cluster.strand("db2")
    cluster.strand("db3")
    Path(f"{cluster.patronictl}.fails").touch()
    look(GONE_LOOKS)
    assert [line.split()[-2] for line in cluster.copied()] == ["db2", "db3"]


def test_a_database_that_does_not_answer_is_reported_once_for_each_outage(cluster, look):
    cluster.strand("db2")
    faults = iter([*[""] * (GONE_LOOKS - 1), "away", *[""] * GONE_LOOKS])
    cluster.database_fails = "away"
    said = look(2 * GONE_LOOKS, lambda: setattr(cluster, "database_fails", next(faults)))
    assert said == "can't find out which members are stranded: away\n" * 2 and cluster.copied() == []


@pytest.mark.parametrize("state", ["running", "streaming"])
@pytest.mark.parametrize(("received", "replayed"), [(FLUSHED + 1, FLUSHED - 1), (FLUSHED - 1, FLUSHED + 1)])
def test_a_replica_ahead_of_the_leader_gets_a_new_copy_at_the_second_look(cluster, look, state, received, replayed):
    """Such a replica has other data than the leader, in whatever state Patroni lists it."""
    cluster.listed["db2"] = state
    cluster.stands("db2", received, replayed)
    assert look(1) == "" and cluster.copied() == []
    assert look(2).startswith(AHEAD)
    assert cluster.copied() == ["-c config.yml reinit holdfast db2 --force"]


def test_a_replica_that_is_ahead_at_one_look_only_gets_no_copy(cluster, look):
    cluster.stands("db2", FLUSHED + 1)
    look(4, lambda: setattr(cluster, "flushed", FLUSHED + 2))
    assert cluster.copied() == []


def test_a_replica_at_the_leaders_position_gets_no_copy(cluster, look):
    cluster.stands("db2", FLUSHED)
    assert look(4) == "" and cluster.copied() == []


def test_the_leaders_position_is_read_after_those_of_the_members(cluster, look):
    """In the other order, a healthy replica would seem to be ahead while writes go on."""
    look(1)
    assert cluster.asked == ["/db2/patroni", "/db3/patroni", "flushed"]


def test_a_replica_ahead_on_another_timeline_gets_no_copy_because_patroni_rewinds_it(cluster, look):
    cluster.stands("db2", FLUSHED + 1, timeline=2)
    assert look(4) == "" and cluster.copied() == []


def silence(cluster, name):
    cluster.answers[name] = (502, "<html>")


@pytest.mark.parametrize("other", [
    lambda cluster: cluster.names.remove("db3"),
    lambda cluster: cluster.listed.update(db3="stopped"),
    lambda cluster: cluster.listed.update(db3="running"),
    lambda cluster: cluster.starting.append("db3"),
    lambda cluster: silence(cluster, "db3"),
    lambda cluster: cluster.copying("db3"),
    lambda cluster: cluster.stands("db3", 2 * KEPT, timeline=2),
    lambda cluster: cluster.stands("db3", 0),
], ids=["none", "stopped", "not streaming", "in startup", "silent", "a copy", "another timeline", "nowhere"])
def test_a_replica_ahead_is_kept_while_no_other_replica_follows_the_leader(cluster, look, other):
    """Such a replica may hold the only copy of data that the leader has lost. This is so even if it also stays in startup."""
    cluster.starting = ["db2"]
    cluster.stands("db2", FLUSHED + 1)
    other(cluster)
    said = [line for line in look(STARTUP_LOOKS).splitlines() if "db3" not in line]
    assert "db2" not in " ".join(cluster.copied() + cluster.renewed)
    assert len(said) == 1 and said[0].startswith(f"{AHEAD}, which may have lost data that db2 has")
    assert said[0].endswith("patronictl -c config.yml reinit holdfast db2")


def test_several_replicas_ahead_are_kept_while_no_other_replica_follows_the_leader(cluster, look):
    for name in ("db2", "db3"):
        cluster.stands(name, FLUSHED + 1)
    said = look(4).splitlines()
    assert cluster.copied() == [] and [line.split(",")[0] for line in said] == [AHEAD, AHEAD.replace("db2", "db3")]


def test_several_replicas_ahead_get_new_copies_while_another_replica_follows_the_leader(cluster, look):
    cluster.names.append("db4")
    cluster.listed["db4"] = "streaming"
    for name, position in (("db2", FLUSHED + 1), ("db3", FLUSHED + 1), ("db4", FLUSHED)):
        cluster.stands(name, position)
    look(2)
    assert [line.split()[-2] for line in cluster.copied()] == ["db2", "db3"]


def test_the_other_replica_must_follow_the_leader_at_every_look(cluster, look):
    cluster.stands("db2", FLUSHED + 1)
    states = iter(["stopped", "streaming"] * 4)
    look(8, lambda: cluster.listed.update(db3=next(states)))
    assert cluster.copied() == []


def test_a_replica_that_stays_in_startup_gets_a_new_copy(cluster, look):
    cluster.starting = ["db2"]
    assert look(STARTUP_LOOKS - 1) == "" and cluster.copied() == []
    assert look(STARTUP_LOOKS).startswith(STARTUP)
    assert cluster.copied() == ["-c config.yml reinit holdfast db2 --force"]


def test_a_replica_in_startup_that_still_replays_gets_no_copy(cluster, look):
    """Before a replica asks for the leader's timeline, it replays the WAL that it has, however long that takes."""
    cluster.starting = ["db2"]
    replayed = iter(range(100))
    look(2 * STARTUP_LOOKS, lambda: cluster.stands("db2", 2 * KEPT, KEPT + next(replayed)))
    assert cluster.copied() == []


def test_a_replica_in_startup_whose_replay_is_paused_gets_no_copy(cluster, look):
    cluster.starting = ["db2"]
    cluster.stands("db2", 0, xlog={"received_location": 2 * KEPT, "replayed_location": 2 * KEPT, "paused": True})
    assert look(2 * STARTUP_LOOKS) == "" and cluster.copied() == []


def test_a_replica_that_leaves_startup_in_between_gets_no_copy(cluster, look):
    places = iter((["db2"] * (number % STARTUP_LOOKS != 0) for number in range(100)))
    look(3 * STARTUP_LOOKS, lambda: setattr(cluster, "starting", next(places)))
    assert cluster.copied() == []


@pytest.mark.parametrize("delay", ["max_standby_streaming_delay", "max_standby_archive_delay"])
@pytest.mark.parametrize("kind", ["gone", "startup"])
def test_a_read_that_delays_replay_ends_before_the_replica_gets_a_copy(script, delay, kind):
    """A read may delay the replay of streamed WAL, and the replay of WAL that the replica has itself. Each has its own limit."""
    parameters, timeouts = (yaml.safe_load((ROOT / "group_vars" / name).read_text()) for name in ("database.yml", "all/timeouts.yml"))
    assert parameters["patroni_parameters"].get(delay) == "{{ timeout_statement }}s"
    assert timeouts["timeout_statement"] < (script.LOOKS[kind] - 1) * script.LOOK_EVERY_S


@pytest.mark.parametrize(("member", "slot"), [
    ("db1", "db1"),
    ("db_1", "db_1"),
    ("DB-1.Example.org", "db_1_example_org"),
    ("db 1", "dbu00321"),
    ("dbö", "dbu0246"),
    ("d" * 64, "d" * 63),
])
def test_a_slot_has_the_name_that_patroni_gives_it(script, member, slot):
    """The rule is in slot_name_from_member_name of Patroni 4.0. status.py runs elsewhere and repeats the rule, so it must give the same name."""
    assert script.slot_of(member) == slot
    assert load(STATUS).slot_of(member) == slot
