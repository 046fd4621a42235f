"""Telephone numbers as people write them, read into E.164, country and class. The only user of phonenumbers.

The library knows numbering plans, not who serves a number: after a port its carrier data is wrong, so it is not asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneMetadata,
    PhoneNumber,
    PhoneNumberType,
    ValidationResult,
    connects_to_emergency_number,
    is_emergency_number,
)

#: ISO 3166 codes of every country a number may be read for.
COUNTRIES: frozenset[str] = frozenset(phonenumbers.SUPPORTED_REGIONS)

_CLASSES = {
    PhoneNumberType.FIXED_LINE: "geographic",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "geographic",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "special_rate",
    PhoneNumberType.VOIP: "non_geographic",
    PhoneNumberType.UAN: "non_geographic",
}


class _Reclassed(NamedTuple):
    pattern: re.Pattern[str]
    number_class: str
    source: str


#: Ranges whose class in the library is not the one that decides how they move.
_RECLASSED = (
    _Reclassed(re.compile(r"\+448[47]\d+"), "special_rate", "Ofcom numbering plan: 084 and 087, not premium rate"),
    _Reclassed(re.compile(r"\+4932\d+"), "non_geographic", "BNetzA: (0)32, national subscriber numbers"),
)


class _Fictional(NamedTuple):
    pattern: re.Pattern[str]
    country: str
    number_class: str
    source: str


#: Ranges reserved for fiction that the library calls invalid because nobody may be given them. The other reserved
#: ranges (555-01xx, 020 7946 0xxx, (0)30 23125 xxx, 01 99 00 xx xx ...) are valid in the library as they are.
_FICTIONAL = (
    _Fictional(re.compile(r"\+441632960\d{3}"), "GB", "geographic", "Ofcom: numbers for drama use, no area"),
    _Fictional(re.compile(r"\+447700900\d{3}"), "GB", "mobile", "Ofcom: numbers for drama use, mobile"),
    _Fictional(re.compile(r"\+3363998\d{4}"), "FR", "mobile", "Arcep decision 2018-0881: audiovisual works"),
)

#: The Crown dependencies share +44 with the United Kingdom and are regulated each by their own office.
_NOT_THE_UNITED_KINGDOM = {"GG": "Guernsey", "IM": "the Isle of Man", "JE": "Jersey"}

#: Any mobile telephone takes these for an emergency call, wherever it is (3GPP TS 22.101, section 10.1.1).
_EMERGENCY_ANYWHERE = frozenset({"112", "911"})
#: Reads out the address that an emergency call would show: served by the emergency system, though nobody is called.
_EMERGENCY_TEST = {"US": "933", "CA": "933"}

_NANP = 1
_PLAIN_NANP = re.compile(r"(?P<code>\+1|1)?(?P<digits>[2-9][0-9]{9})")
#: Where ten digits alone are read as a number of the North American plan without more rules.
_TEN_DIGIT_COUNTRIES = frozenset({"US", "CA"})
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−⁃﹣"), "-")
_LONGEST_SHOWN = 40
_LONGEST_READ = 100
_WELL_FORMED = re.compile(r"[-+()./ 0-9]*")
_VANITY = re.compile(r"(?P<digits>\+?[-(). 0-9]*[0-9][-(). ]*)(?P<word>[A-Z][-. A-Z]*)")
_EXTENSION = re.compile(r"[0-9)][-,; ]*(?:ext(?:ension)?|x|#|durchwahl|poste)[.:= ]*[0-9]{1,7}$", re.IGNORECASE)
_SPREADSHEET_FLOAT = re.compile(r"[0-9]{7,}\.0+")
_SPREADSHEET_EXPONENT = re.compile(r"[0-9]+[.,]?[0-9]*E\+?[0-9]{1,2}", re.IGNORECASE)
_OLD_LAGOS = re.compile(r"\+2340?(1[0-9]{7})")

_WHY_IMPOSSIBLE = {
    ValidationResult.TOO_SHORT: "is too short",
    ValidationResult.TOO_LONG: "is too long (are these two numbers?)",
    ValidationResult.INVALID_LENGTH: "has a length that no number has",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "lacks its area code",
    ValidationResult.INVALID_COUNTRY_CODE: "has a country code that does not exist",
}

_WHY_UNREADABLE = {
    NumberParseException.INVALID_COUNTRY_CODE: "has a country code that does not exist: check what follows the +",
    NumberParseException.NOT_A_NUMBER: "is not a telephone number: write it like +1 212 555 0123",
    NumberParseException.TOO_SHORT_AFTER_IDD: "ends after the international prefix: write it like +1 212 555 0123",
    NumberParseException.TOO_SHORT_NSN: "is too short to be a telephone number: write all its digits",
    NumberParseException.TOO_LONG: "is too long to be a telephone number: write one number only",
}


@dataclass(frozen=True)
class Number:
    """One telephone number.

    Attributes:
        e164: With `+` and country code, digits only.
        country: ISO 3166, two letters; `US` for every toll-free number of the North American plan.
        number_class: geographic, mobile, toll_free, non_geographic, special_rate, premium or unknown.
        note: What was changed or assumed while reading it, for a person; empty where nothing was.
    """

    e164: str
    country: str
    number_class: str
    note: str = ""


def parse(text: str, default_country: str | None = None) -> Number:
    """Read a number in any usual writing.

    Args:
        text: What was written: `+1 (212) 555-0123`, `0044 20 7946 0958`, `tel:+49-30-23125-123`, `1-800-FLOWERS`.
        default_country: ISO 3166 code of the country whose national writing is meant where there is no country code.

    Raises:
        ValueError: It is not one whole number that exists; the text says why and what to do.
    """
    if plain := _plain_nanp(text, default_country):
        return plain
    shown = _shown(text)
    if len(text) > _LONGEST_READ:
        raise ValueError(f"{shown} {_WHY_UNREADABLE[NumberParseException.TOO_LONG]}")
    cleaned, note = _clean(text, shown)
    if default_country is not None and default_country not in COUNTRIES:
        raise ValueError(f"{default_country!r} is not the ISO 3166 code of a country: write two letters such as US")
    number = _recognise(_read(cleaned, default_country, shown), shown)
    return replace(number, note="; ".join(filter(None, (note, number.note))))


class _NanpRegion(NamedTuple):
    """A country of the North American plan as the library has it: leading digits, and its classes in order."""

    country: str
    leading: re.Pattern[str] | None
    any_class: re.Pattern[str]
    classes: tuple[tuple[re.Pattern[str], str], ...]


def _plain_nanp(text: str, default_country: str | None) -> Number | None:
    """What all of `parse` makes of ten plain digits of the North American plan, many times faster; None where unsure.

    Lists of 100,000 numbers are mostly these. It asks the same patterns in the same order as the library does.
    """
    plain = _PLAIN_NANP.fullmatch(text)
    if not plain or (plain["code"] != "+1" and default_country not in _TEN_DIGIT_COUNTRIES):
        return None
    if default_country is not None and default_country not in COUNTRIES:
        return None
    digits = plain["digits"]
    for region in _nanp_regions():
        if region.leading and not region.leading.match(digits):
            continue
        number_class = None
        if region.any_class.fullmatch(digits):
            number_class = next((name for pattern, name in region.classes if pattern.fullmatch(digits)), None)
        if number_class:
            return Number(f"+1{digits}", "US" if number_class == "toll_free" else region.country, number_class)
        if region.leading:
            return None
    return None


@cache
def _nanp_regions() -> tuple[_NanpRegion, ...]:
    return tuple(map(_nanp_region, phonenumbers.COUNTRY_CODE_TO_REGION_CODE[_NANP]))


def _nanp_region(country: str) -> _NanpRegion:
    known = PhoneMetadata.metadata_for_region(country)
    assert known is not None  # noqa: S101 - the library lists the country
    assert known.general_desc is not None  # noqa: S101 - every country has one
    leading = re.compile(known.leading_digits) if known.leading_digits else None
    any_class = re.compile(known.general_desc.national_number_pattern or "")
    return _NanpRegion(country, leading, any_class, tuple(_classes_of(known)))


def _classes_of(known: PhoneMetadata) -> Iterator[tuple[re.Pattern[str], str]]:
    """The patterns of a country in the order in which the library asks them, each with the class it means."""
    ordered = (
        (known.premium_rate, PhoneNumberType.PREMIUM_RATE),
        (known.toll_free, PhoneNumberType.TOLL_FREE),
        (known.shared_cost, PhoneNumberType.SHARED_COST),
        (known.voip, PhoneNumberType.VOIP),
        (known.personal_number, PhoneNumberType.PERSONAL_NUMBER),
        (known.pager, PhoneNumberType.PAGER),
        (known.uan, PhoneNumberType.UAN),
        (known.voicemail, PhoneNumberType.VOICEMAIL),
        (known.fixed_line, PhoneNumberType.FIXED_LINE),
        (None if known.same_mobile_and_fixed_line_pattern else known.mobile, PhoneNumberType.MOBILE),
    )
    for description, kind in ordered:
        if description and description.national_number_pattern:
            yield re.compile(description.national_number_pattern), _CLASSES.get(kind, "unknown")


def is_emergency(number: str, country: str) -> bool:
    """Whether dialling this could reach an emergency service, or the test service beside it.

    Args:
        number: In E.164 or as it would be dialled: `911`, `+1911`. A dialled one counts by how it begins, as exchanges
            connect it without waiting for the rest; a whole number of the country's plan is never one.
        country: ISO 3166 code of where it would be dialled.
    """
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", number))
    international = number.strip().startswith(("+", "＋"))
    if international:
        digits = digits.removeprefix(str(phonenumbers.country_code_for_region(country)))
    if digits in _EMERGENCY_ANYWHERE or digits == _EMERGENCY_TEST.get(country):
        return True
    known = is_emergency_number if international else connects_to_emergency_number
    return bool(known(digits, country))


def mask(e164: str) -> str:
    """The number for logs: country code, the start of the area and the last two digits (`+1212•••23`)."""
    digits = e164[1:]
    if not (e164.startswith("+") and digits.isascii() and digits.isdigit()):
        return "•••"
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    width = next((size for size in (1, 2, 3) if int(digits[:size] or 0) in codes), 1)
    kept = max(0, min(3, len(digits) - width - 5))
    return f"+{digits[: width + kept]}•••{digits[-2:] if len(digits) > width + 4 else ''}"


def _shown(text: str) -> str:
    """The text for a fault: short, and with nothing in it that a terminal would act on."""
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…")


def _clean(text: str, shown: str) -> tuple[str, str]:
    """The text in plain ASCII with a note on letters read as digits; raises for what is no part of a number."""
    plain = "".join(
        str(unicodedata.decimal(character, character)) if not character.isascii() else character
        for character in unicodedata.normalize("NFKC", text).translate(_DASHES)
        if unicodedata.category(character) != "Cf"
    )
    plain = " ".join(plain.split()).removeprefix("'")
    if plain[:4].lower() == "tel:":
        plain = plain[4:].strip()
    if not plain:
        raise ValueError(f"{shown} is empty: write a number or remove the line")
    if _EXTENSION.search(plain):
        raise ValueError(f"{shown} has an extension: only whole numbers can be ported, so leave the extension out")
    if _SPREADSHEET_EXPONENT.fullmatch(plain):
        raise ValueError(
            f"{shown} was shortened by a spreadsheet and its last digits are lost: "
            "format the column as text and write the number again"
        )
    if _SPREADSHEET_FLOAT.fullmatch(plain):
        plain = plain.partition(".")[0]
    vanity = _VANITY.fullmatch(plain.upper())
    if vanity and sum(map(str.isalpha, vanity["word"])) >= 3 and any(map(str.isdigit, vanity["digits"])):
        plain = vanity["digits"] + phonenumbers.convert_alpha_characters_in_number(vanity["word"])
        return plain, f"the letters of {shown} were read as the digits of a keypad"
    if not _WELL_FORMED.fullmatch(plain):
        raise ValueError(f"{shown} has {_strangers(text, plain)}: write digits, spaces, + - ( ) . and / only")
    if "+" in plain.lstrip("( ")[1:]:
        raise ValueError(f"{shown} has a + that is not at its start: write one number only, starting with +")
    return plain, ""


def _strangers(text: str, plain: str) -> str:
    """The characters that cannot be part of a number, with where the first stands."""
    strange = list(dict.fromkeys(re.sub(_WELL_FORMED, "", plain)))
    named = ", ".join(repr(character) for character in strange[:5])
    position = text.find(strange[0]) + 1
    return f"{named}{f' (from character {position})' if position else ''}, which no number has"


def _read(plain: str, default_country: str | None, shown: str) -> PhoneNumber:
    """What the library reads; `00` means `+` where the national dialling rules do not say otherwise."""
    international = re.sub(r"^[( ]*00[) ]*", "+", plain)
    written = [plain]
    if international != plain:
        written = [international] if default_country is None else [plain, international]
    elif default_country is None and not plain.lstrip("( ").startswith("+"):
        raise ValueError(f"{shown} has no country code: write it like +1 212 555 0123, or give the account's `country`")
    readings: list[PhoneNumber] = []
    reason = ""
    for form in written:
        try:
            readings.append(phonenumbers.parse(form, default_country))
        except NumberParseException as error:
            reason = reason or _WHY_UNREADABLE[error.error_type]
    if not readings:
        raise ValueError(f"{shown} {reason}")
    return next(filter(phonenumbers.is_valid_number, readings), readings[-1])


def _recognise(read: PhoneNumber, shown: str) -> Number:
    """The number's country and class; raises where no such number exists."""
    e164 = phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)
    for fictional in _FICTIONAL:
        if fictional.pattern.fullmatch(e164):
            return Number(e164, fictional.country, fictional.number_class)
    if phonenumbers.is_valid_number(read):
        return _classed(read, e164, shown)
    lagos = _OLD_LAGOS.fullmatch(e164)
    if lagos:
        # NCC, September 2023: from 1 January 2024 fixed numbers have ten digits, `02` before the old ones.
        renewed = _recognise(phonenumbers.parse(f"+23420{lagos[1]}"), shown)
        return replace(renewed, note=f"{shown} is the old form of a Lagos number: read as {renewed.e164}")
    reason = phonenumbers.is_possible_number_with_reason(read)
    why = _WHY_IMPOSSIBLE.get(reason, "is in no range that is in use")
    code = f"country code +{read.country_code}"
    raise ValueError(f"{shown}, read as {e164}, {why} for {code}: check every digit, and the country")


def _classed(read: PhoneNumber, e164: str, shown: str) -> Number:
    kind = phonenumbers.number_type(read)
    number_class = _CLASSES.get(kind, "unknown")
    country = phonenumbers.region_code_for_number(read)
    for row in _RECLASSED:
        if row.pattern.fullmatch(e164):
            number_class = row.number_class
    if read.country_code == _NANP and number_class == "toll_free":
        country = "US"
    if country not in COUNTRIES:
        raise ValueError(f"{shown}, read as {e164}, belongs to no country: no carrier's port order can hold it")
    return Number(e164, country, number_class, _doubt(read, kind, e164, number_class, country))


def _doubt(read: PhoneNumber, kind: int, e164: str, number_class: str, country: str) -> str:
    """What a person should know of the country and class."""
    if country in _NOT_THE_UNITED_KINGDOM:
        place = _NOT_THE_UNITED_KINGDOM[country]
        return f"{e164} is a number of {place} ({country}), not of the United Kingdom: its playbooks do not cover it"
    if kind == PhoneNumberType.FIXED_LINE_OR_MOBILE and read.country_code != _NANP:
        return f"{e164} may be fixed or mobile: taken as {number_class}"
    return ""
