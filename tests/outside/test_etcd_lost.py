"""Tests of ansible/recover_etcd.yml after members have lost their data. PostgreSQL must keep its leader and its timeline."""

import json
import subprocess
import urllib.request

import pytest

from conftest import ROOT

LOSE = '. /etc/default/etcd && systemctl stop etcd && rm -rf "$ETCD_DATA_DIR"'


def leader_and_timeline(system):
    """Returns PostgreSQL's leader and its timeline. Every failover changes the timeline, also one that ends at the same machine."""
    address = system.address(system.groups["database"][0])
    members = json.load(urllib.request.urlopen(f"http://{address}:{system.fact('patroni_api_port')}/cluster", timeout=5))["members"]
    return next((member["name"], member["timeline"]) for member in members if member["role"] == "leader")


def works(system, member):
    """Returns whether the member can confirm a read with a majority."""
    return system.shell(member, "etcdctl endpoint health >&2 && echo yes || echo no") == "yes\n"


@pytest.mark.parametrize("kept", [1, 0])
def test_etcd_that_lost_its_data_is_rebuilt_without_a_failover(system, kept):
    members = system.groups["etcd"]
    before = leader_and_timeline(system)
    for member in members[kept:]:
        system.shell(member, LOSE)
    assert not any(works(system, member) for member in members)

    done = subprocess.run(["ansible-playbook", "ansible/recover_etcd.yml"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0 and "etcd is rebuilt" in done.stdout, done.stdout + done.stderr
    assert all(works(system, member) for member in members)
    assert leader_and_timeline(system) == before
    assert system.person().must("GET", "/post/feed") == []
