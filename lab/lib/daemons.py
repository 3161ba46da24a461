"""The lab's two helpers on the host: the package proxy for the machines and the relay of the web port."""

import contextlib
import os
import resource
import shlex
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from . import files, host, network, settings, topology
from .progress import Trouble, run, until

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
        self.said_before = 0  # bytes of its log

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

    def start(self, answers=None, **options):
        """Starts the process unless it runs, and waits until `answers()`; one that was started otherwise, with another port say, is replaced.

        In its turn: of two verbs that find none, one starts it. A second would die on the port that is taken, and the first not be known any more.
        """
        with self.turn():
            if self.running() and not self.as_meant():
                self.end()
            if not self.running():
                if answers and answers():
                    raise Trouble(f"no {self.name} is started: something else answers at its port. End what listens there, or set LAB_PORT for the relay")
                self._begin(options)
            if answers:
                until(lambda: not self.running() or answers(), 10, lambda: f"the {self.name} doesn't answer: see {self._log()}")
            if not self.running():
                self.file.unlink(missing_ok=True)
                raise Trouble(f"the {self.name} ended at once: {self._last_words()}; see {self._log()}")

    def _begin(self, options):
        settings.LOGS.mkdir(parents=True, exist_ok=True)
        with self._log().open("ab") as log:
            self.said_before = log.tell()
            process = subprocess.Popen([str(word) for word in self.command], stdout=log, stderr=log, start_new_session=True,
                                       **{"stdin": subprocess.DEVNULL, **options})
        files.write(self.file, f"{process.pid} {_born(process.pid)}\n{self.words()}")

    def stop(self):
        """Ends the process if it is ours."""
        with self.turn():
            self.end()

    def end(self):
        """Ends it, for whoever has the turn already."""
        if self.running():
            pid = int(self.file.read_text().split()[0])
            os.kill(pid, signal.SIGTERM)
            until(lambda: not self.running(), 10, lambda: f"{self.name} (pid {pid}) doesn't end")
        self.file.unlink(missing_ok=True)

    def turn(self):
        """Waits until no other verb starts or ends it."""
        return host.turn(f"daemon-{self.name}")

    def _log(self):
        return settings.LOGS / f"{self.name}.log"

    def _last_words(self):
        lines = self._log().read_bytes()[self.said_before:].decode(errors="replace").splitlines()
        return lines[-1] if lines else "it said nothing"


def _born(pid):
    """The start time of a process in clock ticks since boot, as a word; None if it is gone or a zombie.

    Its first thread may be a zombie while others still end, and they hold its port until they have.
    """
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] == "Z" and len(os.listdir(f"/proc/{pid}/task")) < 2 else fields[19]
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
    proxy().start(lambda: network.answers(str(address), settings.PROXY_PORT), cwd=settings.PROJECT)


def check_relay():
    """Raises Trouble when the relay would find its port taken. Our own, to where it led before, makes room."""
    with relay().turn():  # else one that is just being started looks like somebody else's
        if relay().running() and not relay().as_meant():
            relay().end()
        if not (relay().as_meant() and host.answers(int(settings.PORT))):
            host.check_port(int(settings.PORT))


def start_relay():
    """Starts the relay unless it runs, and waits until its port answers."""
    with tempfile.TemporaryFile() as configuration:
        configuration.write(relay().configuration.encode())
        configuration.flush()
        os.fchmod(configuration.fileno(), 0o644)  # HAProxy opens /dev/stdin anew, as a user of its own
        run(["haproxy", "-c", "-f", "/dev/stdin"], "relay-check", "is `web_port` in group_vars/all/ports.yml a port?", stdin=configuration)
        relay().start(lambda: host.answers(int(settings.PORT)), stdin=configuration)


def _web_port():
    import yaml

    return yaml.safe_load((settings.PROJECT / "group_vars/all/ports.yml").read_text())["web_port"]
