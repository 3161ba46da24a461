"""Tests of fault.py with a fake database machine: the moment at which a copy is stopped, and the settings after a slot is lost."""

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "roles/drill/files/fault.py"
SPEC = importlib.util.spec_from_file_location("fault", SCRIPT)
fault = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(fault)

SYSTEMCTL = """#!/bin/sh
case "$*" in
  *ControlGroup*) echo unit ;;
  *MainPID*) cat "{folder}/patroni.pid" ;;
  *ActiveState*) cat "{folder}/state" ;;
esac
"""
# This fake makes a copy in 0.3 s beside the data directory, starts PostgreSQL from the copy once, and renames the copy
# to the data directory. Then, as Patroni does, it starts PostgreSQL in the data directory, unless Patroni is stopped.
# Each process joins the unit's cgroup, like everything that Patroni starts.
PATRONICTL = """#!/bin/sh
echo "$*" >> "{folder}/asked"
[ -e "{folder}/refuses" ] && exit 1
patroni=$(cat "{folder}/patroni.pid")
grouped() { echo "$patroni $1" > "{folder}/groups/unit/cgroup.procs"; }
( mkdir -p "{folder}/data.copy/global" && touch "{folder}/data.copy/global/pg_control"
  "{folder}/pg_basebackup" "$(cat "{folder}/takes")" & grouped $!; wait
  sleep 0.2; [ -e "{folder}/over" ] && exit
  "{folder}/postgres" -c 'sleep 0.3; :' -D "{folder}/data.copy" & grouped $!; wait
  grouped ""
  [ -e "{folder}/eager" ] && touch "{folder}/data.copy/postmaster.pid"
  mv "{folder}/data.copy" "{folder}/data"
  sleep 0.2; [ -e "{folder}/over" ] || grep -q "^State:.T" "/proc/$patroni/status" && exit
  touch "{folder}/data/postmaster.pid"
  "{folder}/postgres" -c 'sleep 60; :' -D "{folder}/data" & grouped $! ) >"{folder}/said" 2>&1 &
"""
# Answers the statements of fault.py. A slot is lost at the second look, or never if the file `never` exists.
RUNUSER = """#!/bin/sh
for statement; do :; done
echo "$statement" >> "{folder}/statements"
case "$statement" in
  *"NOT active"*) cat "{folder}/idle" ;;
  *"'lost'"*) [ -e "{folder}/never" ] || [ ! -e "{folder}/looked" ] && echo f || echo t; touch "{folder}/looked" ;;
  *wal_receiver*) [ -e "{folder}/streams" ] && echo streaming ;;
esac
exit 0
"""


class Machine:
    """A fake database machine: the programs and files that fault.py uses."""

    def __init__(self, folder):
        self.folder, self.group = folder, folder / "groups/unit/cgroup.procs"
        self.group.parent.mkdir(parents=True)
        self.group.touch()
        for name, text in (("systemctl", SYSTEMCTL), ("patronictl", PATRONICTL), ("runuser", RUNUSER)):
            (folder / name).write_text(text.replace("{folder}", str(folder)))
            (folder / name).chmod(0o755)
        for name, program in (("pg_basebackup", "sleep"), ("patroni", "sleep"), ("postgres", "bash")):
            shutil.copy(shutil.which(program), folder / name)
        config = f"scope: holdfast\nname: db2\npostgresql:\n  data_dir: {folder}/data\n"
        for name, text in (("state", "active"), ("idle", "1"), ("takes", "0.3"), ("config.yml", config)):
            (folder / name).write_text(text)
        self.patroni = subprocess.Popen([folder / "patroni", "60"])
        (folder / "patroni.pid").write_text(str(self.patroni.pid))
        self.group.write_text(str(self.patroni.pid))

    def runs(self):
        """Returns the names and states of the unit's processes."""
        return [(fault.field(pid, "comm"), fault.stat(pid, 0)) for pid in fault.processes("patroni", "")]

    def statements(self):
        return (self.folder / "statements").read_text().splitlines()

    def clear(self):
        (self.folder / "over").touch()
        for pid in self.group.read_text().split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        self.patroni.kill()
        self.patroni.wait()


