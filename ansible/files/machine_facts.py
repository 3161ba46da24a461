#!/usr/bin/python3
"""machine_facts.py QUESTIONS: prints facts about this machine and the parts that run on it, as one line of JSON. Changes nothing, needs root.

QUESTIONS is JSON: {"asked": time, "units": [...], "parts": {name: {"ask": one of ASK, ...}}}. All parts are asked at once. If one fails or hangs,
its answer is {"error": why}, and the others answer all the same. The script uses only Python's standard library, because some machines have no other packages.
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

PATIENCE_S = 15  # for one answer; a working part needs some milliseconds, or several seconds on a very busy machine
DISKS = ("ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "zfs", "overlay", "tmpfs")
UNIT = ("Id", "Type", "ActiveState", "SubState", "NRestarts", "UnitFileState", "NeedDaemonReload", "ActiveEnterTimestampMonotonic",
        "ConditionResult", "TriggeredBy")

# A standby's position is the WAL that it has received. The leader's position must be read after those of its replicas. Otherwise a healthy replica
# would seem to be ahead of the leader while writes go on. PostgreSQL computes a WITH query when its rows are first needed, so the order must follow
# from the data: `here` needs count(*), which is known only when the last row of `senders` has been read. MATERIALIZED prevents a second read of
# `senders` for the answer. The planner can't predict the comparison `seen.senders < 0`, so it can't leave the count out.
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
  -- A promoted replica still has the settings recovery_target* from its time as a replica. When Patroni is started again, it removes them from the
  -- configuration, and PostgreSQL reports that they need a restart. On a primary they have no effect, so they are left out here.
  'pending_restart', (SELECT coalesce(json_agg(name), '[]') FROM pg_settings
                      WHERE pending_restart AND name NOT LIKE 'recovery\\_target%'))
"""


def command(*words, **more):
    """Returns what a command prints. Raises OSError with the reason if the command fails."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_S, check=False, cwd="/", stdin=subprocess.DEVNULL, **more)
    if done.returncode:
        raise OSError(f"{words[0]}: {(done.stderr or done.stdout).strip() or done.returncode}")
    return done.stdout


def get(url, body=None):
    """Sends a request; returns (status, body)."""
    request = urllib.request.Request(url, data=None if body is None else json.dumps(body).encode())
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")


def ask_json(url, body=None):
    """Returns the answer of the URL, parsed as JSON. If the status isn't 200, raises OSError with the status and the answer."""
    status, text = get(url, body)
    if status != 200:
        raise OSError(f"{url} answers {status}: {text[:200]}")
    return json.loads(text)


def ask_http(url):
    """Returns the status of the URL's answer."""
    return {"status": get(url)[0]}


def ask_etcd(url):
    """Returns this member's status, its list of members, the alarms, and whether a majority confirms a read."""
    known = {"status": ask_json(f"{url}/v3/maintenance/status", {}),
             "alarms": ask_json(f"{url}/v3/maintenance/alarm", {"action": "GET"}).get("alarms", [])}
    # Only the metrics show the size at which etcd raises NOSPACE.
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
    """Returns what this Patroni reports about itself and about the cluster."""
    return {"self": ask_json(f"{url}/patroni"), "cluster": ask_json(f"{url}/cluster")}


def ask_postgresql(port):
    """Asks PostgreSQL as its superuser through the local socket. This needs no password, and works when all other connections are taken."""
    environment = {**os.environ, "PGCONNECT_TIMEOUT": str(PATIENCE_S), "PGOPTIONS": f"-c statement_timeout={PATIENCE_S * 1000}"}
    return json.loads(command("runuser", "-u", "postgres", "--", "psql", "-X", "-A", "-t", "-q", "-d", "postgres", "-p", str(port),
                              "-c", POSTGRESQL, env=environment))


def ask_haproxy(path):
    """Returns each server as HAProxy sees it, and how many connections HAProxy has and may have."""
    info = dict(line.split(": ", 1) for line in admin(path, "show info").splitlines() if ": " in line)
    rows = csv.DictReader(admin(path, "show stat").lstrip("# ").splitlines())
    servers = [{"proxy": row["pxname"], "server": row["svname"], "status": row["status"], "check": row["check_status"]}
               for row in rows if row["svname"] not in ("FRONTEND", "BACKEND")]
    return {"servers": servers, "connections": int(info["CurrConns"]), "max_connections": int(info["Maxconn"])}


