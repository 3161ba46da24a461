"""Writes files that several verbs read at once, and makes folders that only root may read."""

import os

from . import settings
from .progress import Trouble


def write(path, text, mode=0o644, times=None):
    """Replaces a file by a rename, so that a reader sees the whole old text or the whole new one."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.chmod(mode)
        if times:
            os.utime(unfinished, times)
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def private(folder):
    """Makes the folder if it is missing, and closes it to everybody but root. Raises Trouble if others could already write to it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    facts = folder.stat()
    if folder.lstat().st_uid or facts.st_uid or facts.st_mode & 0o022:
        raise Trouble(f"{folder} is another user's, or others may write to it. The lab needs a folder that only root can write to. Remove this folder"
                      + (", or set LAB_CACHE to another one" if folder == settings.CACHE else ""))
    if facts.st_mode & 0o777 != 0o700:
        folder.chmod(0o700)
