"""Names, paths and ports of this lab: the one place for them, and what can be set by the environment."""

import os
import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

# Two checkouts may each have a lab on one host: give the second a LAB_NAME and a LAB_PORT of its own.
# At most six characters: the kernel cuts interface names (vb-NAME-NODE) at fifteen.
NAME = os.environ.get("LAB_NAME", "lab")
PORT = os.environ.get("LAB_PORT", "8080")

RELEASE = "trixie"
NAMESPACE = f"holdfast-{NAME}"
STATE = Path("/var/lib/holdfast") / NAME
# Another inventory beside hosts.yml, as inventory/web-pair.yml; the same for every verb.
MORE_INVENTORY = os.environ.get("LAB_INVENTORY", "")
CACHE = Path(os.environ.get("LAB_CACHE", "/var/cache/holdfast"))
LOCKS = Path("/run/holdfast")  # root's alone, unlike /run/lock
SSH = STATE / "ssh"
LOGS = PROJECT / "results" / "lab" / NAME
BRIDGE = "br0"
IMAGE_DAYS = 7  # lab/up renews an older image: its packages lack security updates
PROXY_PORT = 3142

GIB = 1024**3
DISK_NEEDED = 12 * GIB
DISK_MORE = 2 * GIB
MEMORY_NEEDED = 5.5 * GIB  # what a machine of 6 GiB has to give


def problems():
    """What is wrong with the settings, in words to act on; empty when nothing is."""
    if not re.fullmatch(r"[a-z][a-z0-9]{0,5}", NAME):
        yield f"LAB_NAME={NAME!r}: one to six of a-z and 0-9, a letter first"
    if MORE_INVENTORY and not (PROJECT / MORE_INVENTORY).is_file():
        yield f"LAB_INVENTORY={MORE_INVENTORY!r}: there is no such file in {PROJECT}"
    if not CACHE.is_absolute() or any(mark in str(CACHE) for mark in ":,\\"):
        yield f"LAB_CACHE={str(CACHE)!r}: a whole path, without any of : , \\ (an overlay's layers are told apart by them)"
    if not (PORT.isdigit() and 0 < int(PORT) < 65536):
        yield f"LAB_PORT={PORT!r}: a port number, 1 to 65535"
