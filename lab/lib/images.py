"""Root file systems from Debian's packages: the machines' base and the controller, made once and shared by all labs."""

import contextlib
import fcntl
import glob
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

from . import host, network, settings
from .progress import Trouble, run

# A machine is what a VM would be after its installer: systemd, a network, SSH, python3, sudo. No more.
BASE = ["systemd", "systemd-sysv", "systemd-resolved", "dbus", "iproute2", "python3", "openssh-server", "sudo", "ca-certificates", "procps"]
CONTROLLER = ["ansible-core", "ansible", "ansible-lint", "yamllint", "shellcheck", "python3-pytest", "python3-jsonschema", "python3-websocket", "wrk", "mount", "openssh-client",
              "iproute2", "git", "ca-certificates"]
RUNTIME = ["openjdk-25-jre-headless"]
BUILDER = ["openjdk-25-jdk-headless", "maven", "redis-server"]  # Redis: for the tests of the services


_held = []  # handles of the images that this process has chosen


def base(renew=False):
    """The machines' common, read-only lower layer. With `renew`, one that has the security updates of the last days."""
    return _image("base", BASE, renew)


def controller(renew=False):
    """Where Ansible and JMeter run; has a JDK and Maven as well where the host has no JDK 25."""
    return _image("controller", CONTROLLER + (RUNTIME if host_java() else BUILDER), renew)


def host_java():
    """A JDK 25 of the host's that Maven can use: JAVA_HOME or one under /usr/lib/jvm; None if there is none."""
    if not shutil.which("mvn"):
        return None
    named = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    for home in named + sorted(Path("/usr/lib/jvm").glob("*25*")):
        facts = home / "release"
        if (home / "bin/javac").exists() and facts.exists() and 'JAVA_VERSION="25' in facts.read_text():
            return home
    return None


def install(root, packages, sources, log, *options, **environment):
    """Makes the root file system from packages. In a world of its own: what it mounts is seen by nobody who removes what was left half-done."""
    run(["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "mmdebstrap", "--mode=root", "--variant=minbase",
         f"--include={','.join(packages)}", *options, settings.RELEASE, root, *sources], log,
        "the host needs to reach the Debian mirror that its apt sources name", env={**os.environ, **environment})


def sources():
    """The lines for apt: the host's own mirrors, for the machines' release."""
    archive, security = host.mirrors()
    return [f"deb {archive} {settings.RELEASE} main", f"deb {security} {settings.RELEASE}-security main"]


def _image(name, packages, renew=False):
    """The newest image of these packages; made when there is none, or, with `renew`, none that is young enough.

    It stays there for as long as this process runs.
    """
    lines = sources()
    recipe = hashlib.sha256("\n".join(packages + lines).encode()).hexdigest()[:8]
    newest, images = None, []
    while not newest or not _hold(newest):  # it may go between the look and the hold: then there is a newer one
        images = [path for path in settings.CACHE.glob(f"{name}-{recipe}*") if re.fullmatch(rf"{name}-{recipe}(-\d+)?", path.name)]
        newest = max(images, key=made, default=None)
        if not newest or (renew and age_days(newest) > settings.IMAGE_DAYS):
            newest = _renewed(newest, settings.CACHE / f"{name}-{recipe}-{time.time():.0f}", packages, lines)
    if renew:
        for image in images:
            if image != newest:
                _remove(image)
    return newest


def _renewed(old, folder, packages, lines):
    unfinished = folder.with_suffix(f".{os.getpid()}")
    try:
        install(unfinished, packages, lines, f"image-{folder.name.partition('-')[0]}")
        # Machines reach the mirror by the lab's proxy alone, which speaks http to them whatever the mirror wants.
        (unfinished / "etc/apt/sources.list").write_text("\n".join(lines).replace("https://", "http://") + "\n")
        unfinished.rename(folder)
    except Trouble as trouble:
        if not old:
            raise
        print(f"lab: {old.name} is {age_days(old):.0f} days old and couldn't be renewed. The lab goes on with it, without newer security updates: {trouble}",
              file=sys.stderr)
        return old
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def made(image):
    """When the image was made: its list of sources is the last that is written. One that is just being removed is older than any."""
    try:
        return (image / "etc/apt/sources.list").stat().st_mtime
    except FileNotFoundError:
        return 0


def age_days(image):
    """How many days ago that was."""
    return (time.time() - made(image)) / 86400


