"""When a broker that can't start, or doesn't live, loses its data, and that it does so once."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "roles/rabbitmq/files/fresh_start.py"
SPEC = importlib.util.spec_from_file_location("fresh_start", SCRIPT)
fresh_start = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(fresh_start)

NEVER, SOON, LATER = None, 5, 3600  # how long after its start a broker is ready until it ends


@pytest.fixture
def broker(tmp_path, monkeypatch):
    """A life of the unit, as systemd runs it: returns whether the data was still there when RabbitMQ itself would begin."""
    data, count, now = tmp_path / "mnesia", tmp_path / "failed", [1000.0]
    (data / "node").mkdir(parents=True)
    monkeypatch.setattr(fresh_start, "time", SimpleNamespace(monotonic=lambda: now[0]), raising=False)

    def life(ready_for, result="exit-code"):
        (data / "node").mkdir(exist_ok=True)
        try:
            fresh_start.main("before", data, count, "success")
        except OSError:  # systemd doesn't start RabbitMQ itself then
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


def test_data_with_which_three_starts_failed_is_removed_once(broker):
    assert [broker(NEVER) for _ in range(8)] == [True, True, True, False, True, True, True, True]


def test_a_broker_that_is_ready_and_ends_soon_after_again_and_again_loses_its_data_once(broker):
    assert [broker(SOON, "signal") for _ in range(8)] == [True, True, True, False, True, True, True, True]


def test_a_life_begins_the_count_anew(broker):
    """Its own end counts, for it may be the first of many."""
    assert [broker(ready_for) for ready_for in (NEVER, NEVER, LATER, NEVER, NEVER)] == [True] * 5
    assert not broker(LATER)
    assert [broker(NEVER) for _ in range(3)] == [True, True, False]


def test_who_stops_it_soon_takes_no_data(broker):
    """systemctl restart, several times."""
    assert [broker(SOON, "success") for _ in range(8)] == [True] * 8


def test_who_stops_it_soon_after_it_began_anew_takes_nothing_a_second_time(broker):
    assert [broker(NEVER) for _ in range(3)] == [True] * 3
    assert not broker(SOON, "success")
    assert [broker(SOON, "success"), broker(NEVER)] == [True, True]


def test_an_earlier_life_says_nothing_of_a_start_that_fails(broker):
    assert broker(LATER, "success")
    assert [broker(NEVER) for _ in range(4)] == [True, True, True, False]


def test_data_that_could_not_be_emptied_whole_is_emptied_at_a_later_start(broker, monkeypatch):
    troubles, remove = iter([OSError("directory not empty")] * 2), fresh_start.shutil.rmtree

    def rmtree(entry):
        for trouble in troubles:
            raise trouble
        remove(entry)

    monkeypatch.setattr(fresh_start.shutil, "rmtree", rmtree)
    assert [broker(NEVER) for _ in range(8)] == [True, True, True, True, True, False, True, True]
