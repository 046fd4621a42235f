"""Cases at AWS Support: found by our reference before one is made, and their correspondence read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from portolan.carriers.amazon_connect.aws import Aws, mapping, text
from portolan.carriers.desk.book import Entry, storable

#: What one communication holds (AWS Support API reference), with room for its heading.
MOST_CHARACTERS = 8000
_HEADING = 120
#: Whose communications are not ours.
_AWS = "amazon web services"
_EARLIER = timedelta(days=1)
#: How categories are told apart where the codes are not documented: words of their names (AWS administrator guide).
_SERVICE = re.compile(r"connect.*number management", re.IGNORECASE)
_PORTING = re.compile(r"number porting", re.IGNORECASE)
_ELSEWHERE = re.compile(r"non[\s-]*north america", re.IGNORECASE)


class Place(NamedTuple):
    """Where a case about porting belongs: codes that AWS names when it is asked."""

    service: str
    category: str


class SupportCase(NamedTuple):
    """A case as AWS has it."""

    case_id: str
    status: str


class Support:
    """The AWS Support API of one account."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def place(self, north_america: bool) -> Place | None:
        """Where cases about porting belong; None where AWS names no such place."""
        answer = self._aws.look("support", "describe_services", language="en")
        with self._aws.understanding("support describe_services"):
            for service in map(mapping, answer.get("services") or []):
                if not _SERVICE.search(text(service.get("name", ""))):
                    continue
                for category in map(mapping, service.get("categories") or []):
                    name = text(category.get("name", ""))
                    elsewhere = _ELSEWHERE.search(name) is not None
                    if _PORTING.search(name) and elsewhere != north_america:
                        return Place(text(service["code"]), text(category["code"]))
        return None

    def find(self, reference: str, since: datetime) -> str | None:
        """The case whose subject has our reference; the oldest, if a person opened another one."""
        found = []
        cases = self._aws.pages(
            "support",
            "describe_cases",
            "cases",
            "nextToken",
            afterTime=(since - _EARLIER).astimezone(UTC).isoformat(),
            includeResolvedCases=True,
            includeCommunications=False,
            maxResults=100,
            language="en",
        )
        for case in cases:
            with self._aws.understanding("support describe_cases"):
                if mark(reference) in text(case.get("subject") or ""):
                    found.append((text(case.get("timeCreated") or ""), text(case["caseId"])))
        return min(found)[1] if found else None

    def create(self, subject: str, body: str, place: Place) -> str:
        """Open a case; AWS has no key by which it would know a repeated call."""
        answer = self._aws.act(
            "support",
            "create_case",
            subject=subject,
            communicationBody=body,
            serviceCode=place.service,
            categoryCode=place.category,
            severityCode="normal",
            issueType="customer-service",
            language="en",
        )
        with self._aws.understanding("support create_case", changes=True):
            return text(answer["caseId"])

    def say(self, case_id: str, body: str) -> None:
        """Add to the correspondence of a case."""
        self._aws.act("support", "add_communication_to_case", caseId=case_id, communicationBody=body)

    def case(self, case_id: str) -> SupportCase:
        """How a case stands."""
        answer = self._aws.look(
            "support",
            "describe_cases",
            caseIdList=[case_id],
            includeResolvedCases=True,
            includeCommunications=False,
        )
        with self._aws.understanding("support describe_cases"):
            (case,) = map(mapping, answer["cases"])
            return SupportCase(text(case["caseId"]), storable(text(case["status"])))

    def correspondence(self, case_id: str) -> list[Entry]:
        """What was said in a case, oldest first; what AWS wrote waits to be read."""
        pages = self._aws.pages(
            "support", "describe_communications", "communications", "nextToken", caseId=case_id, maxResults=100
        )
        found = list(self._entries(pages))
        found.reverse()  # AWS tells the newest first, and many of one instant
        return sorted(found, key=lambda entry: entry.at)

    def _entries(self, communications: Iterator[Mapping[str, Any]]) -> Iterator[Entry]:
        for one in communications:
            with self._aws.understanding("support describe_communications"):
                author = storable(text(one.get("submittedBy") or ""))
                from_carrier = _AWS in author.lower()
                entry = Entry(
                    entry_id=_name(one),
                    at=_moment(text(one["timeCreated"])),
                    from_carrier=from_carrier,
                    author=author,
                    text=text(one["body"]),
                    waits=from_carrier,
                )
            yield entry


def mark(reference: str) -> str:
    """Our reference as subjects and bodies carry it: found again as a whole, never as a part of another one."""
    return f"[{reference}]"


def parts(body: str, reference: str, digest: str = "") -> list[str]:
    """A text in pieces that AWS takes, cut between lines; each says whose and which it is."""
    room = MOST_CHARACTERS - _HEADING - len(reference)
    pieces: list[str] = [""]
    for line in _short_lines(body, room):
        joined = f"{pieces[-1]}\n{line}" if pieces[-1] else line
        if len(joined) > room and pieces[-1]:
            pieces.append(line)
        else:
            pieces[-1] = joined
    count = len(pieces)
    return [f"{_heading(reference, digest, place, count)}\n\n{piece}" for place, piece in enumerate(pieces, 1)]


def _heading(reference: str, digest: str, place: int, count: int) -> str:
    """The first line of a piece, by which it is found again; another text under the same reference has another one."""
    named = f"{mark(reference)} {digest}".strip()
    return f"{named} part {place} of {count}" if count > 1 else named


def said_already(piece: str, correspondence: Sequence[Entry]) -> bool:
    """Whether a piece is in a case: by its heading, which no other piece has."""
    first = piece.split("\n", 1)[0]
    return any(entry.text.strip().split("\n", 1)[0].strip() == first for entry in correspondence)


def _short_lines(body: str, room: int) -> Iterator[str]:
    for line in body.split("\n"):
        yield from (line[start : start + room] for start in range(0, max(len(line), 1), room))


def _name(one: Mapping[str, Any]) -> str:
    """Communications have no id: when, whose and what names them."""
    told = "\n".join(text(one.get(key) or "") for key in ("timeCreated", "submittedBy", "body"))
    return f"aws-{sha256(told.encode(errors='replace')).hexdigest()[:24]}"


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written.replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
