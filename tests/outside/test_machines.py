"""Tests of the machines: open and closed ports, privileges, secrets, the VIP."""

import json
import shlex
import subprocess
from xml.etree import ElementTree

import pytest
import yaml

from conftest import ROOT

PORTS = yaml.safe_load((ROOT / "group_vars/all/ports.yml").read_text())
SECRETS = yaml.safe_load((ROOT / "group_vars/all/secrets.yml").read_text())


def connects(system, source, address, port):
    """Returns whether `source` can open a connection within one second. A closed port doesn't answer at all."""
    probe = f"import socket; s = socket.socket(); s.settimeout(1); print(s.connect_ex(('{address}', {port})))"
    return system.shell(source, f'python3 -c "{probe}"').strip() == "0"


@pytest.mark.parametrize("source, group, port, opened", [
    ("app1", "balancer", "primary_port", True),
    ("app1", "balancer", "replicas_port", True),
    ("app1", "database", "database_port", False),
    ("app1", "database", "patroni_api_port", False),
    ("app1", "balancer", "haproxy_stats_port", False),
    ("lb1", "database", "database_port", True),
    ("lb1", "etcd", "etcd_client_port", False),
    ("web1", "balancer", "primary_port", False),
    ("web1", "core", "core_management_port", False),
    ("web1", "core", "core_port", True),
    ("db1", "core", "core_port", False),
    ("web1", "core", "core_live_port", True),
    ("lb1", "core", "core_live_port", False),
    ("db2", "etcd", "etcd_client_port", True),
    ("app1", "balancer", "cache_port", True),
    ("app1", "balancer", "broker_stomp_port", True),
    ("app1", "balancer", "chat_port", True),
    ("web1", "balancer", "cache_port", False),
    ("web1", "balancer", "broker_stomp_port", False),
    ("web1", "balancer", "chat_port", False),
    ("lb1", "cache", "cache_port", True),
    ("lb1", "broker", "broker_stomp_port", True),
    ("lb1", "chat", "chat_port", True),
    ("lb1", "chat", "chat_management_port", True),
    ("app1", "cache", "cache_port", False),
    ("app1", "broker", "broker_stomp_port", False),
    ("app1", "chat", "chat_port", False),
    ("web1", "chat", "chat_port", False),
    ("web1", "chat", "chat_management_port", False),
])
def test_a_port_is_open_only_to_the_machines_that_need_it(system, source, group, port, opened):
    target = [name for name in system.groups[group] if name != source][-1]
    variables = system.variables[target]
    assert connects(system, source, variables["ansible_host"], variables[port]) is opened


def test_only_the_controller_reaches_ssh(system):
    assert not connects(system, "web1", system.address("db1"), 22)


def test_the_login_of_a_service_has_only_the_rights_that_it_needs(system):
    leader = system.leader()
    login = system.fact("database_core_login")
    for forbidden in ("CREATE TABLE core.mine (x int)", "CREATE TABLE public.mine (x int)", "DROP TABLE core.users",
                      "SELECT * FROM pg_authid", "COPY (SELECT 1) TO PROGRAM 'true'", "DELETE FROM core.flyway_schema_history"):
        refused = subprocess.run(["ssh", "-o", "LogLevel=ERROR", f"root@{system.address(leader)}",
                                  f"sudo -u postgres psql -X -v ON_ERROR_STOP=1 -d {system.fact('database_name')} "
                                  f"-c \"SET ROLE {login}\" -c \"{forbidden}\""], capture_output=True, text=True, check=False)
        assert refused.returncode != 0, forbidden
        assert "permission denied" in refused.stderr or "must be owner" in refused.stderr, refused.stderr


@pytest.mark.parametrize("service", ["core", "chat"])
def test_a_services_login_has_limits_for_long_and_idle_transactions(system, service):
    """The limits are settings of the login, so they hold also if a session sets none."""
    login = system.fact(f"database_{service}_login")
    found = system.sql(system.leader(), f"""
        SELECT split_part(setting, '=', 1), extract(epoch FROM split_part(setting, '=', 2)::interval)::int
        FROM pg_roles, unnest(rolconfig) AS setting
        WHERE rolname = '{login}' AND split_part(setting, '=', 1) LIKE '%transaction%timeout'""")
    assert dict(line.split("|") for line in found.splitlines()) == {
        "idle_in_transaction_session_timeout": str(system.fact("timeout_transaction_idle")),
        "transaction_timeout": str(system.fact("timeout_transaction"))}, login


