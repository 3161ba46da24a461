"""Root file systems (images) from Debian's packages: the machines' base and the controller. All labs of a host share them."""

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

# A machine has what a VM has after its installation, and no more: systemd, a network, SSH, python3, sudo.
BASE = ["systemd", "systemd-sysv", "systemd-resolved", "dbus", "iproute2", "python3", "openssh-server", "sudo", "ca-certificates", "procps"]
CONTROLLER = ["ansible-core", "ansible", "ansible-lint", "yamllint", "shellcheck", "pyflakes3", "python3-pytest", "python3-jsonschema", "python3-websocket",
              "wrk", "mount", "openssh-client", "iproute2", "git", "ca-certificates"]
RUNTIME = ["openjdk-25-jre-headless"]
BUILDER = ["openjdk-25-jdk-headless", "maven", "redis-server"]  # the services' tests need Redis


_held = []  # open file descriptors of the images that this process has chosen


def base(renew=False):
    """Returns the machines' common, read-only lower layer. With `renew`, an image that is too old is made again, with the security updates."""
    return _image("base", BASE, renew)


def controller(renew=False):
    """Returns the image in which Ansible and JMeter run. It includes a JDK and Maven if the host has no JDK 25."""
    return _image("controller", CONTROLLER + (RUNTIME if host_java() else BUILDER), renew)


def host_java():
    """Returns a JDK 25 on the host for Maven: JAVA_HOME, or one under /usr/lib/jvm. None if the host has no such JDK, or no Maven."""
    if not shutil.which("mvn"):
        return None
    named = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    for home in named + sorted(Path("/usr/lib/jvm").glob("*25*")):
        facts = home / "release"
        if (home / "bin/javac").exists() and facts.exists() and 'JAVA_VERSION="25' in facts.read_text():
            return home
    return None


def install(root, packages, sources, log, *options, **environment):
    """Makes the root file system from packages, in its own mount namespace. So a later removal of an unfinished image can't reach into its mounts."""
    run(["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "mmdebstrap", "--mode=root", "--variant=minbase",
         f"--include={','.join(packages)}", *options, settings.RELEASE, root, *sources], log,
        "The host must be able to reach the Debian mirror that its apt sources name", env={**os.environ, **environment})


def sources():
    """Returns apt's sources for the machines' release, on the mirrors that the host itself uses."""
    archive, security = host.mirrors()
    return [f"deb {archive} {settings.RELEASE} main", f"deb {security} {settings.RELEASE}-security main"]


def _image(name, packages, renew=False):
    """Returns the newest image of these packages. Makes one if there is none, or if `renew` and the newest is too old.

    Nobody removes the image while this process runs.
    """
    lines = sources()
    recipe = hashlib.sha256("\n".join(packages + lines).encode()).hexdigest()[:8]
    newest, images = None, []
    while not newest or not _hold(newest):  # somebody may remove it before it is held; then there is a newer one
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
        # Machines reach the mirror only through the lab's proxy. It speaks http to them, also if the mirror needs https.
        (unfinished / "etc/apt/sources.list").write_text("\n".join(lines).replace("https://", "http://") + "\n")
        unfinished.rename(folder)
    except Trouble as trouble:
        if not old:
            raise
        print(f"lab: {old.name} is {age_days(old):.0f} days old and couldn't be renewed. The lab uses it, without newer security updates: {trouble}",
              file=sys.stderr)
        return old
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def made(image):
    """Returns when the image was made, in seconds since 1970. 0 if the image is just being removed.

    Its sources.list is written last, so the image was complete at that file's time.
    """
    try:
        return (image / "etc/apt/sources.list").stat().st_mtime
    except FileNotFoundError:
        return 0


def age_days(image):
    """Returns the image's age in days."""
    return (time.time() - made(image)) / 86400


def _hold(image):
    """Keeps others from removing the image while this process runs. Returns False if the image is gone, also if another process removes it while this one waits for the lock."""
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
    """Removes the image, unless a machine of any lab uses it, a verb has chosen it, or a command runs in it. The lock keeps others out meanwhile."""
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
    """Returns the images that machines of any lab use. A machine that is just being removed uses none."""
    found = set()
    for ready in glob.glob(f"{glob.escape(str(settings.STATE.parent))}/*/machines/*/ready"):
        with contextlib.suppress(FileNotFoundError):
            found.add(Path(ready).read_text())
    return found


def in_controller(command, environment=None, outside=False):
    """Returns the words that run `command` in the controller, in the project's folder, inside the lab's network.

    The command has its own mount namespace, so its mounts end with it.
    With `outside` the command stays in the host's network, because Maven needs its repository.
    """
    root = controller()
    home = Path(os.environ.get("HOME", "/root"))
    binds = [(settings.PROJECT, settings.PROJECT), (settings.SSH, "/root/.ssh"),
             # Each lab has its own folder for Ansible's SSH control sockets, because the machines of all labs have the same addresses.
             (settings.STATE / "ansible", "/root/.ansible"), (home / ".m2", "/root/.m2"), ("/dev", "/dev")]
    # The lock ends with the command. Until then nobody removes the image, also if there is a newer one.
    script = ["set -e", f"root={shlex.quote(str(root))}", 'exec 9<"$root"', "flock --shared 9", 'mount --bind "$root" "$root"', 'mount -t proc proc "$root/proc"', 'mount -t tmpfs tmpfs "$root/tmp"']
    for source, target in binds:
        Path(source).mkdir(parents=True, exist_ok=True)
        inside = f'"$root"{shlex.quote(str(target))}'
        script += [f"mkdir -p {inside}", f"mount --rbind {shlex.quote(str(source))} {inside}"]
    if outside:
        script += ['cat /etc/resolv.conf > "$root/etc/resolv.conf"']
    # chroot alone isn't enough: inside a chroot the kernel allows no user namespace, and the tests' PostgreSQL needs one.
    script += ['cd "$root"', "pivot_root . mnt", "exec chroot . sh -c 'umount --lazy /mnt; exec env -i \"$@\"' sh \"$@\""]
    variables = {"HOME": "/root", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "TERM": os.environ.get("TERM", "dumb"),
                 **(environment or {})}
    words = [f"--chdir={settings.PROJECT}", *(f"{key}={value}" for key, value in variables.items()), *map(str, command)]
    return [*([] if outside else network.ENTER), "unshare", "--mount", "sh", "-c", "; ".join(script), "sh", *words]


def play_environment():
    """Returns the environment of ansible-playbook in the lab: the inventories, and what inventory/lab.yml reads."""
    passed = {key: value for key, value in os.environ.items() if key.startswith("ANSIBLE_")}
    # PYTHONUNBUFFERED: a pipe or a file gets each line of a drill at once. Otherwise lines would wait until 8 KiB are full.
    # LAB_PID: a process that sees the host's mounts while the play runs. inventory/lab.yml calls lab/power in its namespaces.
    return {"ANSIBLE_INVENTORY": ",".join(["inventory/hosts.yml", *filter(None, [settings.MORE_INVENTORY]), "inventory/lab.yml"]), "ANSIBLE_FORCE_COLOR": "0",
            "PYTHONUNBUFFERED": "1", "LAB_NAME": settings.NAME, "LAB_PORT": settings.PORT, "LAB_INVENTORY": settings.MORE_INVENTORY,
            "LAB_PID": str(os.getpid()), **passed}


def play(arguments):
    """Runs ansible-playbook in the controller. Returns its exit code."""
    return subprocess.call(in_controller(["ansible-playbook", *arguments], play_environment()))
