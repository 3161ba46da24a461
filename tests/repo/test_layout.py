"""Tests of rules for the whole repository. A broken one would not show by itself."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ROLES = sorted(path for path in (ROOT / "roles").iterdir() if path.is_dir())


def test_the_inventory_sees_group_vars():
    """Without the link, a playbook in ansible/ would use the roles' defaults, and nothing would report it."""
    link = ROOT / "inventory" / "group_vars"
    assert link.is_symlink() and link.resolve() == ROOT / "group_vars"
    shown = subprocess.run(["ansible-inventory", "--host", "db1"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(shown.stdout)["web_port"] == yaml.safe_load((ROOT / "group_vars/all/ports.yml").read_text())["web_port"]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_has_a_contract(role):
    """Every variable in a role's defaults is described in its contract."""
    contract = yaml.safe_load((role / "meta/argument_specs.yml").read_text())["argument_specs"]
    described = {name for entry in contract.values() for name in entry.get("options", {})}
    defaults = role / "defaults/main.yml"
    assert set(yaml.safe_load(defaults.read_text()) or {} if defaults.exists() else {}) <= described


def test_only_the_inventory_has_addresses():
    network = yaml.safe_load((ROOT / "inventory/hosts.yml").read_text())["all"]["vars"]["network_cidr"]
    prefix = re.escape(".".join(network.split(".")[:3]) + ".")
    found = subprocess.run(["git", "-c", "safe.directory=*", "grep", "-nE", prefix + "[0-9]", "--", ":!inventory", ":!docs", ":!README.md", ":!loadtest/src/test", ":!app/**/src/test"],
                           cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 1, found.stdout + found.stderr


def test_each_drill_is_named_as_its_file():
    drills = sorted((ROOT / "drills").glob("*.yml"))
    assert drills
    assert [yaml.safe_load(path.read_text())["name"] for path in drills] == [path.stem for path in drills]


def test_the_document_of_the_timeouts_is_up_to_date():
    done = subprocess.run(["ansible-playbook", "ansible/timeouts.yml", "--check", "--diff"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "changed=0" in done.stdout, "run ansible-playbook ansible/timeouts.yml\n" + done.stdout + done.stderr


def test_each_drill_names_a_predicted_gap():
    known = yaml.safe_load((ROOT / "group_vars/all/gaps.yml").read_text())["predicted_gaps"]
    for path in (ROOT / "drills").glob("*.yml"):
        assert yaml.safe_load(path.read_text())["gap"] in known, path


def test_no_timestamp_depends_on_the_controllers_time_zone():
    """Ansible's now(utc=true) has no time zone. timestamp() would take it for local time, and be wrong by hours."""
    found = subprocess.run(["git", "-c", "safe.directory=*", "grep", "-nE", r"utc=true\)[^}]*timestamp", "--", "*.yml", "*.j2"],
                           cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 1, found.stdout + found.stderr
