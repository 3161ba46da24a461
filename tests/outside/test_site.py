"""Tests of the files that nginx serves itself: the page, the contract, and the pages that show the contract."""

import gzip
import urllib.request

import pytest

from conftest import ROOT


@pytest.mark.parametrize("path, kind, beginning", [
    ("/", "text/html", "<!doctype html>"),
    ("/main.js", "text/javascript", "//"),
    ("/style.css", "text/css", ":root"),
    ("/icon.svg", "image/svg+xml", "<svg"),
    ("/api/", "text/html", "<!doctype html>"),
    ("/api", "text/html", "<!doctype html>"),
    ("/api/live.html", "text/html", "<!doctype html>"),
    ("/api/lib/js-yaml.mjs", "text/javascript", ""),
])
def test_the_site_is_served_and_may_load_nothing_from_other_sites(system, path, kind, beginning):
    status, headers, text = system.request("GET", path)
    assert status == 200 and headers["Content-Type"].split(";")[0] == kind
    assert text.startswith(beginning)
    policy = dict((directive.split(" ", 1) + [""])[:2] for directive in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert {policy.get(name, "'none'") for name in ("script-src", "style-src", "connect-src")} <= {"'self'", "'none'"}
    assert headers["X-Content-Type-Options"] == "nosniff" and len(headers["X-Request-Id"]) == 32


@pytest.mark.parametrize("document", ["openapi.yaml", "asyncapi.yaml"])
def test_the_contract_is_served_unchanged(system, document):
    status, _, text = system.request("GET", f"/api/{document}")
    assert status == 200 and text == (ROOT / "api" / document).read_text()


def test_a_browser_may_keep_a_page_but_must_revalidate_it(system):
    _, headers, _ = system.request("GET", "/")
    assert headers["Cache-Control"] == "no-cache"
    status, again, _ = system.request("GET", "/", headers={"If-None-Match": headers["ETag"]})
    assert (status, again["Content-Security-Policy"]) == (304, headers["Content-Security-Policy"])


def test_text_is_compressed_if_the_client_accepts_it(system):
    asked = urllib.request.Request(system.url + "/style.css", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        assert answer.headers["Content-Encoding"] == "gzip" and answer.headers["Vary"] == "Accept-Encoding"
        assert gzip.decompress(answer.read()) == (ROOT / "web/page/style.css").read_bytes()


@pytest.mark.parametrize("path", ["/nothing", "/api/nothing", "/api/lib/", "/api/lib", "/pom.xml", "/.git/config", "/web/page/main.js",
                                  "/api/../../etc/passwd", "/..%2f..%2fetc/passwd", "/actuator/health", "/login/", "/loginx"])
def test_every_other_path_is_refused(system, path):
    assert system.request("GET", path)[0] in (400, 404)


def test_the_site_accepts_only_reads(system):
    assert system.request("POST", "/", {})[0] == 405
    assert system.request("DELETE", "/main.js")[0] == 405
