"""A vendor's OpenAPI document, as far as answers can be held against it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx2
import jsonschema

SPECS = Path(__file__).parent.parent.parent.parent / "shared" / "specs"


class Document:
    """Checks requests and answers of a server that speaks the protocol.

    Attributes:
        called: The operations seen, by their ids.
    """

    def __init__(self, name: str, prefix: str) -> None:
        self._document = json.loads((SPECS / name).read_text())
        self._prefix = prefix
        self.called: set[str] = set()
        templates = sorted(self._document["paths"], key=lambda path: (path.count("{"), -len(path)))
        self._paths = [(re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), path) for path in templates]

    def check(self, response: httpx2.Response) -> None:
        """An event hook: the request and its answer are as the document has them."""
        response.read()
        request = response.request
        path = request.url.path.replace(self._prefix, "", 1)
        template = next(template for pattern, template in self._paths if pattern.fullmatch(path))
        operation = self._document["paths"][template][request.method.lower()]
        where = f"{request.method} {template}"
        self.called.add(operation["operationId"])
        if request.content and response.is_success and "json" in request.headers["content-type"]:
            self._valid(self._content(operation["requestBody"]), json.loads(request.content), f"{where}: request")
        answers = operation["responses"]
        known = answers.get(str(response.status_code)) or answers.get(f"{response.status_code // 100}XX")
        answer = self._resolved(known or answers.get("default"))
        assert answer is not None, f"{where} does not answer {response.status_code}"
        if answer.get("content") and response.is_success:
            self._valid(self._content(answer), response.json(), f"{where}: {response.status_code}")

    def _resolved(self, node: Any) -> Any:
        while isinstance(node, dict) and "$ref" in node:
            found = self._document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            node = found
        return node

    def _content(self, node: Any) -> Any:
        return self._resolved(node)["content"]["application/json"]["schema"]

    def _valid(self, schema: Any, value: Any, where: str) -> None:
        whole = {**schema, "components": self._document["components"]}
        faults = list(jsonschema.Draft202012Validator(whole).iter_errors(value))
        assert not faults, f"{where}: {faults[0].json_path}: {faults[0].message}"
