"""When a broker that can't start loses its data, and that it does so once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "roles/rabbitmq/files/fresh_start.py"


@pytest.fixture
def broker(tmp_path):
    """Starts the unit's way: returns whether the data was still there when RabbitMQ itself would begin."""
    data, count = tmp_path / "mnesia", tmp_path / "failed"
    (data / "node").mkdir(parents=True)

    def run(word, result):
        subprocess.run([sys.executable, SCRIPT, word, data, count], check=True, env={**os.environ, "SERVICE_RESULT": result}, timeout=60)

    def start(succeeds):
        (data / "node").mkdir(exist_ok=True)
        run("before", "success")
        kept = (data / "node").exists()
        run(*(("started", "success") if succeeds else ("after", "exit-code")))
        return kept

    return start


def test_data_with_which_three_starts_failed_is_removed_once(broker):
    assert [broker(False) for _ in range(8)] == [True, True, True, False, True, True, True, True]


def test_a_start_that_succeeds_begins_the_count_anew(broker):
    assert [broker(succeeds) for succeeds in (False, False, True, False, False, False)] == [True] * 6
    assert not broker(True)
    assert [broker(False) for _ in range(4)] == [True, True, True, False]
