"""The lab's two daemons on the host: the package proxy for the machines, and the relay of the web port."""

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

# Each connection of the relay needs two file descriptors, and a quarter of them may need a pipe, which needs two more.
# The relay may open as many as this process.
RELAY_CONNECTIONS = min(6000, (resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 100) // 3)
RELAY = """global
    maxconn {connections}
    # A pipe holds a usual answer of half a megabyte. With the default of 64 KiB, more system calls are needed.
    tune.pipesize 524288
defaults
    mode tcp
    # The relay must behave like a direct connection. So it passes on refusals and broken connections without a retry. It closes an idle
    # connection only after a day, because a WebSocket may be idle for many minutes.
    retries 0
    option splice-response # the kernel passes the answers on, so the relay needs no copy of them
    timeout connect 5s
    timeout client 1d
    timeout server 1d
listen web
    bind 127.0.0.1:{port}
    server web {web} namespace {namespace}
"""
# HAProxy listens on the host, and connects inside the lab's network. Beyond the rights of an ordinary user it has only two: it may enter
# that network for each connection (sys_admin), and bind a port below 1024.
RELAY_RIGHTS = "-all,+sys_admin,+net_bind_service"


class Daemon:
    """A process that outlives the verb that started it. It is known by pid and start time, because a pid alone may be reused."""

    def __init__(self, name, command, configuration=""):
        self.name, self.command, self.configuration = name, command, configuration
        self.file = settings.STATE / f"{name}.pid"
        self.said_before = 0  # size of its log, in bytes, before this start

    def running(self):
        """Returns whether the process that start() made still lives."""
        with contextlib.suppress(FileNotFoundError, ValueError):
            pid, born = self.file.read_text().splitlines()[0].split()
            return _born(int(pid)) == born
        return False

    def as_meant(self):
        """Returns whether the process lives and was started as start() would start it now, for example with the same port."""
        return self.running() and self.file.read_text().partition("\n")[2] == self.words()

    def words(self):
        """Returns the command in one line, followed by the configuration."""
        return f"{shlex.join(map(str, self.command))}\n{self.configuration}"

    def start(self, answers=None, **options):
        """Starts the process unless it runs, and waits until `answers()`. Replaces a process that was started differently, for example with another port.

        Two verbs that find no process take turns, so only one starts it. Otherwise a second process would end because the port is taken, and its
        pid would overwrite the first one's in the file.
        """
        with self.turn():
            if self.running() and not self.as_meant():
                self.end()
            if not self.running():
                if answers and answers():
                    raise Trouble(f"the {self.name} can't start: something else answers on its port. End that program; for the relay you can also set LAB_PORT")
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
        """Ends the process if it runs."""
        with self.turn():
            self.end()

    def end(self):
        """Ends the process if it runs. The caller must be inside turn()."""
        if self.running():
            pid = int(self.file.read_text().split()[0])
            os.kill(pid, signal.SIGTERM)
            until(lambda: not self.running(), 10, lambda: f"the {self.name} (pid {pid}) doesn't end within 10 s")
        self.file.unlink(missing_ok=True)

    def turn(self):
        """Waits until no other verb starts or ends this daemon."""
        return host.turn(f"daemon-{self.name}")

    def _log(self):
        return settings.LOGS / f"{self.name}.log"

    def _last_words(self):
        lines = self._log().read_bytes()[self.said_before:].decode(errors="replace").splitlines()
        return lines[-1] if lines else "its log has no line"


def _born(pid):
    """Returns the start time of a process in clock ticks since boot, as text. None if the process is gone or a zombie.

    A process whose first thread is a zombie still lives while it has other threads: they keep its port open until they end.
    """
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] == "Z" and len(os.listdir(f"/proc/{pid}/task")) < 2 else fields[19]
    return None


def proxy():
    """Returns the proxy through which the machines get Debian's packages. They reach nothing else outside the lab."""
    return Daemon("proxy", [sys.executable, "-m", "lab.lib.proxy"])


def relay():
    """Returns the relay from 127.0.0.1:PORT on the host to the web node, or to the VIP of several. It is HAProxy with its configuration on stdin."""
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
    """Raises Trouble if something else holds the relay's port. A relay of this lab that was started differently is ended."""
    with relay().turn():  # without turn(), a relay that another verb is just starting would look like another program
        if relay().running() and not relay().as_meant():
            relay().end()
        if not (relay().as_meant() and host.answers(int(settings.PORT))):
            host.check_port(int(settings.PORT))


def start_relay():
    """Starts the relay unless it runs, and waits until its port answers."""
    with tempfile.TemporaryFile() as configuration:
        configuration.write(relay().configuration.encode())
        configuration.flush()
        os.fchmod(configuration.fileno(), 0o644)  # HAProxy opens /dev/stdin once more, as the user haproxy
        run(["haproxy", "-c", "-f", "/dev/stdin"], "relay-check", "is `web_port` in group_vars/all/ports.yml a port?", stdin=configuration)
        relay().start(lambda: host.answers(int(settings.PORT)), stdin=configuration)


def _web_port():
    import yaml

    return yaml.safe_load((settings.PROJECT / "group_vars/all/ports.yml").read_text())["web_port"]
