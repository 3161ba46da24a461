"""Tests that an invalid request gets an error as the contract describes, both from nginx and from Tomcat on a core node."""

import http.client
import json
import re
import socket

import pytest

CLOSE = b"Connection: close\r\n\r\n"
END = b"Host: holdfast\r\n" + CLOSE
POST = b"POST /login HTTP/1.1\r\nContent-Type: application/json\r\n"
NOBODY = b"/user/get/00000000-0000-0000-0000-000000000000"


def ask(place, raw):
    """Sends these bytes. Returns (status, headers, body) of the answer."""
    with socket.create_connection(place, timeout=30) as connection:
        connection.sendall(raw)
        answer = http.client.HTTPResponse(connection, method=raw.split(b" ")[0].decode("latin-1"))
        answer.begin()
        return answer.status, answer.headers, answer.read()


@pytest.fixture(scope="module")
def entrance(system):
    return system.address(system.groups["web"][0]), system.fact("web_port")


@pytest.fixture(scope="module")
def node(system):
    name = system.groups["core"][0]
    return system.address(name), system.variables[name]["core_port"]


def check_error(system, status, headers, body):
    assert headers["Content-Type"] == "application/json"
    assert len(headers.get_all("X-Request-Id")) == 1
    system.contract.check_error("the request", status, headers, body.decode())


