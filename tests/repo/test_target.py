"""Tests for unusual machines: a umask of 027 (login.defs), and no IPv6 (ipv6.disable=1). They need no such machine."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ROLES = ROOT / "roles"
TEMPLATES = sorted(ROLES.glob("*/templates/*.j2"))
JAVA = """#!/bin/sh
mkdir -p app/lib
echo jar > app/given.jar
echo jar > app/lib/other.jar
"""


def play(tmp_path, umask, variables, *tasks):
    """Runs task files of roles on this machine as root, with this umask."""
    (tmp_path / "play.yml").write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": [
        {"ansible.builtin.include_tasks": str(ROLES / task)} for task in tasks]}]))
    done = subprocess.run([sys.executable, "-c", f"import os; os.umask({umask}); os.execvp('ansible-playbook', ['ansible-playbook', '{tmp_path}/play.yml'])"], cwd=ROOT,
                          env={**os.environ, "PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def closed(folder):
    """Returns which of these paths other users can't read: the folder itself and everything below it."""
    return [path for path in [folder, *folder.rglob("*")] if path.stat().st_mode & 0o7 != (0o5 if path.is_dir() else 0o4)]


def test_a_service_can_read_its_release(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/java").write_text(JAVA)
    (tmp_path / "bin/java").chmod(0o755)
    (tmp_path / "given.jar").touch()
    made = Path("/opt/umask-test")
    try:
        play(tmp_path, 0o027, {"service_spec": {"name": made.name, "jar": str(tmp_path / "given.jar")}, "_service_release": str(made / "releases/1")},
             "service/tasks/release.yml")
        assert (made / "releases/1/app/lib/other.jar").exists() and not closed(made)
        subprocess.run(["sha256sum", "--check", "--strict", "files.sha256"], cwd=made / "releases/1", check=True)
        # A damaged release is replaced as a whole.
        (made / "releases/1/app/lib/other.jar").write_text("damaged")
        play(tmp_path, 0o027, {"service_spec": {"name": made.name, "jar": str(tmp_path / "given.jar")}, "_service_release": str(made / "releases/1")},
             "service/tasks/release.yml")
        assert (made / "releases/1/app/lib/other.jar").read_text() == "jar\n" and not closed(made)
        assert [path.name for path in made.iterdir()] == ["releases"]
    finally:
        shutil.rmtree(made, ignore_errors=True)


def test_nginx_can_read_the_site(tmp_path):
    site = tmp_path / "site"
    (site / "api").mkdir(parents=True)
    for path in (site / "index.html", site / "api/index.html"):
        path.touch()
        path.chmod(0o640)
    sites = Path("/var/lib/nginx-sites")
    before = set(sites.glob("*"))
    there = sites.exists()
    try:
        play(tmp_path, 0o027, {"nginx_site": str(site)}, "nginx/tasks/site.yml")
        (made,) = set(sites.glob("*")) - before
        assert (made / "api/index.html").exists() and not closed(sites)
        # A damaged site is repaired.
        (made / "index.html").chmod(0)
        (made / "api/index.html").write_text("damaged")
        play(tmp_path, 0o027, {"nginx_site": str(site)}, "nginx/tasks/site.yml")
        assert (made / "api/index.html").read_text() == "" and not closed(sites)
    finally:
        for path in set(sites.glob("*")) - before:
            shutil.rmtree(path)
        if not there:
            sites.rmdir()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_no_template_needs_ipv6(template):
    """Without IPv6 the kernel makes no IPv6 socket, so a service that needs one doesn't start."""
    lines = [line.split("#")[0] for line in template.read_text().splitlines()]
    named = [line for line in lines if re.search(r"\[[0-9a-f]*::|::1|ip6_|ipv6only|v4v6|v6only|inet6|preferIPv6|BindIPv6Only|type ipv6_addr", line)]
    assert not named
    families = [line for line in lines if line.startswith("RestrictAddressFamilies=")]
    assert all("AF_INET6" not in line or re.search(r"AF_INET\b", line) for line in families)


def test_the_installation_of_nginx_does_not_start_it():
    """Debian's configuration of nginx listens on [::]:80, so that nginx can't start without IPv6. The other packages listen on IPv6 only if there is IPv6."""
    tasks = yaml.safe_load((ROLES / "nginx/tasks/install.yml").read_text())
    assert [task["ansible.builtin.apt"]["policy_rc_d"] for task in tasks if "nginx" in task.get("ansible.builtin.apt", {}).get("name", [])] == [101]
