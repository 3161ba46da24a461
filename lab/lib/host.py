"""The host of the lab: checks what the lab needs, installs packages, and locks what verbs must not do at once."""

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

# The packages that the lab needs. For each, a file that exists if the package is installed.
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
    """Returns the host's distribution and the codename of its release, for example ("debian", "trixie")."""
    facts = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    return facts.get("ID", "").strip('"'), facts.get("VERSION_CODENAME", "").strip('"')


def check_system(why_root="the lab makes namespaces, mounts and containers: run it as root (sudo lab/up)"):
    """Raises Trouble unless this is Debian 12 or 13 and the user is root. `why_root` is the message for other users."""
    if os.geteuid() != 0:
        raise Trouble(why_root)
    if release() not in (("debian", "bookworm"), ("debian", "trixie")):
        raise Trouble(f"this host is {' '.join(release())}, but the tools need Debian 12 (bookworm) or 13 (trixie)")


def check():
    """Raises Trouble if this host can't run a lab."""
    check_system()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if memory < settings.MEMORY_NEEDED:
        raise Trouble(f"this host has {memory / settings.GIB:.1f} GiB of memory; the eight machines need {settings.MEMORY_NEEDED / settings.GIB:.1f}")
    unified()


def check_folders():
    """Closes the lab's folders to other users. Raises Trouble if the cache holds other files: `lab/down --cache` would remove them."""
    files.private(settings.STATE.parent)
    strange = [path.name for path in settings.CACHE.glob("*") if not re.fullmatch(r"(base|controller|box)-.*|packages|logs", path.name)]
    if strange:
        raise Trouble(f"{settings.CACHE} holds other things ({', '.join(strange[:3])}): set LAB_CACHE to a folder that only the lab uses")
    files.private(settings.CACHE)


def check_disk():
    """Raises Trouble if the disk is too small. A lab that exists already needs less, because its machines are there."""
    needed = settings.DISK_MORE if (settings.STATE / "machines").exists() else settings.DISK_NEEDED
    for folder in (settings.STATE, settings.CACHE):
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise Trouble(f"{folder} has {free / settings.GIB:.1f} GiB free, the lab needs "
                          f"{needed // settings.GIB}: free some, or set LAB_CACHE to a larger disk")


def check_port(port):
    """Raises Trouble if a program already listens on the relay's port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Trouble(f"127.0.0.1:{port} is taken ({error.strerror}): end the program that listens there, or set LAB_PORT") from error


def answers(port):
    """Returns whether a program accepts connections on this port of 127.0.0.1."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def install(packages=None):
    """Installs the missing ones of `packages` (the lab's own by default). Doesn't start their services."""
    missing = [name for name, proof in (PACKAGES if packages is None else packages).items() if not Path(proof).exists()]
    if missing:
        hint = "The host needs a Debian mirror in its apt sources, and must be able to reach it"
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update", "-q"], "apt-update", hint, env=environment)
        with _no_services(missing):
            run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing], "apt-install", hint, env=environment)


@contextlib.contextmanager
def _no_services(packages):
    """Keeps the packages' services from starting, now and at boot: the lab needs only the programs."""
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
    """Returns (archive, security): the addresses of the mirrors in the host's own apt sources."""
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
        raise Trouble(f"the host's apt sources have no http mirror for {missing}: add one in /etc/apt/sources.list.d") from missing


def unified():
    """Returns where the unified cgroup hierarchy is mounted. A hybrid host has it in another place than /sys/fs/cgroup."""
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, where, kind, *_ = line.split()
        if kind == "cgroup2":
            return Path(where)
    raise Trouble("no cgroup2 hierarchy is mounted. Do: mount -t cgroup2 none /sys/fs/cgroup/unified")


@contextlib.contextmanager
def lock(doing="making or removing"):
    """Lets only one process at a time do to the lab what `doing` says. Raises Trouble if another one is doing it."""
    files.private(settings.LOCKS)
    path = settings.LOCKS / f"{settings.NAMESPACE}-{doing.split()[0]}"
    with open(path, "r+b", opener=lambda name, _: os.open(name, os.O_RDWR | os.O_CREAT, 0o600)) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise Trouble(f"process {file.read().decode().strip()} is {doing} this lab: wait for it") from busy
        file.write(b"%-10d" % os.getpid())  # always ten bytes, so that an older pid is overwritten whole
        file.flush()
        yield


def check_owner():
    """Raises Trouble if the lab belongs to another checkout. Writes nothing, because every verb calls this."""
    with contextlib.suppress(FileNotFoundError):
        owner = Path((settings.STATE / "project").read_text())
        if owner != settings.PROJECT and owner.exists():
            raise Trouble(f"the lab {settings.NAME!r} belongs to the checkout {owner}. To give this checkout its own lab, set LAB_NAME and LAB_PORT")


def claim():
    """Marks the lab as this checkout's. Raises Trouble if it belongs to another checkout."""
    check_folders()
    check_owner()
    settings.STATE.mkdir(exist_ok=True)
    files.write(settings.STATE / "project", str(settings.PROJECT))


@contextlib.contextmanager
def turn(what):
    """Waits until no other process changes this part of the lab, for example one machine."""
    files.private(settings.LOCKS)
    with (settings.LOCKS / f"{settings.NAMESPACE}-{what}").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def check_whole():
    """Raises Trouble unless this checkout's lab is there. Raises it also while `lab/up` runs, and after a `lab/up` that failed or was interrupted."""
    check_up()
    with lock():
        pass
    if unfinished().exists():
        raise Trouble("the last `lab/up` failed or was interrupted: run it again")


def unfinished():
    """Returns the file that exists while `lab/up` runs, and after a `lab/up` that failed or was interrupted."""
    return settings.STATE / "unfinished"


def check_up():
    """Raises Trouble unless this checkout's lab is there."""
    check()
    if not Path("/run/netns", settings.NAMESPACE).exists():
        with lock():  # says so if the lab is being made
            pass
        raise Trouble(f"there is no lab {settings.NAME!r}. Do: lab/up")
    check_owner()