def _hold(image):
    """Keeps others from removing the image while this process runs; false if one was quicker. Waits for one that is just removing it."""
    try:
        handle = os.open(image, os.O_RDONLY)
    except FileNotFoundError:
        return False
    if any(os.path.sameopenfile(each, handle) for each in _held):
        os.close(handle)
        return True
    fcntl.flock(handle, fcntl.LOCK_SH)
    with contextlib.suppress(FileNotFoundError):
        if os.path.samestat(os.stat(image), os.fstat(handle)):
            _held.append(handle)
            return True
    os.close(handle)
    return False


def _remove(image):
    """Removes the image, unless a machine of any lab stands on it, a verb has chosen it or a command runs in it. Nobody enters it meanwhile."""
    try:
        handle = os.open(image, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        for own in [each for each in _held if os.path.sameopenfile(each, handle)]:
            _held.remove(own)
            os.close(own)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if str(image) not in _bases() and image.exists():
            gone = image.with_suffix(f".{os.getpid()}")
            image.rename(gone)
            shutil.rmtree(gone)
    except BlockingIOError:
        pass
    finally:
        os.close(handle)


def _bases():
    """The images that machines of any lab stand on; a machine that is being removed meanwhile stands on none."""
    found = set()
    for ready in glob.glob(f"{glob.escape(str(settings.STATE.parent))}/*/machines/*/ready"):
        with contextlib.suppress(FileNotFoundError):
            found.add(Path(ready).read_text())
    return found


def in_controller(command, environment=None, outside=False):
    """The words that run `command` in the controller, in the project's folder, inside the lab's network.

    The binds live in a mount namespace of the command's own and go with it.
    `outside` leaves it in the host's network: Maven needs its repository.
    """
    root = controller()
    home = Path(os.environ.get("HOME", "/root"))
    binds = [(settings.PROJECT, settings.PROJECT), (settings.SSH, "/root/.ssh"),
             # Ansible's SSH control sockets: another lab's machines have the same addresses.
             (settings.STATE / "ansible", "/root/.ansible"), (home / ".m2", "/root/.m2"), ("/dev", "/dev")]
    # The lock ends with the command: until then nobody removes the image, although a newer one is there.
    script = ["set -e", f"root={shlex.quote(str(root))}", 'exec 9<"$root"', "flock --shared 9", 'mount --bind "$root" "$root"', 'mount -t proc proc "$root/proc"', 'mount -t tmpfs tmpfs "$root/tmp"']
    for source, target in binds:
        Path(source).mkdir(parents=True, exist_ok=True)
        inside = f'"$root"{shlex.quote(str(target))}'
        script += [f"mkdir -p {inside}", f"mount --rbind {shlex.quote(str(source))} {inside}"]
    if outside:
        script += ['cat /etc/resolv.conf > "$root/etc/resolv.conf"']
    # Not chroot alone: the kernel gives a process in one no user namespace, which the tests' PostgreSQL needs.
    script += ['cd "$root"', "pivot_root . mnt", "exec chroot . sh -c 'umount --lazy /mnt; exec env -i \"$@\"' sh \"$@\""]
    variables = {"HOME": "/root", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "TERM": os.environ.get("TERM", "dumb"),
                 **(environment or {})}
    words = [f"--chdir={settings.PROJECT}", *(f"{key}={value}" for key, value in variables.items()), *map(str, command)]
    return [*([] if outside else network.ENTER), "unshare", "--mount", "sh", "-c", "; ".join(script), "sh", *words]


def play_environment():
    """What ansible-playbook needs in the lab beyond ansible.cfg: the overlay of the inventory."""
    passed = {key: value for key, value in os.environ.items() if key.startswith("ANSIBLE_")}
    # PYTHONUNBUFFERED: a pipe or a file gets each line of a drill when it is said, not 8 KiB later.
    # LAB_PID: a process that sees the host's mounts for as long as the play runs; inventory/lab.yml calls lab/power through it.
    return {"ANSIBLE_INVENTORY": ",".join(["inventory/hosts.yml", *filter(None, [settings.MORE_INVENTORY]), "inventory/lab.yml"]), "ANSIBLE_FORCE_COLOR": "0",
            "PYTHONUNBUFFERED": "1", "LAB_NAME": settings.NAME, "LAB_PORT": settings.PORT, "LAB_INVENTORY": settings.MORE_INVENTORY,
            "LAB_PID": str(os.getpid()), **passed}


def play(arguments):
    """Runs ansible-playbook in the controller; returns its exit code."""
    return subprocess.call(in_controller(["ansible-playbook", *arguments], play_environment()))
