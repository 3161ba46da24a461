#!/usr/bin/python3
"""fresh_start.py before|started|after DATA COUNT: gives a broker that can't start an empty data folder, once. Run by the unit, as its user.

A power loss may leave a file, such as an empty .wal, with which every start fails: before the broker is ready, or soon after. What the broker
keeps may be lost by design: clients make their queues again, and the exchanges and logins come from definitions.json.
`after` counts in COUNT the failed starts since the last good one; a boot clears COUNT. A start is good if the broker was ready for LIVES_S
before it ended: `started` notes when it was ready, `after` compares, and nothing waits. After FAILURES failed starts `before` empties DATA,
once until a start is good. If the cause is the configuration, emptying DATA again would only lose more. If DATA can't be emptied whole,
the start fails, and the next one tries again.
"""

import os
import shutil
import sys
import time
from pathlib import Path

FAILURES = 3  # one may fail for another reason: a port still taken, a machine short of memory
LIVES_S = 60


def noted(count):
    """Starts that failed since the last good one, and when the broker was ready in this life; None if it wasn't. (0, None) if nothing was noted."""
    try:
        failures, *ready = count.read_text().split()
        return int(failures), float(ready[0]) if ready else None
    except (OSError, ValueError):
        return 0, None


def note(count, failures, *ready):
    """In one step: a file that is half written would say nothing."""
    new = count.with_suffix(".new")
    new.write_text(" ".join(str(each) for each in (failures, *ready)))
    os.replace(new, count)


def before(data, count):
    """Before a start: empties the data if FAILURES starts have failed. The count goes past FAILURES only once all is gone, so a failed try is repeated."""
    failures, _ = noted(count)
    if failures == FAILURES and data.is_dir():
        for entry in data.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        note(count, failures + 1)
        print(f"{FAILURES} starts in a row have failed: {data} was emptied, the broker begins anew. What it held is lost, by design", flush=True)


def after(count, failed):
    """After an end: sets the count, up to FAILURES. Only `before` goes past that, when it has emptied. The end of a good start is the first to count."""
    failures, ready = noted(count)
    if ready is not None and time.monotonic() - ready >= LIVES_S:
        failures = 0
    note(count, failures + (failed and failures < FAILURES))


def main(word, data, count, result):
    """One step of the unit's life; `result` is systemd's word on its end."""
    if word == "before":
        before(data, count)
    elif word == "started":
        note(count, noted(count)[0], time.monotonic())
    else:
        after(count, result != "success")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), os.environ.get("SERVICE_RESULT"))
