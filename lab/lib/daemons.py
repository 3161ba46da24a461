"""The lab's two helpers on the host: the package proxy for the machines and the relay of the web port."""

import contextlib
import os
import resource
import shlex
import signal
import subprocess
import sys
from pathlib import Path

from . import files, host, network, settings, topology
from .progress import run, until

# Each connection takes two files, and the host may allow root no more than this process has.
RELAY_CONNECTIONS = min(6000, (resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 100) // 2)
RELAY = """global
    maxconn {connections}
defaults
    mode tcp
    # The relay passes on refusals and broken connections, and closes no silent one for a day: WebSockets may be silent for many minutes.
    retries 0
    timeout connect 5s
    timeout client 1d
    timeout server 1d
listen web
    bind 127.0.0.1:{port}
    server web {web} namespace {namespace}
"""
# HAProxy listens on the host and connects in the lab's network. Beyond an ordinary user's rights it has only these: to enter that
# network for each connection (sys_admin), and to bind a port below 1024.
RELAY_RIGHTS = "-all,+sys_admin,+net_bind_service"


class Daemon:
    """A process that outlives the command that started it, known by pid and start time (a pid alone may be reused)."""

    def __init__(self, name, command, configuration=""):
        self.name, self.command, self.configuration = name, command, configuration
        self.file = settings.STATE / f"{name}.pid"

    def running(self):
        """Whether the process that start() made still lives."""
        with contextlib.suppress(FileNotFoundError, ValueError):
            pid, born = self.file.read_text().splitlines()[0].split()
            return _born(int(pid)) == born
        return False

    def as_meant(self):
        """Whether it lives and was started as it would be now: with the same port, say."""
        return self.running() and self.file.read_text().partition("\n")[2] == self.words()

    def words(self):
        """The command in one line, and the configuration after it."""
        return f"{shlex.join(map(str, self.command))}\n{self.configuration}"

    def start(self, **options):
        """Starts the process unless it runs; one that was started otherwise, with another port say, is replaced."""
        if self.running() and not self.as_meant():
            self.stop()
        if not self.running():
            settings.LOGS.mkdir(parents=True, exist_ok=True)
            with (settings.LOGS / f"{self.name}.log").open("ab") as log:
                process = subprocess.Popen([str(word) for word in self.command], stdout=log, stderr=log, start_new_session=True,
                                           **{"stdin": subprocess.DEVNULL, **options})
            files.write(self.file, f"{process.pid} {_born(process.pid)}\n{self.words()}")

    def stop(self):
        """Ends the process if it is ours."""
        if self.running():
            pid = int(self.file.read_text().split()[0])
            os.kill(pid, signal.SIGTERM)
            until(lambda: not self.running(), 10, lambda: f"{self.name} (pid {pid}) doesn't end")
        self.file.unlink(missing_ok=True)


def _born(pid):
    """The start time of a process in clock ticks since boot, as a word; None if it is gone or a zombie."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] == "Z" else fields[19]
    return None


def proxy():
    """Gives the machines Debian's packages, and nothing else of the outside."""
    return Daemon("proxy", [sys.executable, "-m", "lab.lib.proxy"])


def relay():
    """Carries 127.0.0.1:PORT of the host to the web node, or the VIP of several: HAProxy, which reads its configuration from stdin."""
    configuration = RELAY.format(connections=RELAY_CONNECTIONS, port=settings.PORT, web=f"{topology.web()}:{_web_port()}",
                                 namespace=settings.NAMESPACE)
    return Daemon("relay", ["setpriv", "--reuid=haproxy", "--regid=haproxy", "--clear-groups", f"--inh-caps={RELAY_RIGHTS}",
                            f"--ambient-caps={RELAY_RIGHTS}", f"--bounding-set={RELAY_RIGHTS}", "--no-new-privs",
                            "haproxy", "-db", "-f", "/dev/stdin"], configuration)


def start_proxy():
    """Starts the proxy and waits until the machines can reach it."""
    address, _ = topology.controller()
    proxy().start(cwd=settings.PROJECT)
    until(lambda: network.answers(str(address), settings.PROXY_PORT), 10,
          lambda: f"the package proxy doesn't start: see {settings.LOGS}/proxy.log")


def check_relay():
    """Raises Trouble when the relay would find its port taken. Our own, to where it led before, makes room."""
    if relay().running() and not relay().as_meant():
        relay().stop()
    if not (relay().as_meant() and host.answers(int(settings.PORT))):
        host.check_port(int(settings.PORT))


def start_relay():
    """Starts the relay unless it runs, and waits until its port answers."""
    file = settings.STATE / "relay.cfg"
    files.write(file, relay().configuration)
    run(["haproxy", "-c", "-f", file], "relay-check", "is `web_port` in group_vars/all/ports.yml a port?")
    with file.open("rb") as configuration:  # HAProxy's user can't look into the lab's folder
        relay().start(stdin=configuration)
    until(lambda: host.answers(int(settings.PORT)), 10,
          lambda: f"the relay doesn't answer on 127.0.0.1:{settings.PORT}: see {settings.LOGS}/relay.log")


def _web_port():
    import yaml

    return yaml.safe_load((settings.PROJECT / "group_vars/all/ports.yml").read_text())["web_port"]
