"""The lab's network namespace. It has a bridge with the controller's address, and no route to the outside."""

import ctypes
import os
import socket
import subprocess
from pathlib import Path

from . import settings, topology

PATH = Path("/run/netns") / settings.NAMESPACE
ENTER = ["nsenter", f"--net={PATH}"]
_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def _ip(*words):
    subprocess.run(["ip", "-n", settings.NAMESPACE, *words], check=True)


def make():
    """Makes the namespace and its bridge, unless they are there."""
    if not PATH.exists():
        subprocess.run(["ip", "netns", "add", settings.NAMESPACE], check=True)
    if subprocess.run(["ip", "-n", settings.NAMESPACE, "link", "show", settings.BRIDGE], capture_output=True, check=False).returncode:
        address, network = topology.controller()
        _ip("link", "set", "lo", "up")
        _ip("link", "add", settings.BRIDGE, "type", "bridge", "forward_delay", "0")
        _ip("address", "add", f"{address}/{network.prefixlen}", "dev", settings.BRIDGE)
        _ip("link", "set", settings.BRIDGE, "up")
        # A real switch has no packet filter. If the host has loaded br_netfilter, every frame would pass the filter's hooks.
        subprocess.run([*ENTER, "sh", "-c", "for hook in /proc/sys/net/bridge/bridge-nf-call-*; do [ ! -e $hook ] || echo 0 > $hook; done"], check=True)


def _link(machine):
    return f"vb-{settings.NAME}-{machine}"


def unplug(machine):
    """Removes the link of a machine that is off. The kernel would do so only later, and until then a new link couldn't have its name."""
    subprocess.run(["ip", "-n", settings.NAMESPACE, "link", "delete", _link(machine)], capture_output=True, check=False)


def cut(machine):
    """Takes the machine off the bridge. Its link stays up, but no packet passes, as with a broken switch."""
    _ip("link", "set", _link(machine), "nomaster")


def join(machine):
    """Puts the machine back onto the bridge."""
    _ip("link", "set", _link(machine), "master", settings.BRIDGE)


def remove():
    """Removes the namespace with all its links."""
    if PATH.exists():
        subprocess.run(["ip", "netns", "delete", settings.NAMESPACE], check=True)


def socket_inside():
    """Returns a TCP socket inside the namespace. The process itself stays outside."""
    with open("/proc/thread-self/ns/net", "rb") as outside, PATH.open("rb") as inside:
        _setns(inside)
        try:
            return socket.socket()
        finally:
            _setns(outside)


def _setns(handle):
    if _libc.setns(handle.fileno(), _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def answers(address, port):
    """Returns whether this address inside the namespace accepts connections on this port."""
    with socket_inside() as probe:
        probe.settimeout(1)
        return probe.connect_ex((address, port)) == 0
