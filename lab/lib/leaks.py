"""What runs leave in results/ is shown around: no secret of the system and no user's token may be in it."""

import re

from . import settings

TOKEN = re.compile(rb"eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{20,}")


def secrets():
    """Name → value of the project's secrets; none where they are encrypted."""
    import yaml  # not on a fresh host

    path = settings.PROJECT / "group_vars/all/secrets.yml"
    found = yaml.safe_load(path.read_text()) if path.exists() else None
    return found if isinstance(found, dict) else {}


def leaks(folder, known, since=0.0):
    """(what, file) of each of these secrets and of any token in the files below the folder that were written since."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.stat().st_mtime >= since:
            content = path.read_bytes()
            yield from ((name, path) for name, value in known.items() if str(value).encode() in content)
            if TOKEN.search(content):
                yield "a token", path
