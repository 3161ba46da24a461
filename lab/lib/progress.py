"""The output of the verbs: steps with their time, and failures in words."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

from . import settings

_began = time.monotonic()


class Trouble(Exception):
    """A failure whose text says what is wrong and what to do."""


@contextlib.contextmanager
def step(text):
    """Shows `text`, and at the end of the step how many seconds it took."""
    started = time.monotonic()
    print(f"[{started - _began:4.0f} s] {text} …", flush=True)
    yield
    print(f"[{time.monotonic() - _began:4.0f} s] {text}: {time.monotonic() - started:.1f} s", flush=True)


def run(command, log, hint="", **options):
    """Runs a command, with its output in a log file. If it fails, raises Trouble with the end of the output and the hint."""
    settings.LOGS.mkdir(parents=True, exist_ok=True)
    path = settings.LOGS / f"{log}.log"
    with path.open("w") as out:
        code = subprocess.call([str(word) for word in command], stdout=out, stderr=subprocess.STDOUT,
                               **{"stdin": subprocess.DEVNULL, **options})
    if code:
        lines = path.read_text(errors="replace").splitlines()
        errors = [line for line in lines if line.startswith("[ERROR]")]  # the last lines of Maven are general advice
        last = "\n".join("    " + line for line in (errors[:12] or lines[-12:]))
        raise Trouble(f"`{' '.join(map(str, command))[:200]}` failed (exit code {code}):\n{last}\n  whole output: {path}\n  {hint}")


def until(condition, seconds, failure):
    """Waits until `condition()` is true. After `seconds`, raises Trouble with the text of `failure()`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Trouble(failure())
        time.sleep(0.1)


def main(verb, trouble=1, interrupted="`lab/up` makes what is missing, `lab/down` removes the lab"):
    """Runs `verb(arguments)` and exits with its return value. Shows a failure without a stack trace, and exits with `trouble`."""
    os.umask(0o022)  # with 027 from the host, services on the machines could not read their files
    os.environ["LC_ALL"] = "C.UTF-8"  # for the programs that the verbs call; the verbs themselves have -Xutf8
    program = Path(sys.argv[0]).resolve()
    teller = "lab" if program.parent.name == "lab" else f"{program.parent.name}/{program.name}"
    try:
        if sys.argv[1:2] in (["--help"], ["-h"]):
            print(sys.modules["__main__"].__doc__)
            sys.exit(0)
        wrong = list(settings.problems())
        if wrong:
            raise Trouble("; ".join(wrong))
        sys.exit(verb(sys.argv[1:]))
    except Trouble as what:
        print(f"{teller}: {what}", file=sys.stderr)
        sys.exit(trouble)
    except subprocess.CalledProcessError as error:
        print(f"{teller}: `{' '.join(map(str, error.cmd))}` failed (exit code {error.returncode}): {error.stderr or 'its output is above'}", file=sys.stderr)
        sys.exit(trouble)
    except subprocess.TimeoutExpired as late:
        print(f"{teller}: `{' '.join(map(str, late.cmd))[:200]}` takes longer than {late.timeout} s", file=sys.stderr)
        sys.exit(trouble)
    except OSError as error:
        print(f"{teller}: the host reports an error: {error}", file=sys.stderr)
        sys.exit(trouble)
    except KeyboardInterrupt:
        print(f"{teller}: interrupted; {interrupted}", file=sys.stderr)
        sys.exit(130)
