"""Tests of the relay of the web port, in the lab that is up."""

import os
import signal
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from lab.lib import daemons, settings

CONNECTIONS = 600  # the earlier relay, systemd-socket-proxyd, closed every connection above 256


def test_the_relay_takes_many_connections_at_once():
    daemons.start_relay()
    opened = [socket.create_connection(("127.0.0.1", int(settings.PORT)), timeout=60) for _ in range(CONNECTIONS)]
    try:
        for each in opened:
            each.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert {each.recv(12) for each in opened} == {b"HTTP/1.1 200"}
    finally:
        for each in opened:
            each.close()


def test_the_relay_may_only_enter_the_labs_network_and_bind_low_ports_and_survives_a_hangup():
    daemons.start_relay()
    pid = int(daemons.relay().file.read_text().split()[0])
    facts = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)
    assert facts["Uid"].split()[0] != "0" and int(facts["CapBnd"], 16) == 1 << 21 | 1 << 10  # CAP_SYS_ADMIN and CAP_NET_BIND_SERVICE
    os.kill(pid, signal.SIGHUP)
    daemons.start_relay()
    assert int(daemons.relay().file.read_text().split()[0]) == pid
