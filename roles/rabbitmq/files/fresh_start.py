#!/usr/bin/python3
"""fresh_start.py before|started|after DATA COUNT: gives RabbitMQ an empty data folder, once, if it can't start.

RabbitMQ's unit runs the script as the unit's user: `before` a start, when the broker has `started`, and `after` its
end. DATA is the data folder, and COUNT a file with the number of failed starts. A boot removes COUNT.

A power loss may leave a file, such as an empty .wal, with which every start fails, either before the broker is ready or
soon after. The system can do without the broker's old data: clients create their queues again, and definitions.json has
the exchanges and logins.

A start is good if the broker was ready for at least LIVES_S seconds before it ended. `started` notes the time at which
the broker was ready, and `after` compares it with the time of the end. `after` counts the failed starts since the last
good one. After FAILURES failed starts, `before` empties DATA, and does so only once until a start is good. If the
configuration is the cause, emptying DATA again would only lose more data. If DATA can't be emptied completely, the
start fails, and the next start tries again.
"""

import os
import shutil
import sys
import time
from pathlib import Path

FAILURES = 3  # a single start may fail for another reason: a port that is still taken, or too little memory
LIVES_S = 60


def noted(count):
    """Returns the number of failed starts since the last good one, and the time at which the last start became ready.

    The time is in seconds of the monotonic clock, or None if the start wasn't ready. Without a note: (0, None).
    """
    try:
        failures, *ready = count.read_text().split()
        return int(failures), float(ready[0]) if ready else None
    except (OSError, ValueError):
        return 0, None


def note(count, failures, *ready):
    """Writes COUNT in one step. An interruption while it is written would otherwise leave an unreadable file."""
    new = count.with_suffix(".new")
    new.write_text(" ".join(str(each) for each in (failures, *ready)))
    os.replace(new, count)


def before(data, count):
    """Empties DATA if FAILURES starts have failed.

    The count is raised above FAILURES only when DATA is empty. So an attempt that failed is repeated at the next start.
    """
    failures, _ = noted(count)
    if failures == FAILURES and data.is_dir():
        for entry in data.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        note(count, failures + 1)
        print(f"{FAILURES} starts in a row have failed, so {data} was emptied. Queued messages are lost, as designed",
              flush=True)


def after(count, failed):
    """Adds one to the count if the unit ended with a failure, up to FAILURES. Only `before` raises it above FAILURES.

    A good start first sets the count to 0. So if a good start ends with a failure, the count is 1.
    """
    failures, ready = noted(count)
    if ready is not None and time.monotonic() - ready >= LIVES_S:
        failures = 0
    note(count, failures + (failed and failures < FAILURES))


def main(word, data, count, result):
    """Runs one of the three steps. `result` is systemd's SERVICE_RESULT, which says how the unit ended."""
    if word == "before":
        before(data, count)
    elif word == "started":
        note(count, noted(count)[0], time.monotonic())
    else:
        after(count, result != "success")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), os.environ.get("SERVICE_RESULT"))
