"""Tests of copy_member.py: a complete copy of the leader, started once, takes the place of the data. An interrupted copy never does."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "roles/patroni/files/copy_member.py"
DEADLINE_S = 20
COPIES = """#!/bin/sh
for word; do case $word in --pgdata=*) place=${word#--pgdata=} ;; esac; done
mkdir -p "$place/global" && touch "$place/backup_label" "$place/begun"
while [ -e "$0.waits" ]; do sleep 0.05; done
[ ! -e "$0.fails" ] || exit 1
echo production > "$place/global/pg_control"
"""
STARTS = """#!/bin/sh
cd "$2" && [ -e standby.signal ] || exit 2
trap 'sleep $(cat "$0.stops" || echo 0); exit 0' INT
[ ! -e "$0.fails" ] || exit 1
echo recovery > global/pg_control && mv backup_label backup_label.old
while :; do sleep 0.05; done
"""


class Member:
    """A data directory, with fake programs pg_basebackup and postgres."""

    def __init__(self, folder):
        self.data = folder / "data"
        self.place = folder / "data.copy"
        self.programs = folder / "bin"
        self.programs.mkdir()
        for name, text in (("pg_basebackup", COPIES), ("postgres", STARTS)):
            (self.programs / name).write_text(text)
            (self.programs / name).chmod(0o755)

    def order(self, word):
        """Returns the file that changes what a program does: pg_basebackup.waits, pg_basebackup.fails, postgres.fails or postgres.stops."""
        return self.programs / word

    def begin(self):
        words = [f"--datadir={self.data}", "--connstring=host=nobody", f"--bin_dir={self.programs}", "--scope=x", "--role=replica"]
        return subprocess.Popen([sys.executable, SCRIPT, *words], stderr=subprocess.PIPE, text=True)

    def copy(self):
        process = self.begin()
        _, said = process.communicate(timeout=DEADLINE_S)
        return process.returncode, said

    def put_aside(self):
        subprocess.run([sys.executable, SCRIPT, "--aside", f"--datadir={self.data}"], check=True)

    def holds_a_copy(self):
        return (self.data / "global/pg_control").read_text() == "recovery\n" and not (self.data / "backup_label").exists()

    def left(self):
        return sorted(path.name for path in self.data.parent.iterdir() if path != self.programs)


@pytest.fixture
def member(tmp_path):
    """A member whose programs react to SIGINT. If a shell runs the tests in the background, they ignore SIGINT, and so do their children. Then the fake postgres would never stop."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield Member(tmp_path)
    signal.signal(signal.SIGINT, before)


def until(condition):
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_copy_takes_the_place_of_the_data_after_its_start_as_a_replica(member):
    assert member.copy()[0] == 0
    assert member.holds_a_copy()
    assert member.left() == ["data"]


def test_a_copy_replaces_the_old_data(member):
    (member.data / "base").mkdir(parents=True)
    assert member.copy()[0] == 0
    assert not (member.data / "base").exists()
    assert member.left() == ["data"]


@pytest.mark.parametrize(("fails", "says"), [("pg_basebackup.fails", "pg_basebackup ended with 1"), ("postgres.fails", "doesn't start")])
def test_a_copy_that_fails_leaves_no_data(member, fails, says):
    member.order(fails).touch()
    code, said = member.copy()
    assert code == 1 and says in said
    assert not member.data.exists()


def test_a_copy_that_stops_slowly_is_kept(member, monkeypatch):
    """Before PostgreSQL ends, it writes everything that it has replayed. This takes a while on a busy disk, and is no reason to begin a new copy."""
    spec = importlib.util.spec_from_file_location("copy_member", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "ENDS_WITHIN_S", 0.2)
    member.order("postgres.stops").write_text("1")
    (member.place / "global").mkdir(parents=True)
    (member.place / "backup_label").touch()
    script.start_once(member.place, member.programs)
    assert (member.place / "global/pg_control").read_text() == "recovery\n"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_after_an_interrupted_copy_the_next_one_ends_its_processes_and_begins_again(member, number):
    member.order("pg_basebackup.waits").touch()
    first = member.begin()
    until((member.place / "begun").exists)
    first.send_signal(number)
    first.wait(DEADLINE_S)
    assert not member.data.exists()
    member.order("pg_basebackup.waits").unlink()
    assert member.copy()[0] == 0
    assert member.holds_a_copy()
    assert not [pid for pid in os.listdir("/proc") if pid.isdigit() and str(member.place) in words(pid)]


def words(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def test_a_second_copy_ends_the_first(member):
    member.order("pg_basebackup.waits").touch()
    first = member.begin()
    until((member.place / "begun").exists)
    second = member.begin()
    assert first.wait(DEADLINE_S) == -signal.SIGKILL
    member.order("pg_basebackup.waits").unlink()
    second.communicate(timeout=DEADLINE_S)
    assert second.returncode == 0 and member.holds_a_copy()


@pytest.mark.parametrize("control", [None, ""])
def test_data_without_a_valid_pg_control_is_moved_aside_and_not_removed(member, control):
    (member.data / "global").mkdir(parents=True)
    (member.data / "base").write_text("the only one, perhaps")
    if control is not None:
        (member.data / "global/pg_control").write_text(control)
    member.put_aside()
    assert not member.data.exists()
    assert [path.read_text() for path in member.data.parent.glob("data.aside-*/base")] == ["the only one, perhaps"]
    assert member.copy()[0] == 0
    assert member.left() == ["data"]


def test_data_with_a_pg_control_is_not_moved(member):
    (member.data / "global").mkdir(parents=True)
    (member.data / "global/pg_control").write_text("production")
    member.put_aside()
    assert (member.data / "global/pg_control").exists()


def test_an_empty_or_missing_directory_is_not_moved(member):
    member.put_aside()
    member.data.mkdir()
    member.put_aside()
    assert member.left() == ["data"]
