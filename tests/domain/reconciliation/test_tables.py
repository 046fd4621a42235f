"""Every line of the tables does what it is there for."""

from __future__ import annotations

import unicodedata
from itertools import combinations

import pytest

from portolan.domain.reconciliation import street_words, unit_words
from portolan.domain.reconciliation.characters import same_but_case
from portolan.domain.reconciliation.company_forms import FORMS
from tests.domain.reconciliation.forms import told

CLASSES = [(country, line.split("|")) for country, lines in FORMS.items() for line in lines]
BY_COUNTRY = [(one, other) for lines in FORMS.values() for one, other in combinations([x.split("|") for x in lines], 2)]


def plain(text: str) -> str:
    """Small letters without accents."""
    return "".join(char for char in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(char))


def dotted(form: str) -> str:
    """`GmbH` as `G.m.b.H.`"""
    return "".join(f"{letter}." for letter in form)


@pytest.mark.parametrize(("country", "forms"), CLASSES, ids=[f"{country}-{forms[0]}" for country, forms in CLASSES])
def test_writings_of_one_form_are_the_same_form(country: str, forms: list[str]) -> None:
    for one, other in combinations(forms, 2):
        found = told("entity_name", f"Acme {one}", f"Acme {other}")
        category = "DIACRITIC" if plain(one) == plain(other) else "COMPANY_SUFFIX_FORM"
        assert found == (category, "blocking"), (one, other, found)
    for form in forms:
        assert told("entity_name", f"Acme {form}", "Acme") == ("TOKEN_EXTRA", "blocking"), form
        assert told("entity_name", "Acme", f"Acme {form}") == ("COMPANY_SUFFIX_MISSING", "blocking"), form
        assert told("entity_name", f"ACME {form.upper()}", f"Acme {form}") == ("CASE_ONLY", "info"), form
        with_comma = told("entity_name", f"Acme, {form}", f"Acme {form}")
        assert with_comma == ("PUNCTUATION", "blocking"), form
        if not form.endswith("."):
            with_stop = told("entity_name", f"Acme {form}.", f"Acme {form}")
            assert with_stop in {("COMPANY_SUFFIX_FORM", "blocking"), ("PUNCTUATION", "blocking")}, form
        if form.isalpha() and len(form) <= 5 and form[1:] != form[1:].lower():
            spelled = told("entity_name", f"Acme {dotted(form)}", f"Acme {form}")
            assert spelled == ("COMPANY_SUFFIX_FORM", "blocking"), form


@pytest.mark.parametrize(("ours", "theirs"), BY_COUNTRY, ids=[f"{one[0]}-{other[0]}" for one, other in BY_COUNTRY])
def test_two_forms_of_a_country_are_two_companies(ours: list[str], theirs: list[str]) -> None:
    one, other = ours[0], theirs[0]
    category, severity = told("entity_name", f"Acme {one}", f"Acme {other}") or ("", "")
    assert severity == "blocking"
    assert category in {"COMPANY_SUFFIX_DIFFERENT", "COMPANY_SUFFIX_MISSING", "TOKEN_EXTRA"}, (one, other, category)


def lines(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()]


STREETS = [words for table in street_words.STREETS for words in lines(table)]


@pytest.mark.parametrize("words", STREETS, ids=[words[0] for words in STREETS])
def test_writings_of_a_street_word_are_abbreviations(words: list[str]) -> None:
    for one, other in combinations(words, 2):
        for loa, csr in ((one, other), (other, one), (one.title(), other.title()), (one.upper(), other)):
            if same_but_case(loa, csr):
                continue
            found = told("service_address", f"12 Elm {loa}", f"12 Elm {csr}")
            assert found is not None
            kinds = {"DIACRITIC"} if plain(one) == plain(other) else {"ABBREVIATION_STREET", "SEPARATOR", "PUNCTUATION"}
            assert found[0] in kinds, (loa, csr, found)
            assert found[1] == "blocking"


