"""Tests of the lab's commands: bad input, and recovery after a fault. They run on the host, and use the lab that is up."""

import fcntl
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from lab.lib import host, machine, network, settings


def lab(verb, *arguments, before=(), **environment):
    """Runs a verb of the lab. Returns (exit code, output)."""
    done = subprocess.run([*before, str(ROOT / "lab" / verb), *arguments], cwd=ROOT, capture_output=True, text=True, check=False,
                          env={**os.environ, **environment}, timeout=180)
    return done.returncode, done.stdout + done.stderr


def test_lab_up_without_root_says_that_it_needs_root():
    code, said = lab("up", "--bare", before=["setpriv", "--reuid=65534", "--clear-groups"])
    assert code == 1 and "run it as root" in said and "Traceback" not in said


@pytest.mark.parametrize("variable, value", [("LAB_NAME", "Ünwise name"), ("LAB_NAME", "toolong"), ("LAB_PORT", "99999")])
def test_an_invalid_setting_is_named(variable, value):
    code, said = lab("up", "--bare", **{variable: value})
    assert code == 1 and f"{variable}={value!r}" in said


def test_too_little_disk_is_reported_before_anything_is_made(tmp_path):
    small = ["unshare", "--mount", "sh", "-c", f"mount -t tmpfs -o size=8m,mode=700 tmpfs {tmp_path} && exec \"$@\"", "sh"]
    code, said = lab("up", "--bare", before=small, LAB_CACHE=str(tmp_path))
    assert code == 1 and "GiB free, the lab needs" in said


def test_a_taken_port_is_reported_before_anything_is_made():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, said = lab("up", "--bare", LAB_PORT=port)
    assert code == 1 and f"127.0.0.1:{port} is taken" in said and "Make the root file systems" not in said


def test_a_second_verb_at_the_same_time_is_refused():
    with (settings.LOCKS / f"{settings.NAMESPACE}-making").open("a+") as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for verb in ("up", "down"):
            code, said = lab(verb)
            assert code == 1 and "is making or removing this lab" in said


def test_the_lab_of_another_checkout_is_not_touched(tmp_path):
    owner = settings.STATE / "project"
    own = owner.read_text()
    owner.write_text(str(tmp_path))
    try:
        code, said = lab("up", "--bare")
        assert code == 1 and f"belongs to the checkout {tmp_path}" in said
    finally:
        owner.write_text(own)


def test_a_machine_keeps_its_disk_after_a_power_loss():
    web = next(each for each in machine.all_machines() if each.name.startswith("web"))
    assert lab("ssh", web.name, "touch /var/lib/kept; sync")[0] == 0
    web.power_off()
    assert not web.running() and not network.answers(web.address, 22)
    code, said = lab("up", "--bare")
    assert code == 0, said
    assert lab("ssh", web.name, "rm /var/lib/kept")[0] == 0


def test_lab_up_completes_a_run_that_crashed():
    """If lab/up dies while it writes a machine's disk, the file `ready` is missing. The next lab/up makes that machine again."""
    web = next(each for each in machine.all_machines() if each.name.startswith("web"))
    disk = settings.STATE / "kept-aside"
    web.power_off()
    web.folder.rename(disk)
    try:
        (web.folder / "upper/etc").mkdir(parents=True)
        code, said = lab("up", "--bare")
        assert code == 0, said
        assert web.running() and (web.folder / "ready").exists()
    finally:
        web.remove()
        disk.rename(web.folder)
    assert lab("up", "--bare")[0] == 0
    assert lab("ssh", web.name, "true")[0] == 0


def test_lab_power_with_wrong_arguments_shows_its_usage():
    for words in ([], ["off"], ["off", "db9"], ["burn", "db1"]):
        code, said = lab("power", *words)
        assert code == 1 and "usage: lab/power off|on|cut|join NODE" in said, words


def test_a_machine_without_network_keeps_running_and_answers_after_the_join():
    web = next(each for each in machine.all_machines() if each.name.startswith("web"))
    booted = lab("ssh", web.name, "cat /proc/sys/kernel/random/boot_id")[1]
    assert lab("power", "cut", web.name)[0] == 0
    try:
        assert web.running() and not network.answers(web.address, 22)
    finally:
        assert lab("power", "join", web.name)[0] == 0
    assert lab("ssh", web.name, "cat /proc/sys/kernel/random/boot_id")[1] == booted


