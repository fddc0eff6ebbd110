"""A hub on this machine: the part of the Hugging Face hub's API that loading a data set needs."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

COMMIT = "c" * 40
"""The only revision of every data set."""

Files = Mapping[str, bytes]
"""Content of each file of a data set."""


@contextmanager
def serve(repositories: Mapping[str, Files]) -> Iterator[str]:
    """Serve data sets from a thread, and return the address for `HF_ENDPOINT`."""

    class Hub(_Hub):
        data_sets = repositories

    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Hub(BaseHTTPRequestHandler):
    """Answer as the hub does for a client without a token."""

    data_sets: Mapping[str, Files] = {}

    def do_GET(self) -> None:
        match urlsplit(self.path).path.strip("/").split("/"):
            case ["api", "datasets", owner, name, *question]:
                self._describe(f"{owner}/{name}", question)
            case ["datasets", owner, name, "resolve", _, *file]:
                self._download(f"{owner}/{name}", "/".join(file))
            case _:
                self._fail(404, "NotFound")

    def do_HEAD(self) -> None:
        self.do_GET()

    def _describe(self, name: str, question: list[str]) -> None:
        if name not in self.data_sets:
            self._fail(401, "RepoNotFound")
            return
        match question:
            case [] | ["revision", _]:
                siblings = [{"rfilename": file} for file in self.data_sets[name]]
                self._send_json({"id": name, "sha": COMMIT, "siblings": siblings})
            case ["tree", _]:
                files = self.data_sets[name].items()
                self._send_json([_facts(file, content) for file, content in files])
            case _:
                self._fail(404, "EntryNotFound")

    def _download(self, name: str, file: str) -> None:
        if name not in self.data_sets:
            self._fail(401, "RepoNotFound")
        elif file not in self.data_sets[name]:
            self._fail(404, "EntryNotFound")
        else:
            content = self.data_sets[name][file]
            self._send(200, content, {"ETag": f'"{_digest(content)}"', "X-Repo-Commit": COMMIT})

    def _fail(self, status: int, code: str) -> None:
        self._send(status, b"", {"X-Error-Code": code})

    def _send_json(self, answer: Any) -> None:
        self._send(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Print no line per request."""


def _facts(file: str, content: bytes) -> dict[str, Any]:
    return {"type": "file", "path": file, "size": len(content), "oid": _digest(content)}


def _digest(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()
