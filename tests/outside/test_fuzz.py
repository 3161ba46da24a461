"""Sends random requests to every endpoint. Each answer must follow the contract, and no connection may hang.

FUZZ_SEED selects another series, and FUZZ_REQUESTS a longer one. Request N of a seed is always the same.
"""

import concurrent.futures
import gzip
import http.client
import json
import os
import random
import shlex
import socket
import time
import urllib.parse
from dataclasses import dataclass

import pytest

SEED = int(os.environ.get("FUZZ_SEED", "15"))
REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "2000"))
# The number of requests that may never be complete. nginx waits for each until a timeout, so all of them are sent at once.
BROKEN = 120
CONNECTIONS = 12
ANSWERED_S = 60  # longer than nginx lets any write wait
NEVER = {500, 501, 502, 505}
NOBODY = "00000000-0000-0000-0000-000000000000"
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "M-SEARCH", "A_B", "get", "G" * 300]
VERSIONS = ["HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/3.0", "HTTP/9.9", "HTTP/1", "HTTP/11.1", "HTTPS/1.1", "http/1.1", "HTTP/1.1 x"]
HOSTS = [b"x", b"my_host", b"X.EXAMPLE.", b"[::1]:8080", b"127.0.0.1:99999", b"a:b:c", b"", b"a/b", b"a b", "пример".encode(), b"\xff", b"..", b"[",
         b"a" * 3000]
SAYINGS = ["", " ", "А", "é", "e\u0301", "\u0418\u0306", "👩‍👩‍👧‍👦", "\u202e", "\ufeff", "\U00010400", "\ud800", "\udfff\ud800", "\0", "\x1b[0m", "\ufffe", "%", "_", "\\",
           "'", '"', "';--", "${jndi:x}", "{{7*7}}", "<b>", "../..", "\r\n", "a" * 101, "я" * 10001, "z\u0300" * 300, NOBODY, "1", "true", "null"]
VALUES = [None, True, 0, -1, 2**63, 10**400, 1.5, [], {}, [[]], {"a": {}}, ["А"]]
JSONS = [b"", b"{", b"}", b"[]", b"null", b"0", b'""', b"NaN", b"\xef\xbb\xbf{}", b"\0", b"\xff\xfe{\0}\0", b'{"text":1e999999999}', b'{"id":"a","id":"b"}',
         b'{"text":"\xff"}', b'{"text":"\xed\xa0\x80"}', b'{"text":"a\nb"}', b"{'text':'a'}", b'{"text":"a"} x', b"/**/{}", b"[" * 5000, b'{"a":' * 3000,
         b'{"text":"' + b"a" * 70000 + b'"}', gzip.compress(b'{"text":"a"}')]
TYPES = ["application/json", "application/json", "application/json", "application/json;charset=utf-16", "application/json; charset=\"", "text/plain",
         "multipart/form-data; boundary=x", "multipart/form-data", "application/x-www-form-urlencoded", "application/*", "*/*", "a", "", ";", "\xff"]
