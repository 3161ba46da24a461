"""Tests of ansible/tasks/one_by_one.yml, which runs a role's tasks on one machine after the other."""

import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MACHINES = ["one", "two", "three"]


@pytest.fixture
def turns(tmp_path):
    """A function that plays a role with two steps on three machines. It returns (exit code, the steps in the order in which they ran)."""
    tasks = tmp_path / "roles/example/tasks"
    tasks.mkdir(parents=True)
    (tmp_path / "ansible").symlink_to(ROOT / "ansible")  # a role finds it beside the folder of the roles
    (tasks / "main.yml").write_text(yaml.safe_dump([{
        "ansible.builtin.include_tasks": "{{ role_path }}/../../ansible/tasks/one_by_one.yml", "vars": {"one_by_one": ["configure", "run"]}}]))
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": {name: {"ansible_connection": "local"} for name in MACHINES}}}))
    (tmp_path / "play.yml").write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "roles": ["example"]}]))

    def play(command):
        for step in ("configure", "run"):
            (tasks / f"{step}.yml").write_text(yaml.safe_dump([{"ansible.builtin.shell": f"echo {{{{ inventory_hostname }}}} {step} >> log; {command}",
                                                                "args": {"chdir": str(tmp_path)}}]))
        done = subprocess.run(["ansible-playbook", "-i", "hosts.yml", "play.yml"], cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, (tmp_path / "log").read_text().splitlines()

    return play


def test_each_machine_runs_all_steps_before_the_next_machine_begins(turns):
    code, log = turns("true")
    assert code == 0
    order = [line.split()[0] for line in log[::2]]
    assert sorted(order) == sorted(MACHINES)
    assert log == [f"{name} {step}" for name in order for step in ("configure", "run")]


def test_after_a_failure_no_other_machine_is_changed(turns):
    code, log = turns("false")
    assert code != 0
    assert len(log) == 1
