"""All examples of docs/pages.md on one page, served on loopback with the static files and the product's own CSP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path

from django.contrib.staticfiles import finders

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'"
)
SOURCE = """{% extends "web/page.html" %}{% load web %}
{% block question %}この調書を進達しますか{% endblock %}{% block answer %}不足 2件: 母の所得証明、住所{% endblock %}
{% block content %}EXAMPLES{% endblock %}"""


@contextmanager
def served(html: str) -> Iterator[str]:
    """Serve one page; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            found = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
            self.send_response(200)
            self.send_header("Content-Type", (guess_type(path)[0] if found else None) or "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(Path(found).read_bytes() if isinstance(found, str) else html.encode())

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/statements/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
