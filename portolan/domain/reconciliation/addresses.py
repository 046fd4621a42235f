"""Service addresses: their units, house numbers and postal codes; boxes and the address of the bill, which are none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from portolan.domain.reconciliation.characters import key, unmasked
from portolan.domain.reconciliation.codes import compare_postal_codes
from portolan.domain.reconciliation.findings import Finding, first_named, same_meaning
from portolan.domain.reconciliation.lexicon import ADDRESS
from portolan.domain.reconciliation.lexing import Text, Token, visible
from portolan.domain.reconciliation.model import Category, Span, rank
from portolan.domain.reconciliation.street_words import COMPOUND_ENDINGS
from portolan.domain.reconciliation.unit_words import ALONE, NUMBER_BEFORE, PO_BOX
from portolan.domain.reconciliation.wording import Language, compare
from portolan.domain.reconciliation.words import Judgement, joined, judge_words, swapped

_COMPOUND = re.compile(rf"(.{{2,}}?)(?:{'|'.join(map(re.escape, COMPOUND_ENDINGS))})\.?", re.IGNORECASE)
_POSTAL = re.compile(r"\d{4,6}(?:-\d{4})?")
_SEPARATES = re.compile(r"[,;\n]")
_PARTS = frozenset(",;\n|")
_BOX_ON_RECORD = "a box at a post office is on record; have the losing carrier replace it by the street address"


def compare_addresses(loa: str, csr: str, billing: str) -> list[Finding]:
    """Everything that differs between two service addresses in composed form.

    Args:
        loa: The LOA's.
        csr: The record's.
        billing: Where the record sends the bill; empty where that is not known.
    """
    box = po_box(loa)
    if box:
        # An account without a record is compared with itself: nothing is known of what is on record then.
        note = _BOX_ON_RECORD if loa != csr and po_box(csr) else ""
        return [Finding(Category.PO_BOX, box, box if loa == csr else (0, len(csr)), note=note)]
    found = compare(loa, csr, ADDRESSES)
    if found and po_box(csr):
        return [Finding(Category.DIFFERENT, (0, len(loa)), (0, len(csr)), note=_BOX_ON_RECORD)]
    if billing and not same_meaning(found) and same_meaning(compare(loa, billing, ADDRESSES)):
        return [Finding(Category.BILLING_VS_SERVICE_ADDRESS, (0, len(loa)), (0, len(csr)))]
    return found


def po_box(text: str) -> Span | None:
    """Where an address names a box at a post office, in whatever writing; None where it does not."""
    seen = visible(text)
    found = PO_BOX.search("".join(map(_flat, seen.text)))
    return seen.whole(found.span()) if found else None


@lru_cache(maxsize=4096)
def _flat(char: str) -> str:
    """One small letter or digit for a character; `,` between parts of an address, a space for other signs."""
    if char in _PARTS:
        return ","
    plain = unicodedata.normalize("NFKD", unmasked(char))[0].lower()[0]
    return plain if plain.isalnum() else " "


# -- what words are in an address ---------------------------------------------------------------------------------


def _split(word: str) -> int:
    """Where a compound ends and its kind of street begins: `Haupt|straße`, `Haupt|str.`; 0 in other words."""
    found = _COMPOUND.fullmatch(word)
    return len(found[1]) if found and found[1].isalpha() else 0


def _name_roles(text: Text) -> None:
    """Find units, the house number and postal codes."""
    _units(text)
    house = next((token for token in text.tokens if _is_number(token) and not token.role), None)
    if house:
        house.role = "house"
    for token in text.tokens:
        if not token.role and _is_number(token) and _POSTAL.fullmatch(token.bare):
            token.role = "postal"


def _units(text: Text) -> None:
    tokens = text.tokens
    for index, token in enumerate(tokens):
        if token.role or not any(family.startswith("unit:") for family in token.families):
            continue
        numbered = index + 1
        if numbered < len(tokens) and tokens[numbered].bare == "#":
            numbered += 1
        if numbered < len(tokens) and _joined_on(text, index + 1, numbered) and _names_a_unit(tokens[numbered]):
            _unit_number(tokens[numbered])
            for part in tokens[index:numbered]:
                part.role = "unit"
        elif index and key(token.bare) in NUMBER_BEFORE and _is_ordinal(text, index - 1):
            _unit_number(tokens[index - 1])
            token.role = "unit"
        elif index and key(token.bare) in ALONE and _ends_a_part(text, index):
            token.role = "unit"


def _joined_on(text: Text, first: int, last: int) -> bool:
    return not any(_SEPARATES.search(text.gap(index)) for index in range(first, last + 1))


def _names_a_unit(token: Token) -> bool:
    return any(map(str.isdigit, token.bare)) or (len(token.bare) == 1 and token.bare.isalpha())


def _unit_number(token: Token) -> None:
    digits = re.match(r"(\d+)(?:st|nd|rd|th|º|ª|°)?$", token.bare, re.IGNORECASE)
    token.role, token.families = "unit number", {}
    token.key = f"unit {digits[1] if digits else key(token.bare)}"


def _is_ordinal(text: Text, index: int) -> bool:
    token = text.tokens[index]
    ordinal = any(family.startswith("ordinal:") for family in token.families) or token.bare[-1:] in {"º", "ª", "°"}
    return not token.role and (ordinal or (token.text.endswith(".") and token.bare.isdigit()))


def _ends_a_part(text: Text, index: int) -> bool:
    return index + 1 == len(text.tokens) or _SEPARATES.search(text.gap(index + 1)) is not None


def _is_number(token: Token) -> bool:
    return token.bare[:1].isdigit() and not token.families


def _judge(extra: Sequence[Token], missing: Sequence[Token], matched: int) -> Judgement:
    """What unmatched words amount to: units, house numbers and postal codes count apart from the rest."""
    found = [judged for role in ("unit", "house", "postal") for judged in _judge_role(role, extra, missing)]
    whole = joined(extra, missing) if extra and missing else None
    if whole:
        return whole
    words, their_words = ([token for token in tokens if not token.role] for tokens in (extra, missing))
    if words or their_words:
        found.append(judge_words(words, their_words))
    return min(found, key=lambda judged: rank(judged.category))


def _judge_role(role: str, extra: Sequence[Token], missing: Sequence[Token]) -> list[Judgement]:
    mine, its = ([token for token in tokens if token.role.startswith(role)] for tokens in (extra, missing))
    if not (mine or its):
        return []
    one, other = (" ".join(token.bare for token in tokens) for tokens in (mine, its))
    if role == "postal" and mine and its:
        code = first_named(compare_postal_codes(one, other) or [Finding(Category.POSTCODE_DIFFERENT, (0, 0), (0, 0))])
        return [Judgement(code.category, code.note, code.severity)]
    if swapped(one, other):
        return [Judgement(Category.TRANSPOSITION)]
    if role == "house":
        return [Judgement(Category.HOUSE_NUMBER)]
    what = "unit" if role == "unit" else "postal code"
    if mine and its:
        return [Judgement(Category.DIFFERENT, f"another {what}")]
    named = {token.key for token in (*mine, *its) if token.role == "unit number"}
    if role == "unit" and any(f"unit {token.key}" in named for token in (*extra, *missing)):
        return [Judgement(Category.TOKEN_EXTRA if mine else Category.TOKEN_MISSING, "what kind of unit it is")]
    if mine:
        return [Judgement(Category.TOKEN_EXTRA, f"the record has no {what} here")]
    return [Judgement(Category.UNIT_MISSING if role == "unit" else Category.TOKEN_MISSING)]


ADDRESSES = Language(ADDRESS, _judge, _split, _name_roles)
