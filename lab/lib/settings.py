"""Names, paths and ports of this lab. Some can be set by environment variables (LAB_…)."""

import os
import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

# Two checkouts may each have a lab on one host: give the second a LAB_NAME and a LAB_PORT of its own.
# LAB_NAME has at most six characters, because the kernel cuts interface names (vb-NAME-NODE) at fifteen.
NAME = os.environ.get("LAB_NAME", "lab")
PORT = os.environ.get("LAB_PORT", "8080")

RELEASE = "trixie"
NAMESPACE = f"holdfast-{NAME}"
STATE = Path("/var/lib/holdfast") / NAME
# A second inventory that adds machines to hosts.yml, such as inventory/web-pair.yml. Every verb needs the same value.
MORE_INVENTORY = os.environ.get("LAB_INVENTORY", "")
CACHE = Path(os.environ.get("LAB_CACHE", "/var/cache/holdfast"))
LOCKS = Path("/run/holdfast")  # only root may write there, unlike in /run/lock
SSH = STATE / "ssh"
LOGS = PROJECT / "results" / "lab" / NAME
BRIDGE = "br0"
IMAGE_DAYS = 7  # lab/up makes an older image again, because its packages lack security updates
PROXY_PORT = 3142

GIB = 1024**3
DISK_NEEDED = 12 * GIB
DISK_MORE = 2 * GIB
MEMORY_NEEDED = 5.5 * GIB  # what a host of 6 GiB can give


def problems():
    """Yields one message for each invalid setting."""
    if not re.fullmatch(r"[a-z][a-z0-9]{0,5}", NAME):
        yield f"LAB_NAME={NAME!r}: must have one to six characters of a-z and 0-9, and begin with a letter"
    if MORE_INVENTORY and not (PROJECT / MORE_INVENTORY).is_file():
        yield f"LAB_INVENTORY={MORE_INVENTORY!r}: there is no such file in {PROJECT}"
    if not CACHE.is_absolute() or any(mark in str(CACHE) for mark in ":,\\"):
        yield f"LAB_CACHE={str(CACHE)!r}: must be an absolute path without : , and \\ (they have a meaning in the options of an overlay's mount)"
    if not (PORT.isdigit() and 0 < int(PORT) < 65536):
        yield f"LAB_PORT={PORT!r}: must be a port number, 1 to 65535"
