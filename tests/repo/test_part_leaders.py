"""Tests of part_leaders.py: which member takes etcd's lead from the machine that leads the database, and when no member has to."""

import importlib.util
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "roles/patroni/files/part_leaders.py"
SPEC = importlib.util.spec_from_file_location("part_leaders", SCRIPT)
part_leaders = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(part_leaders)


class Member:
    """A fake member of etcd. For each path it gives the answer in `answers`, or 404 if there is none."""

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                path = self.path.rsplit("/", 1)[1]
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append((path, body))
                answer = outer.answers.get(path)
                self.send_response(404 if answer is None else 200)
                self.end_headers()
                self.wfile.write(json.dumps(answer or {"message": "no"}).encode())

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def status(own, leader, index=1000, **more):
    return {"header": {"member_id": own}, "leader": leader, "raftIndex": str(index), **more}


@pytest.fixture
def etcd():
    """The fake members 1 to 3 of a cluster. 1 leads, 2 and 3 follow. Member 4 is listed, but was never started."""
    members = [Member(), Member(status=status("2", "1")), Member(status=status("3", "1"))]
    known = [{"ID": str(number), "name": f"db{number}", "clientURLs": [member.url]} for number, member in enumerate(members, 1)]
    members[0].answers = {"status": status("1", "1"), "list": {"members": [{"ID": "4"}, *known]}, "transfer-leadership": {"header": {}}}
    yield members
    for member in members:
        member.server.shutdown()
        member.server.server_close()


def given(member):
    return [body["targetID"] for path, body in member.asked if path == "transfer-leadership"]


def test_the_first_follower_gets_the_lead(etcd):
    assert part_leaders.part(etcd[0].url) == "db2"
    assert given(etcd[0]) == ["2"]


@pytest.mark.parametrize("unfit", [
    None,  # the fake answers with an error
    status("2", "9"),
    status("2", "1", index=800),
    status("2", "1", errors=["NOSPACE"]),
])
def test_a_member_that_can_not_lead_is_skipped(etcd, unfit):
    etcd[1].answers["status"] = unfit
    assert part_leaders.part(etcd[0].url) == "db3"


def test_nothing_happens_if_another_machine_leads_etcd(etcd):
    etcd[0].answers["status"] = status("1", "2")
    assert part_leaders.part(etcd[0].url) is None
    assert given(etcd[0]) == []


def test_the_error_names_the_request_that_failed(etcd):
    del etcd[0].answers["transfer-leadership"]
    with pytest.raises(OSError, match="transfer-leadership: 404 .*no"):
        part_leaders.part(etcd[0].url)
