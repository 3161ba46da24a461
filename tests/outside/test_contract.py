"""Tests of the API's contract for users and searches, through nginx, the VIP and the database."""

import json

import pytest

USER = {"first_name": "Анна", "second_name": "Ёжикова", "birthdate": "1990-02-28", "biography": "строка", "city": "Псков",
        "password": "correct horse battery"}


def test_a_user_registers_signs_in_and_is_found(system):
    status, headers, text = system.request("POST", "/user/register", USER)
    assert status == 200, text
    user_id = json.loads(text)["user_id"]
    status, _, text = system.request("GET", f"/user/get/{user_id}")
    assert status == 200
    assert json.loads(text).items() >= {"id": user_id, **{key: value for key, value in USER.items() if key != "password"}}.items()
    status, _, text = system.request("POST", "/login", {"id": user_id, "password": USER["password"]})
    assert status == 200 and json.loads(text)["token"]
    status, _, text = system.request("POST", "/login", {"id": user_id, "password": "not the password"})
    assert status == 401
    assert USER["password"] not in text


def test_search_returns_all_matches_ordered_by_id(system):
    status, headers, text = system.request("GET", "/user/search", first_name="Л", last_name="З")
    assert status == 200
    users = json.loads(text)
    counted = int(system.sql(system.leader(), "SELECT count(*) FROM core.users WHERE first_name ^@ 'Л' AND second_name ^@ 'З'"))
    assert len(users) == counted > 0
    assert [user["id"] for user in users] == sorted(user["id"] for user in users)
    assert all(user["first_name"][0] == "Л" and user["second_name"][0] == "З" for user in users)
    assert json.loads(system.request("GET", f"/user/get/{users[0]['id']}")[2]) == users[0]


def test_nginx_ignores_the_clients_request_id(system):
    _, headers, _ = system.request("GET", "/user/search", headers={"X-Request-Id": "mine"}, first_name="Ъ", last_name="Ъ")
    assert len(headers["X-Request-Id"]) == 32 and headers["X-Request-Id"] != "mine"


@pytest.mark.parametrize("method, path, body, query, status", [
    ("GET", "/user/get/not-a-uuid", None, {}, 400),
    ("GET", "/user/get/00000000-0000-0000-0000-000000000000", None, {}, 404),
    ("GET", "/user/search", None, {"first_name": "А"}, 400),
    ("GET", "/user/search", None, {"first_name": "А", "last_name": " "}, 400),
    ("GET", "/user/search", None, {"first_name": "А\0", "last_name": "Б"}, 400),
    ("GET", "/user/search", None, {"first_name": "А", "last_name": "Б", "limit": "0"}, 400),
    ("POST", "/user/register", b"{", {}, 400),
    ("POST", "/user/register", {**USER, "first_name": "А\0"}, {}, 400),
    ("POST", "/user/register", {**USER, "birthdate": "31.12.1990"}, {}, 400),
    ("POST", "/user/register", b" " * 70000, {}, 413),
    ("POST", "/login", {"id": "00000000-0000-0000-0000-000000000000", "password": "12345678"}, {}, 404),
    ("GET", "/actuator/health", None, {}, 404),
    ("DELETE", "/user/search", None, {}, 405),
])
def test_a_bad_request_gets_an_error_as_the_contract_describes(system, method, path, body, query, status):
    answered, headers, text = system.request(method, path, body, **query)
    assert answered == status, text
    error = json.loads(text)
    assert set(error) == {"message", "request_id", "code"}
    assert error["code"] == status and error["request_id"] == headers["X-Request-Id"] and error["message"]


@pytest.mark.parametrize("prefix", ["%", "_", "\\", "'", "А%"])
def test_special_characters_in_a_prefix_have_no_meaning(system, prefix):
    status, _, text = system.request("GET", "/user/search", first_name=prefix, last_name="А")
    assert (status, json.loads(text)) == (200, [])


def test_search_uses_an_index_for_any_two_prefixes(system, until):
    """PostgreSQL counts its scans. No server, replica or primary, may read the whole table for any of these pairs."""
    pairs = [("А", "Б"), ("А", "Иван"), ("Алекс", "И"), ("Ъ", "Ъ"), ("Александр", "Иванов"), ("𐐀", "А")]

    def scans():
        counted = [system.sql(name, "SELECT seq_scan, idx_scan FROM pg_stat_user_tables WHERE relname = 'users'") for name in system.groups["database"]]
        return [sum(column) for column in zip(*(map(int, line.split("|")) for line in counted))]

    sequential, by_index = scans()
    for first, last in pairs * 8:
        # nginx would answer from its cache, without a scan.
        assert system.request("GET", "/user/search", headers={"Cache-Control": "no-store"}, first_name=first, last_name=last)[0] == 200
    # A session reports its counts only when it has been idle for some seconds.
    until(lambda: scans()[1] >= by_index + len(pairs) * 8, 40)
    after = scans()
    assert after[1] >= by_index + len(pairs) * 8
    assert after[0] == sequential
