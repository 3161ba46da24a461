"""Searches results/ for secrets of the system and tokens of users, because people share the files in results/."""

import re

from . import settings

TOKEN = re.compile(rb"eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{20,}")


def secrets():
    """Returns name → value of the project's secrets. Empty if their file is encrypted."""
    import yaml  # here, because a new host has no yaml before host.install()

    path = settings.PROJECT / "group_vars/all/secrets.yml"
    found = yaml.safe_load(path.read_text()) if path.exists() else None
    return found if isinstance(found, dict) else {}


def leaks(folder, known, since=0.0):
    """Yields (name, file) for each of the `known` secrets and each token in a file below the folder that was written after `since` (seconds since 1970)."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.stat().st_mtime >= since:
            content = path.read_bytes()
            yield from ((name, path) for name, value in known.items() if str(value).encode() in content)
            if TOKEN.search(content):
                yield "a token", path
