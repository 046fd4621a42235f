"""The shapes and words of Telnyx's answers: errors, pages, filters, moments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.responses import JSONResponse, Response

from portolan.simulator.facade import Call, Refused

Model = TypeVar("Model", bound=BaseModel)

#: Code and title by status; 10009, 10011 and 10015 are in its document, the others are read off its public lists.
ERRORS: Mapping[int, tuple[str, str]] = {
    400: ("10015", "Bad Request"),
    401: ("10009", "Authentication failed"),
    404: ("10005", "Resource not found"),
    413: ("10015", "Bad Request"),
    422: ("10015", "Bad Request"),
    429: ("10011", "Too many requests"),
}
UNEXPECTED = ("10007", "Unexpected error")
DETAILS: Mapping[int, str] = {
    401: "The credentials of the request are not understood.",
    404: "There is nothing with that id.",
    429: "The rate limit is used up.",
}
LARGEST_PAGE, PAGE = 250, 20
E164 = re.compile(r"\+[1-9]\d{6,14}")
_BRACKET = re.compile(r"[^\[\]]+")


def error(status: int, detail: str = "", pointer: str = "") -> Response:
    """An error answer with one error."""
    return errors(status, [(pointer, detail)])


def errors(status: int, found: Sequence[tuple[str, str]]) -> Response:
    """An error answer: pointer into the body (empty: none) and detail of each error."""
    code, title = ERRORS.get(status, UNEXPECTED)
    told = [
        {
            "code": code,
            "title": title,
            "detail": detail or DETAILS.get(status, "Something went wrong at our end."),
            "meta": {"url": f"https://developers.telnyx.com/docs/overview/errors/{code}"},
            **({"source": {"pointer": pointer}} if pointer else {}),
        }
        for pointer, detail in found
    ]
    return JSONResponse({"errors": told}, status)


def refuse(detail: str, pointer: str = "/base") -> Refused:
    """A 422 to raise."""
    return Refused(error(422, detail, pointer))


def missing(what: str) -> Refused:
    """A 404 to raise."""
    return Refused(error(404, f"There is no {what} with that id."))


def read(call: Call, model: type[Model]) -> Model:
    """The body, as a request of this shape.

    Raises:
        Refused: It has another; 400 where it is no JSON, 422 with a pointer for each fault otherwise.
    """
    try:
        return model.model_validate_json(call.body or b"{}")
    except ValidationError as invalid:
        faults = [("/" + "/".join(map(str, fault["loc"])), fault["msg"]) for fault in invalid.errors()]
        if any(fault["type"] == "json_invalid" for fault in invalid.errors()):
            raise Refused(error(400, "The body is no JSON.")) from None
        raise Refused(errors(422, faults)) from None


def moment(at: datetime | None) -> str | None:
    """A moment as it writes one."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None


def filters(call: Call) -> dict[str, str]:
    """Its filters, `filter[a][b]` as `a.b`; of lists the values with commas between them."""
    found: dict[str, str] = {}
    for name, value in call.query:
        head, *keys = _BRACKET.findall(name)
        if head == "filter" and keys:
            path = ".".join(keys)
            found[path] = f"{found[path]},{value}" if path in found else value
    return found


def page(call: Call, rows: Sequence[Any], view: Callable[[Any], Any] = lambda row: row) -> Response:
    """A page of rows: `page[number]` and `page[size]`.

    Raises:
        Refused: They are no such numbers.
    """
    number = _count(call, "page[number]", 1, 1_000_000)
    size = _count(call, "page[size]", PAGE, LARGEST_PAGE)
    start = (number - 1) * size
    meta = {
        "page_number": number,
        "page_size": size,
        "total_pages": -(-len(rows) // size),
        "total_results": len(rows),
    }
    return JSONResponse({"data": [view(row) for row in rows[start : start + size]], "meta": meta})


def _count(call: Call, name: str, default: int, most: int) -> int:
    said = call.asked(name, str(default))
    if not (said.isascii() and said.isdecimal() and len(said) < 8 and 1 <= int(said) <= most):
        raise Refused(error(422, f"{name} has to be a number from 1 to {most}.", f"/{name}"))
    return int(said)


def named(call: Call, names: Iterable[str]) -> str:
    """The one of these filters that was given; empty if none was."""
    given = filters(call)
    return next((given[name] for name in names if name in given), "")
