#!/usr/bin/python3
"""copy_member.py --datadir DIR --connstring DSN --bin_dir DIR: a copy of the leader, as Patroni's create_replica_methods asks for it.
copy_member.py --datadir DIR --aside: before Patroni starts, moves data aside that no PostgreSQL can use.

The copy is made beside the data directory, started once as a replica, stopped, and then takes its place in one step. So a data directory holds
all of a copy or nothing, whatever ends this meanwhile.

A copied pg_control says "in production", as the leader's does. Patroni takes such a directory for a crashed primary and lets `postgres --single`
write to it. That replica's position is ahead of the leader's, but rows are missing, and it seems to stream.
The first start prevents this: it changes pg_control to "in archive recovery".
"""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ENDS_WITHIN_S = 30
STARTS_WITHIN_S = 600  # it syncs every file first
STOPS_WITHIN_S = 600  # it writes what it has replayed first, and a busy disk takes its time: shorter, and the whole copy would be for nothing
LOOK_EVERY_S = 0.05


def say(words):
    """One line of the journal."""
    print(f"copy_member: {words}", flush=True)


def place_of(data):
    """Where the copy is made."""
    return data.with_name(f"{data.name}.copy")


def aside(data):
    """Moves the data directory aside in one step: a removal that is cut off would leave half of it to start from."""
    os.rename(data, tempfile.mkdtemp(prefix=f"{data.name}.aside-", dir=data.parent))
    sync(data.parent)


def unusable(data):
    """True if the directory has files but no pg_control: a removal or an initdb was cut off. Patroni would wait for ever on it."""
    control = data / "global/pg_control"
    return data.is_dir() and any(data.iterdir()) and not (control.is_file() and control.stat().st_size)


def leftovers(data):
    """Processes of an earlier copy: they outlive a Patroni that is killed (KillMode=process)."""
    place = str(place_of(data))
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
                copies = f"--datadir={data}" in words and any(word.startswith("--connstring=") for word in words)
                if copies or place in words or f"--pgdata={place}" in words or os.readlink(entry / "cwd") == place:
                    yield int(entry.name)


def end_leftovers(data):
    """Kills them, and waits until none is left. Raises TimeoutError."""
    end = time.monotonic() + ENDS_WITHIN_S
    while pids := list(leftovers(data)):
        if time.monotonic() > end:
            raise TimeoutError(f"processes {pids} of an earlier copy don't end")
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(LOOK_EVERY_S)


def make_room(data):
    """Removes what is there: Patroni asks for a copy only while another member leads."""
    if data.exists():
        aside(data)
    for old in [place_of(data), *data.parent.glob(f"{data.name}.aside-*")]:
        if old.exists():
            shutil.rmtree(old)


@contextlib.contextmanager
def running(words):
    """The command's process; it ends with the block at the latest."""
    with subprocess.Popen(words) as process:
        try:
            yield process
        finally:
            process.kill()


def copy(place, bin_dir, connstring):
    """Copies all of the leader's files, and the log from the beginning of the copy to its end. Raises OSError if it fails."""
    words = [f"{bin_dir}/pg_basebackup", f"--pgdata={place}", "--wal-method=stream", "--checkpoint=fast", f"--dbname={connstring}"]
    with running(words) as process:
        if process.wait():
            raise OSError(f"pg_basebackup ended with {process.returncode}")


def start_once(place, bin_dir):
    """Runs PostgreSQL until pg_control and backup_label say that it is a replica; nobody can connect meanwhile. Raises OSError if it fails."""
    (place / "standby.signal").touch()
    settings = {"listen_addresses": "", "unix_socket_directories": place, "hot_standby": "off", "archive_mode": "off", "restore_command": "",
                "primary_conninfo": "", "primary_slot_name": "", "hba_file": place / "pg_hba.conf", "ident_file": place / "pg_ident.conf"}
    words = [f"{bin_dir}/postgres", "-D", str(place), *(f"--{name}={value}" for name, value in settings.items())]
    end = time.monotonic() + STARTS_WITHIN_S
    with running(words) as process:
        while (place / "backup_label").exists():  # renamed as soon as pg_control is written
            if process.poll() is not None or time.monotonic() > end:
                raise OSError(f"the copy doesn't start: {process.returncode}")
            time.sleep(LOOK_EVERY_S)
        process.send_signal(signal.SIGINT)
        if process.wait(STOPS_WITHIN_S):
            raise OSError(f"the copy stopped with {process.returncode}")


def sync(directory):
    """Makes a rename in the directory last."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def main(words):
    """Exit 1, with a reason, if there is no copy; Patroni tries again."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--datadir", type=Path, required=True)
    parser.add_argument("--aside", action="store_true")
    parser.add_argument("--connstring")
    parser.add_argument("--bin_dir")
    told, _ = parser.parse_known_args(words)
    data, place = told.datadir, place_of(told.datadir)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("copy_member: cancelled"))
    try:
        if told.aside:
            if unusable(data):
                say(f"{data} has no pg_control, so nothing can start from it: moved aside")
                aside(data)
            return
        end_leftovers(data)
        make_room(data)
        copy(place, told.bin_dir, told.connstring)
        start_once(place, told.bin_dir)
        os.rename(place, data)
        sync(data.parent)
        say("the copy is whole and has been started once")
    except (OSError, subprocess.TimeoutExpired) as trouble:
        sys.exit(f"copy_member: no copy: {trouble}")


if __name__ == "__main__":
    main(sys.argv[1:])
