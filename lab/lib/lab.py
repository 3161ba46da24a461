"""Makes and removes a whole lab."""

import shutil

from . import daemons, files, host, images, machine, network, settings
from .progress import step


def make():
    """Makes everything that is missing: packages, images, namespace, proxy, machines that accept SSH."""
    with step("Install missing packages on the host"):
        host.install()
    daemons.check_relay()
    with step("Make the root file systems"):
        base = images.base(renew=True)
        images.controller(renew=True)
    with step("Start the machines"):
        network.make()
        daemons.start_proxy()
        machine.make_keys()
        for gone in machine.leftovers():
            gone.remove()
        machines = machine.all_machines()
        for each in machines:
            each.make()
            each.start()
        files.write(settings.SSH / "known_hosts", "".join(each.host_key() for each in machines))
        for each in machines:
            each.wait_for_ssh()
    old = [each.name for each in machines if each.image() != base]
    if old:  # a machine's disk is an overlay on its image, so the image under it can't be replaced
        print(f"lab: {', '.join(old)} still use an older image. To update them: `lab/ssh NODE 'apt-get update && apt-get upgrade'`."
              " To rebuild them: lab/down, then lab/up")


def remove():
    """Removes machines, daemons, namespace and state. The images and packages in the cache stay."""
    for each in machine.all_machines() + machine.leftovers():
        each.remove()
    network.remove()
    # The relay leads from the host's port into the namespace, so a benchmark that begins now can't start it again.
    for daemon in (daemons.relay(), daemons.proxy()):
        daemon.stop()
    shutil.rmtree(settings.STATE, ignore_errors=True)
