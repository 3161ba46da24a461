#!/usr/bin/python3
"""copy_member.py --datadir DIR --connstring DSN --bin_dir DIR: makes a copy of the leader.
copy_member.py --datadir DIR --aside: moves data aside that no PostgreSQL can start from.

Patroni runs the first command (create_replica_methods). Patroni's unit runs the second one before Patroni starts.

The copy is made beside the data directory, started once as a replica and stopped. Then one step makes it the data
directory. So the data directory holds a whole copy or nothing, whatever interrupts the script.

A fresh copy has the leader's pg_control, which says "in production". Patroni takes such a directory for a crashed
primary and lets `postgres --single` write to it. This replica's position would be ahead of the leader's. Rows would be
missing, and the replica would still seem to stream. The first start prevents this: it changes pg_control to "in archive
recovery".
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
STARTS_WITHIN_S = 600  # PostgreSQL first syncs every file
STOPS_WITHIN_S = 600  # PostgreSQL first writes what it has replayed. With less time, a busy disk would waste the copy
LOOK_EVERY_S = 0.05


def say(words):
    """Writes one line to the journal."""
    print(f"copy_member: {words}", flush=True)


def place_of(data):
    """The folder in which the copy is made."""
    return data.with_name(f"{data.name}.copy")


def aside(data):
    """Moves the data directory aside in one step. An interrupted removal could leave half of the files."""
    os.rename(data, tempfile.mkdtemp(prefix=f"{data.name}.aside-", dir=data.parent))
    sync(data.parent)


def unusable(data):
    """Whether the directory has files but no pg_control, because a removal or an initdb was interrupted.

    Patroni would wait for ever with such a directory.
    """
    control = data / "global/pg_control"
    return data.is_dir() and any(data.iterdir()) and not (control.is_file() and control.stat().st_size)


def leftovers(data):
    """The ids of an earlier copy's processes. They keep running when Patroni is killed (KillMode=process)."""
    place = str(place_of(data))
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
                copies = f"--datadir={data}" in words and any(word.startswith("--connstring=") for word in words)
                if copies or place in words or f"--pgdata={place}" in words or os.readlink(entry / "cwd") == place:
                    yield int(entry.name)


def end_leftovers(data):
    """Kills an earlier copy's processes. Raises TimeoutError if one is still there after ENDS_WITHIN_S seconds."""
    end = time.monotonic() + ENDS_WITHIN_S
    while pids := list(leftovers(data)):
        if time.monotonic() > end:
            raise TimeoutError(f"processes {pids} of an earlier copy don't end")
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(LOOK_EVERY_S)


def make_room(data):
    """Removes the old data. That is safe, because Patroni asks for a copy only while another member leads."""
    if data.exists():
        aside(data)
    for old in [place_of(data), *data.parent.glob(f"{data.name}.aside-*")]:
        if old.exists():
            shutil.rmtree(old)


@contextlib.contextmanager
def running(words):
    """Runs the command and yields its process, which is killed at the end of the block."""
    with subprocess.Popen(words) as process:
        try:
            yield process
        finally:
            process.kill()


def copy(place, bin_dir, connstring):
    """Copies the leader's files, and the WAL from the start of the copy to its end. Raises OSError if that fails."""
    words = [f"{bin_dir}/pg_basebackup", f"--pgdata={place}", "--wal-method=stream", "--checkpoint=fast",
             f"--dbname={connstring}"]
    with running(words) as process:
        if process.wait():
            raise OSError(f"pg_basebackup ended with {process.returncode}")


def start_once(place, bin_dir):
    """Starts PostgreSQL on the copy, and stops it once pg_control and backup_label show that the copy is a replica.

    Nobody can connect meanwhile. Raises OSError if the start or the stop fails.
    Raises TimeoutExpired if the stop takes too long.
    """
    (place / "standby.signal").touch()
    settings = {"listen_addresses": "", "unix_socket_directories": place, "hot_standby": "off", "archive_mode": "off",
                "restore_command": "", "primary_conninfo": "", "primary_slot_name": "",
                "hba_file": place / "pg_hba.conf", "ident_file": place / "pg_ident.conf"}
    words = [f"{bin_dir}/postgres", "-D", str(place), *(f"--{name}={value}" for name, value in settings.items())]
    end = time.monotonic() + STARTS_WITHIN_S
    with running(words) as process:
        while (place / "backup_label").exists():  # PostgreSQL renames it as soon as pg_control is written
            if process.poll() is not None or time.monotonic() > end:
                raise OSError(f"the copy doesn't start: {process.returncode}")
            time.sleep(LOOK_EVERY_S)
        process.send_signal(signal.SIGINT)
        if process.wait(STOPS_WITHIN_S):
            raise OSError(f"the copy stopped with {process.returncode}")


def sync(directory):
    """Syncs the directory, so that a rename in it survives a power loss."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def main(words):
    """Makes a copy, or moves unusable data aside. Exits with 1 and a reason if that fails: Patroni then tries again."""
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
                say(f"{data} has no pg_control, so PostgreSQL can't start from it: moved aside")
                aside(data)
            return
        end_leftovers(data)
        make_room(data)
        copy(place, told.bin_dir, told.connstring)
        start_once(place, told.bin_dir)
        os.rename(place, data)
        sync(data.parent)
        say("the copy is complete and has been started once")
    except (OSError, subprocess.TimeoutExpired) as trouble:
        sys.exit(f"copy_member: no copy: {trouble}")


if __name__ == "__main__":
    main(sys.argv[1:])
