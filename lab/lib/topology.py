"""The machines and addresses of inventory/hosts.yml."""

import ipaddress

from . import settings
from .progress import Trouble


def _hosts(group):
    yield from (group.get("hosts") or {}).items()
    for child in (group.get("children") or {}).values():
        yield from _hosts(child or {})


def _read(path):
    import yaml  # here, because a new host has no yaml before host.install()

    try:
        return yaml.safe_load(path.read_text())["all"]
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise Trouble(f"{path} is not an inventory: {error}") from error


def _inventory():
    inventory = _read(settings.PROJECT / "inventory" / "hosts.yml")
    if settings.MORE_INVENTORY:
        for name, group in _read(settings.PROJECT / settings.MORE_INVENTORY)["children"].items():
            inventory["children"][name]["hosts"].update(group["hosts"])
    return inventory


def machines():
    """Returns name → address of every machine, in the inventory's order."""
    found = {}
    for name, variables in _hosts(_inventory()):
        if "ansible_host" in (variables or {}):
            found[name] = variables["ansible_host"]
    if len(set(found.values())) < len(found):
        raise Trouble("inventory/hosts.yml gives two machines the same ansible_host")
    return found


def data_disk(machine):
    """Returns (size in MiB, mount point) of the machine's data disk. None if it has no such disk."""
    for group in _inventory()["children"].values():
        variables = group.get("vars") or {}
        if machine in (group.get("hosts") or {}) and "machine_data_mb" in variables:
            return variables["machine_data_mb"], variables["machine_data_dir"]
    return None


def controller():
    """Returns (address, network) of the controller. The bridge has this address."""
    variables = _inventory()["vars"]
    return variables["controller_addresses"][0], ipaddress.ip_network(variables["network_cidr"])


def web_machines():
    """Returns the number of web machines."""
    return len(_inventory()["children"]["web"]["hosts"])


def web():
    """Returns the address of the web node, or the VIP if there are several."""
    nodes = list(_inventory()["children"]["web"]["hosts"].values())
    return nodes[0]["ansible_host"] if len(nodes) == 1 else _inventory()["vars"]["web_vip_address"]
