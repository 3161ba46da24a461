"""Tests of lab/drill without a lab: which drills it runs, what it prints, its exit code. ansible-playbook doesn't run: a stand-in writes its results."""

import contextlib
import json
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest
from lab.lib.progress import Trouble

ROOT = Path(__file__).resolve().parents[2]
FIGURES = {"reads": {"sent": 1, "failed": 0}, "writes": {"sent": 0}, "latency_ms": {"p99": 1, "max": 1}, "unavailable_ms": {"reads": 1, "writes": None}}


@pytest.fixture
def drill(tmp_path, monkeypatch):
    """A function drill(runs, *words) that returns (exit code, what was run). `runs` has a pair for each run: the verdicts that it leaves, and ansible-playbook's exit code."""
    loader = SourceFileLoader("drill_verb", str(ROOT / "lab/drill"))
    verb = module_from_spec(spec_from_loader("drill_verb", loader))
    loader.exec_module(verb)
    monkeypatch.setattr(verb, "RESULTS", tmp_path)
    monkeypatch.setattr(verb.host, "check_whole", lambda: None)
    monkeypatch.setattr(verb.host, "lock", lambda _: contextlib.nullcontext())

    def call(runs, *words):
        played = []

        def play(arguments):
            played.append(arguments[-1])
            if arguments == ["ansible/heal.yml"]:
                (tmp_path / "injected.json").unlink(missing_ok=True)
                return 0
            verdicts, code = runs.pop(0)
            for name, verdict in verdicts.items():
                folder = tmp_path / name / str(len(played))
                folder.mkdir(parents=True)
                reasons = [] if verdict == "passed" else [f"{name} has its reasons"]
                shown = {"verdict": verdict.removeprefix("slow, "), "only_slow": verdict == "slow, failed", "reasons": reasons, **FIGURES}
                (folder / "result.json").write_text(json.dumps(shown))
                (tmp_path / name / "latest").unlink(missing_ok=True)
                (tmp_path / name / "latest").symlink_to(folder.name)
            return code

        monkeypatch.setattr(verb.images, "play", play)
        return verb.drill(list(words)), played

    return call


@pytest.mark.parametrize("again, code", [("passed", 0), ("slow, failed", 1), ("invalid", 2)])
def test_twice_repeats_a_drill_that_was_only_slow(drill, again, code, capsys):
    runs = [({"stop-app": "slow, failed", "kill-app": "passed"}, 1), ({"stop-app": again}, code)]
    assert drill(runs, "--twice", "stop-app", "kill-app") == (code, ["drill=stop-app,kill-app", "drill=stop-app"])
    assert "failed   stop-app" in capsys.readouterr().out


def test_twice_repeats_slow_and_invalid_drills_in_one_run(drill):
    runs = [({"stop-app": "slow, failed", "kill-app": "invalid"}, 2), ({"stop-app": "passed", "kill-app": "passed"}, 0)]
    assert drill(runs, "--twice", "stop-app", "kill-app") == (0, ["drill=stop-app,kill-app", "drill=stop-app,kill-app"])


def test_without_twice_a_slow_drill_fails(drill):
    assert drill([({"stop-app": "slow, failed"}, 1)], "stop-app") == (1, ["drill=stop-app"])


@pytest.mark.parametrize("other, code", [("passed", 0), ("failed", 1)])
def test_twice_repeats_an_invalid_drill_but_not_one_that_broke_another_promise(drill, other, code):
    runs = [({"stop-app": "invalid", "kill-app": other}, 2), ({"stop-app": "passed"}, 0)]
    assert drill(runs, "--twice", "stop-app", "kill-app") == (code, ["drill=stop-app,kill-app", "drill=stop-app"])


def test_without_twice_an_invalid_drill_stays_invalid_and_shows_its_reasons(drill, capsys):
    assert drill([({"stop-app": "invalid"}, 2)], "stop-app") == (2, ["drill=stop-app"])
    assert "stop-app has its reasons" in capsys.readouterr().out


def test_a_drill_without_a_result_is_invalid_and_not_repeated(drill, capsys):
    assert drill([({}, 2)], "--twice", "stop-app") == (2, ["drill=stop-app"])
    assert "invalid  stop-app: it left no result" in capsys.readouterr().out


def test_a_fault_that_a_drill_left_is_healed_and_the_verdict_stays(drill, tmp_path):
    (tmp_path / "injected.json").touch()
    assert drill([({"stop-app": "failed"}, 2)], "stop-app") == (1, ["drill=stop-app", "ansible/heal.yml"])


def test_an_interrupted_run_shows_the_drills_that_had_ended_and_runs_no_more(drill, capsys):
    with pytest.raises(Trouble, match="interrupted; the faults of the drill are healed"):
        drill([({"stop-app": "invalid"}, 99)], "--twice", "stop-app", "kill-app")
    said = capsys.readouterr().out
    assert "invalid  stop-app" in said and "invalid  kill-app" not in said


def test_a_playbook_that_fails_although_all_drills_passed_is_an_error(drill):
    with pytest.raises(Trouble, match="failed"):
        drill([({"stop-app": "passed"}, 2)], "stop-app")


def test_an_unknown_drill_is_refused_and_nothing_runs(drill, capsys):
    assert drill([], "--twice", "stop-ap") == (2, []) == drill([], "--twice")
    assert "no drill stop-ap" in capsys.readouterr().err