#: The commonest of USPS Publication 28, each with the abbreviation the service wants.
COMMON = """
alley aly/avenue ave/boulevard blvd/bridge brg/bypass byp/causeway cswy/center ctr/circle cir/common cmn/court ct
cove cv/creek crk/crescent cres/crossing xing/drive dr/estates ests/expressway expy/extension ext/freeway fwy
garden gdn/gardens gdns/gateway gtwy/glen gln/grove grv/harbor hbr/heights hts/highway hwy/hill hl/hills hls
hollow holw/island is/junction jct/lake lk/landing lndg/lane ln/manor mnr/meadows mdws/mill ml/mount mt/mountain mtn
parkway pkwy/place pl/plaza plz/point pt/ridge rdg/river riv/road rd/route rte/shore shr/shores shrs/skyway skwy
springs spgs/square sq/station sta/street st/summit smt/terrace ter/trace trce/trail trl/tunnel tunl/turnpike tpke
valley vly/viaduct via/view vw/village vlg/vista vis/way wy
"""


@pytest.mark.parametrize("pair", COMMON.replace("\n", "/").strip("/").split("/"))
def test_what_the_postal_service_abbreviates(pair: str) -> None:
    full, short = pair.split()
    for loa in (short, f"{short}.", short.upper(), short.title()):
        expected = ("ABBREVIATION_STREET", "blocking")
        assert told("service_address", f"12 Elm {loa}, Boston", f"12 Elm {full.title()}, Boston") == expected


@pytest.mark.parametrize("words", lines(street_words.DIRECTIONALS), ids=lambda words: words[0])
def test_points_of_the_compass(words: list[str]) -> None:
    full, short = words[:2]
    for loa in (short, short.upper(), f"{short.upper()}.", ".".join(short.upper()) + "."):
        found = told("service_address", f"12 {loa} Elm Street", f"12 {full.title()} Elm Street")
        assert found == ("ABBREVIATION_DIRECTIONAL", "blocking"), loa
    assert told("service_address", "12 Elm Street", f"12 {full} Elm Street") == ("TOKEN_MISSING", "blocking")


@pytest.mark.parametrize("full", ["Northeast", "North East", "North-East", "NE", "N.E.", "N E"])
def test_two_points_of_the_compass_in_one(full: str) -> None:
    expected = ("ABBREVIATION_DIRECTIONAL", "blocking")
    for other in ("Northeast", "NE"):
        found = told("service_address", f"12 {full} Elm Street", f"12 {other} Elm Street")
        assert found == (None if full == other else expected), (full, other)
    assert told("service_address", f"12 {full} Elm Street", "12 Northwest Elm Street") == ("DIFFERENT", "blocking")


UNITS = lines(unit_words.UNITS)


@pytest.mark.parametrize("words", UNITS, ids=[words[0] for words in UNITS])
def test_writings_of_a_unit_are_abbreviations(words: list[str]) -> None:
    for one, other in combinations([*words, "#", "unit"], 2):
        if one == other:
            continue
        found = told("service_address", f"12 Elm Street, {one} 4", f"12 Elm Street, {other} 4")
        category = "DIACRITIC" if plain(one) == plain(other) else "ABBREVIATION_UNIT"
        assert found == (category, "blocking"), (one, other, found)
    for word in words:
        missing = told("service_address", "12 Elm Street", f"12 Elm Street, {word} 4")
        assert missing == ("UNIT_MISSING", "blocking"), word
        extra = told("service_address", f"12 Elm Street, {word} 4", "12 Elm Street")
        assert extra == ("TOKEN_EXTRA", "blocking"), word
        other = told("service_address", f"12 Elm Street, {word} 4", f"12 Elm Street, {word} 5")
        assert other == ("DIFFERENT", "blocking"), word


@pytest.mark.parametrize("word", sorted(unit_words.ALONE))
def test_units_that_need_no_number(word: str) -> None:
    assert told("service_address", "12 Elm Street", f"12 Elm Street, {word}") == ("UNIT_MISSING", "blocking")


@pytest.mark.parametrize(("number", "word"), list(enumerate(street_words.ORDINALS.split(), 1)))
def test_ordinals_in_words_and_in_figures(number: int, word: str) -> None:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number, "th")
    figures, words = f"100 {number}{ending} Avenue", f"100 {word.title()} Avenue"
    assert told("service_address", figures, words) == ("ABBREVIATION_STREET", "blocking")
    assert told("service_address", figures, "100 Ninetieth Avenue") == ("DIFFERENT", "blocking")
