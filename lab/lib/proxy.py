"""A caching HTTP proxy inside the lab's network. It fetches only from the host's Debian mirrors.

A package (pool/) never changes under its name, so it is kept on disk. Indexes are fetched each time.
"""

import contextlib
import os
import shutil
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from . import host, network, settings, topology

_BLOCK = 1 << 16


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    mirrors = {}  # host name of each mirror → its scheme, http or https

    def do_GET(self):
        parts = urlsplit(self.path)
        if parts.hostname not in self.mirrors or ".." in parts.path:
            self._refuse(403, "the lab's proxy fetches only from the host's Debian mirrors")
            return
        kept = settings.CACHE / "packages" / parts.hostname / parts.path.lstrip("/")
        try:
            if "/pool/" not in parts.path:
                self._pass_on(parts, None)
            elif kept.exists():
                with kept.open("rb") as file:
                    self._answer(200, {"Content-Length": str(os.fstat(file.fileno()).st_size)}, file)
            else:
                self._pass_on(parts, kept)
        except urllib.error.HTTPError as error:
            self._refuse(error.code, error.reason)
        except (urllib.error.URLError, TimeoutError) as error:
            self._refuse(502, f"the host can't reach {parts.hostname}: {error}")

    def _pass_on(self, parts, kept):
        address = f"{self.mirrors[parts.hostname]}://{parts.netloc}{parts.path}"
        wanted = {name: self.headers[name] for name in ("If-Modified-Since", "Range") if self.headers[name] and not kept}
        with urllib.request.urlopen(urllib.request.Request(address, headers=wanted), timeout=60) as upstream:
            if kept is None:
                self._answer(upstream.status, upstream.headers, upstream)
                return
            kept.parent.mkdir(parents=True, exist_ok=True)
            unfinished = kept.with_name(f"{kept.name}.{os.getpid()}.{id(self)}")
            try:
                with unfinished.open("wb") as file:
                    shutil.copyfileobj(upstream, file, _BLOCK)
                # If the connection breaks, the read ends without an error. An incomplete package must not be kept.
                if unfinished.stat().st_size != int(upstream.headers["Content-Length"] or -1):
                    raise urllib.error.URLError("the connection to the mirror broke")
                unfinished.rename(kept)
            finally:
                unfinished.unlink(missing_ok=True)
        with kept.open("rb") as file:
            self._answer(200, {"Content-Length": str(kept.stat().st_size)}, file)

    def _answer(self, status, headers, body):
        self.send_response(status)
        for name in ("Content-Length", "Content-Range", "Last-Modified", "Content-Type"):
            if headers.get(name):
                self.send_header(name, headers.get(name))
        if not headers.get("Content-Length"):
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            shutil.copyfileobj(body, self.wfile, _BLOCK)

    def _refuse(self, status, text):
        self.send_response(status)
        payload = b"" if status in (204, 304) else f"{text}\n".encode()
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address):
        super().__init__(address, _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = network.socket_inside()
        self.allow_reuse_address = True
        self.server_bind()
        self.server_activate()


def serve():
    """Serves until the process is ended."""
    for mirror in host.mirrors():
        parts = urlsplit(mirror)
        _Handler.mirrors[parts.hostname] = parts.scheme
    address, _ = topology.controller()
    _Server((str(address), settings.PROXY_PORT)).serve_forever()


if __name__ == "__main__":
    serve()
