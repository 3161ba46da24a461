"""Tests of the Vagrantfile and of vagrant/build-box on the host, without a machine: what they accept, what they refuse, and with which message."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path):
    """A copy of the files that Vagrant reads, with a fake VBoxManage that records its arguments and only answers --version."""
    for name in ("Vagrantfile", "site.yml", "vagrant", "inventory/hosts.yml", "lab/lib"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("target", "__pycache__"))
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    manage = tmp_path / "bin/VBoxManage"
    manage.parent.mkdir()
    manage.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n[ "$1" = --version ] && echo 7.0.20r163906\n')
    manage.chmod(0o755)
    return tmp_path


def run(project, *command, **environment):
    """Runs a command in the project. Returns (exit code, its output in one line)."""
    own = {key: value for key, value in os.environ.items() if key not in ("BOX", "BOX_URL", "DRIVER") and not key.startswith("VAGRANT_")}
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=120,
                          env={**own, "PATH": f"{project}/bin:{os.environ['PATH']}", "VAGRANT_HOME": f"{project}/home",
                               "VAGRANT_CHECKPOINT_DISABLE": "1", **environment})
    return done.returncode, " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize("provider", ["libvirt", "virtualbox"])
def test_the_vagrantfile_is_valid(project, provider):
    code, said = run(project, "vagrant", "validate", VAGRANT_DEFAULT_PROVIDER=provider)
    assert code == 0 and "validated successfully" in said, said


def test_a_wrong_setting_is_not_valid(project):
    """Shows that `vagrant validate` finds errors. Otherwise the test above would pass with any Vagrantfile."""
    file = project / "Vagrantfile"
    file.write_text(file.read_text().replace("provider.memory =", "provider.memroy ="))
    for provider in ("libvirt", "virtualbox"):
        code, said = run(project, "vagrant", "validate", VAGRANT_DEFAULT_PROVIDER=provider)
        assert code and "memroy" in said, said


def test_the_vagrantfile_is_valid_without_any_provider(project):
    code, said = run(project, "vagrant", "validate", "--ignore-provider")
    assert code == 0 and "validated successfully" in said, said


def test_the_vagrantfile_has_the_machines_of_the_inventory(project):
    code, said = run(project, "vagrant", "status", "--machine-readable", VAGRANT_DEFAULT_PROVIDER="virtualbox")
    groups = yaml.safe_load((ROOT / "inventory/hosts.yml").read_text())["all"]["children"].values()
    assert code == 0 and {word.split(",")[1] for word in said.split() if ",metadata,provider," in word} == {name for group in groups for name in group["hosts"]}


def test_without_a_box_the_message_says_how_to_build_one(project):
    code, said = run(project, "vagrant", "up", VAGRANT_DEFAULT_PROVIDER="virtualbox")
    assert code and "sudo vagrant/build-box virtualbox" in said, said


@pytest.mark.parametrize("names", [[], ["db1", "db2"], ["/db[12]/"]])
def test_too_little_memory_is_reported_before_any_machine_starts(project, names):
    inventory = yaml.safe_load((project / "inventory/hosts.yml").read_text())
    inventory["all"]["children"]["database"]["vars"]["machine_memory_mb"] = 10_000_000
    inventory["all"]["vars"]["machine_memory_mb"] = 1  # lower than the value of the groups, which must win
    (project / "inventory/hosts.yml").write_text(yaml.safe_dump(inventory))
    groups = inventory["all"]["children"]
    total = sum(group["vars"]["machine_memory_mb"] * len(group["hosts"]) for group in groups.values() if "machine_memory_mb" in group.get("vars", {}))
    code, said = run(project, "vagrant", "up", "--no-provision", *names, VAGRANT_DEFAULT_PROVIDER="virtualbox", BOX="one/that-is-not-there")
    assert code and f"need {20_000_000 if names else total} MB of memory" in said, said
    assert set((project / "asked").read_text().split()) == {"--version"}


@pytest.mark.parametrize("built", [True, False])
def test_missing_jars_or_ansible_are_reported_before_any_machine_starts(project, built):
    if built:
        for service in ("core", "chat"):
            (project / f"app/{service}/target").mkdir(parents=True)
            (project / f"app/{service}/target/{service}.jar").touch()
    (project / "tools").mkdir()
    for tool in Path("/usr/bin").iterdir():
        if not tool.name.startswith("ansible"):
            (project / "tools" / tool.name).symlink_to(tool)
    code, said = run(project, "vagrant", "up", VAGRANT_DEFAULT_PROVIDER="virtualbox", BOX="one/that-is-not-there", PATH=f"{project}/bin:{project}/tools")
    assert code and ("ansible-playbook isn't there" if built else "core.jar") in said, said
    assert set((project / "asked").read_text().split()) == {"--version"}


@pytest.mark.parametrize("words", [[], ["hyperv"], ["lxc", "libvirt"]])
def test_build_box_takes_exactly_one_known_provider(project, words):
    code, said = run(project, "vagrant/build-box", *words)
    assert code == 1 and "usage: vagrant/build-box libvirt | virtualbox | lxc" in said


def test_only_root_may_build_a_box(project):
    with tempfile.TemporaryDirectory() as folder:  # the project's own folder may be readable only for root
        os.chmod(folder, 0o755)
        for name in ("vagrant", "lab"):
            shutil.copytree(project / name, Path(folder, name))
        shutil.copytree(project / "inventory", Path(folder, "inventory"))
        done = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", f"{folder}/vagrant/build-box", "lxc"], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "sudo vagrant/build-box lxc" in done.stderr


def test_a_failed_build_leaves_no_file(project):
    (project / "bin/mmdebstrap").write_text("#!/bin/sh\necho no mirror answers >&2\nexit 9\n")
    (project / "bin/mmdebstrap").chmod(0o755)
    with tempfile.TemporaryDirectory(dir="/var/tmp") as cache:  # /tmp may be in memory, and too small
        code, said = run(project, "vagrant/build-box", "lxc", LAB_CACHE=cache)
        assert code == 1 and "no mirror answers" in said and "apt sources name" in said
        assert not list((project / "vagrant/target").iterdir()) and not list(Path(cache).glob("box-*"))
    assert not (project / "results").exists()
