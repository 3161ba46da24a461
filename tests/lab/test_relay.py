"""The relay of the web port, in the lab that is up."""

import os
import signal
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from lab.lib import daemons, settings  # noqa: E402

CONNECTIONS = 600  # systemd-socket-proxyd broke off what was past 256


def test_it_takes_many_connections_at_once():
    daemons.start_relay()
    opened = [socket.create_connection(("127.0.0.1", int(settings.PORT)), timeout=60) for _ in range(CONNECTIONS)]
    try:
        for each in opened:
            each.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert {each.recv(12) for each in opened} == {b"HTTP/1.1 200"}
    finally:
        for each in opened:
            each.close()


def test_it_has_no_right_but_to_enter_the_labs_network_and_outlives_a_terminal():
    daemons.start_relay()
    pid = int(daemons.relay().file.read_text().split()[0])
    facts = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)
    assert facts["Uid"].split()[0] != "0" and int(facts["CapBnd"], 16) == 1 << 21 | 1 << 10
    os.kill(pid, signal.SIGHUP)
    daemons.start_relay()
    assert int(daemons.relay().file.read_text().split()[0]) == pid
