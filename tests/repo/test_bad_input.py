"""Tests that bad input is refused before any machine is changed, with a message that says what to correct."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


def playbook(*arguments, inventory=None, environment=None):
    """Runs ansible-playbook. Returns (exit code, output in one line, because Ansible folds long messages)."""
    sources = ["-i", str(inventory)] if inventory else []
    done = subprocess.run(["ansible-playbook", *sources, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


@pytest.fixture
def inventory(tmp_path):
    """A function that writes a changed copy of the inventory and returns its path."""
    (tmp_path / "group_vars").symlink_to(ROOT / "group_vars")

    def write(change):
        content = yaml.safe_load((ROOT / "inventory/hosts.yml").read_text())
        change(content["all"]["children"], content["all"]["vars"])
        (tmp_path / "hosts.yml").write_text(yaml.safe_dump(content))
        return tmp_path / "hosts.yml"

    return write


def same_address(groups, _):
    groups["core"]["hosts"]["app2"]["ansible_host"] = groups["core"]["hosts"]["app1"]["ansible_host"]


def no_database(groups, _):
    groups["etcd"]["hosts"], groups["database"]["hosts"] = groups["database"]["hosts"], {}


def no_broker(groups, _):
    groups["broker"]["hosts"] = {}


def three_caches(groups, _):
    groups["cache"]["hosts"]["web1"] = None


def chat_on_a_balancer(groups, _):
    groups["chat"]["hosts"]["lb1"] = None


def two_etcd_members(groups, _):
    del groups["etcd"]["hosts"]["db3"]


def no_address(groups, _):
    del groups["web"]["hosts"]["web1"]["ansible_host"]


def vip_of_a_machine(groups, variables):
    variables["vip_address"] = groups["balancer"]["hosts"]["lb1"]["ansible_host"]


@pytest.mark.parametrize("change, message", [
    (same_address, "another machine has app1's address"),
    (no_database, "the group database has no machine"),
    (no_broker, "the group broker has no machine"),
    (three_caches, "the group cache has 3 machines"),
    (chat_on_a_balancer, "lb1 is a balancer and in the group chat"),
    (two_etcd_members, "2 etcd members: an even number"),
    (no_address, "web1 needs an ansible_host"),
    (vip_of_a_machine, "not lb1's"),
])
def test_an_invalid_inventory_is_refused(inventory, change, message):
    code, output = playbook("site.yml", inventory=inventory(change))
    assert code != 0
    assert message in output
    assert "PLAY [Every machine]" not in output


def test_a_missing_secret_is_named():
    code, output = playbook("site.yml", "-e", '{"secret_jwt": ""}')
    assert code != 0
    assert "secret_jwt is missing or shorter" in output


def with_secrets(inventory, folder, content, environment=None):
    """Runs the preflight in a project whose secrets.yml has this content. Returns (exit code, output, secrets.yml afterwards)."""
    path = inventory(lambda groups, variables: None)
    (folder / "group_vars").unlink()
    shutil.copytree(ROOT / "group_vars", folder / "group_vars")
    (folder / "app").symlink_to(ROOT / "app")  # the preflight reads in app/ how many connections core takes
    secrets = folder / "group_vars/all/secrets.yml"
    secrets.write_text(content)
    code, output = playbook("ansible/preflight.yml", "-e", f"project_dir={folder}", inventory=path, environment=environment)
    return code, output, secrets.read_text()


def test_missing_secrets_are_added_to_an_older_file(inventory, tmp_path):
    kept = "---\nsecret_jwt: as-it-was-before-and-long-enough # kept"
    code, output, after = with_secrets(inventory, tmp_path, kept)
    assert code == 0, output
    assert after.startswith(kept + "\n")
    secrets = yaml.safe_load(after)
    assert set(secrets) == set(yaml.safe_load((ROOT / "group_vars/all/secrets_required.yml").read_text())["secrets_required"])
    made = [value for name, value in secrets.items() if name != "secret_jwt"]
    assert len(set(made)) == len(made) and all(len(value) == 40 and value not in output for value in made)


def test_an_encrypted_file_is_not_changed_although_it_lacks_secrets(inventory, tmp_path):
    vault = tmp_path / "vault"
    vault.write_text("password")
    plain = tmp_path / "plain"
    plain.write_text("secret_jwt: as-it-was-before-and-long-enough\n")
    environment = {**os.environ, "ANSIBLE_VAULT_PASSWORD_FILE": str(vault)}
    subprocess.run(["ansible-vault", "encrypt", str(plain)], env=environment, capture_output=True, check=True)
    encrypted = plain.read_text()
    code, output, after = with_secrets(inventory, tmp_path, encrypted, environment)
    assert code != 0 and after == encrypted
    assert "secret_database_superuser_password is missing" in output


@pytest.mark.parametrize("timeout, message", [
    ("timeout_web_read=4", "nginx gives up reading before core's wait"),
    ("timeout_driver_keepalive=6", "breaks off an answer before a probe"),
    ("timeout_driver_connect=3", "the pool gives up before its driver"),
    ("timeout_haproxy_connect=0.7", "before HAProxy has made its three attempts"),
])
def test_timeouts_that_do_not_fit_are_refused(timeout, message):
    code, output = playbook("site.yml", "-e", timeout)
    assert code != 0
    assert message in output


def test_an_unknown_drill_is_refused_with_a_list_of_all_drills():
    code, output = playbook("ansible/drill.yml", "-e", "drill=stop-everything")
    assert code != 0
    known = sorted(path.stem for path in (ROOT / "drills").glob("*.yml"))
    assert f"no drill stop-everything; there are: all, {', '.join(known)}" in output


def test_a_mistake_in_a_drills_file_is_refused_with_its_line(tmp_path):
    """DrillFileTest tests every other kind of mistake."""
    drill = tmp_path / "stop-replica.yml"
    drill.write_text((ROOT / "drills/stop-replica.yml").read_text().replace("promise:", "promis:"))
    code, output = playbook("ansible/drill.yml", "-e", "drill=stop-replica", "-e", f"drills_dir={tmp_path}")
    assert code != 0
    assert "stop-replica.yml:5: there is no key promis here; there are: name, component, fault, promise" in output


def test_a_poweroff_drill_without_a_command_to_switch_on_is_refused():
    code, output = playbook("ansible/drill.yml", "-e", "drill=poweroff-replica", "-e", '{"drill_machine_commands": {"off": ["false"]}}')
    assert code != 0
    assert "poweroff needs drill_machine_commands.off and .on" in output


@pytest.mark.parametrize("name", ["bench", "load"])
def test_bench_and_load_refuse_check_mode(name):
    code, output = playbook(f"ansible/{name}.yml", "--check")
    assert code != 0 and "check mode doesn't apply" in output and "failed=1" in output


@pytest.mark.parametrize("connections, message", [
    ("nginx_connections=4096", "nginx takes fewer connections than the core nodes"),
    ("nginx_connections=40000", "web1 has 384 MB, and nginx's 40000 connections may take 721 MB"),
    ("haproxy_maxconn=100", "HAProxy takes fewer sessions than the database logins of core and chat may open"),
    ("haproxy_maxconn=9000", "lb1 has 384 MB, and HAProxy's 9000 connections may take 448 MB"),
])
def test_connections_that_do_not_fit_are_refused(connections, message):
    code, output = playbook("site.yml", "-e", connections)
    assert code != 0
    assert message in output
    assert "PLAY [Every machine]" not in output


def test_the_memory_check_counts_all_connections_for_each_worker_of_nginx(inventory):
    def more_processors(groups, _):
        groups["web"]["vars"]["machine_cpus"] = 2

    code, output = playbook("site.yml", inventory=inventory(more_processors))
    assert code != 0
    assert "web1 has 384 MB, and nginx's 36432 connections may take 666 MB" in output


def test_one_more_core_node_needs_a_larger_web_machine(inventory):
    def third(groups, _):
        groups["core"]["hosts"]["db1"] = {"core_port": 8082}

    code, output = playbook("site.yml", inventory=inventory(third))
    assert code != 0
    assert "web1 has 384 MB, and nginx's 27324 connections may take 523 MB" in output
