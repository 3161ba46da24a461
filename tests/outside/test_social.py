"""Tests of friends, posts, feeds and dialogs through nginx."""

import json
import uuid

import pytest

from conftest import token

NOBODY = "00000000-0000-0000-0000-000000000000"
LONGEST = "я" * 10_000
TROUBLESOME = ["", "   ", LONGEST + "я", "а\0б", None, 17]


@pytest.fixture(scope="module")
def friends(system):
    """Two users. The first has the second as a friend."""
    first, second = system.person("Вера"), system.person("Глеб")
    first.must("PUT", f"/friend/set/{second.id}")
    return first, second


def test_a_friend_can_be_set_and_deleted_repeatedly(two):
    anna, boris = two
    for verb in ("set", "set", "delete", "delete"):
        assert anna.must("PUT", f"/friend/{verb}/{boris.id}") is None


def test_the_feed_has_the_posts_of_friends_newest_first_and_in_pages(system):
    reader, writer, stranger = system.person("Дарья"), system.person("Егор"), system.person("Жанна")
    reader.must("PUT", f"/friend/set/{writer.id}")
    stranger.must("POST", "/post/create", {"text": "not for the reader"})
    reader.must("POST", "/post/create", {"text": "the reader's own"})
    written = [writer.must("POST", "/post/create", {"text": f"post {number}"}) for number in range(5)]
    feed = reader.must("GET", "/post/feed", offset=0, limit=1000)
    assert feed == [{"id": written[number], "text": f"post {number}", "author_user_id": writer.id} for number in (4, 3, 2, 1, 0)]
    pages = [reader.must("GET", "/post/feed", offset=offset, limit=2) for offset in (0, 2, 4, 5, 10**9)]
    assert pages == [feed[:2], feed[2:4], feed[4:], [], []]
    assert reader.must("GET", "/post/feed") == feed
    writer.must("PUT", "/post/update", {"id": written[0], "text": "changed"})
    writer.must("PUT", f"/post/delete/{written[4]}")
    assert [post["text"] for post in reader.must("GET", "/post/feed")] == ["post 3", "post 2", "post 1", "changed"]
    reader.must("PUT", f"/friend/delete/{writer.id}")
    assert reader.must("GET", "/post/feed") == []
    assert writer.must("GET", "/post/feed") == [], "a friendship is directed"


def test_a_post_is_read_changed_and_deleted(two, system):
    anna, boris = two
    post = anna.must("POST", "/post/create", {"text": LONGEST})
    assert json.loads(system.request("GET", f"/post/get/{post}")[2]) == {"id": post, "text": LONGEST, "author_user_id": anna.id}
    assert boris.must("GET", f"/post/get/{post}")["text"] == LONGEST
    anna.must("PUT", "/post/update", {"id": post, "text": "short"})
    assert anna.must("GET", f"/post/get/{post}")["text"] == "short"
    anna.must("PUT", f"/post/delete/{post}")
    anna.must("PUT", f"/post/delete/{post}")  # the repeated request succeeds too
    for method, path, body in (("GET", f"/post/get/{post}", None), ("PUT", "/post/update", {"id": post, "text": "again"})):
        assert anna.ask(method, path, body)[0] == 404


def test_another_users_post_is_not_found(two):
    anna, boris = two
    post = anna.must("POST", "/post/create", {"text": "mine"})
    assert boris.ask("PUT", "/post/update", {"id": post, "text": "yours"})[0] == 404
    assert boris.ask("PUT", f"/post/delete/{post}")[0] == 404
    assert anna.must("GET", f"/post/get/{post}")["text"] == "mine"


def test_only_the_two_users_of_a_dialog_see_it(system):
    anna, boris, other = system.person("Зоя"), system.person("Иван"), system.person("Клим")
    texts = [(anna, boris, "one"), (boris, anna, "two"), (anna, boris, LONGEST)]
    for sender, receiver, text in texts:
        assert sender.must("POST", f"/dialog/{receiver.id}/send", {"text": text}) is None
    expected = [{"from": sender.id, "to": receiver.id, "text": text} for sender, receiver, text in texts]
    assert anna.must("GET", f"/dialog/{boris.id}/list") == expected
    assert boris.must("GET", f"/dialog/{anna.id}/list") == expected
    assert other.must("GET", f"/dialog/{anna.id}/list") == []


