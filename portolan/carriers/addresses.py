"""Service addresses as carriers' forms want them: taken apart from the one line that an LOA has.

Nothing is guessed: what a form needs and the line does not say is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from portolan.domain.errors import CarrierInvalid

#: States, provinces and territories by country, as the post writes them (USPS Publication 28, Canada Post, AS 4590).
REGIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        country: MappingProxyType({code: name for code, _, name in (line.partition(" ") for line in table.split("; "))})
        for country, table in {
            "US": "AL Alabama; AK Alaska; AZ Arizona; AR Arkansas; CA California; CO Colorado; CT Connecticut; "
            "DE Delaware; DC District of Columbia; FL Florida; GA Georgia; HI Hawaii; ID Idaho; IL Illinois; "
            "IN Indiana; IA Iowa; KS Kansas; KY Kentucky; LA Louisiana; ME Maine; MD Maryland; MA Massachusetts; "
            "MI Michigan; MN Minnesota; MS Mississippi; MO Missouri; MT Montana; NE Nebraska; NV Nevada; "
            "NH New Hampshire; NJ New Jersey; NM New Mexico; NY New York; NC North Carolina; ND North Dakota; OH Ohio; "
            "OK Oklahoma; OR Oregon; PA Pennsylvania; RI Rhode Island; SC South Carolina; SD South Dakota; "
            "TN Tennessee; TX Texas; UT Utah; VT Vermont; VA Virginia; WA Washington; WV West Virginia; WI Wisconsin; "
            "WY Wyoming; AS American Samoa; GU Guam; MP Northern Mariana Islands; PR Puerto Rico; VI Virgin Islands",
            "CA": "AB Alberta; BC British Columbia; MB Manitoba; NB New Brunswick; NL Newfoundland and Labrador; "
            "NS Nova Scotia; NT Northwest Territories; NU Nunavut; ON Ontario; PE Prince Edward Island; QC Quebec; "
            "SK Saskatchewan; YT Yukon",
            "AU": "ACT Australian Capital Territory; NSW New South Wales; NT Northern Territory; QLD Queensland; "
            "SA South Australia; TAS Tasmania; VIC Victoria; WA Western Australia",
        }.items()
    }
)
_COUNTRIES = MappingProxyType(
    {
        "US": frozenset({"us", "usa", "u.s.a.", "united states", "united states of america"}),
        "GB": frozenset({"gb", "uk", "united kingdom", "england", "scotland", "wales", "northern ireland"}),
        "CA": frozenset({"canada"}),
        "DE": frozenset({"germany", "deutschland"}),
        "FR": frozenset({"france"}),
        "ES": frozenset({"spain", "españa"}),
        "AU": frozenset({"australia"}),
    }
)
#: Where the number stands after the street.
_NUMBER_LAST = frozenset(
    {"AT", "BE", "CH", "CZ", "DE", "DK", "ES", "FI", "HU", "IT", "MX", "NL", "NO", "PL", "PT", "SE"}
)
_NUMBER = r"\d+[A-Za-z]?(?:\s?[-/]\s?\d+[A-Za-z]?)?"
_FIRST = re.compile(rf"({_NUMBER}(?:\s+(?:bis|ter|quater|1/2))?),?\s+(?=\S)", re.IGNORECASE)
_LAST = re.compile(rf"(?<=\S)\s+({_NUMBER}(?:\s[A-Za-z])?)$")
_UNIT = (
    r"(?:suite|ste|apartment|apt|unit|flat|floor|fl|room|rm|building|bldg|dept|department|office|piso|planta|étage|"
    r"etage|stock|hinterhaus|bureau|appartement|appt)\b\.?"
)
_IS_UNIT = re.compile(rf"#|{_UNIT}|\d+(?:st|nd|rd|th|\.)?\s+(?:floor|fl|stock|og|étage|planta|piso)\b", re.IGNORECASE)
_UNIT_AFTER = re.compile(rf"(?<=\S)\s+((?:{_UNIT}\s*#?|#)\s*[A-Za-z]?\d*[A-Za-z]?)$", re.IGNORECASE)


class Address(NamedTuple):
    """An address in parts.

    Attributes:
        street: Street and house number, as they are written.
        extended: Suite, floor, building; empty where there is none.
        region: State or province by its code; empty outside countries that have one in addresses.
        country: ISO 3166 alpha-2.
        house_number: The number alone; empty for a house that has a name.
        street_name: The street without the number.
    """

    street: str
    extended: str
    locality: str
    region: str
    postal_code: str
    country: str
    house_number: str
    street_name: str


def read_address(text: str, postal_code: str, country: str) -> Address:
    """Take an address apart.

    Args:
        text: `1 Main Street, Suite 4, Denver, CO`: street first, then what is in the building, town, and region.
        postal_code: The postal code, which need not be in the text.
        country: ISO 3166 alpha-2; empty counts as `US`.

    Raises:
        CarrierInvalid: Street, town or region cannot be told; the message says how to write it.
    """
    country = country.strip().upper() or "US"
    parts = _parts(text, postal_code.strip(), country)
    region = ""
    if country in REGIONS:
        region, parts = _region(parts, country)
        if not region:
            raise _unclear(text, country, f"does not end with its state or province ({_some(country)})")
    if len(parts) < 2:
        raise _unclear(text, country, "does not name street and town with a comma between them")
    *inner, locality = parts
    if _IS_UNIT.match(locality):
        raise _unclear(text, country, f"has {locality!r} where its town should be")
    at = _street(inner)
    street, extended = inner[at], [*inner[:at], *inner[at + 1 :]]
    within = _UNIT_AFTER.search(street)
    if within and _FIRST.match(street):
        street, extended = street[: within.start()].strip(), [within[1].strip(), *extended]
    number, name = _house(street, country)
    return Address(street, ", ".join(extended), locality, region, postal_code.strip(), country, number, name)


def _parts(text: str, postal_code: str, country: str) -> list[str]:
    """The parts between commas, without postal code and country."""
    parts = [" ".join(part.split()) for part in re.split(r"[,;\n|]", text)]
    if postal_code:
        code = r"\s*".join(map(re.escape, re.sub(r"\s", "", postal_code)))
        plus = rf"(?:{re.escape(postal_code[:5])}(?:-\d{{4}})?|{code})" if country == "US" else code
        # A house may have the number of the postal code, so it is taken from the end of the address only.
        parts = [*parts[:1], *(re.sub(rf"(?:^|\s){plus}(?=\s|$)", " ", part).strip() for part in parts[1:])]
    parts = [part for part in parts if part]
    names = _COUNTRIES.get(country, frozenset()) | ({country.lower()} if country not in REGIONS else frozenset())
    while len(parts) > 2 and parts[-1].lower() in names:
        parts.pop()
    return parts


def _region(parts: Sequence[str], country: str) -> tuple[str, list[str]]:
    """The code of the state or province at the end, and the parts before it."""
    if not parts:
        return "", []
    regions = REGIONS[country]
    last = parts[-1]
    for code, name in regions.items():
        if last.upper().replace(".", "") == code or last.lower() == name.lower():
            return code, list(parts[:-1])
    town, _, code = last.rpartition(" ")
    if town and code.upper() in regions:
        return code.upper(), [*parts[:-1], town]
    return "", list(parts)


def _street(parts: Sequence[str]) -> int:
    """Which part is the street: the first that has a number and is no unit, else the first that is no unit."""
    streets = [index for index, part in enumerate(parts) if not _IS_UNIT.match(part)]
    numbered = [index for index in streets if re.search(r"\d", parts[index])]
    return next(iter([*numbered, *streets]), 0)


def _house(street: str, country: str) -> tuple[str, str]:
    """House number and name of the street."""
    first, last = _FIRST.match(street), _LAST.search(street)
    if last and (country in _NUMBER_LAST or not first):
        return last[1], street[: last.start()].strip()
    return (first[1], street[first.end() :].strip()) if first else ("", street)


def _unclear(text: str, country: str, why: str) -> CarrierInvalid:
    example = "1 Main Street, Suite 4, Denver, CO" if country in REGIONS else "1 Wharf Road, London"
    return CarrierInvalid(
        f"Nothing was sent: the service address {text!r} {why}.",
        f"Write it as on the record, in the form {example!r}, the postal code apart: correct `service_address`.",
    )


def _some(country: str) -> str:
    return f"{', '.join(list(REGIONS[country])[:3])} ..."
