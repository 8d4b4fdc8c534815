"""A web server on this machine that misbehaves as told."""

import contextlib
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """How one request is answered; by default the whole content, or the part asked for."""

    status: int = 200
    cut: int | None = None  # bytes after which the connection breaks
    ranges: bool = True
    length: bool = True  # whether the size is said
    chunked: bool = False
    content: bytes | None = None
    location: str | None = None
    silent: bool = False  # says nothing until the server is stopped


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        wanted = self.headers.get("Range")
        server.requests.append((self.path, wanted))
        answer = server.answers.pop(0) if server.answers else Answer()
        if answer.silent:
            server.stopping.wait(30)
        elif answer.location:
            self.send_response(302)
            self.send_header("Location", answer.location)
            self.end_headers()
        elif answer.status != 200:
            self.send_error(answer.status)
        else:
            self._send(answer, server.content if answer.content is None else answer.content, wanted)

    def _send(self, answer, content, wanted):
        size, start = len(content), 0
        if wanted and answer.ranges:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= size:
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{size}")
                self.end_headers()
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        else:
            self.send_response(200)
        body = content[start:]
        if answer.chunked:
            self.protocol_version = "HTTP/1.1"
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"%x\r\n" % len(body) + body[: answer.cut])
            if answer.cut is None:
                self.wfile.write(b"\r\n0\r\n\r\n")
            return
        if answer.length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: answer.cut])

    def log_message(self, *_):
        pass


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        """A client that goes away is part of the tests."""


@contextlib.contextmanager
def serving(content):
    """A server whose ``answers`` are used up one by one; ``requests`` are what was asked."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.content, server.answers, server.requests = content, [], []
    server.stopping = threading.Event()
    server.url = f"http://127.0.0.1:{server.server_port}/files/weights-1a2b.pth"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()
