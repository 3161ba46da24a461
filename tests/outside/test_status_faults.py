"""Tests of status and tend-etcd with real faults that heal at once. tests/repo/test_status.py tests every other problem."""

import contextlib
import json
import shlex
import subprocess

import pytest

from conftest import ROOT


def status():
    """Runs ansible/status.yml. Returns (exit code, output)."""
    done = subprocess.run(["ansible-playbook", "ansible/status.yml"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@contextlib.contextmanager
def fault(system, machine, happen, heal):
    """Keeps a fault for the time of the block."""
    system.shell(machine, happen)
    try:
        yield
    finally:
        system.shell(machine, heal)


def test_a_healthy_system_has_no_problem(system):
    code, said = status()
    assert code == 0 and "PROBLEM" not in said, said


@pytest.mark.parametrize("what", ["vip", "disk"])
def test_a_fault_is_named_with_its_remedy(system, what):
    spare = next(name for name in system.groups["balancer"] if name not in system.vip_holders())
    vip = f"{system.fact('vip_address')}/32 dev lo"
    happen, heal, expected = {
        "vip": (f"ip address add {vip}", f"ip address delete {vip}", "both hold the VIP"),
        # A disk in memory, so that no real disk is full meanwhile.
        "disk": ("mkdir /mnt/small && mount -t tmpfs -o size=1m tmpfs /mnt/small && head -c 1048576 /dev/zero > /mnt/small/file",
                 "umount /mnt/small && rmdir /mnt/small", "/mnt/small is full"),
    }[what]
    with fault(system, spare, happen, heal):
        code, said = status()
    problem = [line for line in said.splitlines() if "PROBLEM" in line and expected in line]
    assert code != 0 and len(problem) == 1 and ". Do: " in problem[0], said


def test_an_alarm_of_etcd_without_a_reason_is_disarmed(system, until):
    member = system.groups["etcd"][0]
    ask = ("import sys, urllib.request as request; "
           "print(request.urlopen('http://127.0.0.1:2379/v3/maintenance/' + sys.argv[1], sys.argv[2].encode()).read().decode())")

    def maintenance(what, **body):
        return json.loads(system.shell(member, f"python3 -c {shlex.quote(ask)} {what} {shlex.quote(json.dumps(body))}"))

    # etcd's answer names the alarm that it has raised. A second question could come after the disarming.
    assert maintenance("alarm", action="ACTIVATE", memberID=maintenance("status")["header"]["member_id"], alarm="NOSPACE")["alarms"]
    assert until(lambda: not maintenance("alarm", action="GET").get("alarms"), 30), \
        "the alarm stays; until it is disarmed, no failover of the database is possible"
