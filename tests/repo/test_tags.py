"""Tests of the tags in site.yml: which roles each tag runs, and that a role needs nothing that another role has set."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# For each tag, the groups of machines and the roles that run there. `migrate` is the migration of a schema.
COMPONENTS = {
    "base": ["all: base"],
    "etcd": ["etcd: etcd"],
    "patroni": ["database: patroni"],
    "redis": ["cache: redis"],
    "rabbitmq": ["broker: rabbitmq"],
    "haproxy": ["balancer: haproxy"],
    "keepalived": ["balancer: keepalived", "web: keepalived"],
    "chat": ["chat[0]: migrate", "chat: service"],
    "core": ["core[0]: migrate", "core: service"],
    "nginx": ["web: nginx"],
}


@pytest.fixture(scope="module")
def plays():
    """For each play in site.yml: (machines, role, tags of the play, (name, tags) of each task)."""
    done = subprocess.run(["ansible-playbook", "site.yml", "--list-tasks"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = []
    for play in done.stdout.split("  play #")[1:]:
        machines, tags = re.match(r"\d+ \(([^)]+)\): .*TAGS: \[(.*)\]", play).groups()
        tasks = re.findall(r"^      (.+)\tTAGS: \[(.*)\]", play, re.M)
        role = "migrate" if "Apply the migrations that the schema lacks" in play else tasks[-1][0].partition(" : ")[0]
        found.append((machines, role, tags, [(name, each.split(", ")) for name, each in tasks]))
    return found


@pytest.mark.parametrize("tag", COMPONENTS)
def test_a_tag_runs_only_its_component(plays, tag):
    found = [f"{machines}: {role}" for machines, role, _, tasks in plays if any(tag in each for _, each in tasks)]
    assert found == COMPONENTS[tag]


def test_any_other_tag_runs_the_role_of_its_name(plays):
    for _, role, tag, _ in plays:
        assert tag == "always" or tag in COMPONENTS or tag == role


def test_every_task_has_the_tag_of_its_play(plays):
    """There are two exceptions: Ansible always checks a role's arguments, and the preflight's play has the tag `always`."""
    for machines, role, tag, tasks in plays:
        checks = [each for name, each in tasks if "Validating arguments" in name]
        assert [each for _, each in tasks if each not in checks] and all(each == [tag] for _, each in tasks if each not in checks), (machines, role)


def test_a_role_reads_no_other_roles_private_variables():
    """Such a role would work in a run of all roles, but fail if only its own tag runs."""
    roles = sorted(path.name for path in (ROOT / "roles").iterdir())
    for path in (ROOT / "roles").rglob("*"):
        owner = path.relative_to(ROOT / "roles").parts[0]
        if path.suffix in (".yml", ".j2"):
            used = set(re.findall(rf"(?<![\w.])_({'|'.join(roles)})_\w+", path.read_text()))
            assert used <= {owner}, path
