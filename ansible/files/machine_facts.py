#!/usr/bin/python3
"""machine_facts.py QUESTIONS: what one machine says of itself and of the parts it runs, as one line of JSON. Changes nothing, needs root.

QUESTIONS is JSON: {"asked": time, "units": [...], "parts": {name: {"ask": one of ASK, ...}}}. All are asked at once, and each answers for itself:
one that fails or hangs becomes {"error": why} and hides no other. Only Python's own library, for it runs on a machine as it is.
"""

import concurrent.futures
import csv
import json
import os
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request

PATIENCE_S = 15  # for one answer; a part that works needs some milliseconds, on a very busy machine several seconds
DISKS = ("ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "zfs", "overlay", "tmpfs")
UNIT = ("Id", "Type", "ActiveState", "SubState", "NRestarts", "UnitFileState", "NeedDaemonReload", "ActiveEnterTimestampMonotonic",
        "ConditionResult", "TriggeredBy")

# A standby's position is what it has received. The leader's is read after those of its replicas, or a healthy replica would seem to be ahead of it
# under writes. PostgreSQL computes a WITH query when its rows are first asked for, in whatever order that happens, so the order has to follow from
# the data: `here` depends on count(*), which an aggregate gives only when it has read the last row of `senders`. MATERIALIZED keeps `senders` from
# being read a second time for the answer, and the comparison, of which the planner knows no outcome, keeps the count from being left out.
POSTGRESQL = """
WITH senders AS MATERIALIZED (SELECT application_name, state, sync_state, replay_lsn FROM pg_stat_replication),
  here AS MATERIALIZED (SELECT CASE WHEN seen.senders < 0 THEN NULL
                                    WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                                    ELSE pg_current_wal_flush_lsn() END AS lsn FROM (SELECT count(*) AS senders FROM senders) AS seen)
SELECT json_build_object(
  'in_recovery', pg_is_in_recovery(),
  'replay_paused', CASE WHEN pg_is_in_recovery() THEN pg_get_wal_replay_pause_state() <> 'not paused' END,
  'max_connections', current_setting('max_connections')::int,
  'connections', (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
  'logins', (SELECT coalesce(json_object_agg(rolname, json_build_object('used', used, 'limit', rolconnlimit)), '{}')
             FROM pg_roles, LATERAL (SELECT count(*) AS used FROM pg_stat_activity WHERE usesysid = pg_roles.oid AND backend_type = 'client backend') a
             WHERE rolconnlimit > 0),
  'senders', (SELECT coalesce(json_agg(json_build_object('name', application_name, 'state', state, 'sync_state', sync_state,
                     'lag', pg_wal_lsn_diff(lsn, replay_lsn))), '[]') FROM senders, here),
  'slots', (SELECT coalesce(json_agg(json_build_object('name', slot_name, 'active', active, 'wal_status', wal_status,
                   'kept', pg_wal_lsn_diff(lsn, restart_lsn))), '[]') FROM pg_replication_slots, here),
  -- A promoted replica keeps recovery_target... from its time as a replica. A Patroni that is started again removes them, which waits for a restart.
  -- On a primary they mean nothing, and Patroni doesn't ask for a restart either.
  'pending_restart', (SELECT coalesce(json_agg(name), '[]') FROM pg_settings
                      WHERE pending_restart AND name NOT LIKE 'recovery\\_target%'))
"""


def command(*words, **more):
    """What a command prints. Raises OSError, which says why, if it fails."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_S, check=False, cwd="/", stdin=subprocess.DEVNULL, **more)
    if done.returncode:
        raise OSError(f"{words[0]}: {(done.stderr or done.stdout).strip() or done.returncode}")
    return done.stdout


def get(url, body=None):
    """(status, body) of a request."""
    request = urllib.request.Request(url, data=None if body is None else json.dumps(body).encode())
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")


def ask_json(url, body=None):
    """What the URL answers, as JSON. Raises OSError, which says what it answered, if that is an error."""
    status, text = get(url, body)
    if status != 200:
        raise OSError(f"{url} answers {status}: {text[:200]}")
    return json.loads(text)


def ask_http(url):
    """The status of an answer."""
    return {"status": get(url)[0]}


def ask_etcd(url):
    """What this member knows of itself, of the others, and whether a majority confirms a read."""
    known = {"status": ask_json(f"{url}/v3/maintenance/status", {}),
             "alarms": ask_json(f"{url}/v3/maintenance/alarm", {"action": "GET"}).get("alarms", [])}
    # Only the metrics have the size at which etcd raises NOSPACE.
    for line in get(f"{url}/metrics")[1].splitlines():
        if line.startswith("etcd_server_quota_backend_bytes "):
            known["quota"] = float(line.split()[1])
    known["members"] = ask_json(f"{url}/v3/cluster/member/list", {"linearizable": False})["members"]
    try:
        ask_json(f"{url}/v3/kv/range", {"key": "AA==", "count_only": True})
        known["majority"] = True
    except OSError:
        known["majority"] = False
    return known


def ask_patroni(url):
    """What this member reports about itself and about the cluster."""
    return {"self": ask_json(f"{url}/patroni"), "cluster": ask_json(f"{url}/cluster")}


def ask_postgresql(port):
    """As its superuser through the local socket: no password, and room is kept for it when all other connections are taken."""
    environment = {**os.environ, "PGCONNECT_TIMEOUT": str(PATIENCE_S), "PGOPTIONS": f"-c statement_timeout={PATIENCE_S * 1000}"}
    return json.loads(command("runuser", "-u", "postgres", "--", "psql", "-X", "-A", "-t", "-q", "-d", "postgres", "-p", str(port),
                              "-c", POSTGRESQL, env=environment))


def ask_haproxy(path):
    """Each server as HAProxy sees it, and how many connections it has and may have."""
    info = dict(line.split(": ", 1) for line in admin(path, "show info").splitlines() if ": " in line)
    rows = csv.DictReader(admin(path, "show stat").lstrip("# ").splitlines())
    servers = [{"proxy": row["pxname"], "server": row["svname"], "status": row["status"], "check": row["check_status"]}
               for row in rows if row["svname"] not in ("FRONTEND", "BACKEND")]
    return {"servers": servers, "connections": int(info["CurrConns"]), "max_connections": int(info["Maxconn"])}


def admin(path, words):
    """What HAProxy's own socket answers."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(PATIENCE_S)
        link.connect(path)
        link.sendall(words.encode() + b"\n")
        return b"".join(iter(lambda: link.recv(65536), b"")).decode()


def ask_tcp(address, port, send, expect):
    """Checks that a part that speaks no HTTP gives the expected answer. Raises OSError if it doesn't."""
    got = b""
    with socket.create_connection((address, port), timeout=PATIENCE_S) as link:
        link.sendall(send.encode())
        while expect.encode() not in got and (more := link.recv(4096)):
            got += more
    if expect.encode() not in got:
        raise OSError(f"{address}:{port} answers {got[:80]!r}")
    return {}


def ask_keepalived(unit):
    """The last state that keepalived logged (otherwise it tells its state only in a file). None if the journal no longer has it."""
    try:
        said = command("journalctl", "--quiet", "--boot", f"--unit={unit}", "--grep=Entering [A-Z]+ STATE", "--lines=1", "--output=cat")
    except OSError:  # nothing found
        return {"state": None}
    return {"state": said.split("Entering ")[-1].split()[0]}


def ask_stale(path):
    """The units that run with outdated files, as stale-units on the machine reports."""
    return {"units": json.loads(command(path))}


ASK = {"http": ask_http, "etcd": ask_etcd, "patroni": ask_patroni, "postgresql": ask_postgresql, "haproxy": ask_haproxy, "tcp": ask_tcp,
       "keepalived": ask_keepalived, "stale": ask_stale}


def units(questions):
    """Each unit that must run, each that starts with the machine, and each that failed."""
    enabled = [line.split()[0] for line in
               command("systemctl", "list-unit-files", "--type=service,timer", "--state=enabled", "--no-legend", "--plain").splitlines()]
    failed = [line.split()[0] for line in command("systemctl", "list-units", "--failed", "--no-legend", "--plain").splitlines()]
    expected = [f"{name}.service" for name in questions["units"]]
    names = dict.fromkeys(expected + [name for name in enabled if "@." not in name] + failed)
    shown = command("systemctl", "show", f"--property={','.join(UNIT)}", "--", *names)
    found = [dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in shown.split("\n\n")]
    for unit in found:
        since = int(unit.pop("ActiveEnterTimestampMonotonic", 0) or 0)
        unit["active_for_s"] = round(time.clock_gettime(time.CLOCK_MONOTONIC) - since / 1e6) if since else None
    return {"expected": expected, "all": {unit["Id"]: unit for unit in found}}


def disks(_):
    """Room on each disk, once for each: a container mounts some several times."""
    found = {}
    with open("/proc/self/mounts", encoding="utf-8") as mounts:
        for line in mounts:
            _, place, kind, options, *_ = line.split()
            # The container manager's own shares are read-only by design: not the machine's disks.
            if kind in DISKS and not place.startswith("/run/host") and not (kind == "tmpfs" and "ro" in options.split(",")):
                add_disk(found, place, kind)
    return list(found.values())


def add_disk(found, place, kind):
    """Adds one disk; skips a mount that is no directory or can't be read."""
    try:
        if not stat.S_ISDIR(os.stat(place).st_mode):
            return
        room = os.statvfs(place)
        device = os.stat(place).st_dev
    except OSError:
        return
    if room.f_blocks and device not in found:
        found[device] = {"place": place, "size": room.f_blocks * room.f_frsize, "used": (room.f_blocks - room.f_bfree) * room.f_frsize,
                         "free": room.f_bavail * room.f_frsize, "inodes": room.f_files, "inodes_free": room.f_favail,
                         "read_only": bool(room.f_flag & os.ST_RDONLY) and kind != "tmpfs"}


def addresses(_):
    """Every IPv4 address that the machine has."""
    links = json.loads(command("ip", "-json", "-4", "address"))
    return [each["local"] for link in links for each in link.get("addr_info", [])]


def clock(questions):
    """The clock, and whether timesyncd keeps it in step; None where timesyncd doesn't run, as in a container."""
    active = subprocess.run(["systemctl", "is-active", "--quiet", "systemd-timesyncd"], check=False, timeout=PATIENCE_S).returncode == 0
    return {"off_s": time.time() - questions["asked"], "time": time.time(), "synchronized": os.path.exists("/run/systemd/timesync/synchronized") if active else None}


def connections(_):
    """Entries of the firewall's table of connections: full, it drops new ones."""
    values = []
    for name in ("count", "max"):
        with open(f"/proc/sys/net/netfilter/nf_conntrack_{name}", encoding="ascii") as file:
            values.append(int(file.read()))
    return dict(zip(("used", "max"), values))


def answer(ask, *arguments, **named):
    """What it says, or why it doesn't."""
    try:
        return ask(*arguments, **named)
    except subprocess.TimeoutExpired as late:  # whose own words repeat the whole command
        return {"error": f"{late.cmd[0]}: no answer within {PATIENCE_S} s"}
    except Exception as trouble:  # noqa: BLE001, whatever it is: the other parts are asked all the same
        return {"error": " ".join(str(trouble).split())[:300] or type(trouble).__name__}


def main(questions):
    """Asks everything at once; the slowest decides how long it takes."""
    own = {"units": units, "disks": disks, "addresses": addresses, "clock": clock, "connections": connections}
    with concurrent.futures.ThreadPoolExecutor(max_workers=16) as pool:
        facts = {name: pool.submit(answer, ask, questions) for name, ask in own.items()}
        parts = {name: pool.submit(answer, ASK[each.pop("ask")], **each) for name, each in questions["parts"].items()}
    print(json.dumps({**{name: each.result() for name, each in facts.items()}, "parts": {name: each.result() for name, each in parts.items()}}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
