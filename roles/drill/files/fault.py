"""fault.py inject|held|heal|healed KIND UNIT PROCESS DATA_DIR [STATE]: one fault on the machine that runs this, as root.

UNIT is a systemd unit. PROCESS is a process name, or empty. With a name, `kill` and `freeze` hit only the unit's processes of that name. For `copy`,
PROCESS is the moment at which the copy is stopped. Prints one line of JSON: `text` says what is proved, `state` is what `inject` hands over to `held`,
and `at_ms` is the time at which `inject` or `heal` began.
`heal` needs no state, so it can also heal what an earlier run left. It only asks systemd to start the unit, because the unit may have to wait for other
machines. `healed` waits until the unit runs.
Exit 1, with a reason on stderr, if the fault did not happen, did not last or did not heal.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
FILLING = "filled-by-a-drill"
PATRONI_CONFIG = "/etc/patroni/config.yml"
SMALLEST_BYTES = 4096
LEFT_BYTES = 64 * 1024  # so much may stay free: not every free block can be given to a file
DEADLINE_S = 5
LOOK_EVERY_S = 0.02
START_DEADLINE_S = 60
COPY_DEADLINE_S = 300
INJECT_DEADLINE_S = 380  # a copy and a start; OnMachine.java waits longer


class Wrong(Exception):
    """The fault isn't what it must be."""


def systemctl(*words):
    """What systemctl says."""
    return subprocess.run(["systemctl", *words], capture_output=True, text=True, check=False).stdout.strip()


def show(unit, field):
    """A property of the unit."""
    return systemctl("show", f"--property={field}", "--value", unit)


def processes(unit, name):
    """The ids of the unit's processes of that name, the oldest first. If the name is empty, the ids of all its processes."""
    group = show(unit, "ControlGroup").lstrip("/")
    lists = sorted((CGROUPS / group).rglob("cgroup.procs")) if group else []
    pids = sorted({int(pid) for path in lists for pid in read(path).split()}, key=born)
    return [pid for pid in pids if not name or field(pid, "comm") == name]


def read(path):
    """The content of a file of /proc or /sys; empty if the file is gone."""
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def field(pid, name):
    """The content of /proc/PID/NAME; empty if the process is gone."""
    return read(Path(f"/proc/{pid}/{name}"))


def send(pid, number):
    """Sends a signal to a process. It is no failure if the process has ended meanwhile."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def stat(pid, place):
    """A field of /proc/PID/stat; empty if the process is gone. Place 0 is the field after the process's name."""
    fields = field(pid, "stat").rpartition(")")[2].split()
    return fields[place] if fields else ""


def born(pid):
    """Ticks from boot to the process's start."""
    return int(stat(pid, 19) or 0)


def until(condition, wrong, seconds=DEADLINE_S, every=LOOK_EVERY_S):
    """Waits for the condition."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Wrong(wrong)
        time.sleep(every)


def start(unit):
    """Starts the unit, which may run already."""
    done = subprocess.run(["systemctl", "start", "--no-block", unit], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Wrong(f"{unit} does not start: {done.stderr.strip()}")
    return f"systemctl start {unit}"


def late(*_):
    """A signal handler: the injection has taken too long."""
    raise Wrong(f"the fault took longer than {INJECT_DEADLINE_S} s")


def end_injections():
    """Kills an injection that outlived its drill: it would break the machine again after the healing."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        words = read(path).split("\0")
        if "python" in words[0] and words[1:3] == ["-", "inject"]:
            pid = int(path.parent.name)
            send(pid, signal.SIGKILL)
            until(lambda pid=pid: stat(pid, 0) in ("", "Z"), f"the injection {pid} outlives SIGKILL")


def healed(unit):
    """Waits until the unit runs."""
    until(lambda: show(unit, "ActiveState") == "active", f"{unit} does not come up in {START_DEADLINE_S} s", START_DEADLINE_S)
    return f"{unit} runs"


class Stop:
    """systemctl stop."""

    def inject(self, unit, _name, _data):
        """Stops the unit; the proof is that none of its processes is left."""
        if show(unit, "ActiveState") != "active":
            raise Wrong(f"{unit} did not run")
        systemctl("stop", unit)
        return self.held(unit, None), None

    @staticmethod
    def held(unit, _state):
        """Checks that the unit is still down."""
        if show(unit, "ActiveState") == "active" or processes(unit, ""):
            raise Wrong(f"{unit} is {show(unit, 'ActiveState')}, with {len(processes(unit, ''))} processes")
        return f"{unit} is {show(unit, 'ActiveState')}, no process left"

    @staticmethod
    def heal(unit, _name, _data):
        """Starts the unit."""
        return start(unit)