@pytest.fixture
def machine(tmp_path, monkeypatch):
    made = Machine(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(fault, "CGROUPS", tmp_path / "groups")
    monkeypatch.setattr(fault, "PATRONI_CONFIG", str(tmp_path / "config.yml"))
    yield made
    made.clear()


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(fault.until, "__defaults__", (0.3, fault.LOOK_EVERY_S))
    monkeypatch.setattr(fault, "START_DEADLINE_S", 0.3)


@pytest.fixture
def inject(machine, capsys):
    """A function that injects a fault. It returns the text, or the reason why the fault did not happen."""

    def run(kind, moment=""):
        try:
            fault.main("inject", kind, "patroni", moment, "/nowhere")
        except SystemExit as wrong:
            return wrong.code
        return json.loads(capsys.readouterr().out)["text"]

    return run


@pytest.mark.parametrize(("moment", "held"), [
    ("copying", ["pg_basebackup"]),
    ("placed", []),
    ("started", ["postgres"]),
    ("streaming", ["postgres"]),
    ("started+0.1", ["postgres"]),
])
def test_a_copy_is_stopped_at_the_given_moment(machine, inject, moment, held):
    (machine.folder / "streams").touch()
    assert inject("copy", moment) == f"{moment}, {1 + len(held)} processes of patroni are stopped"
    assert machine.runs() == [(name, "T") for name in ("patroni", *held)]
    assert (machine.folder / "data").exists() == (moment.split("+")[0] in ("placed", "started", "streaming"))
    assert (machine.folder / "data/postmaster.pid").exists() == (moment.split("+")[0] in ("started", "streaming"))
    assert (machine.folder / "asked").read_text().endswith("reinit holdfast db2 --force\n")


def test_a_missed_moment_is_an_error_and_no_process_stays_stopped(machine, inject):
    """If PostgreSQL starts in the copy before the processes are stopped, the drill would test another moment."""
    (machine.folder / "eager").touch()
    assert inject("copy", "placed") == "the moment was missed: PostgreSQL has started where the copy is"
    assert "T" not in [state for _, state in machine.runs()]


@pytest.mark.parametrize(("moment", "fails", "start_s", "copy_s", "why"), [
    ("copying", "refuses", 0.3, 60, "no copy begins"),
    ("copied", "takes", 60, 1, "the copy doesn't end"),
    ("streaming", None, 10, 60, "it doesn't stream"),  # the copy must begin within the same deadline, also on a busy host
])
def test_a_moment_that_does_not_come_is_an_error_with_its_reason(machine, inject, monkeypatch, moment, fails, start_s, copy_s, why):
    monkeypatch.setattr(fault, "START_DEADLINE_S", start_s)
    monkeypatch.setattr(fault, "COPY_DEADLINE_S", copy_s)
    (machine.folder / "takes").write_text("60" if fails == "takes" else "0.1")
    if fails == "refuses":
        (machine.folder / "refuses").touch()
    assert inject("copy", moment) == why


def test_a_freeze_does_not_count_processes_that_have_ended(machine, inject):
    """An ended process stays a zombie, because its parent is stopped and can't collect it."""
    with subprocess.Popen(["true"]) as ended:
        machine.group.write_text(f"{machine.patroni.pid} {ended.pid}")
        fault.until(lambda: fault.stat(ended.pid, 0) == "Z", "no zombie")
        assert inject("freeze") == "1 processes of patroni are stopped"


def test_a_slot_is_lost_and_then_the_leader_keeps_its_wal_again(machine, inject):
    assert inject("lose_slot") == "a slot is lost"
    said = machine.statements()
    for name in ("max_slot_wal_keep_size", "wal_keep_size"):
        begun = next(place for place, each in enumerate(said) if each.startswith(f"ALTER SYSTEM SET {name} "))
        lost = max(place for place, each in enumerate(said) if "'lost'" in each)
        assert begun < lost < said.index(f"ALTER SYSTEM RESET {name}")
    assert said[-1] == "SELECT pg_reload_conf()"


@pytest.mark.usefixtures("impatient")
def test_a_slot_that_is_not_lost_is_an_error_and_the_leader_keeps_its_wal_again(machine, inject):
    (machine.folder / "never").touch()
    assert inject("lose_slot") == "no slot is lost"
    assert machine.statements()[-3:] == ["ALTER SYSTEM RESET max_slot_wal_keep_size", "ALTER SYSTEM RESET wal_keep_size", "SELECT pg_reload_conf()"]


def test_a_leader_whose_slots_are_all_in_use_is_not_changed(machine, inject):
    (machine.folder / "idle").write_text("0")
    assert inject("lose_slot") == "every slot is in use: nobody would lose one"
    assert len(machine.statements()) == 1


def test_lose_slot_does_not_hold_if_the_leader_has_stopped(machine):
    (machine.folder / "state").write_text("failed")
    with pytest.raises(SystemExit, match="patroni is failed"):
        fault.main("held", "lose_slot", "patroni", "", "/nowhere")


def test_the_script_runs_from_standard_input():
    """Drills and tests/lab send the script to python3 on a machine in this way."""
    done = subprocess.run(["python3", "-", "inject", "fill", "nobody", "", "/etc"], input=SCRIPT.read_text(), capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "is no file system of its own" in done.stderr


def test_healing_ends_an_injection_that_outlived_its_drill():
    with subprocess.Popen([sys.executable, "-", "inject", "copy", "patroni", "copied"], stdin=subprocess.PIPE, text=True) as left:
        left.stdin.write("import time\ntime.sleep(60)\n")
        left.stdin.close()
        fault.until(lambda: "inject" in fault.field(left.pid, "cmdline"), "the process doesn't begin")  # the kernel shows its arguments a little later
        fault.end_injections()
        assert left.wait(10) == -signal.SIGKILL
