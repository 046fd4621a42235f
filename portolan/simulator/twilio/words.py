"""The shapes and words of Twilio's answers: errors, ids, moments, and what kind of number one is."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from starlette.responses import JSONResponse, Response

from portolan.numbering import parse
from portolan.simulator.facade import Call, Refused
from portolan.simulator.store import NAMES

E164 = re.compile(r"\+[1-9]\d{6,14}")
NOT_E164, MISSING, COUNTRIES, IN_PROGRESS = 22102, 22171, 22172, 22137
UNSUPPORTED, MANUAL, IN_TARGET, OTHER_OWNER, OWN = 22130, 22133, 22131, 22132, 22136
#: Where Twilio says nothing more of what is wrong with a parameter.
INVALID = 20001
CODES: Mapping[int, tuple[int, str]] = {
    400: (INVALID, "The request is not valid."),
    401: (20003, "Authenticate"),
    404: (20404, "The requested resource was not found"),
    413: (INVALID, "The request is too large."),
    422: (INVALID, "The request cannot be processed."),
    429: (20429, "Too Many Requests"),
    503: (20503, "Service Unavailable"),
}
UNEXPECTED = (20500, "Internal Server Error")
#: How it names the reasons for which numbers are not portable.
REASONS: Mapping[int, str] = {
    UNSUPPORTED: "UNSUPPORTED",
    IN_TARGET: "ALREADY_IN_TARGET_ACCOUNT",
    OTHER_OWNER: "ALREADY_IN_TWILIO_DIFFERENT_OWNER",
    MANUAL: "MANUAL_PORTING_AVAILABLE",
    OWN: "ALREADY_IN_ONE_OF_YOUR_ACCOUNTS",
    IN_PROGRESS: "PORT_IN_PROGRESS",
    MISSING: "MISSING_REQUIRED_FIELDS",
}
TYPES: Mapping[str, str] = {"geographic": "LOCAL", "mobile": "MOBILE", "wireless": "MOBILE", "toll_free": "TOLL-FREE"}


class Kind(NamedTuple):
    """Country (empty: nobody knows) and type of a number, in Twilio's words."""

    country: str
    type: str


def error(status: int, message: str = "", code: int = 0) -> Response:
    """An error answer."""
    usual, words = CODES.get(status, UNEXPECTED)
    code = code or usual
    return JSONResponse(
        {
            "code": code,
            "message": message or words,
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": status,
        },
        status,
    )


def refuse(message: str, code: int = INVALID, status: int = 400) -> Refused:
    """An error to raise."""
    return Refused(error(status, message, code))


def missing(what: str) -> Refused:
    """A 404 to raise."""
    return Refused(error(404, f"The requested resource {what} was not found"))


def sid(prefix: str, *names: str) -> str:
    """The id of something that belongs to something else: prefix and 32 hexadecimal digits."""
    return prefix + uuid.uuid5(NAMES, ":".join(names)).hex


def is_sid(prefix: str, text: str) -> bool:
    """Whether it is an id of that kind."""
    return re.fullmatch(rf"{prefix}[0-9a-fA-F]{{32}}", text) is not None


def moment(at: datetime | None) -> str | None:
    """A moment as it writes one: UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def kind_of(number: str, wireless: bool = False) -> Kind:
    """Country and type of a number; `wireless` where it is known to be a mobile one."""
    try:
        known = parse(number)
    except ValueError:
        return Kind("", "UNKNOWN")
    return Kind(known.country, "MOBILE" if wireless else TYPES.get(known.number_class, "UNKNOWN"))


def base(call: Call) -> str:
    """Where all its hosts are, as the request sees it."""
    return f"http://{call.headers.get('host', 'localhost')}/twilio"


def page_of(items: list[Any], key: str, size: int) -> dict[str, Any]:
    """A page that holds everything, as its newer interfaces wrap one."""
    meta = {
        "page": 0,
        "page_size": size,
        "first_page_url": "",
        "previous_page_url": None,
        "url": "",
        "next_page_url": None,
        "key": key,
    }
    return {key: items[:size], "meta": meta}