def test_a_long_dialog_has_pages_from_the_newest_to_the_oldest(two):
    anna, boris = two
    for number in range(7):
        anna.must("POST", f"/dialog/{boris.id}/send", {"text": f"message {number}"})
    texts, query = [], {"limit": 3}
    while query:
        status, page, headers = boris.ask("GET", f"/dialog/{anna.id}/list", **query)
        assert status == 200
        texts.append([message["text"] for message in page])
        query = {"limit": 3, "before": headers["X-Next-Before"]} if "X-Next-Before" in headers else None
    assert texts == [["message 4", "message 5", "message 6"], ["message 1", "message 2", "message 3"], ["message 0"]]


REFUSED = [
    ("PUT", "/friend/set/17", None, {}, 400),
    ("PUT", "/friend/set/{me}", None, {}, 400),
    ("PUT", f"/friend/set/{NOBODY}", None, {}, 404),
    ("PUT", "/friend/delete/17", None, {}, 400),
    ("POST", "/post/create", b"{", {}, 400),
    ("POST", "/post/create", b" " * 70000, {}, 413),
    ("PUT", "/post/update", {"id": "17", "text": "text"}, {}, 400),
    ("PUT", "/post/update", {"id": NOBODY, "text": "text"}, {}, 404),
    ("PUT", "/post/delete/17", None, {}, 400),
    ("PUT", f"/post/delete/{NOBODY}", None, {}, 404),
    ("GET", "/post/get/17", None, {}, 400),
    ("GET", f"/post/get/{NOBODY}", None, {}, 404),
    *(("GET", "/post/feed", None, {name: value}, 400) for name, value in (
        ("offset", "-1"), ("offset", "x"), ("offset", ""), ("limit", "0"), ("limit", "1001"), ("limit", "-1"), ("limit", "x"))),
    ("POST", f"/dialog/{NOBODY}/send", {"text": "text"}, {}, 404),
    ("POST", "/dialog/17/send", {"text": "text"}, {}, 400),
    ("POST", "/dialog/{me}/send", {"text": "text"}, {}, 400),
    ("GET", "/dialog/17/list", None, {}, 400),
    *(("GET", "/dialog/{other}/list", None, {name: value}, 400) for name, value in (
        ("limit", "0"), ("limit", "1001"), ("limit", "x"), ("before", "x"), ("before", ""))),
    *(("POST", "/post/create", {"text": text}, {}, 400) for text in TROUBLESOME),
    *(("PUT", "/post/update", {"id": NOBODY, "text": text}, {}, 400) for text in TROUBLESOME),
    *(("POST", "/dialog/{other}/send", {"text": text}, {}, 400) for text in TROUBLESOME),
    ("GET", "/post/feed/posted", None, {}, 426),
    ("GET", "/post/feed/posted", None, {"after": NOBODY}, 400),
    ("DELETE", f"/post/delete/{NOBODY}", None, {}, 405),
    ("GET", f"/friend/set/{NOBODY}", None, {}, 405),
]


@pytest.mark.parametrize("method, path, body, query, status", REFUSED, ids=lambda value: str(value)[:40])
def test_a_bad_request_gets_an_error_as_the_contract_describes(two, method, path, body, query, status):
    anna, boris = two
    answered, error, _ = anna.ask(method, path.format(me=anna.id, other=boris.id), body, **query)
    assert answered == status, error


PRIVATE = [("PUT", f"/friend/set/{NOBODY}", None), ("PUT", f"/friend/delete/{NOBODY}", None), ("POST", "/post/create", {"text": "text"}),
           ("PUT", "/post/update", {"id": NOBODY, "text": "text"}), ("PUT", f"/post/delete/{NOBODY}", None), ("GET", "/post/feed", None),
           ("POST", f"/dialog/{NOBODY}/send", {"text": "text"}), ("GET", f"/dialog/{NOBODY}/list", None), ("GET", "/post/feed/posted", None)]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic YTpi"}], ids=str)
