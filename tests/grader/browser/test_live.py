"""The page on localhost: for whoever has its address, and for no other origin."""

import http.client
import threading
from urllib.parse import urlsplit

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from grader.browser import serve


@pytest.fixture
def live():
    with serve("<p>first</p>", "A <title>", "en") as page:
        yield page


@pytest.fixture
def get():
    """Asks for an address; the answer may be a stream."""
    connections = []

    def ask(address: str, **headers: str):
        parts = urlsplit(address)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        connections.append(connection)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", parts.path, headers=named)
        response = connection.getresponse()
        connections.append(response)
        return response

    yield ask
    for connection in connections:
        connection.close()


def _events(response):
    """What a stream says, one event after the other, without signs of life."""
    event: list[str] = []
    for line in iter(response.fp.readline, b""):
        text = line.decode().rstrip("\r\n")
        if text.startswith(("data:", "event:")):
            event.append(text)
        elif not text and event:
            yield " ".join(event)
            event = []


class TestAnswers:
    def test_the_frame_shows_the_page(self, live, get):
        response = get(live.address)
        text = response.read().decode()
        assert response.status == 200
        assert '<iframe src="page" title="A &lt;title&gt;" sandbox="allow-same-origin">' in text
        assert '<html lang="en">' in text
        assert get(f"{live.address}page").read() == b"<p>first</p>"

    @pytest.mark.parametrize("file", ["frame.js", "frame.css"])
    def test_what_the_frame_needs_is_there(self, live, get, file):
        assert get(live.address + file).status == 200

    def test_a_new_page_is_told_and_given(self, live, get):
        events = _events(get(f"{live.address}news"))
        assert next(events) == "data: 0"
        live.show("<p>second</p>")
        assert next(events) == "data: 1"
        assert get(f"{live.address}page").read() == b"<p>second</p>"

    def test_every_reader_is_told(self, live, get):
        readers = [_events(get(f"{live.address}news")) for _ in range(3)]
        assert [next(events) for events in readers] == ["data: 0"] * 3
        live.show("<p>second</p>")
        assert [next(events) for events in readers] == ["data: 1"] * 3

    def test_the_end_is_told_and_nothing_is_left(self, get):
        with serve("<p>first</p>", "T", "fr") as live:
            events = _events(get(f"{live.address}news"))
            assert next(events) == "data: 0"
        assert next(events) == "event: ended data:"
        assert not [thread for thread in threading.enumerate() if thread.name == "grader.browser"]
        with pytest.raises(ConnectionRefusedError):
            get(live.address)

    def test_a_port_that_is_taken_is_an_error(self, live):
        port = urlsplit(live.address).port or 0
        with pytest.raises(OSError, match="in use"), serve("", "T", "en", port=port):
            pass


class TestSecrets:
    def test_without_the_secret_there_is_nothing(self, live, get):
        parts = urlsplit(live.address)
        root = f"http://{parts.netloc}/"
        for path in ("", "page", "news", "x/", "x/page", parts.path[1:-2] + "/"):
            response = get(root + path)
            assert response.status == 404
            assert b"first" not in response.read()

    def test_each_address_is_its_own(self):
        with serve("", "T", "en") as one, serve("", "T", "en") as other:
            assert urlsplit(one.address).path != urlsplit(other.address).path
            assert len(urlsplit(one.address).path) >= 43

    def test_it_listens_on_this_machine_alone(self, live):
        assert live._socket.getsockname()[0] == "127.0.0.1"

    @pytest.mark.parametrize(
        "headers",
        [
            {"Host": "attacker.example"},
            {"Host": "127.0.0.1.attacker.example"},
            {"Origin": "https://attacker.example"},
            {"Origin": "null"},
            {"Sec_Fetch_Site": "cross-site"},
            {"Sec_Fetch_Site": "same-site"},
        ],
        ids=str,
    )
    @pytest.mark.parametrize("path", ["", "page", "news"])
    def test_another_origin_gets_nothing(self, live, get, headers, path):
        response = get(live.address + path, **headers)
        assert response.status in (400, 403)
        assert b"first" not in response.read()

    @pytest.mark.parametrize("path", ["", "page"])
    def test_what_is_answered_can_be_neither_kept_nor_framed_nor_followed(self, live, get, path):
        headers = get(live.address + path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "frame-ancestors" in headers["Content-Security-Policy"]
        assert "access-control-allow-origin" not in headers

    def test_the_page_runs_nothing(self, live, get):
        policy = get(f"{live.address}page").headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "sandbox allow-same-origin" in policy
