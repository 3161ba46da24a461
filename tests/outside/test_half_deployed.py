"""What an earlier deployment or an accident has left: a unit that was not restarted, damaged files, a socket that is gone. The next run repairs it."""

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
    def run(*tasks, machine=MACHINE, **variables):
        path = tmp_path / "play.yml"
        path.write_text(yaml.safe_dump([{"name": "Deploy", "hosts": machine, "become": True, "vars": variables, "tasks": list(tasks)}]))
        return subprocess.run(["ansible-playbook", str(path)], cwd=ROOT, capture_output=True, text=True, check=False)
    return run


@pytest.fixture
def restored(play):
    yield
    done = play(CONFIGURE, RUN)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.usefixtures("restored")
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


def of_role(role, *files):
    return [{"name": file, "ansible.builtin.import_role": {"name": role, "tasks_from": file}} for file in files]


@pytest.mark.parametrize("group, damage, whole, tasks, variables", [
    ("web", "chmod 0 /var/lib/nginx-sites/*/index.html", "runuser -u www-data -- cat /var/lib/nginx-sites/*/index.html >/dev/null",
     of_role("nginx", "site"), {}),
    ("chat", "chmod 0 /opt/chat/current/app/chat.jar", "runuser -u chat -- cat /opt/chat/current/app/chat.jar >/dev/null; "
     "cd /opt/chat/current; sha256sum --check --quiet files.sha256; grep -q service.aot files.sha256",
     of_role("service", "install", "train", "run"), {"service_spec": "{{ chat_service }}"}),
    ("balancer", "rm {{ haproxy_admin_socket }}", "test -S {{ haproxy_admin_socket }}", of_role("haproxy", "run"), {}),
])
def test_the_next_run_repairs_what_is_damaged(system, play, group, damage, whole, tasks, variables):
    machine = system.groups[group][-1]
    damage, whole = ("set -e; " + each.replace("{{ haproxy_admin_socket }}", system.fact("haproxy_admin_socket")) for each in (damage, whole))
    system.shell(machine, damage)
    repaired = play(*tasks, machine=machine, **variables)
    assert repaired.returncode == 0, repaired.stdout + repaired.stderr
    system.shell(machine, whole)
    again = play(*tasks, machine=machine, **variables)
    assert again.returncode == 0 and "changed=0" in again.stdout, again.stdout + again.stderr
