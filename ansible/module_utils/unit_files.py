#!/usr/bin/python3
"""Finds units whose process has not read the files that are on the disk. As a program it prints them as JSON, and changes nothing.

Each unit has a record of the contents that its process has read. A record holds for one invocation of the unit.
After a start that no run recorded (a boot, a crash), the times decide: if a file changed after the start, the process has not read it.
Once there is a record, contents are compared and not times. Otherwise a changed clock or a touched file would restart the unit at every run.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import subprocess
import time
from pathlib import Path

RECORDS = Path("/var/lib/unit-files")
KINDS = ["restart", "reload", "later"]
UNKNOWN = "?"
REMEDIES = {
    "restart": "run ansible-playbook site.yml: it restarts {unit}",
    "reload": "run ansible-playbook site.yml: it reloads {unit}",
    "later": "nothing: {unit} reads these files at its next start",
}


def properties(unit):
    """Returns what systemd says about a unit. A unit that systemd doesn't know is inactive."""
    asked = ["ActiveState", "NeedDaemonReload", "InvocationID", "ExecMainStartTimestamp"]
    done = subprocess.run(["systemctl", "show", "--timestamp=us+utc", "--property=" + ",".join(asked), unit],
                          capture_output=True, text=True, check=True)
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


def started_at(said):
    """Returns when the process began, in seconds since 1970. 0 if the time is not known, or is wrong because it is in the future."""
    try:
        _, day, clock, _ = said["ExecMainStartTimestamp"].split()
        began = datetime.datetime.fromisoformat(f"{day} {clock}+00:00").timestamp()
    except (KeyError, ValueError):
        return 0
    return began if began <= time.time() else 0


def content(path):
    """Returns a short form of a file's content: a link's target, a file's checksum, or an empty text if the file is missing."""
    if os.path.islink(path):
        return "-> " + os.readlink(path)
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def changed_at(path):
    """Returns the time of the last change of the file's inode (ctime), in seconds since 1970. Tools may set mtime back, so it isn't used."""
    try:
        return os.lstat(path).st_ctime
    except FileNotFoundError:
        return 0


def record_of(unit):
    try:
        return json.loads((RECORDS / f"{unit}.json").read_text())
    except (FileNotFoundError, ValueError):
        return {}


def unread(files, said, record):
    """Returns, for each kind, the files that the running process has not read."""
    same = record.get("invocation") == said.get("InvocationID") != ""
    known = record.get("contents", {}) if same else {}
    started = started_at(said)
    found = {kind: [path for path in files[kind]
                    if (known[path] != content(path) if path in known else changed_at(path) >= started)] for kind in KINDS}
    # When systemd started the process, it may still have had an older version of the unit file loaded.
    if not same and said.get("NeedDaemonReload") == "yes":
        found["restart"] += [path for path in files["restart"] if path.startswith("/etc/systemd/") and path not in found["restart"]]
    return found


def remember(unit, files, later):
    """Records that the process has read all files as they are now, except the files in `later`, which wait for its next start."""
    old = record_of(unit)
    invocation = properties(unit).get("InvocationID", "")
    contents = {path: content(path) for kind in KINDS for path in files[kind]}
    known = old["contents"] if old.get("invocation") == invocation else {}
    contents.update({path: known.get(path, UNKNOWN) for path in later})
    new = {"files": files, "invocation": invocation, "contents": contents}
    if new == old:
        return
    RECORDS.mkdir(mode=0o700, exist_ok=True)
    unfinished = RECORDS / f".{unit}.{os.getpid()}"
    unfinished.write_text(json.dumps(new, indent=1))
    unfinished.rename(RECORDS / f"{unit}.json")


def stale():
    """Returns each recorded unit whose process has not read the files on the disk: unit, action, files, remedy."""
    found = []
    for path in sorted(RECORDS.glob("[!.]*.json")):
        unit, record = path.stem, record_of(path.stem)
        said = properties(unit)
        if not record or said.get("ActiveState") in ("inactive", "failed"):
            continue
        found += [{"unit": unit, "action": kind, "files": files, "remedy": REMEDIES[kind].format(unit=unit)}
                  for kind, files in unread(record["files"], said, record).items() if files]
    return found


if __name__ == "__main__":
    print(json.dumps(stale()))
