"""Tests of the answers to searches that nginx keeps: they are never stale for over a second, mixed up or damaged."""

import contextlib
import gzip
import http.client
import json
import shlex
import time
import urllib.parse

import pytest

KEPT = "/var/cache/nginx/kept"
# A second nginx on the web machine, with the real configuration. Its cache has its own disk, which can be filled.
SECOND = "18099"
SMALL = "/mnt/kept"


def search_path(first="Ю", last="Ю", more=""):
    return "/user/search?" + urllib.parse.urlencode({"first_name": first, "last_name": last}) + more


def ask(system, path, headers=None, method="GET"):
    """Sends one request. Returns (status, headers, body as it was sent)."""
    connection = http.client.HTTPConnection(system.address(system.groups["web"][0]), system.fact("web_port"), timeout=30)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def fresh(system, path):
    """The answer as a node gives it now."""
    status, _, body = ask(system, path, {"Cache-Control": "no-store"})
    assert status == 200, body
    return body


def register(system, until, first, last):
    """Registers a user, and waits until every replica shows the user: until four answers of nodes in a row contain the user."""
    user = {"first_name": first, "second_name": last, "birthdate": "1990-02-28", "biography": "", "city": "Псков", "password": "correct horse battery"}
    user_id = json.loads(system.request("POST", "/user/register", user)[2])["user_id"]
    assert until(lambda: all(user_id in fresh(system, search_path(first, last)).decode() for _ in range(4)), 30), "a replica doesn't show the user"
    return user_id


def begin_second():
    """Waits until the next second begins. Only then does nginx ask a node again."""
    time.sleep(1 - time.time() % 1)


@pytest.fixture(scope="module")
def path(system, until):
    """A search that finds a user."""
    register(system, until, "Юлия", "Юдина")
    return search_path()


@pytest.fixture(scope="module")
def web(system):
    return system.groups["web"][0]


def kept_statuses(system, web, count):
    """What nginx's log says about the last searches: MISS, HIT, …"""
    lines = system.shell(web, "journalctl --output=cat SYSLOG_IDENTIFIER=nginx --lines=400").splitlines()
    logged = [json.loads(line) for line in lines if line.startswith('{"access"')]
    return [each["cache"] for each in logged if each["path"] == "/user/search" and "cache" in each][-count:]


def test_an_answer_is_kept_and_a_node_confirms_it(system, web, path, until):
    answers = []
    for _ in range(3):
        begin_second()
        answers += [ask(system, path) for _ in range(2)]
    assert {status for status, _, _ in answers} == {200} and len({body for _, _, body in answers}) == 1
    assert len({headers["X-Request-Id"] for _, headers, _ in answers}) == 6
    assert until(lambda: {"HIT", "REVALIDATED"} <= set(kept_statuses(system, web, 6)), 10), kept_statuses(system, web, 6)


def test_a_new_user_is_found_after_a_second_and_at_once_with_a_token(system, until):
    for number in range(5):
        prefixes = [search_path("Щ", "Ъ"), search_path("Щука", "Ъ"), search_path("Щ", "Ъ", "&limit=10000"), search_path("Щука" + "ы" * number, "Ъеров")]
        for each in prefixes:
            ask(system, each)  # from now on it is kept
        user = register(system, until, "Щука" + "ы" * number, "Ъеров")
        login = {"id": user, "password": "correct horse battery"}
        token = json.loads(system.request("POST", "/login", login)[2])["token"]
        for each in prefixes:
            assert user in ask(system, each, {"Authorization": f"Bearer {token}"})[2].decode(), each
        begin_second()
        for each in prefixes:
            assert user in ask(system, each)[2].decode(), each


def test_nothing_of_a_token_is_kept(system, web, two):
    path = search_path("Ч", "Ч", f"&after={two[0].id}")
    for headers in ({"Authorization": f"Bearer {two[0].token}"}, {"Authorization": "Bearer nonsense"}, {"Cache-Control": "no-store"}):
        ask(system, path, headers)
        assert system.shell(web, f"grep --recursive --count --text 'KEY:  {path}$' {KEPT} | grep -v ':0$' || true") == "", headers


