#!/usr/bin/python3
"""fresh_start.py before|started|after DATA COUNT: gives a broker that can't start an empty data folder, once. Run by the unit, as its user.

A power loss may leave a file, such as an empty .wal, with which every start fails. What the broker keeps may be lost by design: clients make
their queues again, and the exchanges and logins come from definitions.json.
`after` counts in COUNT the failed starts since the last good one; a boot clears COUNT. After FAILURES failed starts `before` empties DATA,
once until a start succeeds. If the cause is the configuration, emptying DATA again would only lose more.
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
    """Before a start: empties the data if exactly FAILURES starts have failed."""
    if failures(count) == FAILURES and data.is_dir():
        for entry in data.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        print(f"{FAILURES} starts in a row have failed: {data} was emptied, the broker begins anew. What it held is lost, by design", flush=True)


def after(count, started):
    """After a start or a failure: sets the count. It goes on past FAILURES, so that nothing is emptied a second time."""
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
