"""Tests that the project works in a folder with a space in its name."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path):
    """A copy of the files that Ansible reads, in a folder with a space in its name."""
    folder = tmp_path / "a project"
    for name in ("ansible", "group_vars", "roles", "drills"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "inventory", folder / "inventory", symlinks=True)
    shutil.copy(ROOT / "ansible.cfg", folder)
    return folder


def run(project, *command, **environment):
    """Runs a command in the project. Returns (exit code, output)."""
    done = subprocess.run(command, cwd=project, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_drill_program_gets_the_access_to_each_machine_from_the_inventory(project):
    """Secrets and paths with a space must stay whole."""
    (project / "program").write_text(f"#!/bin/sh\ncat > '{project}/told'\necho \"$@\"\n")
    (project / "program").chmod(0o755)
    (project / "more.yml").write_text(yaml.safe_dump({"all": {"hosts": {"web1": {
        "ansible_port": 2222, "ansible_ssh_private_key_file": f"{project}/a key", "ansible_become_password": "it's $ecret", "drills_allowed": False},
        "app1": {"drills_allowed": "false"}, "app2": {"drills_allowed": "yes"}}}}))  # words, as an INI file gives them
    command = json.dumps({"drill_program": [str(project / "program")], "drill_load_command": ["true"]})
    code, said = run(project, "ansible-playbook", "-i", "inventory/hosts.yml", "-i", "inventory/vagrant.yml", "-i", "more.yml", "ansible/drill.yml",
                     "-e", "drill=stop-app,kill-app", "-e", command, "-vvv")
    assert code == 0, said
    told = json.loads((project / "told").read_text())
    web, database = told["machines"]["web1"], told["machines"]["db1"]
    assert told["names"] == ["stop-app", "kill-app"] and told["groups"]["core"] == ["app1", "app2"] and not told["check"]
    assert (web["access"]["port"], web["access"]["key"], web["access"]["become_password"]) == (2222, f"{project}/a key", "it's $ecret")
    assert [name for name, each in told["machines"].items() if not each["allowed"]] == ["app1", "web1"]
    assert database["access"]["user"] == "vagrant"
    assert f'IdentityFile="{project}/.vagrant/keys/%h"' in database["access"]["arguments"]
    assert {"ssh", "nftables", "patroni", "etcd"} <= set(told["health"]["questions"]["db1"]["units"])
    assert "it's $ecret" not in said


@pytest.mark.parametrize("variable, value, why", [
    ("drills_allowed", "perhaps", "drills_allowed is true or false, not perhaps"),
    ("drill_program", ["no-such-java"], "no-such-java is not installed on the controller"),
])
def test_the_drill_program_is_not_started_with_less_than_it_needs(project, variable, value, why):
    more = json.dumps({"drill_program": ["true"], "drill_load_command": ["true"], variable: value})
    code, said = run(project, "ansible-playbook", "-i", "inventory/hosts.yml", "-i", "inventory/vagrant.yml", "ansible/drill.yml",
                     "-e", "drill=stop-app", "-e", more)
    assert code != 0 and why in said, said


def test_a_component_brings_its_ports_its_health_and_its_journal(project):
    """As CONTRIBUTING.md says, a component needs no edit in the files of other roles."""
    (project / "group_vars/all/extra.yml").write_text(yaml.safe_dump({"component_extra": {
        "firewall": [{"group": "core", "port": 9, "from": ["controller"]}], "units": {"core": ["extra"]},
        "parts": {"core": {"extra": {"ask": "tcp"}}}}}))
    shown = {}
    for variable in ("base_firewall_services", "health_questions", "drill_log_units"):
        code, said = run(project, "ansible", "app1", "-i", "inventory/hosts.yml", "-i", "inventory/vagrant.yml", "-m", "ansible.builtin.debug",
                         "-a", f"var={variable}", ANSIBLE_CALLBACK_RESULT_FORMAT="json")
        assert code == 0, said
        shown[variable] = json.loads(said[said.index("{"):])[variable]
    assert {9, 22} <= {each.get("port") for each in shown["base_firewall_services"]}
    assert {"core", "extra"} < set(shown["health_questions"]["units"])
    assert shown["health_questions"]["parts"]["extra"] == {"ask": "tcp"} and "core" in shown["health_questions"]["parts"]
    assert "extra" in shown["drill_log_units"] and shown["drill_log_units"][-1] == "holdfast-drill"


def test_ssh_reaches_vagrants_machines(project):
    """Vagrant gives ssh arguments with the paths of its keys, and doesn't quote them."""
    ssh = project / "ssh"
    ssh.write_text(f"#!/bin/sh\nprintf '%s\\0' \"$@\" > '{project}/asked'\n")
    ssh.chmod(0o755)
    code, said = run(project, "ansible", "web1", "-i", "inventory/hosts.yml", "-i", "inventory/vagrant.yml", "-m", "ansible.builtin.raw", "-a", "true",
                     "-e", "ansible_ssh_executable={{ project_dir }}/ssh",
                     ANSIBLE_SSH_ARGS=f"-o IdentityFile={project}/.vagrant/machines/web1/libvirt/private_key -o ControlMaster=auto -o ControlPersist=60s")
    assert code == 0, said
    words = (project / "asked").read_text().split("\0")
    loose = [word for before, word in zip(words, words[1:]) if not word.startswith("-") and before not in ("-o", "-l", "-E")]
    address = yaml.safe_load((project / "inventory/hosts.yml").read_text())["all"]["children"]["web"]["hosts"]["web1"]["ansible_host"]
    assert loose[0] == address, words
    assert f'IdentityFile="{project}/.vagrant/keys/%h"' in words
    assert "ServerAliveInterval=5" in words, "without it, a drill doesn't notice that a machine is gone"
