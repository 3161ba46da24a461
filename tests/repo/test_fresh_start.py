"""Tests of fresh_start.py: a broker whose starts fail gets an empty data folder, but only once."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "roles/rabbitmq/files/fresh_start.py"
SPEC = importlib.util.spec_from_file_location("fresh_start", SCRIPT)
fresh_start = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(fresh_start)

NEVER, SOON, LATER = None, 5, 3600  # for how many seconds a broker is ready before it ends; NEVER: it does not get ready


@pytest.fixture
def broker(tmp_path, monkeypatch):
    """A function that plays one start and end of the unit, as systemd runs them. It returns whether the data was still there when RabbitMQ would start."""
    data, count, now = tmp_path / "mnesia", tmp_path / "failed", [1000.0]
    (data / "node").mkdir(parents=True)
    monkeypatch.setattr(fresh_start, "time", SimpleNamespace(monotonic=lambda: now[0]), raising=False)

    def life(ready_for, result="exit-code"):
        (data / "node").mkdir(exist_ok=True)
        try:
            fresh_start.main("before", data, count, "success")
        except OSError:  # then systemd doesn't start RabbitMQ
            fresh_start.main("after", data, count, "exit-code")
            return True
        kept = (data / "node").exists()
        now[0] += 20
        if ready_for is not NEVER:
            fresh_start.main("started", data, count, "success")
            now[0] += ready_for
        fresh_start.main("after", data, count, result)
        return kept

    return life


def test_after_three_failed_starts_the_data_is_removed_once(broker):
    assert [broker(NEVER) for _ in range(8)] == [True, True, True, False, True, True, True, True]


def test_after_three_starts_that_ended_soon_the_data_is_removed_once(broker):
    assert [broker(SOON, "signal") for _ in range(8)] == [True, True, True, False, True, True, True, True]


def test_a_good_start_resets_the_count(broker):
    """A broker that was ready for long and then failed: the earlier failures are forgotten, and this one counts as the first."""
    assert [broker(ready_for) for ready_for in (NEVER, NEVER, LATER, NEVER, NEVER)] == [True] * 5
    assert not broker(LATER)
    assert [broker(NEVER) for _ in range(3)] == [True, True, False]


def test_an_early_stop_by_an_administrator_does_not_count(broker):
    """An example is several `systemctl restart` in a row."""
    assert [broker(SOON, "success") for _ in range(8)] == [True] * 8


def test_an_early_stop_after_the_data_was_removed_does_not_remove_it_again(broker):
    assert [broker(NEVER) for _ in range(3)] == [True] * 3
    assert not broker(SOON, "success")
    assert [broker(SOON, "success"), broker(NEVER)] == [True, True]


def test_failed_starts_after_a_good_one_are_counted_from_zero(broker):
    assert broker(LATER, "success")
    assert [broker(NEVER) for _ in range(4)] == [True, True, True, False]


def test_a_removal_that_fails_is_repeated_at_the_next_start(broker, monkeypatch):
    troubles, remove = iter([OSError("directory not empty")] * 2), fresh_start.shutil.rmtree

    def rmtree(entry):
        for trouble in troubles:
            raise trouble
        remove(entry)

    monkeypatch.setattr(fresh_start.shutil, "rmtree", rmtree)
    assert [broker(NEVER) for _ in range(8)] == [True, True, True, True, True, False, True, True]
