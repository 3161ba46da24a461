"""Tests of rules for the whole repository. Nothing else would show that a rule is broken."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ROLES = sorted(path for path in (ROOT / "roles").iterdir() if path.is_dir())
BARE = {"that", "when", "until", "failed_when", "changed_when"}  # Ansible evaluates these keys without {{ }}
UNBREAKABLE = "ansible/templates/timeouts.md.j2"  # a row of a Markdown table is one line


def test_the_inventory_sees_group_vars():
    """Without the link, a playbook in ansible/ would use the roles' defaults, and nothing would report it."""
    link = ROOT / "inventory" / "group_vars"
    assert link.is_symlink() and link.resolve() == ROOT / "group_vars"
    shown = subprocess.run(["ansible-inventory", "--host", "db1"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(shown.stdout)["web_port"] == yaml.safe_load((ROOT / "group_vars/all/ports.yml").read_text())["web_port"]


def expressions(value, bare=False):
    """The Jinja expressions in a text, or in a value of a YAML file. A bare text is an expression as a whole."""
    if isinstance(value, dict):
        return [each for key, inner in value.items() for each in expressions(inner, key in BARE)]
    if isinstance(value, list):
        return [each for inner in value for each in expressions(inner, bare)]
    if isinstance(value, str):
        return [value] if bare else re.findall(r"{[{%].*?[%}]}", value, re.DOTALL)
    return []


@pytest.mark.parametrize("inventory", sorted((ROOT / "inventory").glob("*.yml")), ids=lambda path: path.name)
def test_an_inventory_sets_nothing_that_group_vars_would_override(inventory):
    """Ansible prefers group_vars, also to the variables of a group in an inventory's file."""
    def names(groups):
        for group in filter(None, groups.values()):
            yield from group.get("vars") or {}
            yield from names(group.get("children") or {})

    chosen = {name for path in (ROOT / "group_vars").rglob("*.yml") for name in yaml.safe_load(path.read_text()) or {}}
    assert chosen & set(names(yaml.safe_load(inventory.read_text()))) == set()


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_has_a_contract(role):
    """The contract describes every variable ROLE_… that is in the role's defaults or that the role reads."""
    contract = yaml.safe_load((role / "meta/argument_specs.yml").read_text())["argument_specs"]
    described = {name for entry in contract.values() for name in entry.get("options", {})}
    defaults = role / "defaults/main.yml"
    read = [each for folder in ("tasks", "vars") for path in (role / folder).rglob("*.yml")
            for each in expressions(yaml.safe_load(path.read_text()))]
    read += [each for path in (role / "templates").glob("*.j2") for each in expressions(path.read_text())]
    used = {name for each in read for name in re.findall(rf"(?<![\w.'/]){role.name}_\w+", each)}
    assert used
    assert used | set(yaml.safe_load(defaults.read_text()) or {} if defaults.exists() else {}) <= described


def test_only_the_inventory_has_addresses():
    network = yaml.safe_load((ROOT / "inventory/hosts.yml").read_text())["all"]["vars"]["network_cidr"]
    prefix = re.escape(".".join(network.split(".")[:3]) + ".")
    found = subprocess.run(["git", "-c", "safe.directory=*", "grep", "-nE", prefix + "[0-9]", "--", ":!inventory", ":!docs", ":!README.md", ":!loadtest/src/test", ":!app/**/src/test"],
                           cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 1, found.stdout + found.stderr


def test_yaml_and_templates_have_lines_of_at_most_120_columns():
    paths = [path for folder in ("ansible", "roles", "group_vars", "inventory") for path in (ROOT / folder).rglob("*")]
    for path in [ROOT / "site.yml", *paths]:
        if path.suffix in (".yml", ".j2") and str(path.relative_to(ROOT)) != UNBREAKABLE:
            assert [line for line in path.read_text(encoding="utf-8").splitlines() if len(line) > 120] == [], path


def test_each_drill_has_the_name_of_its_file():
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
