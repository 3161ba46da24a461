"""Tests of tend_etcd.py: when etcd's database is compacted, which member is defragmented, and which alarm is disarmed."""

import importlib.util
import json
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "roles/etcd/files/tend_etcd.py"
SPEC = importlib.util.spec_from_file_location("tend_etcd", SCRIPT)
tend_etcd = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(tend_etcd)

MIB = 1024 * 1024
QUOTA = 512 * MIB


class Cluster:
    """Three fake members of etcd; the first leads. Compaction frees all bytes except `keys`. Defragmentation gives the freed bytes back."""

    def __init__(self):
        self.size, self.used, self.keys = [MIB] * 3, [MIB] * 3, MIB
        self.alarms, self.done, self.leader = [], [], 0
        self.servers = [ThreadingTCPServer(("127.0.0.1", 0), self.handler(number)) for number in range(3)]
        self.urls = [f"http://127.0.0.1:{server.server_address[1]}" for server in self.servers]
        for server in self.servers:
            threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()

    def handler(self, number):
        cluster = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = cluster.answer(number, self.path.rsplit("/", 1)[1], body)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_):
                pass

        return Handler

    def answer(self, number, what, body):
        if what == "status":
            return {"header": {"member_id": str(number), "revision": "9"}, "leader": str(self.leader), "raftIndex": "10",
                    "dbSize": str(self.size[number]), "dbSizeInUse": str(self.used[number]),
                    "errors": [f"memberID:{alarm['memberID']} alarm:{alarm['alarm']} " for alarm in self.alarms]}
        if what == "list":
            return {"members": [{"ID": str(other), "name": f"db{other + 1}", "clientURLs": [url]} for other, url in enumerate(self.urls)]}
        if what == "alarm":
            if body["action"] == "DEACTIVATE":
                self.alarms = [alarm for alarm in self.alarms if alarm != {"memberID": body["memberID"], "alarm": body["alarm"]}]
            return {"alarms": self.alarms}
        self.done.append((what, number))
        if what == "compaction":
            self.used = [self.keys] * 3
        elif what == "defragment":
            self.size[number] = self.used[number]
        elif what == "transfer-leadership":
            self.leader = int(body["targetID"])
        return {}


@pytest.fixture
def cluster():
    made = Cluster()
    yield made
    for server in made.servers:
        server.shutdown()
        server.server_close()


def look(cluster):
    """Runs one look on every member. Returns the messages."""
    said = []
    for url in cluster.urls:
        tend_etcd.tend(url, QUOTA, said.append)
    return " | ".join(said)


def test_a_database_with_room_is_not_changed(cluster):
    assert look(cluster) == "" and cluster.done == []


def test_a_full_database_is_compacted_and_the_alarm_disarmed(cluster):
    cluster.size, cluster.used = [QUOTA + MIB] * 3, [QUOTA + MIB] * 3
    cluster.alarms = [{"memberID": "2", "alarm": "NOSPACE"}]
    said = look(cluster)
    assert cluster.alarms == [] and cluster.size == [MIB] * 3, said
    assert "NOSPACE is disarmed" in said


def test_the_leader_is_defragmented_after_another_member_took_the_lead(cluster):
    cluster.size = [QUOTA] * 3
    look(cluster)
    led = 0
    for what, number in cluster.done:
        led = 1 if what == "transfer-leadership" else led
        assert what != "defragment" or number != led
    assert cluster.done.count(("defragment", 0)) == 1 and cluster.leader == 1


def test_a_single_member_defragments_itself(cluster):
    """There is no other member that could take the lead first."""
    cluster.urls = cluster.urls[:1]
    cluster.size, cluster.used = [QUOTA + MIB], [QUOTA + MIB]
    cluster.alarms = [{"memberID": "0", "alarm": "NOSPACE"}]
    said = look(cluster)
    assert cluster.done == [("compaction", 0), ("defragment", 0)] and cluster.size == [MIB]
    assert cluster.alarms == [] and "NOSPACE is disarmed" in said


def test_a_leader_whose_followers_are_down_is_not_defragmented(cluster):
    """When the followers are back, one of them takes the lead first."""
    cluster.size = [QUOTA] * 3
    for server in cluster.servers[1:]:
        server.shutdown()
        server.server_close()
    tend_etcd.tend(cluster.urls[0], QUOTA, [].append)
    assert ("defragment", 0) not in cluster.done


def test_an_alarm_without_a_reason_is_disarmed_and_nothing_else_happens(cluster):
    cluster.alarms = [{"memberID": "1", "alarm": "NOSPACE"}]
    assert "disarmed" in look(cluster)
    assert cluster.alarms == [] and cluster.done == []


def test_an_alarm_of_a_member_that_is_down_is_disarmed(cluster):
    cluster.alarms = [{"memberID": "2", "alarm": "NOSPACE"}]
    cluster.servers[2].shutdown()
    cluster.servers[2].server_close()
    said = []
    tend_etcd.tend(cluster.urls[0], QUOTA, said.append)
    assert cluster.alarms == [], said


def test_the_alarm_stays_if_the_keys_fill_the_database(cluster):
    cluster.keys = QUOTA + MIB
    cluster.size, cluster.used = [QUOTA + MIB] * 3, [QUOTA + MIB] * 3
    cluster.alarms = [{"memberID": "0", "alarm": "NOSPACE"}]
    assert "NOSPACE stays" in look(cluster) and len(cluster.alarms) == 1


def test_a_full_file_that_is_half_used_is_defragmented_too(cluster):
    """Otherwise the alarm would stay, and nothing would say why."""
    cluster.keys = QUOTA * 3 // 4
    cluster.size = [QUOTA] * 3
    cluster.alarms = [{"memberID": "1", "alarm": "NOSPACE"}]
    said = look(cluster)
    assert cluster.size == [cluster.keys] * 3 and cluster.alarms == [], said


@pytest.mark.parametrize("keys", [QUOTA * 19 // 20, QUOTA - 1])
def test_keys_that_leave_almost_no_room_are_named_and_not_defragmented_again_and_again(cluster, keys):
    cluster.keys = keys
    cluster.size = [QUOTA] * 3
    cluster.alarms = [{"memberID": "0", "alarm": "NOSPACE"}]
    assert "NOSPACE stays" in look(cluster)
    assert len(cluster.alarms) == 1 and not any(what == "defragment" for what, _ in cluster.done)


def test_nothing_is_changed_while_the_alarm_corrupt_is_raised(cluster):
    cluster.alarms = [{"memberID": "0", "alarm": "CORRUPT"}, {"memberID": "0", "alarm": "NOSPACE"}]
    cluster.size = [QUOTA] * 3
    assert "CORRUPT" in look(cluster)
    assert len(cluster.alarms) == 2 and cluster.done == []
