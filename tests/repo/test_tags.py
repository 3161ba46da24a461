"""A tag for each component in site.yml: what it runs, and that it needs nothing that another one has set."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What each tag runs on which machines; roles by their names, a schema's migration as `migrate`.
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
    """(machines, role, tags of the play, (name, tags) of each task) of each play in site.yml."""
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
def test_a_tag_runs_its_component_and_nothing_else(plays, tag):
    found = [f"{machines}: {role}" for machines, role, _, tasks in plays if any(tag in each for _, each in tasks)]
    assert found == COMPONENTS[tag]


def test_any_other_tag_runs_the_role_of_its_name(plays):
    for _, role, tag, _ in plays:
        assert tag == "always" or tag in COMPONENTS or tag == role


def test_every_task_has_the_tag_of_its_play(plays):
    """Ansible's own check of a role's arguments always runs; so does the preflight, whose play has the tag `always`."""
    for machines, role, tag, tasks in plays:
        checks = [each for name, each in tasks if "Validating arguments" in name]
        assert [each for _, each in tasks if each not in checks] and all(each == [tag] for _, each in tasks if each not in checks), (machines, role)


def test_a_role_reads_no_other_roles_private_variables():
    """A role that relied on them would work in a whole run, and fail with its own tag alone."""
    roles = sorted(path.name for path in (ROOT / "roles").iterdir())
    for path in (ROOT / "roles").rglob("*"):
        owner = path.relative_to(ROOT / "roles").parts[0]
        if path.suffix in (".yml", ".j2"):
            used = set(re.findall(rf"(?<![\w.])_({'|'.join(roles)})_\w+", path.read_text()))
            assert used <= {owner}, path
