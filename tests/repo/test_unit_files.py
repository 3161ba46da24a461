"""Tests of unit_files.py, which finds units whose process has not read the files on the disk. Also tests that no role uses a handler."""

import datetime
import importlib.util
import json
import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("unit_files", ROOT / "ansible/module_utils/unit_files.py")
unit_files = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(unit_files)


class Unit:
    """A fake unit with three files: a change of the first needs a restart, of the second a reload, and of the third waits for the next start."""

    def __init__(self, folder):
        self.paths = {kind: folder / kind for kind in unit_files.KINDS}
        self.files = {kind: [str(path)] for kind, path in self.paths.items()}
        self.said = {"ActiveState": "active", "NeedDaemonReload": "no"}
        for path in self.paths.values():
            path.write_text("1000")
        self.start("first", after=60)

    def start(self, invocation, after):
        """Starts the process `after` seconds from now. The files were written just now."""
        began = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=after)
        self.said |= {"InvocationID": invocation, "ExecMainStartTimestamp": began.strftime("%a %Y-%m-%d %H:%M:%S.%f UTC")}

    def unread(self):
        found = unit_files.unread(self.files, self.said, unit_files.record_of("unit"))
        return [kind for kind in unit_files.KINDS if found[kind]]

    def remember(self, later=()):
        unit_files.remember("unit", self.files, later)


@pytest.fixture
def unit(tmp_path, monkeypatch):
    made = Unit(tmp_path)
    monkeypatch.setattr(unit_files, "RECORDS", tmp_path / "records")
    monkeypatch.setattr(unit_files, "properties", lambda _: made.said)
    now = datetime.datetime.now().timestamp() + 120  # so that every start in these tests, but one, lies in the past
    monkeypatch.setattr(unit_files.time, "time", lambda: now)
    return made


def test_a_process_that_started_after_its_files_changed_has_read_them(unit):
    assert unit.unread() == []


def test_a_process_that_started_before_its_files_changed_has_not_read_them(unit):
    unit.start("first", after=-60)
    assert unit.unread() == ["restart", "reload", "later"]


@pytest.mark.parametrize("kind", unit_files.KINDS)
def test_a_run_finds_the_files_that_an_interrupted_run_has_written(unit, kind):
    unit.remember()
    unit.paths[kind].write_text("1500")
    assert unit.unread() == [kind]
    assert [each["action"] for each in unit_files.stale()] == [kind]


def test_a_file_that_was_only_touched_restarts_nothing(unit):
    unit.start("first", after=-60)
    unit.remember()
    os.utime(unit.paths["restart"])
    assert unit.unread() == []


def test_a_changed_clock_causes_at_most_one_restart(unit):
    unit.start("first", after=600)
    assert unit.unread() != []  # the time of a start in the future is not used
    unit.remember()
    assert unit.unread() == []


def test_a_start_without_a_record_is_judged_by_its_time(unit):
    unit.remember()
    unit.paths["restart"].write_text("1500")
    unit.start("second", after=60)
    assert unit.unread() == []
    unit.start("second", after=-60)
    assert "restart" in unit.unread()


def test_a_unit_that_started_with_an_older_unit_file_is_stale(unit):
    unit.files["restart"] = ["/etc/systemd/system/no-such.service"]
    unit.said["NeedDaemonReload"] = "yes"
    assert unit.unread() == ["restart"]


def test_a_file_that_waits_for_the_next_start_is_named_until_then(unit):
    unit.remember()
    unit.paths["later"].write_text("1500")
    unit.remember(unit.files["later"])
    assert unit.unread() == ["later"]
    unit.start("second", after=60)
    assert unit.unread() == []


def test_a_link_with_another_target_and_a_new_file_count_as_changes(unit, tmp_path):
    for path in (unit.paths["restart"], unit.paths["reload"]):
        path.unlink()
    unit.paths["restart"].symlink_to(tmp_path / "one")
    unit.remember()
    unit.paths["restart"].unlink()
    unit.paths["restart"].symlink_to(tmp_path / "two")
    unit.paths["reload"].write_text("1000")
    assert unit.unread() == ["restart", "reload"]


def test_a_unit_that_does_not_run_is_not_stale(unit):
    unit.remember()
    unit.paths["restart"].write_text("1500")
    unit.said["ActiveState"] = "inactive"
    assert unit_files.stale() == []


def test_only_root_may_read_the_record(unit):
    unit.remember()
    assert unit_files.RECORDS.stat().st_mode & 0o077 == 0
    assert json.loads((unit_files.RECORDS / "unit.json").read_text())["invocation"] == "first"


def test_no_role_uses_a_handler():
    """If a run dies before its handlers, they never run: the next run finds nothing changed, and notifies no handler."""
    tasks = sorted((ROOT / "roles").glob("*/tasks/*.yml"))
    assert tasks
    assert [str(path) for path in tasks if re.search(r"^\s*(notify|listen):|flush_handlers", path.read_text(), re.M)] == []
    assert list((ROOT / "roles").glob("*/handlers")) == []
