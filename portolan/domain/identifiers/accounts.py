"""What names and protects an account: its number, its billing number, its PIN, and Spanish tax numbers.

No carrier publishes a form or a check digit for its account numbers, so they are compared as written, and only what can
never be right is refused: nothing at all, what a spreadsheet destroyed, characters nobody sees or that only look Latin.
"""

from __future__ import annotations

import re
import unicodedata

from stdnum.es import cif, nif

from portolan.domain.identifiers.model import (
    LONGEST,
    PLACES,
    Checked,
    ambiguous,
    compact,
    described,
    did_you_mean,
    misfits,
    told,
)

_SHORTENED = re.compile(r"[0-9]+[.,]?[0-9]*E\+[0-9]{1,2}", re.IGNORECASE)
_FROM_CARRIER = "Copy it from the losing carrier's bill or portal, character for character."


def check_account_number(value: str) -> Checked:
    """An account number, kept as it is written: separators and zeros at the start count."""
    text = " ".join(value.split())
    wrong = _not_an_account(text)
    if wrong:
        return Checked(False, told(f"This is not an account number: {wrong}.", _FROM_CARRIER), text)
    reason = "It can be an account number; only the losing carrier can tell whether it is."
    return Checked(True, reason, text, ambiguous(text))


def _not_an_account(text: str) -> str:
    if not text:
        return "it is empty"
    if len(text) > LONGEST:
        return f"it has {len(text)} characters, more than {LONGEST}"
    if _SHORTENED.fullmatch(text):
        return "a spreadsheet shortened it and its last digits are lost"
    strange = [
        f"character {place} is {described(char)}" for place, char in enumerate(text, 1) if not _belongs_to_account(char)
    ]
    if strange:
        return "; ".join(strange[:3])
    return "" if any(map(str.isalnum, text)) else "it has neither letters nor digits"


def _belongs_to_account(char: str) -> bool:
    """Printable, and no letter or digit of another alphabet."""
    return char.isprintable() and (char.isascii() or not char.isalnum() or "LATIN" in unicodedata.name(char, ""))


_SHORTEST_PIN, _LONGEST_PIN = 4, 15


def check_pin(value: str) -> Checked:
    """A US port-out PIN: 4 to 15 letters and digits. It is repeated nowhere, not even in part."""
    text = value.strip()
    if not _SHORTEST_PIN <= len(text) <= _LONGEST_PIN:
        wrong = f"it has {len(text)} characters instead of {_SHORTEST_PIN} to {_LONGEST_PIN}"
    else:
        strange = [str(place) for place, char in enumerate(text, 1) if not (char.isascii() and char.isalnum())]
        wrong = f"neither a letter nor a digit stands at {', '.join(strange)}" if strange else ""
    if wrong:
        remedy = "Ask the losing carrier for the PIN or transfer PIN of the account."
        return Checked(False, told(f"This is not a port-out PIN: {wrong}.", remedy), "")
    return Checked(True, "It has the form of a port-out PIN; transfer PINs expire within days, so fetch them last.", "")


_NANP_NATIONAL = re.compile(r"1?([2-9][0-9]{2}[2-9][0-9]{6})")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_NATIONAL = re.compile(r"0[0-9]{6,13}")


def check_btn(value: str) -> Checked:
    """A billing (main) telephone number: its form alone; ten digits are read as North American."""
    text = re.sub(r"[./()]", "", compact(value).replace("(0)", ""))
    text = re.sub(r"^00", "+", text)
    american = _NANP_NATIONAL.fullmatch(text)
    if american:
        text = f"+1{american[1]}"
    if text.startswith("+1"):
        fits = bool(_NANP_NATIONAL.fullmatch(text[2:])) and len(text) == len("+12125550123")
    else:
        fits = bool(_E164.fullmatch(text) or _NATIONAL.fullmatch(text))
    if not fits:
        return Checked(
            False, "This is not a telephone number. Write it like +1 212 555 0123, country code first.", text
        )
    warnings = () if text.startswith("+") else ("it has no country code: write it like +44 20 7946 0958.",)
    return Checked(True, "It has the form of a telephone number.", text, warnings)


_COMPANIES = "ABCDEFGHJNPQRSUVW"
_PLACES = PLACES | {
    "C": ("the letter of a kind of company", frozenset(_COMPANIES)),
    "T": ("X, Y, Z, K, L, M or the letter of a kind of company", frozenset("XYZKLM" + _COMPANIES)),
}
_TAX_REMEDY = "Copy it from the bill, or from the registration of the company or person."


def check_nif(value: str) -> Checked:
    """A Spanish tax number of a person or a company, with its check character (python-stdnum)."""
    text = _without_country(compact(value))
    if text[:1].isdigit():
        return _check_tax("NIF", text, "99999999A", nif.is_valid(text))
    foreign = text[:1] in frozenset("XYZKLM")
    return _check_tax("NIF", text, "T9999999" + ("A" if foreign else "*"), nif.is_valid(text))


def check_cif(value: str) -> Checked:
    """A Spanish company's tax number, with its check character (python-stdnum)."""
    text = _without_country(compact(value))
    checked = _check_tax("CIF", text, "C9999999*", cif.is_valid(text))
    if not checked.valid and nif.is_valid(text):
        return Checked(False, "This is the NIF of a person, not of a company. Check it as `nif`.", text)
    return checked


def _without_country(text: str) -> str:
    """VAT numbers have `ES` before the same nine characters."""
    return text[2:] if text.startswith("ES") and len(text) == len("ESB58378431") else text


def _check_tax(title: str, text: str, form: str, adds_up: bool) -> Checked:
    wrong = misfits(text, form, _PLACES)
    if not wrong and adds_up:
        return Checked(True, f"The check character of this {title} fits.", text)
    valid = nif.is_valid if title == "NIF" else cif.is_valid
    hint = did_you_mean(text, valid) if text.isascii() else ""
    wrong = (
        wrong
        or f"character 9, the check character, does not fit the others, so at least one of the {len(text)} is wrong"
    )
    return Checked(False, told(f"This is not a {title}: {wrong}.", hint, _TAX_REMEDY), text)
