"""A release or a configuration that doesn't work is taken back on the first machine. The other machines keep what they have."""

import contextlib
import http.client
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
            "vars": {"service_spec": f"{{{{ {service}_service | combine(changes, recursive=true) }}}}", "changes": changes, "service_watch_s": 3}}]))
        done = subprocess.run(["ansible-playbook", str(path)], cwd=ROOT, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr
    return run


def state(system, service):
    """What each machine of the service runs, has and keeps: release, environment and unit."""
    command = (f"readlink /proc/$(systemctl show --property=MainPID --value {service})/cwd /opt/{service}/current && "
               f"sha256sum < /etc/{service}/environment && sha256sum < /etc/systemd/system/{service}.service")
    return {name: system.shell(name, command) for name in system.groups[service]}


@contextlib.contextmanager
def dialogs_read(person, other, address, port):
    """Reads a dialog of two people again and again on one node of core."""
    over = threading.Event()

    def read():
        while not over.wait(0.1):
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection(address, port, timeout=10)
                connection.request("GET", f"/dialog/{other.id}/list", headers={"Authorization": f"Bearer {person.token}"})
                connection.getresponse().read()
                connection.close()

    reading = threading.Thread(target=read)
    reading.start()
    try:
        yield
    finally:
        over.set()
        reading.join()


@pytest.mark.parametrize("service, changes, reason", [
    ("chat", {"environment": {"DB_MASTER_URL": NOWHERE, "DB_SLAVE_URL": NOWHERE}, "ready_timeout": 5}, "Wait until the service is ready"),
    ("chat", {"java_options": ["-XX:+NoSuchOption"], "ready_timeout": 5}, "NoSuchOption"),
    ("core", {"environment": {"LIVE_POLL_MS": 999}, "probes": [{"path": "/user/get/nonsense", "status": 200}]}, "Status code was 400"),
    ("core", {"environment": {"DIALOG_SERVICE": "127.0.0.1:1", "DIALOG_TRY": "200ms", "DIALOG_DEADLINE": "500ms"}}, "had the status 500 or above"),
], ids=["a setting with which it never gets ready", "an option that Java refuses", "a wrong answer", "errors for users"])
def test_what_does_not_work_is_taken_back(system, two, deploy, service, changes, reason):
    first = system.groups[service][0]
    before = state(system, service)
    with dialogs_read(*two, system.address(system.groups["core"][0]), system.fact("core_port")):
        code, said = deploy(service, **changes)
    if code == 0:
        deploy(service)  # the tests that follow need the right settings
    assert code != 0 and reason in said, said
    assert state(system, service) == before
    assert system.request("GET", "/user/search", headers={"Cache-Control": "no-store"}, first_name="А", last_name="Б", limit=1)[0] == 200
    if reason != "NoSuchOption":  # this one is refused before any machine is changed
        assert f"The change was taken back: {first} runs its earlier release" in " ".join(said.split()), said
        assert "No other machine was changed" in said
