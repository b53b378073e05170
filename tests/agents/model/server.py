"""A model on loopback that speaks every agent's protocol and says what a script tells it to."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from tests.agents.model import anthropic, chat_completions, gemini, responses
from tests.agents.model.script import answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

    from tests.agents.model.script import Request, Script

_PROTOCOLS: Final[dict[str, ModuleType]] = {
    "/messages": anthropic,
    "/chat/completions": chat_completions,
    "/responses": responses,
    ":streamGenerateContent": gemini,
    ":generateContent": gemini,
}


class Model(ThreadingHTTPServer):
    """The server, the scripts it follows, and what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.scripts: Mapping[str, Script] = {}
        self.requests: list[Request] = []
        self.refused: list[str] = []
        """Paths that no protocol here answers."""
        self._numbers = count(1)

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://127.0.0.1:{self.server_port}"

    def number(self) -> int:
        """Number the next answer; call ids are made of it, so they never repeat."""
        return next(self._numbers)

    def follow(self, scripts: Mapping[str, Script]) -> None:
        """Forget what was asked, and follow these scripts from now on."""
        self.scripts = scripts
        self.requests.clear()


@contextmanager
def running_model() -> Iterator[Model]:
    """Give a model that answers until the block is left."""
    with Model() as model:
        thread = threading.Thread(target=model.serve_forever, daemon=True)
        thread.start()
        try:
            yield model
        finally:
            model.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    """Answers one request; every answer ends its connection."""

    server: Model

    def do_POST(self) -> None:
        """Answer as the protocol of the path does."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.partition("?")[0]
        protocol = next((p for end, p in _PROTOCOLS.items() if path.endswith(end)), None)
        if protocol is None:
            self._refuse()
            return
        request: Request = protocol.read(json.loads(body))
        self.server.requests.append(request)
        calls = answer(self.server.scripts, request)
        number = self.server.number()
        if request.streams and not path.endswith(":generateContent"):
            self._send("text/event-stream", *protocol.stream(calls, number))
        else:
            self._send("application/json", json.dumps(protocol.whole(calls, number)))

    def do_GET(self) -> None:
        """Answer a question for the models that are there."""
        if self.path.partition("?")[0].endswith("/models"):
            self._send("application/json", json.dumps({"object": "list", "data": []}))
        else:
            self._refuse()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the base class's
        """Say nothing."""

    def _refuse(self) -> None:
        self.server.refused.append(self.path)
        self.send_error(404)

    def _send(self, kind: str, *pieces: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        for piece in pieces:
            self.wfile.write(piece.encode())
            self.wfile.flush()