class Kill:
    """SIGKILL to the unit's main process or, with a name, to its oldest process of that name. systemd may start another at once."""

    def inject(self, unit, name, _data):
        """Kills the process; the proof is that this very process is gone."""
        victims = processes(unit, name)[:1] if name else [int(show(unit, "MainPID") or 0)]
        if not victims or victims == [0]:
            raise Wrong(f"{unit} has no process {name}")
        state = [victims[0], born(victims[0])]
        send(victims[0], signal.SIGKILL)
        until(lambda: not self.alive(state), f"process {victims[0]} of {unit} outlives SIGKILL")
        return self.held(unit, state), state

    @staticmethod
    def alive(state):
        """Whether this process still runs and is no zombie. The start time is compared too, because a later process may have got the same id."""
        return born(state[0]) == state[1] and stat(state[0], 0) not in ("", "Z")

    def held(self, unit, state):
        """Fails if the killed process is alive. A new process that systemd has started is allowed."""
        if self.alive(state):
            raise Wrong(f"process {state[0]} lives")
        return f"process {state[0]} is gone, {unit} is {show(unit, 'ActiveState')}"

    @staticmethod
    def heal(unit, _name, _data):
        """Starts the unit if it doesn't run. Also resets systemd's counter of restarts. Otherwise the drill's restart would still count later, and status
        reports a service with two recent restarts as one that ends again and again."""
        systemctl("reset-failed", unit)
        return start(unit)


class Freeze:
    """SIGSTOP to all of the unit's processes or, with a name, to those of that name. They keep their connections and locks, and do nothing."""

    def inject(self, unit, name, _data):
        """Stops the processes; the proof is their state. Sends SIGSTOP in a loop, because a process may have forked between the listing and the signal.
        Zombies are ignored: a process that has ended stays a zombie while its parent is stopped."""
        if not processes(unit, name):
            raise Wrong(f"{unit} has no process {name}")
        until(lambda: self.stopped(unit, name), f"not all processes of {unit} stop")
        state = [pid for pid in processes(unit, name) if stat(pid, 0) not in ("Z", "")]
        return self.held(unit, state), state

    @staticmethod
    def stopped(unit, name):
        """Sends SIGSTOP to the processes that run. Returns whether none ran."""
        running = [pid for pid in processes(unit, name) if stat(pid, 0) not in ("T", "Z", "")]
        for pid in running:
            send(pid, signal.SIGSTOP)
        return not running

    @staticmethod
    def held(unit, state):
        """Checks that all these processes are still stopped."""
        free = [pid for pid in state if stat(pid, 0) != "T"]
        if free:
            raise Wrong(f"{len(free)} of {len(state)} frozen processes of {unit} are no longer stopped")
        return f"{len(state)} processes of {unit} are stopped"

    @staticmethod
    def heal(unit, _name, _data):
        """Lets all processes go on, and starts the unit if it ended meanwhile."""
        for pid in processes(unit, ""):
            send(pid, signal.SIGCONT)
        start(unit)
        return f"SIGCONT to all of {unit}"


class Reload:
    """systemctl reload: nothing should notice."""

    def inject(self, unit, _name, _data):
        """Reloads the unit; the proof is that it has new processes and still the same main process."""
        main, before = show(unit, "MainPID"), set(processes(unit, ""))
        if subprocess.run(["systemctl", "reload", unit], check=False).returncode:
            raise Wrong(f"{unit} did not reload")
        until(lambda: set(processes(unit, "")) - before, f"{unit} has no new process after the reload")
        if show(unit, "MainPID") != main:
            raise Wrong(f"{unit} was started anew, not reloaded")
        return f"{unit} has {len(set(processes(unit, '')) - before)} new processes", None

    @staticmethod
    def held(unit, _state):
        """Checks only that the unit still runs, because a reload is over at once."""
        if show(unit, "ActiveState") != "active":
            raise Wrong(f"{unit} is {show(unit, 'ActiveState')}")
        return f"{unit} is active"

    @staticmethod
    def heal(unit, _name, _data):
        """Nothing was broken."""
        return start(unit)


