"""Tests of the etcd role's tasks that decide whether etcd must be rebuilt, and from which member's data. etcd's commands are fakes."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
# The last number of the address is the number of the member.
ETCDCTL = """#!/bin/sh
for word; do case $word in --endpoints=*) member=${word##*.} ;; esac; done
member=${member%%:*}
case "$*" in
  *health*) [ -e "{folder}/db$member/healthy" ] ;;
  *status*) cat "{folder}/db$member/status" ;;
esac
"""
# The content of the file is its revision.
ETCDUTL = """#!/bin/sh
for word; do :; done
printf '{"revision":%s}' "$(cat "$word")" && [ -e "$word" ]
"""
TASKS = [
    {"name": "Survey", "include_role": {"name": "etcd", "tasks_from": "survey"}},
    {"name": "Choose", "include_role": {"name": "etcd", "tasks_from": "choose"}},
    {"name": "Keep", "copy": {"content": "{{ {'majority': _etcd_majority, 'kept': _etcd_kept} | to_json }}", "dest": "{{ result }}"}, "run_once": True},
]


class Members:
    """The fake members of a cluster."""

    def __init__(self, folder):
        self.folder, self.number = folder, 0
        for name, text in (("etcdctl", ETCDCTL), ("etcdutl", ETCDUTL)):
            (folder / name).write_text(text.replace("{folder}", str(folder)))
            (folder / name).chmod(0o755)

    def add(self, file=None, told=None, healthy=False):
        """Adds a member. `file` is the revision in its file (None: it has no file), `told` the revision that it reports (None: it doesn't answer)."""
        self.number += 1
        database = self.folder / f"db{self.number}/member/snap/db"
        database.parent.mkdir(parents=True)
        if file is not None:
            database.write_text(str(file))
        if told is not None:
            (self.folder / f"db{self.number}/status").write_text(json.dumps([{"Status": {"header": {"revision": told, "cluster_id": 7}}}]))
        if healthy:
            (self.folder / f"db{self.number}/healthy").touch()

    def judge(self):
        """Runs the tasks. Returns whether a majority works, and which members' data is kept if none works."""
        hosts = {f"db{number}": f"127.0.0.{number}" for number in range(1, self.number + 1)}
        inventory = {"etcd": {
            "hosts": {name: {"etcd_address": address} for name, address in hosts.items()},
            "vars": {"ansible_connection": "local", "etcd_members": hosts, "etcd_cluster_token": "test"}}}
        files = {"hosts.yml": inventory, "play.yml": [{"hosts": "etcd", "gather_facts": False, "any_errors_fatal": True, "tasks": TASKS}]}
        for name, content in files.items():
            (self.folder / name).write_text(yaml.safe_dump(content, sort_keys=False))
        result = self.folder / "result"
        values = {"_etcd_data_dir": f"{self.folder}/{{{{ inventory_hostname }}}}", "result": str(result)}
        done = subprocess.run(["ansible-playbook", "-i", f"{self.folder}/hosts.yml", "-e", json.dumps(values), f"{self.folder}/play.yml"],
                              cwd=ROOT, env={**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}"}, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        judged = json.loads(result.read_text())
        return judged["majority"], judged["kept"]


@pytest.fixture
def members(tmp_path):
    return Members(tmp_path)


def test_a_majority_with_content_is_kept(members):
    members.add(file=90, told=90, healthy=True)
    members.add(file=90, told=90, healthy=True)
    members.add()
    assert members.judge()[0] is True


def test_a_member_with_content_wins_over_an_empty_majority(members):
    """Seen with etcd 3.5: db3 doesn't become healthy in the new cluster, and doesn't answer."""
    members.add(file=0, told=1, healthy=True)
    members.add(file=0, told=1, healthy=True)
    members.add(file=21)
    assert members.judge() == (False, ["db3"])


def test_a_majority_that_does_not_answer_is_not_taken_for_an_empty_one(members):
    members.add(file=90, healthy=True)
    members.add(file=90, told=1, healthy=True)
    members.add(file=90)
    assert members.judge()[0] is True


def test_the_newest_data_of_several_survivors_is_kept(members):
    for revision in (None, 9, 100, 20, None, 1, 0):
        members.add(file=revision)
    assert members.judge() == (False, ["db3"])


def test_the_revision_that_a_survivor_reports_counts_too(members):
    """If the last changes were deletions and are compacted, the file alone shows an older revision than another member's file."""
    members.add(file=90, told=100)
    members.add(file=95, told=95)
    for _ in range(3):
        members.add()
    assert members.judge() == (False, ["db1"])


def test_a_survivor_without_a_file_is_not_kept(members):
    members.add(told=100)
    members.add(file=90, told=90)
    for _ in range(3):
        members.add()
    assert members.judge() == (False, ["db2"])


def test_all_survivors_are_kept_if_they_are_a_majority(members):
    members.add(file=90)
    members.add()
    members.add(file=100)
    assert members.judge() == (False, ["db3", "db1"])


def test_without_any_content_nothing_is_kept(members):
    members.add(file=0, told=1)
    members.add(file=0, told=1)
    members.add()
    assert members.judge() == (False, [])
