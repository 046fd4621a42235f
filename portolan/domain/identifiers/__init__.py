"""The identifiers that a port needs, checked before anything is sent; nobody outside is asked.

`check` judges one value of one kind. Where an identifier has a key or check digit (RIO, NIF, CIF) it is reckoned;
of the others only the form can be judged, and the reason says so.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from functools import partial

from portolan.domain.identifiers.accounts import check_account_number, check_btn, check_cif, check_nif, check_pin
from portolan.domain.identifiers.forms import (
    check_form,
    check_migration_code,
    check_postcode,
    check_resporg,
    check_zip,
)
from portolan.domain.identifiers.model import Checked
from portolan.domain.identifiers.rio import check_rio, key_of_rio, national_number

__all__ = ["KINDS", "Checked", "check", "key_of_rio", "national_number"]

#: Kinds whose check needs the value alone.
_ALONE: dict[str, Callable[[str], Checked]] = {
    "pac": partial(check_form, "pac"),
    "stac": partial(check_form, "stac"),
    "resporg": check_resporg,
    "operator_code": partial(check_form, "operator_code"),
    "nif": check_nif,
    "cif": check_cif,
    "migration_code": check_migration_code,
    "cupid": partial(check_form, "cupid"),
    "account_number": check_account_number,
    "pin": check_pin,
    "zip": check_zip,
    "postcode": check_postcode,
    "btn": check_btn,
}
_ALIASES = {"resp_org": "resporg"}

#: Every kind that can be checked.
KINDS = ("rio", *_ALONE)


def check(kind: str, value: str, number: str | None = None) -> Checked:
    """Judge one identifier.

    Args:
        kind: One of `KINDS`, in any case; `resp_org` is `resporg`.
        value: As a person or a file has it.
        number: The telephone number it belongs to; only a RIO depends on it.

    Raises:
        ValueError: There is no such kind; the message names the nearest, and all.
    """
    wanted = kind.strip().lower().replace("-", "_")
    wanted = _ALIASES.get(wanted, wanted)
    if wanted == "rio":
        return check_rio(value, number)
    if wanted in _ALONE:
        return _ALONE[wanted](value)
    close = get_close_matches(wanted, KINDS, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    raise ValueError(f"{kind!r} is no kind of identifier: {hint}known are {', '.join(KINDS)}")