class Fill:
    """Fills the data disk. It must be a file system of its own: filling the machine's root would be another fault."""

    def inject(self, _unit, _name, data):
        """Allocates space in a file until the disk has no room. The proof is that at most LEFT_BYTES are free."""
        if not os.path.ismount(data):
            raise Wrong(f"{data} is no file system of its own")
        with open(f"{data}/{FILLING}", "wb", buffering=0) as file:
            size = self.left(data)
            place = 0
            while size >= SMALLEST_BYTES:  # a file can't get all the space that is said to be free: after a failure, half the size is tried
                try:
                    os.posix_fallocate(file.fileno(), place, size)
                    place += size
                except OSError:
                    size //= 2
        if self.left(data) > LEFT_BYTES:
            raise Wrong(f"{data} still has {self.left(data)} bytes")
        return self.held(None, data), data

    @staticmethod
    def left(data):
        """Bytes that others than root may still write."""
        disk = os.statvfs(data)
        return disk.f_bavail * disk.f_frsize

    def held(self, _unit, data):
        """Checks that the file that fills the disk is still there. The free space isn't checked again, because the database may have freed some since."""
        if not os.path.exists(f"{data}/{FILLING}"):
            raise Wrong(f"{data} isn't filled any more")
        return f"{data} has {self.left(data)} bytes left"

    @staticmethod
    def heal(unit, _name, data):
        """Removes the file that fills the disk."""
        Path(data, FILLING).unlink(missing_ok=True)
        start(unit)
        return f"{FILLING} removed"


class Lag:
    """Pauses a replica's replay: the replica streams, and shows nothing new. Patroni must be paused too, because it would resume the replay."""

    def inject(self, unit, _name, _data):
        """Pauses Patroni and the replay; the proof is that PostgreSQL reports the pause."""
        self.patroni("pause")
        self.sql("SELECT pg_wal_replay_pause()")
        until(lambda: self.sql("SELECT pg_get_wal_replay_pause_state()") == "paused", "replay goes on")
        return self.held(unit, None), None

    @staticmethod
    def patroni(word):
        """Pauses or resumes Patroni in the whole cluster. It is no failure if the cluster is in that state already."""
        subprocess.run(["patronictl", "-c", PATRONI_CONFIG, word, "--wait"], capture_output=True, check=False, timeout=30)

    @staticmethod
    def sql(statement):
        """What PostgreSQL answers to its superuser."""
        done = subprocess.run(["runuser", "-u", "postgres", "--", "psql", "-XAtq", "-h", "/var/run/postgresql", "-d", "postgres", "-c", statement],
                              capture_output=True, text=True, check=False, cwd="/", timeout=60)
        if done.returncode:
            raise Wrong(done.stderr.strip())
        return done.stdout.strip()

    def held(self, _unit, _state):
        """Checks that the replay is still paused."""
        if self.sql("SELECT pg_get_wal_replay_pause_state()") != "paused":
            raise Wrong("replay goes on")
        return "replay is paused"

    def heal(self, _unit, _name, _data):
        """Lets the replay and Patroni go on."""
        self.sql("SELECT CASE WHEN pg_is_in_recovery() THEN pg_wal_replay_resume() END")
        self.patroni("resume")
        return "replay goes on"