HEADERS = {
    "Accept": ["*/*", "text/html", "application/json;q=0", ";", "a/b/c", "application/json;q=9", "x" * 900],
    "Accept-Encoding": ["gzip", "identity;q=0", "br, zz;q=z", "*;q=0"],
    "Accept-Language": ["ru", "\xff", "x-y-z;q=2", "-"],
    "Authorization": ["Bearer", "Bearer ", "Bearer a.b.c", "Basic Og==", "Bearer \xff", "bearer x", "Bearer " + "a." * 1500, "Bearer a\tb"],
    "Connection": ["close", "keep-alive", "Upgrade", "Content-Length", "X-Request-Id, Host", ",,,", "close, keep-alive", "TE"],
    "Content-Encoding": ["gzip", "identity", "zz"],
    "Content-Language": ["\xff"],
    "Cookie": ["a=b", "=;;=", "\x01", "$Version=1; a=\xff", "a" * 4000],
    "Date": ["yesterday"],
    "Expect": ["100-continue", "200-ok", ""],
    "Forwarded": ["for=\"[", "host=a_b;proto=zz"],
    "Idempotency-Key": ["", "a", "a b", "\xff", "k" * 256, "\x7f", "a,b"],
    "If-Match": ["x", "*", '"', 'W/"a"'],
    "If-Modified-Since": ["x", "Thu, 01 Jan 1970 00:00:00 GMT"],
    "If-None-Match": ["*", "x", '"a", "b"'],
    "If-Range": ["x"],
    "If-Unmodified-Since": ["Thu, 01 Jan 1970 00:00:00 GMT", "0"],
    "Keep-Alive": ["timeout=99999999999", "x"],
    "Max-Forwards": ["0", "-1"],
    "Origin": ["null", "http://[", "http://a_b", "\xff"],
    "Range": ["bytes=99999999-", "bytes=0-0,2-2", "bytes=-0", "bytes=9-1", "lines=1", "bytes=" + "0-," * 500],
    "Referer": ["\xff"],
    "Sec-WebSocket-Key": ["x", "dGhlIHNhbXBsZSBub25jZQ=="],
    "Sec-WebSocket-Version": ["13", "99", "x"],
    "TE": ["trailers", "gzip"],
    "Trailer": ["Content-Length", "X-A"],
    "Transfer-Encoding": ["gzip, chunked", "identity", "chunked, chunked", "xchunked", "\x0bchunked", ""],
    "Upgrade": ["websocket", "h2c", "TLS/1.0", "\xff"],
    "X-Forwarded-For": ["\xff", "a" * 900],
    "X-Forwarded-Host": ["a_b", "["],
    "X-Forwarded-Proto": ["zz"],
    "X-HTTP-Method-Override": ["DELETE"],
    "X-Request-Id": ["mine", "0" * 32],
}
LINES = [b"A", b": a", b" folded", b"A : b", b"A\x00: b", b"A: \x00", b"A: \x01\x7f", b"\xff: \xff", b"A" * 9000, b"A: " + b"a" * 9000,
         b"\r\n".join(b"X-%d: a" % number for number in range(150)), b"\r\n".join(b"X-%d: a" % number for number in range(1100)),
         b"\r\n".join(b"X-%d: %s" % (number, b"a" * 500) for number in range(100)), b"Content-Length: 1\r\nContent-Length: 1", b"Content-Length: -1",
         b"Content-Length: 99999999999999999999", b"Content-Length: 0x1", b"Host: a\r\nHost: b"]
PIECES = ["", "/", "//", "/./", "/../", "/%2e%2e/", "%00", "%", "%zz", "%ff", "\xff", "%2f", "%5c", "\\", ";a=b", "?", "??", "#", "a" * 4000, "a" * 9000, "+", "*", "<>|^`{}",
          "%d0%98%cc%86", "\t"]


@dataclass
class Sent:
    """A request with the bytes that are sent."""

    number: int
    method: str
    path: str
    raw: bytes
    alone: bool  # the connection can't be used again, because client and server may see the request's end at different bytes


