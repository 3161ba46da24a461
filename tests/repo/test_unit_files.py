"""Which units run with other files than those on the disk, and that no role leaves it to a handler, which a run that dies never runs."""

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
    """A unit with one file that only a restart takes over, one that a reload does, and one that waits for the next start."""

    def __init__(self, folder):
        self.paths = {kind: folder / kind for kind in unit_files.KINDS}
        self.files = {kind: [str(path)] for kind, path in self.paths.items()}
        self.said = {"ActiveState": "active", "NeedDaemonReload": "no"}
        for path in self.paths.values():
            path.write_text("1000")
        self.start("first", after=60)

    def start(self, invocation, after):
        """The process starts so many seconds after now, when the files were written."""
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
    now = datetime.datetime.now().timestamp() + 120  # every start of these tests is past
    monkeypatch.setattr(unit_files.time, "time", lambda: now)
    return made


def test_a_process_that_started_after_its_files_changed_has_read_them(unit):
    assert unit.unread() == []


def test_a_process_that_started_before_has_not(unit):
    unit.start("first", after=-60)
    assert unit.unread() == ["restart", "reload", "later"]


@pytest.mark.parametrize("kind", unit_files.KINDS)
def test_what_a_run_wrote_before_it_died_is_found_by_the_next(unit, kind):
    unit.remember()
    unit.paths[kind].write_text("1500")
    assert unit.unread() == [kind]
    assert [each["action"] for each in unit_files.stale()] == [kind]


def test_a_file_that_was_only_touched_restarts_nothing(unit):
    unit.start("first", after=-60)
    unit.remember()
    os.utime(unit.paths["restart"])
    assert unit.unread() == []


def test_a_clock_that_was_set_restarts_nothing_twice(unit):
    unit.start("first", after=600)
    assert unit.unread() != []  # a start in the future tells nothing
    unit.remember()
    assert unit.unread() == []


def test_a_start_that_nobody_recorded_is_judged_by_its_time(unit):
    unit.remember()
    unit.paths["restart"].write_text("1500")
    unit.start("second", after=60)
    assert unit.unread() == []
    unit.start("second", after=-60)
    assert "restart" in unit.unread()


def test_a_unit_whose_description_was_not_loaded_at_its_start_is_stale(unit):
    unit.files["restart"] = ["/etc/systemd/system/no-such.service"]
    unit.said["NeedDaemonReload"] = "yes"
    assert unit.unread() == ["restart"]


def test_what_waits_for_the_next_start_is_named_until_then(unit):
    unit.remember()
    unit.paths["later"].write_text("1500")
    unit.remember(unit.files["later"])
    assert unit.unread() == ["later"]
    unit.start("second", after=60)
    assert unit.unread() == []


def test_a_link_that_leads_elsewhere_and_a_file_that_is_gone_count_as_changes(unit, tmp_path):
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


def test_nobody_else_reads_the_record(unit):
    unit.remember()
    assert unit_files.RECORDS.stat().st_mode & 0o077 == 0
    assert json.loads((unit_files.RECORDS / "unit.json").read_text())["invocation"] == "first"


def test_no_role_trusts_a_handler():
    """A handler is forgotten when the run dies before it; the next run finds nothing changed and notifies nobody."""
    tasks = sorted((ROOT / "roles").glob("*/tasks/*.yml"))
    assert tasks
    assert [str(path) for path in tasks if re.search(r"^\s*(notify|listen):|flush_handlers", path.read_text(), re.M)] == []
    assert list((ROOT / "roles").glob("*/handlers")) == []
