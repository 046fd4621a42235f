"""Results of test calls as people and dialers hand them in, read into what the `test_calls` message takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from portolan import numbering
from portolan.domain.errors import PortolanError
from portolan.domain.messages import CallTold, TestCalls, problem
from portolan.domain.order_request import OrderRequest
from portolan.domain.testcalls import CHECKS, Heard
from starter import typed_yaml
from starter.text_files import read_text

HEARD: tuple[str, ...] = tuple(heard for heard in get_args(Heard) if heard != "passed")
#: So many results go into one message.
MOST = next(limit.max_length for limit in TestCalls.model_fields["results"].metadata if hasattr(limit, "max_length"))


class ResultUnreadable(PortolanError):
    """A result of a test call lacks something or has it in the wrong form."""

    code = "unreadable"


def read_checks(passed: Sequence[str], failed: Sequence[str]) -> dict[str, str]:
    """What was tried, from `ringback,ivr_audio` and `dtmf=silence`, each of them as often as it was given.

    Raises:
        ResultUnreadable: A check or what was heard is not known, or a check is told twice.
    """
    told: dict[str, str] = {}
    for text in _parts(passed):
        _add(told, text, "passed")
    for text in _parts(failed):
        check, sign, heard = (part.strip() for part in text.partition("="))
        if not sign or heard not in HEARD:
            raise ResultUnreadable(
                f"--failed {text!r} does not say what was heard.", f"Write CHECK=HEARD; heard: {', '.join(HEARD)}."
            )
        _add(told, check, heard)
    if not told:
        raise ResultUnreadable("A call that tried nothing shows nothing.", "Say what it tried: --passed or --failed.")
    return told


def _parts(texts: Iterable[str]) -> list[str]:
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


def _add(told: dict[str, str], check: str, heard: str) -> None:
    if check not in CHECKS:
        raise ResultUnreadable(f"{check!r} is no check.", f"Checks: {', '.join(CHECKS)}.")
    if check in told:
        raise ResultUnreadable(f"{check} is told twice.", "Say once how it ended.")
    told[check] = heard


def as_told(given: Mapping[str, Any], request: OrderRequest, where: str = "The test call") -> dict[str, Any]:
    """One result as the message takes it: the number in E.164, the order's only one where none was given.

    Args:
        given: What was given, by the names of `CallTold`; empty values count as left out.
        request: Whose numbers were called; a national writing is read as its country's.
        where: What to call it in an error.

    Raises:
        ResultUnreadable: Something is missing or cannot be read.
    """
    fields = {name: value for name, value in given.items() if value not in (None, "")}
    written = fields.get("number")
    if not written and len(request.numbers) > 1:
        raise ResultUnreadable(
            f"{where} does not say which number was called; {request.order_id} has {len(request.numbers)}.",
            f"Name it, such as {request.numbers[0]}.",
        )
    try:
        fields["number"] = numbering.parse(str(written), request.country).e164 if written else request.numbers[0]
        told = CallTold.model_validate(fields)
    except ValidationError as error:
        raise ResultUnreadable(f"{where}: {problem(error)}.") from error
    except ValueError as error:
        raise ResultUnreadable(f"{where}: {error}.", "Only numbers of the order are called.") from error
    return told.model_dump(mode="json", exclude_defaults=True)


def read_results(path: Path, request: OrderRequest, also: Iterable[tuple[str, Any]] = ()) -> list[dict[str, Any]]:
    """The results of a dialer: a JSON list of objects with number, origin, checks and, where it knows, at.

    Args:
        path: The file.
        request: Whose numbers were called.
        also: Options that say the same of a single call: none of them may be given with a file.

    Raises:
        ResultUnreadable: The file cannot be read, holds none or too many, or one of its results cannot be read.
    """
    if double := [name for name, value in also if value]:
        raise ResultUnreadable(f"{', '.join(double)} and --file are two ways of telling.", "Give one of them.")
    try:
        document = typed_yaml.read(read_text(path), is_json=True)
    except ValueError as error:
        raise ResultUnreadable(f"{path} {error}.") from error
    if document.faults:
        raise ResultUnreadable(f"{path}: {'; '.join(map(str, document.faults))}.")
    if not isinstance(document.data, list) or not all(isinstance(one, dict) for one in document.data):
        raise ResultUnreadable(
            f"{path} is no list of results.", 'Write [{"number": ..., "origin": ..., "checks": {}}].'
        )
    if not 1 <= len(document.data) <= MOST:
        raise ResultUnreadable(f"{path} has {len(document.data)} results.", f"Give 1 to {MOST} at once.")
    return [as_told(one, request, f"{path}, result {place}") for place, one in enumerate(document.data, 1)]