def admin(path, words):
    """Sends a command to HAProxy's admin socket; returns the answer."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(PATIENCE_S)
        link.connect(path)
        link.sendall(words.encode() + b"\n")
        return b"".join(iter(lambda: link.recv(65536), b"")).decode()


def ask_tcp(address, port, send, expect):
    """Checks that a part without HTTP gives the expected answer. Raises OSError if it gives another one."""
    got = b""
    with socket.create_connection((address, port), timeout=PATIENCE_S) as link:
        link.sendall(send.encode())
        while expect.encode() not in got and (more := link.recv(4096)):
            got += more
    if expect.encode() not in got:
        raise OSError(f"{address}:{port} answers {got[:80]!r}")
    return {}


def ask_keepalived(unit):
    """Returns keepalived's state from the last line about it in the journal; None if there is no such line. keepalived tells its state nowhere else."""
    try:
        said = command("journalctl", "--quiet", "--boot", f"--unit={unit}", "--grep=Entering [A-Z]+ STATE", "--lines=1", "--output=cat")
    except OSError:  # journalctl found no line
        return {"state": None}
    return {"state": said.split("Entering ")[-1].split()[0]}


def ask_stale(path):
    """Returns the units that run with outdated files, as stale-units on the machine reports them."""
    return {"units": json.loads(command(path))}


def ask_folder(path, user):
    """Checks that a user can list and change a folder and the folders two levels below it. Raises OSError with the first folder that the user can't use."""
    barred = command("runuser", "-u", user, "--", "find", path, "-maxdepth", "2", "-type", "d", "!", "(", "-readable", "-writable", "-executable", ")",
                     "-print", "-quit").strip()
    if barred:
        raise OSError(f"{user} can't use {barred}")
    return {}


ASK = {"http": ask_http, "etcd": ask_etcd, "patroni": ask_patroni, "postgresql": ask_postgresql, "haproxy": ask_haproxy, "tcp": ask_tcp,
       "keepalived": ask_keepalived, "stale": ask_stale, "folder": ask_folder}


def units(questions):
    """Returns the state of each unit that must run, that starts with the machine, or that failed."""
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
    """Returns the room on each disk. A disk that is mounted several times, as in a container, is listed once."""
    found = {}
    with open("/proc/self/mounts", encoding="utf-8") as mounts:
        for line in mounts:
            _, place, kind, options, *_ = line.split()
            # The shares of the container manager are read-only by design. They are not disks of the machine.
            if kind in DISKS and not place.startswith("/run/host") and not (kind == "tmpfs" and "ro" in options.split(",")):
                add_disk(found, place, kind)
    return list(found.values())


def add_disk(found, place, kind):
    """Adds one disk to `found`. Skips a mount that isn't a directory or can't be read."""
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
    """Returns every IPv4 address of the machine."""
    links = json.loads(command("ip", "-json", "-4", "address"))
    return [each["local"] for link in links for each in link.get("addr_info", [])]


def clock(questions):
    """Returns the clock, and whether timesyncd keeps it right: None where timesyncd doesn't run, as in a container."""
    active = subprocess.run(["systemctl", "is-active", "--quiet", "systemd-timesyncd"], check=False, timeout=PATIENCE_S).returncode == 0
    return {"off_s": time.time() - questions["asked"], "time": time.time(), "synchronized": os.path.exists("/run/systemd/timesync/synchronized") if active else None}


def connections(_):
    """Returns how many entries the firewall's table of connections has and may have. If the table is full, new connections are dropped."""
    values = []
    for name in ("count", "max"):
        with open(f"/proc/sys/net/netfilter/nf_conntrack_{name}", encoding="ascii") as file:
            values.append(int(file.read()))
    return dict(zip(("used", "max"), values))


def answer(ask, *arguments, **named):
    """Returns what `ask` answers, or {"error": why} if it fails."""
    try:
        return ask(*arguments, **named)
    except subprocess.TimeoutExpired as late:  # its own text would repeat the whole command
        return {"error": f"{late.cmd[0]}: no answer within {PATIENCE_S} s"}
    except Exception as trouble:  # of any kind, because no failure may hide the other parts
        return {"error": " ".join(str(trouble).split())[:300] or type(trouble).__name__}


def main(questions):
    """Asks all parts at once, so the whole takes as long as the slowest answer."""
    own = {"units": units, "disks": disks, "addresses": addresses, "clock": clock, "connections": connections}
    with concurrent.futures.ThreadPoolExecutor(max_workers=16) as pool:
        facts = {name: pool.submit(answer, ask, questions) for name, ask in own.items()}
        parts = {name: pool.submit(answer, ASK[each.pop("ask")], **each) for name, each in questions["parts"].items()}
    print(json.dumps({**{name: each.result() for name, each in facts.items()}, "parts": {name: each.result() for name, each in parts.items()}}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