class Copy:
    """A replica gets a new copy of the leader. At a chosen moment of this, all processes of the unit are stopped. So the moment lasts until the drill
    switches the power off."""

    COPIES = "pg_basebackup"
    SERVER = "postgres"
    SETTINGS = ("scope: ", "name: ", "  data_dir: ")
    AT_ONCE_S = 0.002  # PostgreSQL starts only tens of milliseconds after the copy has become the data directory

    def inject(self, unit, moment, _data):
        """Asks Patroni for the copy. The moment is copying, copied, placed, started or streaming. All but placed may have seconds added: copied+0.5."""
        event, _, later = moment.partition("+")
        settings = dict(line.strip().split(": ", 1) for line in Path(PATRONI_CONFIG).read_text().splitlines() if line.startswith(self.SETTINGS))
        data, patroni = Path(settings["data_dir"]), int(show(unit, "MainPID") or 0)
        ask = ["patronictl", "-c", PATRONI_CONFIG, "reinit", settings["scope"], settings["name"], "--force"]
        with subprocess.Popen(ask, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
            until(lambda: processes(unit, self.COPIES), "no copy begins", START_DEADLINE_S)
        if event != "copying":
            until(lambda: not processes(unit, self.COPIES), "the copy doesn't end", COPY_DEADLINE_S)
        if event == "placed":
            return self.placed(unit, patroni, data)
        if event in ("started", "streaming"):
            until(lambda: self.server(unit, data), "PostgreSQL doesn't start", COPY_DEADLINE_S)
        if event == "streaming":
            until(self.streams, "it doesn't stream", START_DEADLINE_S)
        time.sleep(float(later or 0))
        text, state = Freeze().inject(unit, "", None)
        return f"{moment}, {text}", state

    def placed(self, unit, patroni, data):
        """Stops all processes when the copy is in its place and PostgreSQL hasn't started there. Patroni is stopped first: it would start PostgreSQL."""
        until(lambda: self.in_place(data), "the copy doesn't take its place", COPY_DEADLINE_S, self.AT_ONCE_S)
        if patroni:  # a signal to 0 would reach this script's own process group
            send(patroni, signal.SIGSTOP)
        text, state = Freeze().inject(unit, "", None)
        if (data / "postmaster.pid").exists() or self.server(unit, data):
            Freeze().heal(unit, "", None)
            raise Wrong("the moment was missed: PostgreSQL has started where the copy is")
        return f"placed, {text}", state

    @staticmethod
    def in_place(data):
        """Whether the copy has become the data directory. copy_member moves the old data away, and then makes the copy beside the data directory."""
        return (data / "global/pg_control").exists() and not data.with_name(f"{data.name}.copy").exists()

    def server(self, unit, data):
        """The ids of PostgreSQL's main processes in the data directory. The PostgreSQL that copy_member starts for a moment runs in another one."""
        words = ((pid, field(pid, "cmdline").split("\0")) for pid in processes(unit, self.SERVER))
        return [pid for pid, said in words if ("-D", str(data)) in zip(said, said[1:])]

    @staticmethod
    def streams():
        """Whether the replica's PostgreSQL says that it streams; False while it isn't up yet."""
        with contextlib.suppress(Wrong):
            return Lag.sql("SELECT status FROM pg_stat_wal_receiver") == "streaming"
        return False


    @staticmethod
    def heal(unit, _name, _data):
        """Lets the unit's processes go on: the machine may have kept its power."""
        return Freeze.heal(unit, "", None)


class LoseSlot:
    """On the leader: the WAL that a stopped replica needs is removed. Without the drill this happens after 2 GB of new WAL. Only inactive slots lose WAL."""

    SETTINGS = {"max_slot_wal_keep_size": "1MB", "wal_keep_size": "0"}
    LOST = "SELECT count(*) > 0 FROM pg_replication_slots WHERE wal_status = 'lost'"

    def inject(self, unit, _name, _data):
        """Lowers the limits of the WAL that the leader keeps, and switches segments until old ones are removed. The proof is the slot's `wal_status`."""
        if Lag.sql("SELECT count(*) FROM pg_replication_slots WHERE NOT active AND restart_lsn IS NOT NULL") == "0":
            raise Wrong("every slot is in use: nobody would lose one")
        try:
            for name, value in self.SETTINGS.items():
                Lag.sql(f"ALTER SYSTEM SET {name} = '{value}'")
            Lag.sql("SELECT pg_reload_conf()")
            until(self.lost, "no slot is lost", START_DEADLINE_S)
        finally:
            self.heal(unit, None, None)
        return "a slot is lost", None

    def lost(self):
        """Switches to a new WAL segment and runs a checkpoint, which removes old segments. Returns whether a slot is lost."""
        Lag.sql("SELECT pg_logical_emit_message(false, 'drill', 'x')")
        Lag.sql("SELECT pg_switch_wal()")
        Lag.sql("CHECKPOINT")
        return Lag.sql(self.LOST) == "t"

    @staticmethod
    def held(unit, _state):
        """Checks only that the leader still runs: `copy-stranded` may have replaced the slot already."""
        if show(unit, "ActiveState") != "active":
            raise Wrong(f"{unit} is {show(unit, 'ActiveState')}")
        return f"{unit} is active"

    def heal(self, unit, _name, _data):
        """Gives the leader its settings back; the WAL stays lost."""
        for name in self.SETTINGS:
            Lag.sql(f"ALTER SYSTEM RESET {name}")
        Lag.sql("SELECT pg_reload_conf()")
        return start(unit)


KINDS = {"copy": Copy, "lose_slot": LoseSlot, "stop": Stop, "kill": Kill, "freeze": Freeze, "reload": Reload, "fill": Fill, "lag": Lag}


def main(what, kind, unit, name, data, state="null"):
    """Runs one command of the drill: inject, held, heal or healed."""
    fault = KINDS[kind]()
    try:
        if what == "inject":
            signal.signal(signal.SIGALRM, late)
            signal.alarm(INJECT_DEADLINE_S)
            at_ms = round(time.time() * 1000)
            text, state = fault.inject(unit, name, data)
            print(json.dumps({"text": text, "state": state, "at_ms": at_ms}))
        elif what == "held":
            print(json.dumps({"text": fault.held(unit, json.loads(state))}))
        elif what == "heal":
            end_injections()
            at_ms = round(time.time() * 1000)
            print(json.dumps({"text": fault.heal(unit, name, data), "at_ms": at_ms}))
        else:
            print(json.dumps({"text": healed(unit)}))
    except (Wrong, OSError, subprocess.TimeoutExpired) as wrong:
        sys.exit(str(wrong))
    finally:
        signal.alarm(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
