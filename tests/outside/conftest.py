"""The system as its users and neighbours meet it, from the controller inside the lab's network."""

import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


class System:
    """The provisioned machines: what Ansible knows of them, commands on them, requests to them."""

    def __init__(self):
        listing = subprocess.run(["ansible-inventory", "--list"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        inventory = json.loads(listing)
        self.variables = inventory["_meta"]["hostvars"]
        self.groups = {name: group["hosts"] for name, group in inventory.items() if "hosts" in group}
        self.machines = list(self.variables)
        self.url = f"http://{self.address(self.groups['web'][0])}:{self.fact('web_port')}"

    def fact(self, name):
        """A variable that all machines share."""
        return self.variables[self.machines[0]][name]

    def address(self, machine):
        return self.variables[machine]["ansible_host"]

    def shell(self, machine, command):
        """A command as root on a machine; returns what it printed."""
        done = subprocess.run(["ssh", "-o", "LogLevel=ERROR", f"root@{self.address(machine)}", command],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{machine}: {command}: {done.stderr}"
        return done.stdout

    def sql(self, machine, statement, database=None):
        """A statement as PostgreSQL's superuser; returns its rows as text."""
        return self.shell(machine, f"sudo -u postgres psql -X -A -t -v ON_ERROR_STOP=1 -d {database or self.fact('database_name')} "
                                   f"<<'END'\n{statement}\nEND").strip()

    def leader(self):
        members = json.load(urllib.request.urlopen(
            f"http://{self.address(self.groups['database'][0])}:{self.fact('patroni_api_port')}/cluster", timeout=5))["members"]
        return next(member["name"] for member in members if member["role"] == "leader")

    def vip_holders(self):
        command = f"ip -oneline address show to {self.fact('vip_address')}"
        return [name for name in self.groups["balancer"] if self.shell(name, command)]

    def request(self, method, path, body=None, headers=None, **query):
        """A request through nginx; returns (status, headers, text)."""
        url = self.url + path + ("?" + urllib.parse.urlencode(query) if query else "")
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        sent = urllib.request.Request(url, data=data, method=method, headers={"Content-Type": "application/json", **(headers or {})})
        try:
            with urllib.request.urlopen(sent, timeout=30) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()


@pytest.fixture(scope="session")
def system():
    return System()


@pytest.fixture(scope="session")
def until():
    """Waits for a condition by deadline; the last value is returned, so that an assertion can show it."""

    def wait(condition, seconds):
        deadline = time.monotonic() + seconds
        while not (value := condition()) and time.monotonic() < deadline:
            time.sleep(0.2)
        return value

    return wait
