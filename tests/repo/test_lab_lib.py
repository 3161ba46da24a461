"""Tests of lab/lib without a lab: files that several verbs use at once, the folders' rights, the images' age."""

import fcntl
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from lab.lib import files, host, images, progress, settings
from lab.lib.progress import Trouble

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    """Puts the lab's folders into the test's own folder."""
    monkeypatch.setattr(settings, "STATE", tmp_path / "state/lab")
    monkeypatch.setattr(settings, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(settings, "LOCKS", tmp_path / "locks")


def test_a_reader_never_sees_half_of_the_owners_name():
    host.claim()
    ended = threading.Event()

    def claim():
        while not ended.is_set():
            host.claim()

    writer = threading.Thread(target=claim)
    writer.start()
    try:
        for _ in range(3000):
            assert (settings.STATE / "project").read_text() == str(settings.PROJECT)
    finally:
        ended.set()
        writer.join()


def test_a_check_of_the_owner_writes_nothing():
    host.claim()
    before = (settings.STATE / "project").stat().st_ino
    host.check_owner()
    assert (settings.STATE / "project").stat().st_ino == before


def test_two_verbs_that_change_the_same_machine_take_turns():
    order = []

    def second():
        with host.turn("machine-web1"):
            order.append("second")

    with host.turn("machine-web1"):
        waiting = threading.Thread(target=second)
        waiting.start()
        with host.turn("machine-web2"):
            order.append("another machine")
        order.append("first")
    waiting.join(30)
    assert order == ["another machine", "first", "second"]


def test_only_root_may_read_the_labs_folders():
    settings.STATE.parent.mkdir(mode=0o755)
    settings.CACHE.mkdir(mode=0o755)
    host.claim()
    with host.lock():
        assert [path.stat().st_mode & 0o777 for path in (settings.STATE.parent, settings.CACHE, settings.LOCKS)] == [0o700] * 3


@pytest.mark.parametrize("spoil, message", [
    (lambda folder: folder.chmod(0o1777), "others may write to it"),
    (lambda folder: os.chown(folder, 65534, 65534), "is another user's"),
    (lambda folder: (folder / "letters").mkdir(), "holds other things (letters)"),
])
def test_a_cache_that_others_use_is_refused(spoil, message):
    settings.CACHE.mkdir()
    spoil(settings.CACHE)
    with pytest.raises(Trouble) as refused:
        host.check_folders()
    assert message in str(refused.value)


def test_every_verb_runs_with_an_ordinary_umask(monkeypatch):
    before = os.umask(0o077)
    try:
        with pytest.raises(SystemExit) as ended:
            monkeypatch.setenv("LC_ALL", "C")
            progress.main(lambda _: os.umask(0o077))
        assert ended.value.code == 0o022 and os.environ["LC_ALL"] == "C.UTF-8"
    finally:
        os.umask(before)


def test_drills_are_refused_after_a_failed_lab_up_only(monkeypatch):
    monkeypatch.setattr(host, "check_up", lambda: None)
    settings.STATE.mkdir(parents=True)
    host.check_whole()  # after `lab/up --bare` and site.yml by hand, drills may run
    host.unfinished().touch()
    with pytest.raises(Trouble, match="run it again"):
        host.check_whole()


def test_every_verb_uses_utf8_in_any_locale():
    verbs = [path for path in (ROOT / "lab").iterdir() if path.is_file() and path.suffix != ".py"]
    assert {path.read_text(encoding="utf-8").splitlines()[0] for path in verbs} == {"#!/usr/bin/python3 -Xutf8"}


@pytest.mark.parametrize("folder, refused", [("/srv/a cache", False), ("/srv/a:b", True), ("/srv/a,b", True), ("cache", True)])
def test_a_cache_whose_path_no_overlay_can_use_is_refused(monkeypatch, folder, refused):
    monkeypatch.setattr(settings, "CACHE", Path(folder))
    assert any("LAB_CACHE" in problem for problem in settings.problems()) is refused


@pytest.fixture
def installed(monkeypatch):
    """The names of the images made so far. If the test puts "fails" first, making the next image fails."""
    settings.CACHE.mkdir()
    monkeypatch.setattr(images, "sources", lambda: ["deb http://mirror/debian trixie main"])
    done = []

    def install(root, *_):
        if done[:1] == ["fails"]:
            raise Trouble("no mirror answers")
        (root / "etc/apt").mkdir(parents=True)
        done.append(root.name)

    monkeypatch.setattr(images, "install", install)
    return done


def grown_old():
    """Makes an image that is too old. Returns its path."""
    image = images.base()
    old = image.with_name(image.name.rpartition("-")[0])  # a name without a date, as older versions gave it
    image.rename(old)
    long_ago = time.time() - (settings.IMAGE_DAYS + 1) * 86400
    os.utime(old / "etc/apt/sources.list", (long_ago, long_ago))
    while images._held:  # this process no longer uses it
        os.close(images._held.pop())
    return old


def test_an_old_image_is_renewed_and_removed(installed):
    old = grown_old()
    assert images.base() == old, "only lab/up renews"
    new = images.base(renew=True)
    assert new != old and not old.exists() and images.base() == images.base(renew=True) == new
    assert len(installed) == 2


def test_an_image_that_a_machine_of_any_lab_uses_is_kept(installed):
    old = grown_old()
    machine = settings.STATE.parent / "other/machines/db1"
    machine.mkdir(parents=True)
    files.write(machine / "ready", str(old))
    assert images.base(renew=True) != old and old.exists()
    (machine / "ready").unlink()
    images.base(renew=True)
    assert not old.exists()


def test_a_machine_that_is_being_removed_keeps_no_image(installed):
    old = grown_old()
    machine = settings.STATE.parent / "other/machines/db1"
    machine.mkdir(parents=True)
    (machine / "ready").symlink_to("gone")  # the file is listed, but can't be read any more
    assert images.base(renew=True) != old and not old.exists()


def test_no_command_can_use_an_image_while_it_is_removed(installed, monkeypatch):
    old = grown_old()
    refused = []

    def enter(path):
        handle = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            refused.append(path.name)
        finally:
            os.close(handle)

    rename, remove = Path.rename, images.shutil.rmtree

    def renamed(path, target):
        if path == old:
            enter(path)
        return rename(path, target)

    def removed(path, **options):
        if path == old.with_suffix(f".{os.getpid()}"):
            enter(path)
        remove(path, **options)

    monkeypatch.setattr(Path, "rename", renamed)
    monkeypatch.setattr(images.shutil, "rmtree", removed)
    images.base(renew=True)
    assert len(refused) == 2 and not old.exists()


def test_a_command_chooses_again_if_its_chosen_image_is_removed(installed, monkeypatch):
    old = grown_old()
    chosen, waits = [], threading.Event()
    handle = os.open(old, os.O_RDONLY)
    flock = fcntl.flock
    flock(handle, fcntl.LOCK_EX)  # as lab/up does before it removes an image
    monkeypatch.setattr(fcntl, "flock", lambda file, how: (waits.set(), flock(file, how)))
    command = threading.Thread(target=lambda: chosen.append(images.base()))
    command.start()
    try:
        assert waits.wait(10)  # the command has opened the old image, and wants its lock
        new = old.with_name(f"{old.name}-{time.time():.0f}")
        (new / "etc/apt").mkdir(parents=True)
        (new / "etc/apt/sources.list").touch()
        old.rename(old.with_suffix(".gone"))
    finally:
        os.close(handle)
        command.join(10)
    assert chosen == [new]


def test_an_image_that_a_verb_has_chosen_is_kept_while_the_verb_runs(installed):
    old = grown_old()
    script = "import sys; from pathlib import Path; from lab.lib import images, settings\n" \
             "settings.CACHE = Path(sys.argv[1]); images.sources = lambda: ['deb http://mirror/debian trixie main']\n" \
             "print(images.base(), flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", script, settings.CACHE], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as verb:
        assert verb.stdout.readline().strip() == str(old)
        assert images.base(renew=True) != old and old.exists()
        verb.stdin.close()
    images.base(renew=True)
    assert not old.exists()


def test_without_a_mirror_the_old_image_is_used(installed, capsys):
    old = grown_old()
    installed[:] = ["fails"]
    assert images.base(renew=True) == old
    assert "couldn't be renewed" in capsys.readouterr().err
