"""A release or a configuration that doesn't work is taken back. No machine keeps it, and the next machines aren't changed."""

import contextlib
import http.client
import re
import subprocess
import threading

import pytest
import yaml

from conftest import ROOT

NOWHERE = "jdbc:postgresql://127.0.0.1:1/x"


@pytest.fixture
def deploy(tmp_path):
    """Runs the role for a service with changed settings. Returns (exit code, messages)."""
    def run(service, **changes):
        path = tmp_path / "play.yml"
        path.write_text(yaml.safe_dump([{
            "name": "Deploy", "hosts": service, "become": True, "any_errors_fatal": True, "roles": [{"role": "service"}],
            "vars": {"service_spec": f"{{{{ {service}_service | combine(changes, recursive=true) }}}}", "changes": changes, "service_watch_s": 5}}]))
        done = subprocess.run(["ansible-playbook", str(path)], cwd=ROOT, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr
    return run


def state(system, service):
    """What each machine of the service runs, has and keeps: release, environment and unit, with modes and owners."""
    files = f"/etc/{service}/environment /etc/systemd/system/{service}.service /etc/{service}/kept/unit /etc/{service}/kept/environment"
    command = (f"readlink /proc/$(systemctl show --property=MainPID --value {service})/cwd /opt/{service}/current /etc/{service}/kept/release && "
               f"sha256sum {files} && stat --format='%a %U %G' {files} && ls /opt/{service}/releases /etc/{service} /etc/{service}/kept")
    return {name: system.shell(name, command) for name in system.groups[service]}


@contextlib.contextmanager
def messages_sent(person, other, address, port):
    """Sends messages again and again through one node of core."""
    over = threading.Event()

    def send():
        while not over.wait(0.1):
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection(address, port, timeout=10)
                connection.request("POST", f"/dialog/{other.id}/send", '{"text":"x"}',
                                   {"Authorization": f"Bearer {person.token}", "Content-Type": "application/json"})
                connection.getresponse().read()
                connection.close()

    sending = threading.Thread(target=send)
    sending.start()
    try:
        yield
    finally:
        over.set()
        sending.join()


@pytest.fixture(scope="module", autouse=True)
def right_settings(system):
    """The tests that follow need them, also if a change was not taken back."""
    before = [running(state(system, service)) for service in ("chat", "core")]
    yield
    if [running(state(system, service)) for service in ("chat", "core")] != before:
        subprocess.run(["ansible-playbook", "ansible/services.yml"], cwd=ROOT, capture_output=True, check=False)


@pytest.mark.parametrize("service, changes, reason", [
    ("chat", {"environment": {"DB_MASTER_URL": NOWHERE, "DB_SLAVE_URL": NOWHERE}, "ready_timeout": 5}, "Wait until the service is ready"),
    ("core", {"java_options": ["-XX:+UseSerialGC"], "probes": [{"path": "/user/get/nonsense", "status": 200}, {"path": "/user/get/x", "status": 400}]},
     "Status code was 400 and not [200]"),
    # SSH answers on this port, but not by HTTP. So core doesn't know whether a message was stored, and answers 504.
    ("core", {"environment": {"DIALOG_SERVICE": "127.0.0.1:22", "DIALOG_TRY": "200ms", "WRITE_DEADLINE": 1}}, "had the status 500 or above"),
], ids=["a setting with which it never gets ready", "a release with a wrong answer", "errors for users"])
def test_what_does_not_work_is_taken_back(system, two, deploy, service, changes, reason):
    before = state(system, service)
    with contextlib.ExitStack() as sent:
        for name in system.groups["core"]:
            sent.enter_context(messages_sent(*two, system.address(name), system.variables[name]["core_port"]))
        code, said = deploy(service, **changes)
    said = " ".join(said.split())
    taken_back = re.search(r"The change was taken back: (\w+) runs its earlier release", said)
    assert code != 0 and taken_back and reason in said[:taken_back.start()], said
    after = state(system, service)
    # The next machine has the new release's folder already, but doesn't use it.
    assert after[taken_back[1]] == before[taken_back[1]] and running(after) == running(before)


def running(states):
    return {name: state.splitlines()[:7] for name, state in states.items()}


def test_a_service_that_fails_without_a_change_is_not_taken_back(system, deploy):
    before = state(system, "core")
    code, said = deploy("core", probes=[{"path": "/user/get/nonsense", "status": 200}])
    assert code != 0 and "the cause is elsewhere" in said, said
    assert state(system, "core") == before


def test_damage_of_what_is_kept_is_named(system, deploy):
    for machine in system.groups["core"]:
        system.shell(machine, ": > /etc/core/kept/environment")
    code, said = deploy("core", probes=[{"path": "/user/get/nonsense", "status": 200}])
    assert code != 0 and "What worked before is damaged" in said, said
    assert deploy("core")[0] == 0
    for machine in system.groups["core"]:
        system.shell(machine, "cmp /etc/core/environment /etc/core/kept/environment")
