"""The shapes and words of Bandwidth's answers: XML, errors by code, numbers of ten digits, moments, pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from starlette.responses import Response

from portolan.carriers.bandwidth import xml
from portolan.domain.rejections import Rejection
from portolan.domain.rejections.vendors import VENDORS
from portolan.simulator.behaviour import worded
from portolan.simulator.facade import Call, Refused

VENDOR = "bandwidth"
FREE = re.compile(r"8(?:00|88|77|66|55|44|33)[2-9]\d{6}")
NANP = re.compile(r"[2-9]\d{2}[2-9]\d{6}")
PAGE, LARGEST_PAGE = 10, 1000
OTHER, ELSEWHERE = "7417", "7999"
_OFF_NET = re.compile(r"LNP\d{3}[JSW]")
DETAILS: Mapping[int, str] = {
    400: "Validation Failed. Please check your input parameters.",
    401: "The user name or password is not right.",
    404: "The resource does not exist",
    429: "Too many requests",
}


class Fault(NamedTuple):
    """What is wrong with an order: code, words, and the numbers (E.164) it is about."""

    code: str
    words: str
    numbers: Sequence[str] = ()


def answer(root: str, values: Mapping[str, xml.Value], status: int = 200) -> Response:
    """An answer in XML."""
    return Response(xml.write(root, values), status, media_type="application/xml")


def error(status: int, words: str = "", code: str = "", root: str = "ErrorResponse") -> Response:
    """An error answer; its code is one of Bandwidth's, or the status."""
    told = {"ErrorCode": code or str(status), "Description": words or DETAILS.get(status, "Something went wrong.")}
    return answer(root, {"ResponseStatus": told}, status)


def refuse(code: str, words: str, root: str, status: int = 400) -> Refused:
    """An error to raise."""
    return Refused(error(status, words, code, root))


def missing(root: str = "ErrorResponse") -> Refused:
    """A 404 to raise."""
    return Refused(error(404, root=root))


def read(call: Call, root: str) -> xml.Element:
    """The body.

    Raises:
        Refused: It is no XML, or another document.
    """
    try:
        found = xml.read(call.body)
    except ValueError:
        raise Refused(error(400, "The body is no XML.")) from None
    if xml.name_of(found) != root:
        raise Refused(error(400, f"The body has to be a {root}."))
    return found


def errors(found: Iterable[Fault]) -> list[dict[str, xml.Value]]:
    """Faults as an order shows them."""
    told: list[dict[str, xml.Value]] = []
    for fault in found:
        numbers: dict[str, xml.Value] = {"TelephoneNumbers": {"Tn": [national(each) for each in fault.numbers]}}
        told.append({"Code": fault.code, "Description": fault.words, **(numbers if fault.numbers else {})})
    return told


def rejected(reason: Rejection) -> Fault:
    """A reason as Bandwidth tells it: by its own code, by that of its off-net vendor in the words, or as other."""
    meant = [
        (not code.isdecimal(), len(reasons), index, code)
        for index, (code, reasons) in enumerate(VENDORS[VENDOR].whole.items())
        if reason.code in reasons and ((code.isdecimal() and code[0] == "7") or _OFF_NET.fullmatch(code))
    ]
    words = worded(reason)
    if not meant:
        return Fault(OTHER, words, reason.numbers)
    code = min(meant)[3]
    if code.isdecimal():
        return Fault(code, words, reason.numbers)
    return Fault(ELSEWHERE, f"{code} {words}", reason.numbers)


def base(call: Call) -> str:
    """Where everything of the account is, as the request sees it."""
    return f"http://{call.headers.get('host', 'localhost')}/bandwidth/api/accounts/{call.account}"


def national(number: str) -> str:
    """Ten digits of a number in E.164."""
    return number.removeprefix("+1")


def e164(digits: str) -> str:
    """A number of ten digits in E.164."""
    return f"+1{digits.strip()}"


def is_free(number: str) -> bool:
    """Whether a number in E.164 is toll-free."""
    return FREE.fullmatch(national(number)) is not None


def moment(at: datetime | None) -> str:
    """A moment as it writes one; empty for none."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else ""


def page(call: Call, rows: Sequence[tuple[str, Mapping[str, xml.Value]]], root: str, entry: str) -> Response:
    """A page of rows, each with its id: `page` is the id of the first of them, or 1."""
    size = int(call.asked("size", str(PAGE))) if call.asked("size", str(PAGE)).isdecimal() else 0
    if not 0 < size <= LARGEST_PAGE:
        raise Refused(error(400, f"size has to be from 1 to {LARGEST_PAGE}."))
    ids = [row[0] for row in rows]
    first = call.asked("page", "1")
    start = ids.index(first) if first in ids else 0
    links = {"first": _link(call, "1", size, "first")}
    if start + size < len(ids):
        links["next"] = _link(call, ids[start + size], size, "next")
    shown: dict[str, xml.Value] = {"TotalCount": len(rows), "Links": links}
    return answer(root, shown | {entry: [row[1] for row in rows[start : start + size]]})


def _link(call: Call, first: str, size: int, name: str) -> str:
    others = "".join(f"&{key}={value}" for key, value in call.query if key not in {"page", "size"})
    return f'Link=<http://{call.headers.get("host", "")}/?page={first}&size={size}{others}>;rel="{name}";'
