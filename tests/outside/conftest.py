"""Helpers for the tests from outside. They use the system as clients and other machines do, from the controller inside the lab's network."""

import base64
import dataclasses
import hashlib
import hmac
import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
import websocket
import yaml

from contract import Contract

ROOT = Path(__file__).resolve().parents[2]


class System:
    """The provisioned machines: their variables in Ansible, commands on them, and requests to them."""

    def __init__(self):
        listing = subprocess.run(["ansible-inventory", "--list"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        inventory = json.loads(listing)
        self.variables = inventory["_meta"]["hostvars"]
        self.groups = {name: group["hosts"] for name, group in inventory.items() if "hosts" in group}
        self.machines = list(self.variables)
        self.url = f"http://{self.address(self.groups['web'][0])}:{self.fact('web_port')}"
        self.contract = Contract(ROOT / "api/openapi.yaml")

    def fact(self, name):
        """Returns a variable that is the same on all machines."""
        return self.variables[self.machines[0]][name]

    def address(self, machine):
        return self.variables[machine]["ansible_host"]

    def shell(self, machine, command):
        """Runs a command as root on a machine. Returns its output."""
        done = subprocess.run(["ssh", "-o", "LogLevel=ERROR", f"root@{self.address(machine)}", command],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{machine}: {command}: {done.stderr}"
        return done.stdout

    def sql(self, machine, statement, database=None):
        """Runs a statement as PostgreSQL's superuser. Returns its rows as text."""
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
        """Sends a request through nginx. Returns (status, headers, text). The answer must follow the contract."""
        answer = self._send(method, path, body, headers or {}, query)
        self.contract.check(method, path, *answer)
        return answer

    def _send(self, method, path, body, headers, query):
        url = self.url + path + ("?" + urllib.parse.urlencode(query) if query else "")
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        sent = urllib.request.Request(url, data=data, method=method, headers={"Content-Type": "application/json", **headers})
        try:
            with urllib.request.urlopen(sent, timeout=30) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def person(self, first_name="Анна"):
        """Registers a new user, who signs in. Returns the user."""
        user = {"first_name": first_name, "second_name": "Ёжикова", "birthdate": "1990-02-28", "biography": "", "city": "Псков",
                "password": "correct horse battery"}
        user_id = json.loads(self.request("POST", "/user/register", user)[2])["user_id"]
        token = json.loads(self.request("POST", "/login", {"id": user_id, "password": user["password"]})[2])["token"]
        return Person(self, user_id, token)


@dataclasses.dataclass
class Person:
    """A user, with the requests that the user sends."""

    system: System
    id: str
    token: str

    def ask(self, method, path, body=None, headers=None, **query):
        """Sends a request with the user's token. Returns (status, parsed body, headers)."""
        bearer = {"Authorization": f"Bearer {self.token}"}
        status, headers, text = self.system.request(method, path, body, {**bearer, **(headers or {})}, **query)
        return status, json.loads(text) if text else None, headers

    def must(self, method, path, body=None, **query):
        """Sends a request that must be answered with 200. Returns the parsed body."""
        status, value, _ = self.ask(method, path, body, **query)
        assert status == 200, f"{method} {path} answered {status}: {value}"
        return value

    def live(self, as_a_page_does=False, **query):
        """Opens the WebSocket of the live feed. A page sends its token in the query, because a browser can't set the header."""
        if as_a_page_does:
            query["access_token"] = self.token
        url = self.system.url.replace("http", "ws", 1) + "/post/feed/posted?" + urllib.parse.urlencode(query)
        header = [] if as_a_page_does else [f"Authorization: Bearer {self.token}"]
        return websocket.create_connection(url, timeout=20, header=header)


def token(subject, algorithm="HS256", secret=None, lives_s=3600):
    """Returns a token as the service would issue it. With `algorithm`, `secret` or a negative `lives_s`, a test makes one that must be refused."""
    secret = secret or yaml.safe_load((ROOT / "group_vars/all/secrets.yml").read_text())["secret_jwt"]
    claims = {"sub": subject, "iat": int(time.time()) - 7200, "exp": int(time.time()) + lives_s}
    signed = ".".join(_base64(json.dumps(part).encode()) for part in ({"alg": algorithm}, claims))
    signature = hmac.digest(secret.encode(), signed.encode(), hashlib.sha256) if algorithm != "none" else b""
    return f"{signed}.{_base64(signature)}"


def _base64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.fixture(scope="session")
def system():
    return System()


@pytest.fixture(scope="session")
def two(system):
    """Two users who are not friends."""
    return system.person("Анна"), system.person("Борис")


@pytest.fixture(scope="session")
def until():
    """A function that waits for a condition, at most for some seconds. It returns the last value, so that an assertion can show it."""

    def wait(condition, seconds):
        deadline = time.monotonic() + seconds
        while not (value := condition()) and time.monotonic() < deadline:
            time.sleep(0.2)
        return value

    return wait
