#!/usr/bin/python3
"""Whether units run with the files that are on the disk. Only looks; as a program it prints what it found as JSON.

A record per unit says which contents its process has read. It holds for one invocation of the unit. After a start that nobody
recorded (a boot, a crash), the times decide: a file that changed after the start has not been read.
Later runs compare contents, so that a clock that was set, or a file that was only touched, restarts nothing twice.
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
    "later": "nothing needs doing: {unit} takes them over when it starts next",
}


def properties(unit):
    """What systemd says of a unit. A unit that it doesn't know is inactive."""
    asked = ["ActiveState", "NeedDaemonReload", "InvocationID", "ExecMainStartTimestamp"]
    done = subprocess.run(["systemctl", "show", "--timestamp=us+utc", "--property=" + ",".join(asked), unit],
                          capture_output=True, text=True, check=True)
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


def started_at(said):
    """When the process began, in seconds since 1970; 0 if that isn't known, or lies in the future and so is wrong."""
    try:
        _, day, clock, _ = said["ExecMainStartTimestamp"].split()
        began = datetime.datetime.fromisoformat(f"{day} {clock}+00:00").timestamp()
    except (KeyError, ValueError):
        return 0
    return began if began <= time.time() else 0


def content(path):
    """A short form of what a file says: where a link leads, a checksum, nothing for a file that is missing."""
    if os.path.islink(path):
        return "-> " + os.readlink(path)
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def changed_at(path):
    """The time of the last change; not the time of modification, which tools set back."""
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
    """The files of each kind that the running process has not read."""
    same = record.get("invocation") == said.get("InvocationID") != ""
    known = record.get("contents", {}) if same else {}
    started = started_at(said)
    found = {kind: [path for path in files[kind]
                    if (known[path] != content(path) if path in known else changed_at(path) >= started)] for kind in KINDS}
    # The process may have been started with what systemd had loaded before.
    if not same and said.get("NeedDaemonReload") == "yes":
        found["restart"] += [path for path in files["restart"] if path.startswith("/etc/systemd/") and path not in found["restart"]]
    return found


def remember(unit, files, later):
    """Records that the process has read all files as they are now, but for those that it takes over at its next start."""
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
    """Each recorded unit that runs with other files than those on the disk: unit, action, files, remedy."""
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
