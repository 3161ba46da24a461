"""The project in a folder with a space in its name."""

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SAID = """import json, sys
print(json.dumps({"text": sys.argv[1:]}))
"""


@pytest.fixture
def project(tmp_path):
    """A copy of what Ansible reads."""
    folder = tmp_path / "a project"
    for name in ("ansible", "group_vars", "roles", "drills"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "inventory", folder / "inventory", symlinks=True)
    shutil.copy(ROOT / "ansible.cfg", folder)
    return folder


def run(project, *command, **environment):
    """Runs a command in the project; returns (exit code, what it said)."""
    done = subprocess.run(command, cwd=project, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_fault_is_carried_to_the_machine_with_its_words_whole(project):
    (project / "roles/drill/files/fault.py").write_text(SAID)
    state = {"left": "a machine's own words"}
    step = {"index": 0, "action": "freeze", "host": "localhost", "unit": "patroni", "process": "postgres of the leader"}
    (project / "ask.yml").write_text(yaml.safe_dump([{
        "hosts": "localhost", "gather_facts": False, "vars": {"_drill_states": {0: state}, "drill_data_dir": "/var/lib/the data"},
        "tasks": [{"ansible.builtin.include_role": {"name": "drill", "tasks_from": "on_machine"}, "vars": {"what": "held", "step": step}},
                  {"ansible.builtin.copy": {"content": "{{ _drill_said.text | to_json }}", "dest": str(project / "said"), "mode": "0644"}}]}]))
    code, said = run(project, "ansible-playbook", "ask.yml", "-e", "ansible_become=false")
    assert code == 0, said
    *words, told = json.loads((project / "said").read_text())
    assert words == ["held", "freeze", "patroni", "postgres of the leader", "/var/lib/the data"] and json.loads(told) == state


def test_the_load_that_a_drill_left_is_ended(project):
    folder = project / "results/a drill's run"
    folder.mkdir(parents=True)
    load = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "-Jstart_ms=17"])
    ended = threading.Thread(target=load.wait)  # a dead child that nobody waits for still counts as a process
    ended.start()
    try:
        (folder / "jmeter.pid").write_text(f"{load.pid}\n")
        (project / "end.yml").write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": [
            {"ansible.builtin.include_role": {"name": "drill", "tasks_from": "end_load"}, "vars": {"folder": str(folder), "started_ms": "17"}}]}]))
        code, said = run(project, "ansible-playbook", "end.yml", "-e", "ansible_become=false")
        assert code == 0, said
        ended.join(1)
        assert not ended.is_alive()
    finally:
        load.kill()


def test_vagrants_machines_are_reached(project):
    """Vagrant's own arguments for ssh name keys by paths that nothing quotes."""
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
    assert "ServerAliveInterval=5" in words, "a drill relies on it: a machine that is gone is noticed"
