"""Tests the system under more requests than it can serve."""

import concurrent.futures
import http.client
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request


def test_under_overload_requests_are_answered_or_refused_with_503_and_none_fails(system):
    at_once = 700  # a node processes 20 requests at once, and 192 more wait
    path = "/user/search?" + urllib.parse.urlencode({"first_name": "Д", "last_name": "Д"})
    together = threading.Barrier(at_once, timeout=30)

    def ask(_):
        together.wait()
        asked = urllib.request.Request(system.url + path, headers={"Cache-Control": "no-store"})  # a kept answer would need no node
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                return answer.status, None, answer.read()[-1:] == b"]"
        except urllib.error.HTTPError as refused:
            return refused.code, refused.headers["Retry-After"], json.loads(refused.read())["code"] == refused.code
        except (OSError, http.client.HTTPException) as trouble:
            return repr(trouble), None, False

    answers = []
    deadline = time.monotonic() + 60
    with concurrent.futures.ThreadPoolExecutor(at_once) as clients:
        while len(answers) < 3 * at_once or (503 not in {status for status, _, _ in answers} and time.monotonic() < deadline):
            answers += clients.map(ask, range(at_once))
    assert {status for status, _, _ in answers} == {200, 503}
    assert all(whole for _, _, whole in answers)
    assert all(later for status, later, _ in answers if status == 503)
