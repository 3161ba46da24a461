"""The lab's own code, without a lab: what several verbs read and write at once, who may look into its folders, how old its images get."""

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
    """The lab's folders, in the test's own."""
    monkeypatch.setattr(settings, "STATE", tmp_path / "state/lab")
    monkeypatch.setattr(settings, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(settings, "LOCKS", tmp_path / "locks")


def test_the_owner_is_never_read_half_written():
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


def test_verbs_that_only_read_write_nothing():
    host.claim()
    before = (settings.STATE / "project").stat().st_ino
    host.check_owner()
    assert (settings.STATE / "project").stat().st_ino == before


def test_two_that_change_the_same_machine_take_turns():
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


def test_the_labs_folders_are_closed_to_others():
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
def test_a_cache_that_is_not_the_labs_alone_is_refused(spoil, message):
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


def test_drills_need_a_lab_up_that_came_to_its_end(monkeypatch):
    monkeypatch.setattr(host, "check_up", lambda: None)
    settings.STATE.mkdir(parents=True)
    host.check_whole()  # `lab/up --bare` and then site.yml by hand leave no mark either
    host.unfinished().touch()
    with pytest.raises(Trouble, match="run it again"):
        host.check_whole()


def test_every_verb_speaks_utf8_whatever_the_locale():
    verbs = [path for path in (ROOT / "lab").iterdir() if path.is_file() and path.suffix != ".py"]
    assert {path.read_text(encoding="utf-8").splitlines()[0] for path in verbs} == {"#!/usr/bin/python3 -Xutf8"}


@pytest.mark.parametrize("folder, refused", [("/srv/a cache", False), ("/srv/a:b", True), ("/srv/a,b", True), ("cache", True)])
def test_a_cache_that_no_machine_can_stand_on_is_named(monkeypatch, folder, refused):
    monkeypatch.setattr(settings, "CACHE", Path(folder))
    assert any("LAB_CACHE" in problem for problem in settings.problems()) is refused


@pytest.fixture
def installed(monkeypatch):
    """What was installed, by name of folder; `fails` as its first makes the next fail."""
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
    """An image that was made too long ago."""
    image = images.base()
    old = image.with_name(image.name.rpartition("-")[0])  # as it was called when images had no date
    image.rename(old)
    long_ago = time.time() - (settings.IMAGE_DAYS + 1) * 86400
    os.utime(old / "etc/apt/sources.list", (long_ago, long_ago))
    while images._held:  # as if another verb had chosen it
        os.close(images._held.pop())
    return old


def test_an_old_image_is_renewed_and_removed(installed):
    old = grown_old()
    assert images.base() == old, "only lab/up renews"
    new = images.base(renew=True)
    assert new != old and not old.exists() and images.base() == images.base(renew=True) == new
    assert len(installed) == 2


def test_an_image_that_a_machine_of_any_lab_stands_on_stays(installed):
    old = grown_old()
    machine = settings.STATE.parent / "other/machines/db1"
    machine.mkdir(parents=True)
    files.write(machine / "ready", str(old))
    assert images.base(renew=True) != old and old.exists()
    (machine / "ready").unlink()
    images.base(renew=True)
    assert not old.exists()


def test_a_machine_that_is_being_removed_stands_on_nothing(installed):
    old = grown_old()
    machine = settings.STATE.parent / "other/machines/db1"
    machine.mkdir(parents=True)
    (machine / "ready").symlink_to("gone")  # listed, and not there any more when it is read
    assert images.base(renew=True) != old and not old.exists()


def test_nobody_enters_an_image_while_it_is_removed(installed, monkeypatch):
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


def test_who_chose_an_image_that_is_just_removed_chooses_again(installed):
    old = grown_old()
    chosen = []
    handle = os.open(old, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)  # as lab/up does, beside which a command begins
    command = threading.Thread(target=lambda: chosen.append(images.base()))
    command.start()
    try:
        time.sleep(0.3)
        new = old.with_name(f"{old.name}-{time.time():.0f}")
        (new / "etc/apt").mkdir(parents=True)
        (new / "etc/apt/sources.list").touch()
        old.rename(old.with_suffix(".gone"))
    finally:
        os.close(handle)
        command.join(10)
    assert chosen == [new]


def test_an_image_that_a_verb_has_chosen_stays_while_the_verb_runs(installed):
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


def test_without_a_mirror_the_old_image_goes_on(installed, capsys):
    old = grown_old()
    installed[:] = ["fails"]
    assert images.base(renew=True) == old
    assert "couldn't be renewed" in capsys.readouterr().err
