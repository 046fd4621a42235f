"""What Telnyx's error answers mean for us."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from portolan.carriers.http import HttpRefused
from portolan.domain.errors import CarrierInvalid, CarrierRefused, CarrierRejected
from portolan.domain.rejections.vendors import from_vendor, meanings

VENDOR = "telnyx"
_INVALID = frozenset({400, 413, 415, 422})
_LONGEST = 400


class Missing(CarrierRefused):
    """Telnyx has nothing by that id."""


def refusal(error: HttpRefused, carrier: str, secrets: Collection[str] = ()) -> CarrierRefused:
    """The error of ours for a 4xx answer; what was secret in the request is not repeated.

    Args:
        carrier: The account's name.
        secrets: PINs and the like that the request carried.
    """
    told = list(_errors(error.body))
    words = [_masked(_in_words(one), secrets) for one in told]
    said = "; ".join(dict.fromkeys(word for word in words if word))[:_LONGEST] or f"status {error.status}"
    if error.status == 404:
        return Missing(f"{carrier} has nothing by that id: {said}.", "Drafts are deleted there after 30 days.")
    reasons = [
        from_vendor(VENDOR, code, word)
        for one, word in zip(told, words, strict=True)
        if (code := str(one.get("code", "")).upper()) and not code.isdigit() and meanings(VENDOR, code)
    ]
    if reasons:
        return CarrierRejected(reasons)
    if error.status in _INVALID:
        return CarrierInvalid(f"{carrier} cannot take what was sent: {said}.", "Correct the order's data.")
    return CarrierRefused(f"{carrier} does not do it: {said}.")


def _errors(body: str) -> Iterator[Mapping[str, Any]]:
    try:
        errors = json.loads(body).get("errors")
    except (ValueError, AttributeError, RecursionError):
        return
    if isinstance(errors, list):
        yield from (one for one in errors if isinstance(one, dict))


def _in_words(error: Mapping[str, Any]) -> str:
    source = error.get("source")
    pointer = source.get("pointer") or source.get("parameter") if isinstance(source, dict) else None
    said = ": ".join(str(error[name]) for name in ("title", "detail") if isinstance(error.get(name), str))
    where = f" ({pointer})" if isinstance(pointer, str) and pointer else ""
    return f"{said or error.get('code') or ''}{where}"


def _masked(words: str, secrets: Collection[str]) -> str:
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        words = words.replace(secret, "***")
    return words
