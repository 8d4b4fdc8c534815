"""The server: a frame around the page, the page, and a stream that tells when there is a new one.

Whoever has the address may read the page; it holds a secret, is given to nobody but the terminal, and answers only
on this machine's loopback, to requests by that name, and to no page of another origin.  The page itself runs nothing:
it lies in a frame without scripts, and the only script is that of the frame around it.
"""

import asyncio
import contextlib
import importlib.resources
import secrets
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from html import escape

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from grader.messages import Language, say

__all__ = ["LivePage", "serve"]

_HOST = "127.0.0.1"
_ALIVE_SECONDS = 15.0  # between two signs of life, so that a reader who has left is noticed
_START_SECONDS = 10.0
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_FRAME_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin"
)


class LivePage:
    """A page that is being served; made by :func:`serve`."""

    def __init__(self, page: str, title: str, language: Language, port: int) -> None:
        self._page, self._title = page, title
        self._language: Language = language
        self._version, self._ended = 0, False
        self._secret = secrets.token_urlsafe(32)
        self._socket = socket.create_server((_HOST, port))
        self._port: int = self._socket.getsockname()[1]
        self._changed = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running = threading.Event()
        config = uvicorn.Config(
            self._application(),
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="grader.browser", daemon=True)

    @property
    def address(self) -> str:
        """Where a browser finds it; whoever has the address may read the page."""
        return f"http://{_HOST}:{self._port}/{self._secret}/"

    def show(self, page: str) -> None:
        """Replace the page; every browser that shows it changes at once, and keeps its place."""
        self._page = page
        self._version += 1
        self._wake()

    # --------------------------------------------------------------------------------------- a life

    def start(self) -> None:
        """Begin to answer.

        Raises:
            RuntimeError: when the server does not come up.
        """
        self._thread.start()
        if not self._running.wait(_START_SECONDS):
            raise RuntimeError(f"the page cannot be served on {_HOST}")

    def close(self) -> None:
        """Tell the browsers that this was all, and stop."""
        self._ended = True
        self._wake()
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._running.set()
        await self._server.serve(sockets=[self._socket])

    def _wake(self) -> None:
        """Let all streams look for what is new."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._exchange)

    def _exchange(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    # -------------------------------------------------------------------------------------- answers

    def _application(self) -> Starlette:
        root = f"/{self._secret}/"
        routes = [
            Route(root, self._frame),
            Route(f"{root}page", self._answer_page),
            Route(f"{root}news", self._news),
            Route(f"{root}frame.js", _file("frame.js", "text/javascript")),
            Route(f"{root}frame.css", _file("frame.css", "text/css")),
        ]
        guards = [
            Middleware(TrustedHostMiddleware, allowed_hosts=[_HOST, "localhost"]),
            Middleware(BaseHTTPMiddleware, dispatch=_for_itself_alone),
        ]
        return Starlette(routes=routes, middleware=guards)

    async def _frame(self, request: Request) -> Response:
        text = _text("frame.html")
        facts = {
            "language": self._language,
            "title": self._title,
            "ended": say("browser_ended", self._language),
            "renewed": say("browser_renewed", self._language),
        }
        for name, fact in facts.items():
            text = text.replace(f"{{{name}}}", escape(fact))
        return HTMLResponse(text, headers={"Content-Security-Policy": _FRAME_POLICY})

    async def _answer_page(self, request: Request) -> Response:
        return HTMLResponse(self._page, headers={"Content-Security-Policy": _PAGE_POLICY})

    async def _news(self, request: Request) -> Response:
        return StreamingResponse(self._stream(), media_type="text/event-stream")

    async def _stream(self) -> AsyncIterator[str]:
        """The number of the page, whenever it changes; at last that there will be no more."""
        seen = -1
        while not self._ended:
            changed = self._changed
            if seen != self._version:
                seen = self._version
                yield f"data: {seen}\n\n"
                continue
            try:
                await asyncio.wait_for(changed.wait(), _ALIVE_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"
        yield "event: ended\ndata:\n\n"


@contextlib.contextmanager
def serve(page: str, title: str, language: Language, port: int = 0) -> Iterator[LivePage]:
    """Serve a page on localhost until the block is left.

    Args:
        page: the first one, as :func:`grader.report.page.to_html` makes it.
        title: of the browser's tab.
        language: of what is said around the page.
        port: 0 for any that is free.

    Raises:
        OSError: when the port is taken.
    """
    live = LivePage(page, title, language, port)
    live.start()
    try:
        yield live
    finally:
        live.close()


async def _for_itself_alone(
    request: Request, answer: Callable[[Request], Awaitable[Response]]
) -> Response:
    """Answer nothing that a page of another origin asks for, and let none read or frame what is answered."""
    origin = request.headers.get("origin")
    own = f"{request.url.scheme}://{request.url.netloc}"
    site = request.headers.get("sec-fetch-site", "none")
    if (origin is not None and origin != own) or site not in ("none", "same-origin"):
        return PlainTextResponse("forbidden", 403, headers=_HEADERS)
    response = await answer(request)
    response.headers.update(_HEADERS)
    return response


def _file(name: str, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return Response(_text(name), media_type=media_type)

    return answer


def _text(name: str) -> str:
    return (importlib.resources.files("grader.browser") / "files" / name).read_text("utf-8")
