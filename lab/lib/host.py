"""The host: what the lab needs of it, and getting it."""

import contextlib
import fcntl
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

from . import files, settings
from .progress import Trouble, run

# What each package is there for: a command or file that shows that it is installed.
PACKAGES = {
    "mmdebstrap": "/usr/bin/mmdebstrap",
    "systemd-container": "/usr/bin/systemd-nspawn",
    "iproute2": "/usr/sbin/ip",
    "openssh-client": "/usr/bin/ssh-keygen",
    "python3-yaml": "/usr/lib/python3/dist-packages/yaml",
    "util-linux": "/usr/bin/nsenter",
    "redis-server": "/usr/bin/redis-server",
    "haproxy": "/usr/sbin/haproxy",
    "debian-archive-keyring": "/usr/share/keyrings/debian-archive-keyring.gpg",
}


def release():
    """The codename of the host's Debian."""
    facts = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    return facts.get("ID", "").strip('"'), facts.get("VERSION_CODENAME", "").strip('"')


def check_system(why_root="the lab makes namespaces, mounts and containers: run it as root (sudo lab/up)"):
    """Raises Trouble when this host is none that the project's tools are made for; `why_root` says why they must be root."""
    if os.geteuid() != 0:
        raise Trouble(why_root)
    if release() not in (("debian", "bookworm"), ("debian", "trixie")):
        raise Trouble(f"this host is {' '.join(release())}; this is made for Debian 12 (bookworm) and 13 (trixie)")


def check():
    """Raises Trouble when this host can't have a lab."""
    check_system()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if memory < settings.MEMORY_NEEDED:
        raise Trouble(f"{memory / settings.GIB:.1f} GiB of memory; the eight machines need {settings.MEMORY_NEEDED / settings.GIB:.1f}")
    unified()


def check_folders():
    """Closes the lab's folders to other users. Raises Trouble when the cache isn't the lab's alone: `lab/down --cache` removes all of it."""
    files.private(settings.STATE.parent)
    strange = [path.name for path in settings.CACHE.glob("*") if not re.fullmatch(r"(base|controller|box)-.*|packages|logs", path.name)]
    if strange:
        raise Trouble(f"{settings.CACHE} holds other things ({', '.join(strange[:3])}): give the lab a folder of its own by LAB_CACHE")
    files.private(settings.CACHE)


def check_disk():
    """Raises Trouble when the machines would run out of disk; a lab that is there has most of what it needs."""
    needed = settings.DISK_MORE if (settings.STATE / "machines").exists() else settings.DISK_NEEDED
    for folder in (settings.STATE, settings.CACHE):
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise Trouble(f"{folder} has {free / settings.GIB:.1f} GiB free, the lab needs "
                          f"{needed // settings.GIB}: free some, or set LAB_CACHE to a larger disk")


def check_port(port):
    """Raises Trouble when somebody else listens on the relay's port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Trouble(f"127.0.0.1:{port} is taken ({error.strerror}): end what listens there, or set LAB_PORT") from error


def answers(port):
    """Whether something accepts connections on that port of 127.0.0.1."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def install(packages=None):
    """Installs the packages that are missing, of the lab's or the given ones, without their services; nothing is done when none is."""
    missing = [name for name, proof in (PACKAGES if packages is None else packages).items() if not Path(proof).exists()]
    if missing:
        hint = "the host needs a Debian mirror in its apt sources and a way to reach it"
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update", "-q"], "apt-update", hint, env=environment)
        with _no_services(missing):
            run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing], "apt-install", hint, env=environment)


@contextlib.contextmanager
def _no_services(packages):
    """Keeps the packages' services from starting, now and at boot: the lab needs only HAProxy's program."""
    units = [Path("/etc/systemd/system", f"{name}.service") for name in packages]
    masked = [unit for unit in units if unit.parent.is_dir() and not os.path.lexists(unit)]
    for unit in masked:
        unit.symlink_to("/dev/null")
    try:
        yield
    finally:
        for unit in masked:
            unit.unlink(missing_ok=True)
            for wanted in unit.parent.glob(f"*.wants/{unit.name}"):
                wanted.unlink()


def mirrors():
    """(archive, security): the addresses of the mirrors that the host's own apt sources name."""
    _, codename = release()
    listing = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages"],
                             capture_output=True, text=True, check=True).stdout
    found = {}
    for line in listing.splitlines():
        address, suite, component = (line.split() + ["", ""])[:3]
        if component == "main" and address.startswith(("http://", "https://")):
            found.setdefault(suite, address.rstrip("/"))
    try:
        return found[codename], found[f"{codename}-security"]
    except KeyError as missing:
        raise Trouble(f"the host's apt sources have no http mirror for {missing}: add it in /etc/apt/sources.list.d") from missing


def unified():
    """Where the unified cgroup hierarchy is mounted: hybrid hosts have it elsewhere than /sys/fs/cgroup."""
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, where, kind, *_ = line.split()
        if kind == "cgroup2":
            return Path(where)
    raise Trouble("no cgroup2 hierarchy is mounted: mount -t cgroup2 none /sys/fs/cgroup/unified")


@contextlib.contextmanager
def lock(doing="making or removing"):
    """Lets one process at a time do this to the lab. Raises Trouble if another one does."""
    files.private(settings.LOCKS)
    path = settings.LOCKS / f"{settings.NAMESPACE}-{doing.split()[0]}"
    with open(path, "r+b", opener=lambda name, _: os.open(name, os.O_RDWR | os.O_CREAT, 0o600)) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise Trouble(f"process {file.read().decode().strip()} is {doing} this lab: wait for it") from busy
        file.write(b"%-10d" % os.getpid())  # as long as the last one's: no need to empty the file first
        file.flush()
        yield


def check_owner():
    """Raises Trouble when the lab is another checkout's. Writes nothing: every verb asks."""
    with contextlib.suppress(FileNotFoundError):
        owner = Path((settings.STATE / "project").read_text())
        if owner != settings.PROJECT and owner.exists():
            raise Trouble(f"the lab {settings.NAME!r} is that of {owner}: set LAB_NAME and LAB_PORT for one of this checkout's own")


def claim():
    """Marks the lab as this checkout's; raises Trouble when it is another's."""
    check_folders()
    check_owner()
    settings.STATE.mkdir(exist_ok=True)
    files.write(settings.STATE / "project", str(settings.PROJECT))


@contextlib.contextmanager
def turn(what):
    """Waits until no other process changes this one thing of the lab, such as a machine."""
    files.private(settings.LOCKS)
    with (settings.LOCKS / f"{settings.NAMESPACE}-{what}").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def check_whole():
    """Raises Trouble unless this checkout's lab is there, and no `lab/up` runs or has ended before its end."""
    check_up()
    with lock():
        pass
    if unfinished().exists():
        raise Trouble("`lab/up` has not come to its end here: run it again")


def unfinished():
    """The file that is there while `lab/up` runs, and after one that failed or was cut off."""
    return settings.STATE / "unfinished"


def check_up():
    """Raises Trouble unless this checkout's lab is there."""
    check()
    if not Path("/run/netns", settings.NAMESPACE).exists():
        raise Trouble(f"there is no lab {settings.NAME!r}: lab/up makes it")
    check_owner()
