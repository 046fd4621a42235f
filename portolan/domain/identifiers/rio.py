"""The French RIO: which operator, which kind of line, which contract, and a key that ties it to one number.

Source: annex 1 of ARCEP decision 2022-2148 (law). Twelve characters `OO Q RRRRRR CCC`: the operator, the quality of the
customer, the reference of the contract, the key. The key is three weighted sums modulo 37, over the first nine
characters and the national number; it shows any one wrong character and any two that changed places.
"""

from __future__ import annotations

import re
from string import ascii_uppercase, digits

from portolan.domain.identifiers.model import LONGEST, PLACES, Checked, ambiguous, compact, did_you_mean, misfits, told

_ALPHABET = ascii_uppercase + digits + "+"
_VALUES = {char: value for value, char in enumerate(_ALPHABET)}
_WEIGHTS = (1, 2, 4)
_BODY = 9
_FIXED = "a fixed line"
_QUALITIES = {"E": "an enterprise's mobile line", "P": "a private mobile line", "A": "a special number (SVA)"} | (
    dict.fromkeys("FGMNRSTUVWXYZ", _FIXED)
)
_FORM = "**Q******+++"
_PLACES = PLACES | {"Q": (f"the quality of the line, one of {', '.join(sorted(_QUALITIES))},", frozenset(_QUALITIES))}
_REMEDY = "Call 3179 from the line itself, free of charge, and copy all 12 characters."
#: Which qualities numbers with these first digits have; a mismatch is odd, but the key decides.
_USUAL = {"06": "EP", "07": "EP", "08": "A"} | dict.fromkeys(("01", "02", "03", "04", "05", "09"), "FGMNRSTUVWXYZ")
#: France's country code and those of its overseas departments.
_ABROAD = re.compile(r"(?:\+|00)?(?:33|262|590|594|596|508)0?([1-9][0-9]{8}(?:[0-9]{4})?)")
_NATIONAL = re.compile(r"0[1-9](?:[0-9]{8}|[0-9]{12})")


def key_of_rio(body: str, number: str) -> str:
    """The three characters that end the RIO of a number.

    Args:
        body: The first nine characters; case, spaces and hyphens mean nothing.
        number: The number, national or international; 14 digits for an extended machine-to-machine number.

    Raises:
        ValueError: One of them is malformed.
    """
    first = compact(body)
    wrong = misfits(first, _FORM[:_BODY], _PLACES)
    if wrong:
        raise ValueError(f"the first nine characters of a RIO are wrong: {wrong}")
    return _key(first, national_number(number))


def national_number(number: str) -> str:
    """A French number as dialled within France, such as 0612345678, from any usual writing.

    Raises:
        ValueError: It is none; the message says what to write.
    """
    plain = re.sub(r"\(0\)|[./()]", "", compact(number)) if len(number) <= LONGEST else ""
    abroad = _ABROAD.fullmatch(plain)
    if abroad:
        plain = f"0{abroad[1]}"
    if not _NATIONAL.fullmatch(plain):
        raise ValueError(
            "the number is not a French one of 10 digits (14 for machine-to-machine): "
            "write it like 0612345678 or +33612345678"
        )
    return plain


def check_rio(value: str, number: str | None = None) -> Checked:
    """Whether a RIO is well formed and, with the number, whether it belongs to it."""
    text = compact(value)
    wrong = misfits(text, _FORM, _PLACES)
    if wrong:
        hint = did_you_mean(text, lambda other: not misfits(other, f"99{_FORM[2:]}", _PLACES))
        return Checked(False, told(f"This is not a RIO: {wrong}.", hint, _REMEDY), text)
    warnings = _of_operator(text)
    line = f"quality {text[2]}, {_QUALITIES[text[2]]}"
    if number is None or not number.strip():
        reason = f"It has the form of a RIO ({line}); the key was not checked: give the number."
        return Checked(True, reason, text, warnings + ambiguous(f"00{text[2:]}"))
    try:
        national = national_number(number)
    except ValueError as error:
        return Checked(False, f"The RIO has the right form, but {error}.", text, warnings)
    if _key(text[:_BODY], national) != text[_BODY:]:
        hint = did_you_mean(text, lambda other: _fits(other, national))
        wrong = (
            f"The key of this RIO (characters 10 to 12) does not belong to {national}: "
            "one of its characters or the number is wrong, or it is the RIO of another line."
        )
        return Checked(False, told(wrong, hint, _REMEDY), text, warnings)
    if text[2] not in _USUAL[national[:2]]:
        warnings += (f"quality {text[2]} means {_QUALITIES[text[2]]}, which {national} does not look like.",)
    return Checked(True, f"The RIO belongs to {national} ({line}).", text, warnings)


def _of_operator(text: str) -> tuple[str, ...]:
    if not misfits(text[:2], "99"):
        return ()
    hint = did_you_mean(text[:2], lambda other: other.isdigit())
    return (told(f"characters 1 and 2, the operator, are {text[:2]!r} and usually two digits.", hint),)


def _fits(text: str, national: str) -> bool:
    return not misfits(text, _FORM, _PLACES) and _key(text[:_BODY], national) == text[_BODY:]


def _key(body: str, national: str) -> str:
    sums = [0, 0, 0]
    for char in body + national:
        sums = [(weight * total + _VALUES[char]) % len(_ALPHABET) for weight, total in zip(_WEIGHTS, sums, strict=True)]
    return "".join(_ALPHABET[total] for total in sums)
