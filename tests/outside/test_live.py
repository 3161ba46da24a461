"""Tests of the live feed through nginx, as api/asyncapi.yaml describes it."""

import json

import pytest
import websocket
import yaml
from jsonschema import Draft202012Validator

from conftest import ROOT

NOBODY = "00000000-0000-0000-0000-000000000000"
EVENT = Draft202012Validator(yaml.safe_load((ROOT / "api/asyncapi.yaml").read_text())["components"]["schemas"]["PostEvent"],
                             format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.fixture(scope="module")
def friends(system):
    """Two users. The first has the second as a friend."""
    reader, writer = system.person("Лада"), system.person("Марк")
    reader.must("PUT", f"/friend/set/{writer.id}")
    return reader, writer


def received(socket):
    """Waits for the next post and returns it."""
    event = json.loads(socket.recv())
    EVENT.validate(event)
    return event


@pytest.mark.parametrize("as_a_page_does", [False, True], ids=["token in a header", "token in the query"])
def test_a_friends_new_post_arrives_once(friends, as_a_page_does):
    reader, writer = friends
    socket = reader.live(as_a_page_does)
    other = reader.live()
    try:
        reader.must("POST", "/post/create", {"text": "one's own post doesn't come"})
        posts = [writer.must("POST", "/post/create", {"text": f"новость {number}"}) for number in range(5)]
        expected = [{"postId": post, "postText": f"новость {number}", "author_user_id": writer.id} for number, post in enumerate(posts)]
        assert [received(socket) for _ in posts] == expected
        assert [received(other) for _ in posts] == expected
    finally:
        socket.close()
        other.close()


def test_missed_posts_arrive_first(friends):
    reader, writer = friends
    posts = [writer.must("POST", "/post/create", {"text": f"while away {number}"}) for number in range(4)]
    socket = reader.live(after=posts[1])
    try:
        latest = writer.must("POST", "/post/create", {"text": "back again"})
        assert [received(socket)["postId"] for _ in range(3)] == [*posts[2:], latest]
    finally:
        socket.close()


@pytest.mark.parametrize("query", [{"after": "17"}, {"after": ""}, {"after": NOBODY}], ids=str)
def test_an_after_that_is_not_a_post_is_refused(friends, query):
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        friends[0].live(**query)
    assert refused.value.status_code == 400


def test_a_bad_token_in_the_query_is_refused_as_the_contract_describes(system):
    status, headers, _ = system.request("GET", "/post/feed/posted", headers={"Connection": "Upgrade", "Upgrade": "websocket"}, access_token="nonsense")
    assert status == 401 and headers["WWW-Authenticate"].startswith("Bearer")


def test_a_message_that_is_too_big_ends_the_connection(friends):
    socket = friends[0].live()
    with pytest.raises((websocket.WebSocketConnectionClosedException, ConnectionError)):
        socket.send("x" * 10_000_000)
        opcode, data = socket.recv_data()
        assert opcode == websocket.ABNF.OPCODE_CLOSE and int.from_bytes(data[:2], "big") in (1008, 1009)
        socket.recv()


def test_no_journal_has_a_token_of_the_query(system, friends):
    reader = friends[0]
    reader.live(as_a_page_does=True).close()
    for machine in system.groups["web"] + system.groups["core"]:
        found = system.shell(machine, f"journalctl --quiet --grep={reader.token[:60]} --lines=1 --output=cat || test $? -eq 1")
        assert not found, f"the token is in the journal of {machine}: {found}"


def test_a_reload_of_nginx_ends_old_connections_after_a_while(system, friends, until):
    """Otherwise the old workers would run after each reload for as long as a page is open."""
    (web, *_) = system.groups["web"]
    workers = "pgrep --parent $(systemctl show --property=MainPID --value nginx) | sort"
    old = set(system.shell(web, workers).split())
    socket = friends[0].live()
    try:
        system.shell(web, "systemctl reload nginx")
        assert until(lambda: not old & set(system.shell(web, workers).split()), system.fact("timeout_web_reload") + 20)
        with pytest.raises((websocket.WebSocketConnectionClosedException, ConnectionError)):
            socket.recv()
    finally:
        socket.close()