def test_idle_transactions_of_all_other_logins_end(system):
    for machine in system.groups["database"]:
        found = system.sql(machine, "SELECT setting::int / 1000 FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'")
        assert found == str(system.fact("timeout_transaction_idle_others")), machine


def test_no_secret_is_in_a_journal(system):
    for machine in system.machines:
        for name, value in SECRETS.items():
            found = system.shell(machine, f"journalctl --quiet --grep={value} --lines=1 --output=cat || test $? -eq 1")
            assert not found, f"{name} is in the journal of {machine}"


def test_no_secret_is_in_a_command_line(system):
    # The brackets keep grep from finding its own command line.
    patterns = shlex.join(f"--regexp=[{value[0]}]{value[1:]}" for value in SECRETS.values())
    for machine in system.machines:
        found = system.shell(machine, f"grep --text --no-messages {patterns} /proc/[0-9]*/cmdline || test $? -ne 0")
        assert not found, machine


def test_no_unit_has_failed(system):
    for machine in system.machines:
        assert not system.shell(machine, "systemctl list-units --failed --plain --no-legend"), machine


def test_the_vip_moves_when_haproxy_stops_and_no_search_fails(system, until):
    (holder,) = system.vip_holders()
    try:
        system.shell(holder, "systemctl stop haproxy")
        others = until(lambda: [name for name in system.vip_holders() if name != holder], 10)
        assert others and holder not in system.vip_holders()
        assert system.request("GET", "/user/search", first_name="Л", last_name="З")[0] == 200
    finally:
        system.shell(holder, "systemctl start haproxy")
    assert until(lambda: len(system.vip_holders()) == 1, 10)


def test_the_machine_that_leads_the_database_hands_on_etcds_lead(system, until):
    def of_etcd():
        """Returns the address of etcd's leader, or None, and address → id of each member."""
        statuses = json.loads(system.shell(system.groups["etcd"][0], "etcdctl --write-out=json endpoint status --cluster"))
        ids = {status["Endpoint"]: status["Status"]["header"]["member_id"] for status in statuses}
        leads = [status["Endpoint"] for status in statuses if status["Status"].get("leader") == ids[status["Endpoint"]]]
        return (leads or [None])[0], ids

    def elsewhere():
        leader, _ = of_etcd()
        return leader not in (None, here)

    machine = system.leader()
    here = f"http://{system.address(machine)}:{system.fact('etcd_client_port')}"
    assert until(elsewhere, 15)
    began = system.shell(machine, "date +%s").strip()
    leader, ids = of_etcd()
    system.shell(machine, f"etcdctl --endpoints={leader} move-leader {ids[here]:x}")
    assert until(lambda: "leads etcd now" in system.shell(machine, f"journalctl --unit=part-leaders --since=@{began}"), 20)
    assert until(elsewhere, 15)


def test_both_replicas_serve_reads(system, until):
    replicas = [name for name in system.groups["database"] if name != system.leader()]

    def served():
        system.request("GET", "/user/search", first_name="Л", last_name="З")
        connections = f"SELECT count(*) FROM pg_stat_activity WHERE usename = '{system.fact('database_core_login')}'"
        return all(int(system.sql(name, connections)) for name in replicas)

    assert until(served, 60)


@pytest.mark.parametrize("service", ["core", "chat"])
def test_a_service_reports_the_projects_version(system, service):
    """The version stands only in the pom."""
    version = ElementTree.parse(ROOT / "pom.xml").findtext("{http://maven.apache.org/POM/4.0.0}version")
    url = f"http://127.0.0.1:{PORTS[f'{service}_management_port']}/actuator/info"
    said = system.shell(system.groups[service][0], f"python3 -c 'import urllib.request as r; print(r.urlopen(\"{url}\").read().decode())'")
    assert json.loads(said)["build"]["version"] == version