def fault(*words):
    """Runs fault.py, the drills' script, on the web machine. Returns (exit code, output)."""
    script = (ROOT / "roles/drill/files/fault.py").read_text()
    done = subprocess.run([str(ROOT / "lab/ssh"), "web1", shlex.join(["python3", "-", *words])], cwd=ROOT, input=script, capture_output=True,
                          text=True, check=False, timeout=120)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("words, why", [
    (["inject", "stop", "no-such-unit", "", "/etc"], "did not run"),
    (["inject", "kill", "nginx", "no-such-process", "/etc"], "has no process"),
    (["inject", "freeze", "nginx", "no-such-process", "/etc"], "has no process"),
    (["inject", "reload", "nftables-of-nobody", "", "/etc"], "did not reload"),
    (["inject", "fill", "nginx", "", "/etc"], "is no file system of its own"),
    (["inject", "lag", "nginx", "", "/etc"], "No such file or directory: 'patronictl'"),
    (["inject", "copy", "nginx", "copied", "/etc"], "/etc/patroni/config.yml"),
    (["inject", "lose_slot", "nginx", "", "/etc"], "user postgres does not exist"),  # said by runuser, which would run psql
    (["held", "stop", "nginx", "", "/etc"], "nginx is active"),
    (["held", "freeze", "nginx", "", "/etc", "[1]"], "are no longer stopped"),
    (["held", "lose_slot", "no-such-unit", "", "/etc"], "no-such-unit is inactive"),
    (["held", "fill", "nginx", "", "/etc", '"/etc"'], "isn't filled"),
])
def test_a_fault_without_effect_is_refused_with_its_reason(words, why):
    code, said = fault(*words)
    assert code == 1 and why in said and '"text"' not in said and "Traceback" not in said, said


def test_a_fault_is_injected_proved_and_healed():
    asked_ms = time.time() * 1000
    code, said = fault("inject", "freeze", "nginx", "", "/etc")
    assert code == 0, said
    state = json.dumps(json.loads(said)["state"])
    try:
        assert asked_ms < json.loads(said)["at_ms"] < time.time() * 1000
        assert fault("held", "freeze", "nginx", "", "/etc", state)[0] == 0
    finally:
        assert fault("heal", "freeze", "nginx", "", "/etc")[0] == 0
    assert fault("healed", "freeze", "nginx", "", "/etc") == (0, '{"text": "nginx runs"}\n')
    assert fault("held", "freeze", "nginx", "", "/etc", state)[0] == 1


def test_an_interrupted_drill_heals_its_faults():
    injected = ROOT / "results/injected.json"
    assert not injected.exists(), "an earlier drill has left a fault. Do: lab/play ansible/heal.yml"
    drill = subprocess.Popen([str(ROOT / "lab/drill"), "stop-app"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             start_new_session=True)
    try:
        until(lambda: injected.exists() or drill.poll() is not None, "the drill injects no fault within two minutes")
        assert injected.exists(), drill.communicate()[0]
        host_of_fault = json.loads(injected.read_text())["steps"][0]["host"]
        until(lambda: lab("ssh", host_of_fault, "systemctl is-active core")[0] != 0, "core doesn't stop within two minutes")
    finally:
        if drill.poll() is None:
            os.killpg(drill.pid, signal.SIGINT)  # Ctrl-C in a terminal signals the whole process group too
    rest = drill.communicate(timeout=300)[0]
    assert drill.returncode == 2 and "the faults of the drill are healed" in rest, rest
    assert lab("ssh", host_of_fault, "systemctl is-active core")[0] == 0 and not injected.exists()


def test_a_drill_on_an_unhealthy_system_is_invalid_and_names_the_problem():
    assert lab("ssh", "app1", "sudo systemctl stop core")[0] == 0
    try:
        code, said = lab("play", "ansible/drill.yml", "-e", "drill=stop-app", "-e", "drill_heal_timeout_s=1")
    finally:
        assert lab("ssh", "app1", "sudo systemctl start core")[0] == 0
    result = json.loads((ROOT / "results/stop-app/latest/result.json").read_text())
    assert code == 2 and "INVALID" in said and "is undefined" not in said, said
    assert result["verdict"] == "invalid" and any("PROBLEM app1: core is inactive" in reason for reason in result["reasons"])


def until(condition, failure):
    """Waits until the condition is true, at most two minutes."""
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, failure
        time.sleep(0.2)


def test_an_interrupted_lab_up_says_how_to_continue():
    process = subprocess.Popen([str(ROOT / "lab/up"), "--bare"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[0]
    assert process.returncode in (0, 130)
    assert process.returncode == 0 or "`lab/up` makes what is missing" in said
    assert lab("up", "--bare")[0] == 0


def test_the_mirrors_are_those_of_the_hosts_apt_sources():
    listing = subprocess.run(["apt-get", "indextargets"], capture_output=True, text=True, check=True).stdout
    assert all(mirror in listing for mirror in host.mirrors())
