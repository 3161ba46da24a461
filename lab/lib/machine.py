"""A machine of the lab: an overlay on the base image, started by systemd-nspawn in its own cgroup."""

import contextlib
import os
import shutil
import subprocess
import uuid
from pathlib import Path

from . import files, host, images, network, settings, topology
from .progress import Trouble, until

NETWORK_FILE = """[Match]
Name=host0
[Network]
Address={address}/{prefix}
# This gateway forwards nothing. Without a default route, Ansible would find no default address.
Gateway={gateway}
LinkLocalAddressing=no
"""


class Machine:
    """A machine with its name in the inventory and its address."""

    def __init__(self, name, address):
        self.name, self.address = name, address
        self.folder = settings.STATE / "machines" / name
        self.root = self.folder / "root"
        self.data = self.folder / "data"  # where its data disk is mounted, if it has one; the disk is the file data.img
        self.cgroup = host.unified() / f"{settings.NAMESPACE}-{name}"

    def running(self):
        """Returns whether any process of the machine lives."""
        with contextlib.suppress(FileNotFoundError):
            return "populated 1" in (self.cgroup / "cgroup.events").read_text()
        return False

    def make(self):
        """Makes the machine's disk, unless it has one."""
        with self._turn():
            if not (self.folder / "ready").exists():
                self._prepare()

    def start(self):
        """Boots the machine from its disk, unless it runs."""
        with self._turn():
            if not (self.folder / "ready").exists():
                raise Trouble(f"{self.name} has no disk, or an unfinished one. Do: lab/up")
            if not self.running():
                self._boot()

    def _turn(self):
        return host.turn(f"machine-{self.name}")

    def _boot(self):
        self._unmount()
        self._new_cgroup()
        network.unplug(self.name)
        layers = f"lowerdir={self.image()},upperdir={self.folder}/upper,workdir={self.folder}/work"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", layers, self.root], check=True)
        disk = topology.data_disk(self.name)
        if disk:
            os.chmod(f"{self.data}.img", 0o600)
            subprocess.run(["mount", "-o", "loop", f"{self.data}.img", self.data], check=True)
        command = [*network.ENTER, "systemd-nspawn", "--quiet", "--register=no", "--keep-unit", f"--directory={self.root}",
                   f"--machine={settings.NAME}-{self.name}", f"--hostname={self.name}", "--boot", f"--network-bridge={settings.BRIDGE}",
                   *([f"--bind={self.data}:{disk[1]}"] if disk else []), "--resolv-conf=off", "--timezone=off", "--console=pipe"]
        settings.LOGS.mkdir(parents=True, exist_ok=True)
        with (settings.LOGS / f"console-{self.name}.log").open("ab") as console:
            subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True,
                             env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
                             preexec_fn=lambda: (self.cgroup / "cgroup.procs").write_text(str(os.getpid())))

    def wait_for_ssh(self):
        """Waits until SSH accepts connections. systemd's word isn't enough: it may say `running` although ssh fails again and again."""
        until(lambda: network.answers(self.address, 22), 60,
              lambda: f"{self.name} doesn't answer on {self.address}:22 after 60 s: see {settings.LOGS}/console-{self.name}.log")

    def power_off(self):
        """Kills every process of the machine at once, as a power loss does."""
        with self._turn():
            self._end()

    def _end(self):
        with contextlib.suppress(FileNotFoundError):
            (self.cgroup / "cgroup.kill").write_text("1")
            until(lambda: not self.running(), 10, lambda: f"{self.name}: processes survive cgroup.kill for 10 s; see {self.cgroup}/cgroup.procs")
        self._unmount()

    def remove(self):
        """Powers the machine off and removes its disk."""
        with self._turn():
            self._end()
            self._remove_cgroup()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _prepare(self):
        """Makes a new disk with its own files: identity, address, keys. The overlay must not be mounted meanwhile, so it is unmounted first."""
        self._unmount()
        shutil.rmtree(self.folder, ignore_errors=True)
        upper = self.folder / "upper"
        for folder in (upper / "etc/ssh", upper / "etc/systemd/network", upper / "etc/apt/apt.conf.d", upper / "root/.ssh",
                       self.folder / "work", self.root):
            folder.mkdir(parents=True)
        # sshd refuses the keys in a home that others may write to.
        (upper / "root").chmod(0o700)
        (upper / "root/.ssh").chmod(0o700)
        gateway, net = topology.controller()
        (upper / "etc/hostname").write_text(self.name + "\n")
        (upper / "etc/hosts").write_text(f"127.0.0.1 localhost\n{self.address} {self.name}\n")
        (upper / "etc/machine-id").write_text(uuid.uuid4().hex + "\n")
        (upper / "etc/systemd/network/10-host0.network").write_text(
            NETWORK_FILE.format(address=self.address, prefix=net.prefixlen, gateway=gateway))
        (upper / "etc/apt/apt.conf.d/10proxy").write_text(f'Acquire::http::Proxy "http://{gateway}:{settings.PROXY_PORT}";\n')
        shutil.copy(settings.SSH / "id_ed25519.pub", upper / "root/.ssh/authorized_keys")
        # With a machine-id, systemd sees no first boot. So it makes no host keys and enables no units; both are made here.
        key = upper / "etc/ssh/ssh_host_ed25519_key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", self.name, "-f", key], check=True)
        wanted = upper / "etc/systemd/system/multi-user.target.wants"
        wanted.mkdir(parents=True)
        (wanted / "systemd-networkd.service").symlink_to("/usr/lib/systemd/system/systemd-networkd.service")
        disk = topology.data_disk(self.name)
        if disk:
            self.data.mkdir()
            with open(f"{self.data}.img", "wb") as image:
                image.truncate(disk[0] << 20)  # a sparse file: it takes room on the host only as it is written
            subprocess.run(["mkfs.ext4", "-q", "-m", "0", f"{self.data}.img"], check=True)
        files.write(self.folder / "ready", str(images.base()))

    def image(self):
        """Returns the image under the machine's disk."""
        return Path((self.folder / "ready").read_text())

    def host_key(self):
        """Returns this machine's line for known_hosts."""
        kind, key, *_ = (self.folder / "upper/etc/ssh/ssh_host_ed25519_key.pub").read_text().split()
        return f"{self.address},{self.name} {kind} {key}\n"

    def _unmount(self):
        for place in (self.root, self.data):
            while os.path.ismount(place):
                subprocess.run(["umount", "--lazy", place], check=True)

    def _new_cgroup(self):
        # After cgroup.kill a cgroup also kills new processes at their fork. So each boot gets a new cgroup.
        self._remove_cgroup()
        self.cgroup.mkdir()

    def _remove_cgroup(self):
        for folder, _, _ in os.walk(self.cgroup, topdown=False):
            os.rmdir(folder)


def all_machines():
    """Returns every machine of the inventory."""
    return [Machine(name, address) for name, address in topology.machines().items()]


def leftovers():
    """Returns the machines that have a folder, but are no longer in the inventory."""
    known = topology.machines()
    found = settings.STATE / "machines"
    return [Machine(path.name, "") for path in (found.iterdir() if found.exists() else ()) if path.name not in known]


def make_keys():
    """Makes the lab's SSH key, unless it is there."""
    settings.SSH.mkdir(parents=True, exist_ok=True)
    settings.SSH.chmod(0o700)
    if not (settings.SSH / "id_ed25519").exists():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"holdfast lab {settings.NAME}",
                        "-f", settings.SSH / "id_ed25519"], check=True)