def test_compressed_and_plain_answers_are_not_mixed_up(system, path):
    plain = fresh(system, path)
    for accepted, compressed in [("gzip", True), ("", False), ("gzip, deflate, br", True), ("identity", False), ("gzip;q=0", False), ("br", False),
                                 ("deflate, gzip;q=0.5", True), ("GZIP", True), ("*", False), ("gzip ;q=0", False), ("gzip ; q=1", True), ("br,gzip", True), ("gzip;q=0.0, br", False), ("notgzip", False)]:
        for _ in range(2):
            status, headers, body = ask(system, path, {"Accept-Encoding": accepted} if accepted else {})
            assert status == 200 and headers["Vary"] == "Accept-Encoding", accepted
            assert headers["Content-Encoding"] == ("gzip" if compressed else None), accepted
            assert (gzip.decompress(body) if compressed else body) == plain, accepted


def test_keys_are_not_mixed_up(system, until):
    """Each spelling of a search gets the right answer, in any order of asking."""
    register(system, until, "Юлия", "Юдина")
    register(system, until, "юлия", "юдина")
    first, last = "first_name=%D0%AE", "last_name=%D0%AE"
    same = [f"{first}&{last}", f"{last}&{first}", f"{first.lower()}&{last.lower()}", f"{first}&{last}&unknown=1", f"{first}&{last}&LIMIT=1"]
    other = ["first_name=%D1%8E&last_name=%D1%8E", f"{first}&{last}&limit=1", f"{first}&{last}&after=ffffffff-ffff-ffff-ffff-ffffffffffff",
             "first_name=%D0%AE%D0%BB&last_name=%D0%AE&limit=2"]
    right = fresh(system, "/user/search?" + same[0])
    begin_second()
    for _ in range(2):
        assert [ask(system, "/user/search?" + each)[2] == right for each in same] == [True] * len(same)
        assert [ask(system, "/user/search?" + each)[2] == fresh(system, "/user/search?" + each) for each in other] == [True] * len(other)
    for wrong in (f"{first}&{first}&{last}", f"FIRST_NAME=%D0%AE&{last}", f"{first}&{last}&limit=0", "", f"{first}", f"{first}&last_name="):
        for _ in range(2):
            assert ask(system, "/user/search?" + wrong)[0] == 400, wrong
    poison = {"X-Accel-Expires": "@9999999999", "X-Asked-At": "9999999999", "X-Forwarded-Host": "evil", "X-HTTP-Method-Override": "DELETE",
              "Accept-Language": "xx", "Cookie": "a=b", "Content-Length": "0"}
    assert ask(system, search_path("Ю", "Ю", "&poison=1"), poison)[2] == right == ask(system, search_path("Ю", "Ю", "&poison=1"))[2]


