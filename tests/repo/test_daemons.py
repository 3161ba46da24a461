"""Tests of the lab's daemons; they need no lab. Each daemon has at most one process, and its pid is recorded from its start to its end."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time

import pytest
from lab.lib import daemons, host, lab, machine, network, settings
from lab.lib.progress import Trouble

LISTEN = """import socket, sys, time
listening = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("listens", flush=True)
time.sleep(60)
"""


@pytest.fixture
def helper(tmp_path, monkeypatch):
    """A function that returns a daemon which listens on a port. `begun` has the processes that were started; all are ended afterwards."""
    monkeypatch.setattr(settings, "STATE", tmp_path / "state")
    monkeypatch.setattr(settings, "LOCKS", tmp_path / "locks")
    monkeypatch.setattr(settings, "LOGS", tmp_path / "logs")
    settings.STATE.mkdir()
    begun, beginning = [], threading.Event()
    popen = subprocess.Popen

    def slowly(*words, **options):
        beginning.set()
        time.sleep(0.3)  # without a lock, a second start would find no process in this time
        begun.append(popen(*words, **options))
        return begun[-1]

    monkeypatch.setattr(subprocess, "Popen", slowly)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def make(script=LISTEN):
        return daemons.Daemon("helper", [sys.executable, "-c", script, str(port)])

    make.port, make.begun, make.beginning = port, begun, beginning
    make.answers = lambda: host.answers(port)
    yield make
    for process in begun:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()


def test_two_starts_at_once_start_one_process_that_can_be_ended(helper):
    troubles = []

    def start():
        try:
            helper().start(helper.answers)
        except Trouble as trouble:
            troubles.append(trouble)

    both = [threading.Thread(target=start) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(30)
    assert not troubles and len(helper.begun) == 1 and helper().running()
    helper().stop()
    assert not helper.answers()


def test_no_process_is_started_on_a_port_where_another_program_listens(helper):
    with socket.create_server(("127.0.0.1", helper.port)), pytest.raises(Trouble) as refused:
        helper().start(helper.answers)
    assert "something else answers" in str(refused.value) and not helper().file.exists() and not helper.begun


def test_a_process_that_ends_at_once_is_reported_and_not_recorded(helper):
    began = time.monotonic()
    with pytest.raises(Trouble) as ended:
        helper("raise SystemExit('the port is not to my taste')").start(helper.answers)
    assert "the port is not to my taste" in str(ended.value) and not helper().file.exists()
    assert time.monotonic() - began < 8, "the start waits for a process that has ended"


def test_a_daemon_with_another_command_is_started_again(helper):
    helper().start(helper.answers)
    other = helper(LISTEN + "# otherwise")
    other.start(helper.answers)
    first, second = helper.begun
    assert first.poll() is not None and second.poll() is None and other.as_meant()


def test_a_relay_that_is_just_being_started_is_not_taken_for_another_program(helper, monkeypatch):
    monkeypatch.setattr(daemons, "relay", helper)
    monkeypatch.setattr(settings, "PORT", str(helper.port))
    starting = threading.Thread(target=helper().start, args=[helper.answers])
    starting.start()
    try:
        assert helper.beginning.wait(30)
        daemons.check_relay()
        assert helper().as_meant()
    finally:
        starting.join()


def test_a_relay_that_a_benchmark_starts_while_the_lab_is_removed_is_ended(helper, monkeypatch):
    monkeypatch.setattr(machine, "all_machines", list)
    monkeypatch.setattr(machine, "leftovers", list)
    monkeypatch.setattr(network, "remove", lambda: helper().start(helper.answers))  # the last moment at which a relay can start
    monkeypatch.setattr(daemons, "relay", helper)
    monkeypatch.setattr(daemons, "proxy", lambda: daemons.Daemon("proxy", ["false"]))
    lab.remove()
    (started,) = helper.begun
    assert started.poll() is not None and not settings.STATE.exists()


def test_a_relay_is_checked_and_started_with_its_own_configuration(helper, monkeypatch, tmp_path):
    """The relay runs as another user, who must be able to open its configuration. The configuration is passed on stdin,
    because a second relay would overwrite a file in the lab's folder."""
    read = "import os, sys\nos.setgid(65534); os.setuid(65534)\nopen(sys.argv[2], 'w').write(open('/dev/stdin').read())\n"
    told = tmp_path / "told"
    told.touch()
    told.chmod(0o666)
    for folder in [told.parent, *told.parent.parents][:3]:
        folder.chmod(folder.stat().st_mode | 0o011)
    monkeypatch.setattr(daemons, "relay", lambda: daemons.Daemon("relay", [sys.executable, "-c", read + LISTEN, str(helper.port), told], "the words\n"))
    monkeypatch.setattr(daemons, "run", lambda command, *_, stdin: checked.append((command[-1], os.pread(stdin.fileno(), 99, 0))))
    monkeypatch.setattr(settings, "PORT", str(helper.port))
    checked = []
    daemons.start_relay()
    assert told.read_text() == "the words\n" and checked == [("/dev/stdin", b"the words\n")]


def test_a_process_that_still_holds_its_port_counts_as_running(helper):
    """For some milliseconds after SIGTERM, HAProxy's first thread is gone, and another thread still listens."""
    script = LISTEN.replace("import socket", "import ctypes, signal, socket, threading").replace(
        "time.sleep(60)", "threading.Thread(target=time.sleep, args=(60,)).start()\nctypes.CDLL(None).pthread_exit(None)")
    relay = helper(script)
    relay.start(helper.answers)
    first = f"/proc/{helper.begun[0].pid}/stat"
    daemons.until(lambda: ") Z " in open(first, encoding="ascii").read(), 10, lambda: "the first thread doesn't end")
    assert relay.running() and helper.answers()
