"""Who may take etcd's lead over from the machine that leads the database, and when nobody is asked to."""

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
    """A member of etcd as its gateway answers: what stands in `answers` for a path, or 404."""

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
    """Members 1, which leads, and 2 and 3, which follow; 4 was never started."""
    members = [Member(), Member(status=status("2", "1")), Member(status=status("3", "1"))]
    known = [{"ID": str(number), "name": f"db{number}", "clientURLs": [member.url]} for number, member in enumerate(members, 1)]
    members[0].answers = {"status": status("1", "1"), "list": {"members": [{"ID": "4"}, *known]}, "transfer-leadership": {"header": {}}}
    yield members
    for member in members:
        member.server.shutdown()
        member.server.server_close()


def given(member):
    return [body["targetID"] for path, body in member.asked if path == "transfer-leadership"]


def test_the_first_that_follows_gets_the_lead(etcd):
    assert part_leaders.part(etcd[0].url) == "db2"
    assert given(etcd[0]) == ["2"]


@pytest.mark.parametrize("unfit", [
    None,  # it doesn't answer
    status("2", "9"),
    status("2", "1", index=800),
    status("2", "1", errors=["NOSPACE"]),
])
def test_who_could_not_lead_is_passed_over(etcd, unfit):
    etcd[1].answers["status"] = unfit
    assert part_leaders.part(etcd[0].url) == "db3"


def test_nothing_is_done_where_etcd_is_led_elsewhere(etcd):
    etcd[0].answers["status"] = status("1", "2")
    assert part_leaders.part(etcd[0].url) is None
    assert given(etcd[0]) == []


def test_what_refuses_is_named(etcd):
    del etcd[0].answers["transfer-leadership"]
    with pytest.raises(OSError, match="transfer-leadership: 404 .*no"):
        part_leaders.part(etcd[0].url)
