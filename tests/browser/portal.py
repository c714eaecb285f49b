"""A page of an office's portal that includes our script: what the widget is embedded in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Cổng</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>button {{ background: red; font-size: 40px; text-transform: uppercase }}</style></head>
<body><h1>Cổng thông tin</h1><p><a href="/">Trang chủ</a></p>{body}</body></html>"""
BODIES = {
    "/": '<script src="{server}/widget.js" defer></script>',
    "/frame": '<iframe src="{server}/widget" title="Khung"></iframe>',
}


class _Portal(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """The page that the path names, with the server that the query names."""
        asked = urlsplit(self.path)
        if asked.path not in BODIES:
            self.send_error(404)
            return
        server = parse_qs(asked.query)["server"][0]
        content = PAGE.format(body=BODIES[asked.path].format(server=server)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Set-Cookie", "portal=rieng-cua-cong")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing: a test reads what it asks for."""


@contextmanager
def running() -> Iterator[str]:
    """A portal on a free port, by another name than the product's: another site for a browser."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Portal)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
