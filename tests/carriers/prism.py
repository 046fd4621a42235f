"""A mock of a carrier, started from the carrier's own OpenAPI document: takes valid requests only, keeps nothing.

    with prism("telnyx") as mock:
        carrier = Telnyx(account_at(f"{mock.url}/v2"), transport=mock.transport())
        ...
        assert mock.called == {"CreatePortingOrder", ...}

A request or answer that breaks the document raises `Violation` in the test, wherever the adapter made the call.
"""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from starter.server import free_port

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ROOT.parent / "shared" / "specs"
FOLDER = ROOT / ".venv" / "prism"
PACKAGE = "@stoplight/prism-cli@5"
METHODS = frozenset({"get", "put", "post", "delete", "patch"})
#: How long the mock may take to read its document, in seconds.
PATIENCE = 35
#: How often it is started before that counts as a failure.
STARTS = 3
_PARAMETER = re.compile(r"\{[^}]+\}")


class Violation(AssertionError):
    """What the adapter sent, or the document's own example of an answer, is not as the document has it."""


class Mock:
    """A running mock.

    Attributes:
        url: Its base, without any path.
        document: The OpenAPI document as it is.
        prefer: What the mock is asked for with every call: `dynamic=false`, `dynamic=true`, `code=422`,
            `example=NAME`; several with commas. A test sets it as it goes.
        called: The operations called so far.
    """

    def __init__(self, url: str, document: dict[str, Any]) -> None:
        self.url, self.document = url, document
        self.prefer = "dynamic=false"
        self.called: set[str] = set()
        self._operations = {
            (method.upper(), path): str(operation.get("operationId") or f"{method.upper()} {path}")
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if method in METHODS
        }
        # An address that is written out goes before one with a parameter in its place.
        self._patterns = [
            (method, re.compile(_pattern(path)), path)
            for method, path in sorted(self._operations, key=lambda key: key[1].count("{"))
        ]

    @property
    def operations(self) -> set[str]:
        """Every operation of the document."""
        return set(self._operations.values())

    def examples(self, operation: str) -> list[tuple[str, str]]:
        """Status and name of each named example of the operation's answers, as `prefer` takes them."""
        (method, path), *_ = [key for key, name in self._operations.items() if name == operation]
        return [
            (status, name)
            for status, answer in self.document["paths"][path][method.lower()].get("responses", {}).items()
            for content in self._resolved(answer).get("content", {}).values()
            for name in content.get("examples", {})
        ]

    def transport(self) -> httpx2.BaseTransport:
        """How an adapter reaches the mock, for its `transport`."""
        return _Watched(self)

    def operation(self, method: str, path: str) -> str | None:
        """The operation a request is for."""
        for known, pattern, template in self._patterns:
            if known == method and pattern.fullmatch(path):
                return self._operations[method, template]
        return None

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            found: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step.replace("~1", "/").replace("~0", "~")]
            node = found
        return node


class _Watched(httpx2.BaseTransport):
    def __init__(self, mock: Mock) -> None:
        self._mock, self._inner = mock, httpx2.HTTPTransport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        call = f"{request.method} {request.url.raw_path.decode()}"
        operation = self._mock.operation(request.method, request.url.path)
        if operation is None:
            raise Violation(f"the document knows no {call}")
        request.headers["prefer"] = self._mock.prefer
        response = self._inner.handle_request(request)
        response.read()
        found = _violations(response)
        if found:
            raise Violation(f"{operation}, {call}: {response.status_code} {found}")
        self._mock.called.add(operation)
        return response

    def close(self) -> None:
        self._inner.close()


@contextmanager
def prism(vendor: str) -> Iterator[Mock]:
    """A mock of a vendor's document (`telnyx`, `twilio`, `bandwidth`); skips where document or Node is absent."""
    path = DOCUMENTS / f"{vendor}-porting.openapi.json"
    if not path.exists():
        pytest.skip(f"{path.name} lies beside the repository, in shared/specs, and is not there")
    command = [str(_installed()), "mock", "--seed", "portolan", "-h", "127.0.0.1", "-p"]
    with tempfile.TemporaryFile() as log:
        for tries_left in reversed(range(STARTS)):
            port = free_port()
            process = subprocess.Popen([*command, str(port), str(path)], stdout=log, stderr=subprocess.STDOUT)
            if _listens(process, log):
                break
            process.kill()
            process.wait()
            assert tries_left, f"The mock did not start:\n{_said(log)}"
        try:
            yield Mock(f"http://127.0.0.1:{port}", json.loads(path.read_text(encoding="utf-8")))
        finally:
            process.terminate()
            process.wait(10)


def _violations(response: httpx2.Response) -> list[Any]:
    """What breaks the document in the request or its answer; it cannot read answers in XML, and those do not count."""
    if "stoplight.io/prism/errors" in response.text[:200]:
        return [response.text]
    is_json = "json" in response.headers.get("content-type", "json")
    found = json.loads(response.headers.get("sl-violations", "[]"))
    return [one for one in found if one["severity"] == "Error" and (is_json or one["location"][:1] != ["response"])]


def _listens(process: subprocess.Popen[bytes], log: Any) -> bool:
    """Whether it listens, as soon as it does; somebody else may have taken its port first."""
    for _ in range(PATIENCE * 20):
        if f"is listening on http://127.0.0.1:{process.args[-2]}" in _said(log):  # type: ignore[index]
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.05)
    return False


def _said(log: Any) -> str:
    log.seek(0)
    return str(log.read().decode(errors="replace"))


def _installed() -> Path:
    """The mock's program, installed once for all processes of the suite."""
    program = FOLDER / "node_modules" / ".bin" / "prism"
    if shutil.which("node") is None or (not program.exists() and shutil.which("npm") is None):
        pytest.skip("the mock of a carrier needs Node 18 or later, with npm")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            command = [
                "npm",
                "install",
                "--prefix",
                str(FOLDER),
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
                PACKAGE,
            ]
            done = subprocess.run(command, capture_output=True, text=True, timeout=300)
            assert done.returncode == 0, f"npm could not install {PACKAGE}:\n{done.stderr}"
    return program


def _pattern(path: str) -> str:
    literal = _PARAMETER.split(path)
    return "[^/]+".join(re.escape(part) for part in literal)
