"""Tests that no secret is in results/ or in Ansible's output, because people share both."""

import os
import re
from pathlib import Path

import yaml
from lab.lib import leaks

ROOT = Path(__file__).resolve().parents[2]
SECRET = "an-invented-secret-of-the-test"
TOKEN = ".".join(["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiJzb21lYm9keSJ9", "c2lnbmVkLWJ5LW5vYm9keS1hdC1hbGw"])


def test_a_secret_or_a_token_is_found_in_any_file_of_a_run(tmp_path):
    for name, text in {"kill-leader/1/logs/db1.jsonl": f'{{"MESSAGE": "PASSWORD \'{SECRET}\'"}}', "load/1/load.jtl": f"1,2,Bearer {TOKEN},200",
                       "load/1/jmeter.log": "eyJhbGciOiJIUzI1NiJ9 is the head of one", "lab/proxy.log": f"old {SECRET}"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "kill-leader/latest").symlink_to("1")
    os.utime(tmp_path / "lab/proxy.log", (1, 1))
    found = leaks.leaks(tmp_path, {"secret_of_test": SECRET}, since=2)
    assert list(found) == [("secret_of_test", tmp_path / "kill-leader/1/logs/db1.jsonl"), ("a token", tmp_path / "load/1/load.jtl")]


def test_a_file_with_a_secret_is_never_shown_as_a_difference():
    """The tasks use `diff: false` and not `no_log`, which would also hide the reason of a failure."""
    holders = {path.name for path in ROOT.glob("roles/*/templates/*.j2")
               if re.search(r"{[{%][^}]*(password|secret)", "\n".join(line for line in path.read_text().splitlines() if not line.startswith("#")))}
    written = []
    for path in ROOT.glob("roles/*/tasks/*.yml"):
        for task in every(yaml.safe_load(path.read_text())):
            template = task.get("ansible.builtin.template")
            if template and template["src"] in holders:
                written.append((template["src"], template["dest"], task.get("diff", True)))
    assert {source for source, *_ in written} == holders and len(holders) >= 5
    # The secrets of a service's training run are invented ones, which protect nothing.
    assert not [where for _, where, shown in written if shown and "_service_training" not in where]


def every(tasks):
    """Yields each task, also those in blocks."""
    for task in tasks or []:
        yield task
        for part in ("block", "rescue", "always"):
            yield from every(task.get(part))
