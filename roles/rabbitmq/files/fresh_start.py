#!/usr/bin/python3
"""fresh_start.py before|started|after DATA COUNT: gives a broker that can't start an empty data folder, once. Run by the unit, as its user.

What a power loss leaves, an empty .wal file say, ends every start anew. What the broker keeps may be lost by design: clients make their
queues again, and the exchanges and logins come from definitions.json. `after` counts in COUNT, which a boot clears, the starts that failed
since the last that succeeded; `before` empties DATA at the FAILURES-th. It does so once until a start succeeds: bad configuration fails
with an empty folder as well, and must not cost the next one too.
"""

import os
import shutil
import sys
from pathlib import Path

FAILURES = 3  # one may fail for another reason: a port still taken, a machine short of memory


def failures(count):
    """Starts that failed since the last that succeeded; 0 if nothing was noted."""
    try:
        return int(count.read_text())
    except (OSError, ValueError):
        return 0


def before(data, count):
    """Before a start."""
    if failures(count) == FAILURES and data.is_dir():
        for entry in data.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        print(f"{FAILURES} starts in a row have failed: {data} was emptied, the broker begins anew. What it held is lost, by design", flush=True)


def after(count, started):
    """After an end. Past FAILURES the count goes on, so that nothing is emptied a second time."""
    new = count.with_suffix(".new")
    new.write_text("0" if started else str(failures(count) + 1))
    os.replace(new, count)


if __name__ == "__main__":
    if sys.argv[1] == "before":
        before(Path(sys.argv[2]), Path(sys.argv[3]))
    elif sys.argv[1] == "started":
        after(Path(sys.argv[3]), True)
    elif os.environ.get("SERVICE_RESULT") != "success":
        after(Path(sys.argv[3]), False)