class Nonsense:
    """Makes random requests. The same number gives the same request."""

    def __init__(self, document, token, user):
        self.operations = [(method.upper(), path) for path, item in document["paths"].items() for method in item]
        self.schemas = document["components"]["schemas"]
        self.document, self.token, self.user = document, token, user

    def request(self, number):
        """Makes a complete request."""
        dice = random.Random(f"{SEED}/{number}")
        method, path = dice.choice(self.operations) if dice.random() < 0.9 else ("GET", dice.choice(["/", "/style.css", "/api", "/api/openapi.yaml", "/error", "*"]))
        body = self.body(dice, method, path)
        target, plain = self.target(dice, path)
        alone = False
        if dice.random() < 0.12:
            method = dice.choice(METHODS)
        version = "HTTP/1.1"
        if dice.random() < 0.06:
            version, alone = dice.choice(VERSIONS), True
        lines = [b"Host: " + (dice.choice(HOSTS) if dice.random() < 0.15 else b"holdfast")]
        if dice.random() < 0.75:
            lines.append(b"Authorization: Bearer " + self.token.encode())
        if body is not None or dice.random() < 0.1:
            lines.append(b"Content-Type: " + dice.choice(TYPES).encode("latin-1"))
        for name in dice.sample(sorted(HEADERS), dice.choice([0, 0, 1, 1, 2, 4])):
            lines.append(f"{name}: {dice.choice(HEADERS[name])}".encode("latin-1"))
            alone |= name == "Transfer-Encoding"
        if dice.random() < 0.12:
            lines.insert(dice.randrange(len(lines) + 1), dice.choice(LINES))
            alone = True
        framed = self.framed(dice, lines, body)
        head = b" ".join([method.encode(), target, version.encode()]).rstrip() + b"\r\n" + b"\r\n".join(lines) + b"\r\n\r\n"
        return Sent(number, method, plain, head + framed, alone)

    def broken(self, number):
        """Makes a request in which bytes were replaced, removed or added, or whose end is missing. It may never be complete."""
        dice = random.Random(f"{SEED}/broken/{number}")
        whole = self.request(number)
        raw = bytearray(whole.raw)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(raw))
            raw[at:at + dice.choice([0, 0, 1, 4])] = dice.choice([b"\r\n", b"\0", b"\xff", b"\n", b" ", b":", b"0", dice.randbytes(3)])
        if dice.random() < 0.6:
            del raw[dice.randrange(1, len(raw)):]
        return Sent(number, "HEAD" if raw.startswith(b"HEAD ") else whole.method, whole.path, bytes(raw), True)

    def target(self, dice, path):
        """Returns (the target as it is sent, the path in the contract or None)."""
        real = path.replace("{id}", dice.choice([self.user, NOBODY])).replace("{user_id}", dice.choice([self.user, NOBODY, NOBODY]))
        sent = real
        if dice.random() < 0.2:
            at = dice.randrange(len(sent) + 1)
            sent = sent[:at] + dice.choice(PIECES) + sent[at:]
        if "search" in path or dice.random() < 0.2:
            names = dice.sample(["first_name", "last_name", "limit", "after", "offset", "before", "access_token", "x"], dice.randint(1, 4))
            sent += "?" + "&".join(f"{name}={self.query(dice)}" for name in (["first_name", "last_name"] if dice.random() < 0.6 else []) + names)
        if dice.random() < 0.03:
            sent = dice.choice(["http://my_host", "http://a:b@c", "https://x:1", "ftp://x", "http://", "//x"]) + sent
        # A space or line end in the target would change the request line.
        raw = sent.encode("utf-8" if dice.random() < 0.5 else "latin-1", "replace").translate(None, b" \r\n")
        return raw or b"/", real if raw.decode("latin-1").partition("?")[0] == real else None

    def query(self, dice):
        saying = dice.choice(SAYINGS).encode("utf-8", "surrogatepass")[:4000]
        return urllib.parse.quote_from_bytes(saying) if dice.random() < 0.7 else saying.decode("latin-1").replace("?", "")

    def body(self, dice, method, path):
        """Returns the body, or None if the request has none."""
        content = self.document["paths"].get(path, {}).get(method.lower(), {}).get("requestBody")
        if not content and dice.random() < 0.9:
            return None
        if dice.random() < 0.25:
            return dice.choice(JSONS)
        if not content:
            return dice.randbytes(dice.choice([1, 10, 1000]))
        schema = self.schemas[content["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]]
        value = {name: self.field(dice, name) for name in schema["properties"] if dice.random() < 0.93}
        if dice.random() < 0.15:
            value[dice.choice(SAYINGS)] = dice.choice(VALUES)
        text = json.dumps(value, ensure_ascii=dice.random() < 0.5)
        encoding = dice.choice(["utf-8"] * 8 + ["utf-16", "utf-32", "latin-1"])
        written = text.encode(encoding, "surrogatepass" if encoding == "utf-8" else "replace")
        return written if dice.random() < 0.9 else written[:dice.randrange(len(written))]

    def field(self, dice, name):
        if dice.random() < 0.55:
            # Most passwords are too short, because the service needs much time to hash a valid one.
            return {"id": self.user, "birthdate": "1990-02-28", "password": "short", "text": "да", "biography": ""}.get(name, "Ян")
        return dice.choice(SAYINGS) * dice.choice([1, 1, 1, 7]) if dice.random() < 0.8 else dice.choice(VALUES)

    @staticmethod
    def framed(dice, lines, body):
        """Returns the body as it is sent, and adds its length or encoding to the lines of the head."""
        if body is None:
            return b""
        if dice.random() < 0.8:
            lines.append(b"Content-Length: %d" % len(body))
            return body
        lines.append(b"Transfer-Encoding: chunked")
        size = dice.choice([1, 7, 1000]) if len(body) < 3000 else 4000
        chunks = [body[at:at + size] for at in range(0, len(body), size)]
        extension = dice.choice([b"", b"", b";a=b", b";a=\"b\"", b" "])
        trailer = dice.choice([b"", b"", b"X-A: b\r\n", b"Content-Length: 9\r\n"])
        return b"".join(b"%x%s\r\n%s\r\n" % (len(chunk), extension, chunk) for chunk in chunks) + b"0\r\n" + trailer + b"\r\n"


class Wire:
    """A connection that is used for as many requests as possible."""

    def __init__(self, system):
        self.system, self.socket = system, None
        self.place = (system.address(system.groups["web"][0]), int(system.fact("web_port")))

    def ask(self, sent, seconds):
        """Sends a request. Returns what is wrong with the answer, or None. A missing answer is right only if the bytes may be no valid request."""
        kept = self.socket is not None
        self.socket = self.socket or socket.create_connection(self.place, timeout=20)
        self.socket.settimeout(seconds)
        closing = True
        try:
            try:
                self.socket.sendall(sent.raw)
            except ConnectionError:
                pass  # the request was refused before all of it was sent; the answer says why
            answer = http.client.HTTPResponse(self.socket, method=sent.method)
            answer.begin()
            text = b"" if answer.status == 101 else answer.read()
            closing = answer.will_close or sent.alone or answer.status == 101
            return self.wrong(sent, answer, text)
        except TimeoutError:
            return f"no answer and no end after {seconds} s"
        except (http.client.RemoteDisconnected, ConnectionError) as gone:
            if kept:  # an idle connection may be closed at any time, so the request is sent again on a new one
                self.close()
                return self.ask(sent, seconds)
            return None if sent.alone else f"closed without an answer: {gone!r}"
        except http.client.HTTPException as broken:
            if b" HTTP/" not in sent.raw.partition(b"\n")[0]:
                return None  # the server took it for HTTP/0.9, whose answer is only a body
            return f"not HTTP: {broken!r}"
        finally:
            if closing:
                self.close()

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket = None

    def wrong(self, sent, answer, text):
        try:
            assert answer.status not in NEVER, "this status means a failure of the service"
            assert len(answer.msg.get_all("X-Request-Id", [])) == 1, "not one X-Request-Id"
            if answer.status >= 400:
                assert answer.headers["Content-Type"] == "application/json", answer.headers["Content-Type"]
                assert answer.status not in (429, 503, 504) or int(answer.headers["Retry-After"]) >= 0
                if sent.method != "HEAD":
                    self.system.contract.check_error(sent.method, answer.status, answer.headers, text.decode())
            elif sent.path and sent.method not in ("HEAD", "OPTIONS") and answer.status == 200 and sent.path[1:4] != "api":
                self.checked(sent, answer, text)
        except (AssertionError, ValueError, TypeError, KeyError) as problem:
            return f"{answer.status} {dict(answer.headers)} {text[:300]!r}: {problem!r}"
        return None

    def checked(self, sent, answer, text):
        if any(sent.path.startswith(path.partition("{")[0]) for path in self.system.contract.document["paths"]):
            self.system.contract.check(sent.method, sent.path, answer.status, answer.headers, text.decode())


@pytest.fixture(scope="module")
def nonsense(system):
    person = system.person("Шум")
    return Nonsense(system.contract.document, person.token, person.id)


def told(system, sent, wrong):
    """Returns the failure, with a command that sends the request again."""
    script = (f"import socket; s = socket.create_connection({Wire(system).place!r}); s.settimeout(90); s.sendall({sent.raw!r})\n"
              "while part := s.recv(65536): print(part)")
    return f"seed {SEED}, request {sent.number}: {wrong}\n  to send it again: python3 -c {shlex.quote(script)}"


def series(system, make, numbers, seconds):
    """Sends requests one after the other through one connection. Returns what was wrong."""
    wire = Wire(system)
    try:
        return [told(system, sent, wrong) for sent in map(make, numbers) if (wrong := wire.ask(sent, seconds))]
    finally:
        wire.close()


def test_the_answers_to_random_requests_follow_the_contract(system, nonsense):
    broken_s = 3 * system.fact("timeout_web_client") + ANSWERED_S
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(BROKEN + CONNECTIONS) as threads:
        wrong = [threads.submit(series, system, nonsense.broken, [number], broken_s) for number in range(BROKEN)]
        wrong += [threads.submit(series, system, nonsense.request, range(first, REQUESTS, CONNECTIONS), ANSWERED_S) for first in range(CONNECTIONS)]
        found = [line for future in wrong for line in future.result()]
    print(f"{REQUESTS + BROKEN} requests in {time.monotonic() - began:.1f} s")
    assert not found, f"{len(found)} of {REQUESTS + BROKEN} answers are wrong\n" + "\n".join(found[:20])


def test_a_seed_makes_the_same_requests_again(nonsense):
    again = Nonsense(nonsense.document, nonsense.token, nonsense.user)
    assert [nonsense.request(number).raw for number in range(200)] == [again.request(number).raw for number in range(200)]