@pytest.mark.parametrize("raw, status", [
    (b"GET /style.css HTTP/1.1\r\nIf-Match: x\r\n" + END, 412),
    (b"GET / HTTP/1.1\r\nIf-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n" + END, 412),
    (b"GET / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n" + END, 400),
    (b"GET / HTTP/1.1\r\nTransfer-Encoding: identity\r\nContent-Length: 99999999\r\n" + END, 400),
    (POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" + END, 400),
    (POST + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n" + END + b"{}", 400),
    (POST + b"Content-Length: 2\r\nContent-Length: 2\r\n" + END + b"{}", 400),
    (POST + b"Content-Length: 99999999999999999999\r\n" + END, 400),
    (POST + b"Content-Length: -1\r\n" + END, 400),
    (POST + b"Content-Length: 65537\r\n" + END, 413),
    (POST + b"Transfer-Encoding: chunked\r\n" + END + b"zz\r\n", 400),
    (b"POST /login HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" + END, 400),
    (b"GET / HTTP/3.0\r\n" + END, 400),
    (b"GET / HTTP/9.9\r\n" + END, 400),
    (b"GET / HTTPS/1.1\r\n" + END, 400),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
    (b"OPTIONS * HTTP/1.1\r\n" + END, 400),
    (b"CONNECT /x HTTP/1.1\r\nContent-Length: 999999999\r\n" + END, 405),
    (b"TRACE / HTTP/1.1\r\nContent-Length: 999999999\r\n" + END, 405),
    (b"TRACE " + NOBODY + b" HTTP/1.1\r\n" + END, 405),
    (b"POST /style.css HTTP/1.1\r\nContent-Length: 0\r\n" + END, 405),
    (b"get / HTTP/1.1\r\n" + END, 400),
    (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + END, 414),
    (b"GET /" + b"a" * 7000 + b" HTTP/1.1\r\n" + END, 404),
    (b"GET / HTTP/1.1\r\nX-A: " + b"a" * 9000 + b"\r\n" + END, 400),
    (b"GET / HTTP/1.1\r\nX-A: \0\r\n" + END, 400),
    (b"GET / HTTP/1.1\r\nX-A: a\r\n folded\r\n" + END, 400),
    (b"GET /login HTTP/1.1\r\n" + b"".join(b"X-%d: a\r\n" % number for number in range(300)) + END, 400),
    (b"GET /%00 HTTP/1.1\r\n" + END, 400),
    (b"GET /../x HTTP/1.1\r\n" + END, 400),
    (b"GET /user/get/%ff HTTP/1.1\r\n" + END, 400),
    (b"GET /user/get/a%2fb HTTP/1.1\r\n" + END, 400),
    (b"GET /user/get/\xff HTTP/1.1\r\n" + END, 400),
    (b"GET /user/%2e%2e/actuator/health HTTP/1.1\r\n" + END, 404),
    (b"GET /error HTTP/1.1\r\n" + END, 404),
    (b"GET /moved HTTP/1.1\r\n" + END, 404),
], ids=lambda value: value[:60].decode("latin-1") if isinstance(value, bytes) else None)
def test_an_error_of_nginx_follows_the_contract(system, entrance, raw, status):
    answered, headers, body = ask(entrance, raw)
    assert answered == status, body
    check_error(system, answered, headers, body)


@pytest.mark.parametrize("host", [b"my_host", b"My_Host.EXAMPLE.", b"my_host:8080", b"[::1]", b"[::1]:8080", b"203.0.113.9:99999", b"a:b:c", b"-", b"<x>",
                                  "пример".encode(), b"\xff"], ids=repr)
def test_a_host_name_that_nginx_accepts_works(system, entrance, host):
    answered, headers, body = ask(entrance, b"GET " + NOBODY + b" HTTP/1.1\r\nHost: " + host + b"\r\n" + CLOSE)
    assert answered == 404, body
    check_error(system, answered, headers, body)


@pytest.mark.parametrize("line, status", [
    (b" HTTP/1.0\r\n", 404),
    (b" HTTP/1.0\r\nHost:\r\n", 400),
    (b" HTTP/1.1\r\n", 400),
    (b" HTTP/1.1\r\nHost:\r\n", 400),
    (b" HTTP/1.1\r\nHost: a\r\nHost: b\r\n", 400),
    (b" HTTP/1.1\r\nHost: a/b\r\n", 400),
    (b" HTTP/1.1\r\nHost: a b\r\n", 400),
    (b" HTTP/1.1\r\nHost: a..b\r\n", 400),
], ids=repr)
def test_nginx_itself_refuses_an_invalid_host(system, entrance, line, status):
    answered, headers, body = ask(entrance, b"GET " + NOBODY + line + CLOSE)
    assert answered == status, body
    check_error(system, answered, headers, body)


def test_an_absolute_address_in_the_request_line_works(system, entrance):
    answered, headers, body = ask(entrance, b"GET http://elsewhere.example" + NOBODY + b" HTTP/1.1\r\n" + END)
    assert answered == 404, body
    check_error(system, answered, headers, body)


def test_a_file_is_always_sent_whole_and_a_range_is_ignored(entrance):
    answered, headers, body = ask(entrance, b"GET / HTTP/1.1\r\nRange: bytes=99999999-\r\n" + END)
    assert answered == 200 and len(headers.get_all("X-Request-Id")) == 1 and body.startswith(b"<!doctype html>")


def test_a_folder_redirects_without_a_body(entrance):
    answered, headers, body = ask(entrance, b"GET /api?a=b HTTP/1.1\r\n" + END)
    assert (answered, headers["Location"], body) == (301, "/api/?a=b", b"")


def test_an_error_for_head_has_its_headers(entrance):
    answered, headers, body = ask(entrance, b"HEAD /nothing HTTP/1.1\r\n" + END)
    assert (answered, headers["Content-Type"], body) == (404, "application/json", b"")
    assert re.fullmatch("[0-9a-f]{32}", headers["X-Request-Id"])


def test_an_address_with_any_byte_leaves_a_readable_line_in_the_log(system, entrance, until):
    _, headers, _ = ask(entrance, b"GET /user/get/a\xffb?first_name=x HTTP/1.1\r\n" + END)
    command = f"journalctl --output=cat SYSLOG_IDENTIFIER=nginx --since=-5min | grep --text {headers['X-Request-Id']} || test $? -eq 1"
    line = until(lambda: system.shell(system.groups["web"][0], command), 30)
    assert json.loads(line)["path"] == "/user/get/a"


def test_http_0_9_gets_only_the_body(entrance):
    with socket.create_connection(entrance, timeout=30) as connection:
        connection.sendall(b"GET /nothing\r\n")
        with connection.makefile("rb") as answer:
            error = json.loads(answer.read())
    assert set(error) == {"message", "request_id", "code"} and error["code"] == 404


@pytest.mark.parametrize("raw, status", [
    (b"GET / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n" + END, 501),
    (b"GET / HTTP/3.0\r\n" + END, 505),
    (b"TRACE / HTTP/1.1\r\n" + END, 405),
    (b"CONNECT x:80 HTTP/1.1\r\n" + END, 501),
    (b"GET /nothing HTTP/1.1\r\n" + END, 404),
    (b"GET / HTTP/1.1\r\nHost: my_host\r\n" + CLOSE, 400),
    (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + END, 400),
    (b"GET / HTTP/1.1\r\nX-A: \0\r\n" + END, 400),
    (POST + b"Expect: 200-ok\r\nContent-Length: 2\r\n" + END + b"{}", 417),
    (POST + b"Transfer-Encoding: chunked\r\n" + END + b"zz\r\n", 400),
    (POST + b"Transfer-Encoding: chunked\r\n" + END + b"ffffffffffffffffff\r\n", 400),
], ids=lambda value: value[:60].decode("latin-1") if isinstance(value, bytes) else None)
def test_an_error_of_a_core_node_follows_the_contract(system, node, raw, status):
    answered, headers, body = ask(node, raw)
    assert answered == status, body
    check_error(system, answered, headers, body)


def test_clients_connections_take_no_entry_in_the_firewalls_table(system, entrance):
    """On a machine of 384 MB this table has room for about 2,900 entries, and an entry stays for two minutes after its connection."""
    machine = system.groups["web"][0]

    def entries():
        return int(system.shell(machine, "cat /proc/sys/net/netfilter/nf_conntrack_count"))

    before = entries()
    for _ in range(200):
        assert ask(entrance, b"GET /nothing HTTP/1.1\r\n" + END)[0] == 404
    assert entries() < before + 100
