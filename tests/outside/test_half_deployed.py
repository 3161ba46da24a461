"""A deployment dies after it has written a file and before it restarts the unit. Tests that the next deployment restarts the unit."""

import subprocess

import pytest
import yaml

from conftest import ROOT

MACHINE = "lb2"
CONFIGURE = {"name": "Configure", "ansible.builtin.import_role": {"name": "base", "tasks_from": "configure"}}
DIE = {"name": "Die", "ansible.builtin.fail": {"msg": "the controller is gone"}}
RUN = {"name": "Run", "ansible.builtin.import_role": {"name": "base", "tasks_from": "run"}}


@pytest.fixture
def play(tmp_path):
    def run(*tasks, **variables):
        path = tmp_path / "play.yml"
        path.write_text(yaml.safe_dump([{"name": "Deploy", "hosts": MACHINE, "become": True, "vars": variables, "tasks": list(tasks)}]))
        return subprocess.run(["ansible-playbook", str(path)], cwd=ROOT, capture_output=True, text=True, check=False)
    yield run
    restored = run(CONFIGURE, RUN)
    assert restored.returncode == 0, restored.stdout + restored.stderr


def test_the_next_run_restarts_a_unit_that_an_interrupted_run_did_not(system, play):
    def process():
        return system.shell(MACHINE, "systemctl show --property=MainPID --value systemd-journald").strip()

    assert play(CONFIGURE, RUN).returncode == 0
    before = process()
    assert play(CONFIGURE, DIE, RUN, base_journal_max_use="900M").returncode != 0
    assert process() == before
    again = play(CONFIGURE, RUN, base_journal_max_use="900M")
    assert again.returncode == 0, again.stdout + again.stderr
    assert process() != before, "journald still runs with the old setting"
    assert "changed=0" in play(CONFIGURE, RUN, base_journal_max_use="900M").stdout