@pytest.mark.parametrize("method, path, body", PRIVATE, ids=[f"{method} {path}" for method, path, _ in PRIVATE])
def test_a_private_operation_needs_a_token(system, method, path, body, headers):
    status, answered, _ = system.request(method, path, body, headers)
    assert status == 401
    assert answered["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("made", [
    lambda subject: token(subject, lives_s=-600),
    lambda subject: token(subject, secret="another secret of sufficient length"),
    lambda subject: token(subject, algorithm="none"),
    lambda subject: token(subject, algorithm="HS512"),
    lambda subject: token(NOBODY),
    lambda subject: token("not-a-uuid"),
], ids=["expired", "forged", "alg none", "other algorithm", "of nobody", "of no id"])
def test_a_bad_token_is_refused_but_ignored_by_public_operations(two, made):
    anna, _ = two
    post = anna.must("POST", "/post/create", {"text": "text"})
    bad = {"Authorization": f"Bearer {made(anna.id)}"}
    assert anna.ask("GET", "/post/feed", headers=bad)[0] == 401
    assert anna.ask("POST", "/post/create", {"text": "text"}, bad)[0] == 401
    assert anna.ask("GET", f"/post/get/{post}", headers=bad)[0] == 200


def test_the_token_of_a_deleted_user_is_refused(system, until):
    gone = system.person("Ушедший")
    assert gone.ask("GET", "/post/feed")[0] == 200
    system.sql(system.leader(), f"DELETE FROM core.users WHERE id = '{gone.id}'")
    # A node caches for a while that the user exists.
    assert until(lambda: gone.ask("GET", "/post/feed")[0] == 401, 90)


def test_the_same_key_creates_one_post_and_one_message(two, system):
    anna, boris = two
    key = {"Idempotency-Key": f"key-{uuid.uuid4()}"}
    posts = {anna.ask("POST", "/post/create", {"text": "once"}, key)[:2] for _ in range(4)}
    assert len(posts) == 1 and next(iter(posts))[0] == 200
    assert int(system.sql(system.leader(), f"SELECT count(*) FROM core.posts WHERE author_id = '{anna.id}' AND text = 'once'")) == 1
    assert boris.ask("POST", "/post/create", {"text": "once"}, key)[1] not in {post for _, post in posts}, "the same key of two users must not collide"
    text = f"once {uuid.uuid4()}"
    assert [anna.ask("POST", f"/dialog/{boris.id}/send", {"text": text}, key)[0] for _ in range(4)] == [200] * 4
    assert [message["text"] for message in anna.must("GET", f"/dialog/{boris.id}/list")].count(text) == 1


def test_the_same_key_with_another_text_is_a_conflict(two):
    anna, boris = two
    key = {"Idempotency-Key": f"key-{uuid.uuid4()}"}
    for path in ("/post/create", f"/dialog/{boris.id}/send"):
        assert anna.ask("POST", path, {"text": "one"}, key)[0] == 200
        assert anna.ask("POST", path, {"text": "other"}, key)[0] == 409


@pytest.mark.parametrize("key", ["", "with space", "k" * 256, "ключ".encode().decode("latin-1")], ids=["empty", "space", "long", "not ASCII"])
def test_a_malformed_key_is_refused(two, key):
    anna, _ = two
    assert anna.ask("POST", "/post/create", {"text": "text"}, {"Idempotency-Key": key})[0] == 400


def test_two_registrations_with_the_same_key_make_one_user(system):
    user = {"first_name": "Лия", "second_name": "Ёжикова", "birthdate": "1990-02-28", "biography": "", "city": "Псков",
            "password": "correct horse battery"}
    key = {"Idempotency-Key": f"key-{uuid.uuid4()}"}
    first, second = (json.loads(system.request("POST", "/user/register", user, key)[2])["user_id"] for _ in range(2))
    assert first == second


def test_a_user_sees_each_own_write_at_once(friends):
    """The test repeats the writes and reads, so that every node and every replica gets some of the requests."""
    reader, writer = friends
    for number in range(30):
        post = writer.must("POST", "/post/create", {"text": f"first {number}"})
        assert writer.must("GET", f"/post/get/{post}")["text"] == f"first {number}"
        writer.must("PUT", "/post/update", {"id": post, "text": f"second {number}"})
        assert writer.must("GET", f"/post/get/{post}")["text"] == f"second {number}"
        assert reader.must("GET", "/post/feed", limit=1)[0]["text"] == f"second {number}"
        writer.must("POST", f"/dialog/{reader.id}/send", {"text": f"message {number}"})
        assert writer.must("GET", f"/dialog/{reader.id}/list", limit=1)[0]["text"] == f"message {number}"
        verb = ("delete", "set")[number % 2]
        reader.must("PUT", f"/friend/{verb}/{writer.id}")
        assert bool(reader.must("GET", "/post/feed", limit=1)) == (verb == "set")
        reader.must("PUT", f"/friend/set/{writer.id}")