@pytest.mark.parametrize("headers, status", [
    ({"If-None-Match": "TAG"}, 304), ({"If-None-Match": '"x", TAG'}, 304), ({"If-None-Match": "*"}, 304), ({"If-None-Match": '"x"'}, 200),
    ({"If-None-Match": 'W/"unclosed'}, 200), ({"If-None-Match": "a" * 6000}, 200), ({"If-None-Match": "W/"}, 200),
    ({"If-None-Match": "TAG", "If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 304),
    ({"If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT"}, 200), ({"If-Match": '"x"'}, 412), ({"If-Match": "*"}, 200),
    ({"If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200), ({"Accept": "text/html"}, 406), ({"Accept": "text/html, */*;q=0.1"}, 200),
    ({"Range": "bytes=0-1"}, 200), ({"Range": "bytes=99999999-"}, 200), ({"Cache-Control": "no-cache"}, 200), ({"Cache-Control": "no-store"}, 200),
    ({"Cache-Control": "max-age=0"}, 200), ({"Pragma": "no-cache"}, 200), ({"Cache-Control": "only-if-cached"}, 200), ({"Cache-Control": "x" * 3000}, 200),
])
@pytest.mark.parametrize("token", ["without a token", "with a token"])
def test_questions_about_an_answer_are_answered_as_the_rfcs_say(system, path, two, headers, status, token):
    right = fresh(system, path)
    tag = ask(system, path)[1]["ETag"]
    headers = {name: value.replace("TAG", tag) for name, value in headers.items()}
    if token == "with a token":
        headers["Authorization"] = f"Bearer {two[0].token}"
    for method in ("GET", "HEAD", "GET"):
        got, sent, body = ask(system, path, headers, method)
        assert got == status, body
        if status >= 400:
            assert method == "HEAD" or json.loads(body)["code"] == status
        else:
            assert sent["ETag"] == tag and body == (right if (got, method) == (200, "GET") else b"")


@pytest.mark.parametrize("value", ['"x"', "TAG", ""])
def test_if_match_on_an_answer_that_is_confirmed_harms_nobody(system, web, path, value):
    """nginx 1.26 crashes if it refuses an answer that a node has just confirmed."""
    worker = system.shell(web, "pgrep --parent $(cat /run/nginx.pid) --full worker")
    tag = ask(system, path)[1]["ETag"]
    begin_second()
    assert ask(system, path, {"If-Match": value.replace("TAG", tag)})[0] == (412 if value else 200)
    assert ask(system, path)[0] == 200
    assert system.shell(web, "pgrep --parent $(cat /run/nginx.pid) --full worker") == worker


def any_node(system):
    """A pattern of sed that matches each node's address in nginx's configuration."""
    return "\\(" + "\\|".join(f"{system.address(name)}:{system.variables[name]['core_port']}" for name in system.groups["core"]) + "\\)"


@contextlib.contextmanager
def second_nginx(system, web, edit):
    """Runs a second nginx with the real configuration, changed by the sed script `edit`. Gives a function that sends a request to this nginx."""
    system.shell(web, f"""set -e; mkdir -p {SMALL}; mount -t tmpfs -o size=272m tmpfs {SMALL}
        sed -e 's#listen {system.fact("web_port")} #listen 127.0.0.1:{SECOND} #; s#{KEPT}#{SMALL}/kept#g; s#^pid .*#pid /run/second-nginx.pid;#; {edit}' \
            /etc/nginx/nginx.conf > /etc/nginx/second.conf
        # With no file for its output, nginx would keep the SSH connection's output open, and the command would never end.
        nginx -q -c /etc/nginx/second.conf > {SMALL}.log 2>&1 || {{ cat {SMALL}.log; exit 1; }}""")

    def send(method, path, **headers):
        """Returns (status, length of the body) of the answer to a request."""
        ask = ("import http.client, json, sys; method, path, headers = json.loads(sys.argv[1]); "
               f"link = http.client.HTTPConnection('127.0.0.1', {SECOND}, timeout=20); link.request(method, path, headers=headers); "
               "answer = link.getresponse(); print(answer.status, len(answer.read()))")
        said = system.shell(web, f"python3 -c {shlex.quote(ask)} {shlex.quote(json.dumps([method, path, headers]))}")
        return tuple(int(word) for word in said.split())

    try:
        yield send
    finally:
        system.shell(web, f"nginx -q -c /etc/nginx/second.conf -s stop; timeout 20 sh -c 'while test -e /run/second-nginx.pid; do sleep 0.1; done'; "
                          f"umount {SMALL}; rmdir {SMALL}; rm /etc/nginx/second.conf {SMALL}.log")


def test_a_full_disk_breaks_no_answer(system, web):
    with second_nginx(system, web, "") as send:
        right = send("GET", search_path(), **{"Cache-Control": "no-store"})
        kept = f"find {SMALL}/kept -type f | wc -l"
        assert right[0] == 200 and send("GET", search_path()) == right
        assert system.shell(web, kept).strip() == "1"
        # First, less is free than nginx must leave free. Then nothing is free.
        for fill in (f"fallocate -l 20M {SMALL}/fill", f"dd if=/dev/zero of={SMALL}/more bs=1M status=none || true"):
            system.shell(web, fill)
            assert [send("GET", search_path(more=f"&fill={number}")) for number in range(5)] == [right] * 5
            assert send("GET", search_path()) == right
        assert system.shell(web, kept).strip() in ("0", "1")
        system.shell(web, f"rm {SMALL}/fill {SMALL}/more")
        assert send("GET", search_path()) == right == send("GET", search_path())
        assert system.shell(web, kept).strip() == "1"


def test_nginx_own_answer_keeps_no_request_waiting(system, web):
    """A request that asks a node holds a lock for at most a second. nginx must also release it when no node answers."""
    with second_nginx(system, web, f"s#server {any_node(system)} #server 127.0.0.1:18096 #") as send:
        assert send("GET", search_path())[0] == 502

        def seconds(cache_control):
            """The seconds that ten requests in a row take. One program sends them all, because a program's start would take longer than a request."""
            ask = ("import sys, time, urllib.error, urllib.request; began = time.monotonic()\n"
                   "for _ in range(10):\n"
                   f"    try: urllib.request.urlopen(urllib.request.Request('http://127.0.0.1:{SECOND}' + sys.argv[1], headers={{'Cache-Control': sys.argv[2]}}))\n"
                   "    except urllib.error.HTTPError as error: assert error.code == 502\n"
                   "print(time.monotonic() - began)")
            return float(system.shell(web, f"python3 -c {shlex.quote(ask)} {shlex.quote(search_path())} {cache_control}"))

        # Requests with no-store take no lock. A lock that stays would add about a second to each of the others.
        assert seconds("no-transform") < seconds("no-store") + 5


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize("damage", ["printf X | dd of=FILE bs=1 seek=$(($(stat -c %s FILE) - 30)) conv=notrunc status=none", "truncate -s -10 FILE",
                                    "truncate -s 0 FILE", "printf '\\377\\377\\377\\377' | dd of=FILE bs=1 seek=8 conv=notrunc status=none",
                                    "head -c 40 /dev/urandom | dd of=FILE bs=1 seek=48 conv=notrunc status=none", "echo more >> FILE", "rm FILE",
                                    "cp /etc/hostname FILE"])
@pytest.mark.usefixtures("path")
def test_a_damaged_answer_is_never_given(system, web, damage, coding):
    path = search_path("Ю", "Ю", f"&damaged={coding}")
    right = fresh(system, path)
    for _ in range(2):
        ask(system, path, {"Accept-Encoding": coding})
    find = f"grep --files-with-matches --recursive --text 'KEY: {'gzip' if coding == 'gzip' else ''} {path}$' {KEPT}"
    file = system.shell(web, find).strip()
    assert file.startswith(KEPT) and "\n" not in file
    system.shell(web, damage.replace("FILE", file))
    for _ in range(2):
        status, headers, body = ask(system, path, {"Accept-Encoding": coding})
        assert status == 200 and (gzip.decompress(body) if headers["Content-Encoding"] else body) == right


def test_a_start_begins_without_kept_answers(system, web, path, until):
    ask(system, path)
    assert system.shell(web, f"find {KEPT} -type f | wc -l").strip() != "0"
    system.shell(web, "systemctl restart nginx")
    assert system.shell(web, f"grep --recursive --files-with-matches --text 'KEY:  {path}$' {KEPT} || true") == ""
    assert until(lambda: ask(system, path)[0] == 200, 10)


def test_a_write_that_may_be_done_is_not_answered_as_refused(system, web):
    """One node takes the request and breaks the connection, or can't be reached; the other refuses."""
    takes, refuses, absent = "127.0.0.1:18098", "127.0.0.1:18097", "127.0.0.1:18096"
    servers = (f"server {{ listen {takes}; return 444; }} server {{ listen {refuses}; add_header Retry-After 1; "
               f"default_type application/json; return 503 \"{{}}\"; }}")
    for first, status in ((takes, 504), (absent, 503)):
        edit = (f"s#^http {{#http {{ {servers}#; s#server {any_node(system)} max_fails.*#server {first} max_fails=0;#; "
                f"s#server {any_node(system)} backup.*#server {refuses} backup max_fails=0;#")
        with second_nginx(system, web, edit) as send:
            assert send("POST", "/user/register")[0] == status
