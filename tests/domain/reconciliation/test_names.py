"""Names of companies: letters, signs, words, forms."""

from __future__ import annotations

import pytest

from tests.domain.reconciliation.forms import beside, marked, only, told

INFO, WARN, BLOCKING = "info", "warn", "blocking"


@pytest.mark.parametrize(
    ("loa", "csr", "category"),
    [
        ("Acme Ltd", "Acme Limited", "COMPANY_SUFFIX_FORM"),
        ("Acme Ltd.", "Acme Ltd", "COMPANY_SUFFIX_FORM"),
        ("Acme Inc.", "Acme Inc", "COMPANY_SUFFIX_FORM"),
        ("Acme L.L.C.", "Acme LLC", "COMPANY_SUFFIX_FORM"),
        ("Acme L. L. C.", "Acme LLC", "COMPANY_SUFFIX_FORM"),
        ("Acme Limited Liability Company", "Acme LLC", "COMPANY_SUFFIX_FORM"),
        ("Acme Co., Ltd.", "Acme Company Limited", "COMPANY_SUFFIX_FORM"),
        ("Acme GmbH und Co KG", "Acme GmbH & Co. KG", "COMPANY_SUFFIX_FORM"),
        ("Acme UG", "Acme UG (haftungsbeschränkt)", "COMPANY_SUFFIX_FORM"),
        ("Acme Ltd/Gte", "Acme Limited by Guarantee", "COMPANY_SUFFIX_FORM"),
        ("Acme Ltée", "Acme Ltd", "COMPANY_SUFFIX_FORM"),
        ("Acme Teoranta", "Acme Limited", "COMPANY_SUFFIX_FORM"),
        ("Acme Ltd trading as Beta", "Acme Limited trading as Beta", "COMPANY_SUFFIX_FORM"),
        ("Acme Ltd", "Acme LLC", "COMPANY_SUFFIX_DIFFERENT"),
        ("Acme Ltd", "Acme PLC", "COMPANY_SUFFIX_DIFFERENT"),
        ("Acme GmbH", "Acme GmbH & Co. KG", "COMPANY_SUFFIX_DIFFERENT"),
        ("Acme Ltd", "Acme Pty Ltd", "COMPANY_SUFFIX_DIFFERENT"),
        ("Globex LLC", "Acme Ltd", "COMPANY_SUFFIX_DIFFERENT"),
        ("Acme", "Acme Ltd", "COMPANY_SUFFIX_MISSING"),
        ("Acme Ltd", "Acme Co. Ltd", "COMPANY_SUFFIX_MISSING"),
        ("Acme, Inc.", "Acme Inc.", "PUNCTUATION"),
        ("Acme (UK) Ltd", "Acme UK Ltd", "PUNCTUATION"),
        ("O’Brien Ltd", "O'Brien Ltd", "PUNCTUATION"),
        ("OBrien Ltd", "O'Brien Ltd", "PUNCTUATION"),
        ("Smith–Jones Ltd", "Smith-Jones Ltd", "PUNCTUATION"),
        ("Smith Jones Ltd", "Smith-Jones Ltd", "PUNCTUATION"),
        ("SmithJones Ltd", "Smith-Jones Ltd", "PUNCTUATION"),
        ("US Cellular", "U.S. Cellular", "PUNCTUATION"),
        ("“Acme” Ltd", '"Acme" Ltd', "PUNCTUATION"),
        ("Acme Ltd,", "Acme Ltd", "PUNCTUATION"),
        ("Brown and Sons", "Brown & Sons", "AMPERSAND_AND"),
        ("Brown + Sons", "Brown & Sons", "AMPERSAND_AND"),
        ("Müller und Söhne", "Müller & Söhne", "AMPERSAND_AND"),
        ("Dupont et Fils", "Dupont & Fils", "AMPERSAND_AND"),
        ("García y Hijos", "García & Hijos", "AMPERSAND_AND"),
        ("Rossi e Figli", "Rossi & Figli", "AMPERSAND_AND"),
        ("AT and T Inc", "AT&T Inc", "AMPERSAND_AND"),
        ("Cafe Ltd", "Café Ltd", "DIACRITIC"),
        ("Mueller GmbH", "Müller GmbH", "DIACRITIC"),
        ("Strasse AG", "Straße AG", "DIACRITIC"),
        ("Smorrebrod AS", "Smørrebrød AS", "DIACRITIC"),
        ("Northstar Inc", "North Star Inc", "SEPARATOR"),
        ("Star North Inc", "North Star Inc", "TOKEN_ORDER"),
        ("Limited Acme UK", "Acme UK Limited", "TOKEN_ORDER"),
        ("North Star Inc", "North Star Freight Inc", "TOKEN_MISSING"),
        ("Acme Ltd", "The Acme Ltd", "TOKEN_MISSING"),
        ("North Star Freight Inc", "North Star Inc", "TOKEN_EXTRA"),
        ("Acme Ltd", "Acme", "TOKEN_EXTRA"),
        ("Amce Ltd", "Acme Ltd", "TRANSPOSITION"),
        ("Acme Liimted", "Acme Limited", "TRANSPOSITION"),
        ("Acme Limited", "Acme Liimted", "TRANSPOSITION"),
        ("Acme Limited Liability Compnay", "Acme Limited Liability Company", "TRANSPOSITION"),
        ("Acme Limted", "Acme Limited", "DIFFERENT"),
        ("Acme Lirnited", "Acme Limited", "DIFFERENT"),
        ("Acme LCC", "Acme LLC", "DIFFERENT"),
        ("Acme L.C.C.", "Acme L.L.C.", "DIFFERENT"),
        ("Acme GmhH", "Acme GmbH", "DIFFERENT"),
        ("Acme AF", "Acme AG", "DIFFERENT"),
        ("Globex Liimted", "Acme Limited", "DIFFERENT"),
        ("North Liimted", "North Star Limited", "TRANSPOSITION"),
        ("Acme Age", "Acme AG", "COMPANY_SUFFIX_MISSING"),
        ("Acme Holding", "Acme Limited", "COMPANY_SUFFIX_MISSING"),
        ("Acme", "Acme Holdings LLC dba Zed", "COMPANY_SUFFIX_MISSING"),
        ("Acme Societe anonyme", "Acme Société anonyme", "DIACRITIC"),
        ("Acme Trading Ltd", "Acme Training Ltd", "DIFFERENT"),
        ("Brown et Sons", "Brown and Sons", "DIFFERENT"),
        ("Globex", "Acme UK", "DIFFERENT"),
    ],
)
def test_what_carriers_reject_is_named(loa: str, csr: str, category: str) -> None:
    assert told("entity_name", loa, csr) == (category, BLOCKING)


@pytest.mark.parametrize(
    ("loa", "csr", "category", "severity"),
    [
        ("ACME UK LIMITED", "Acme UK Limited", "CASE_ONLY", INFO),
        ("STRASSE AG", "Straße AG", "CASE_ONLY", INFO),
        ("acme l.l.c.", "Acme L.L.C.", "CASE_ONLY", INFO),
        ("Acme  UK Limited", "Acme UK Limited", "WHITESPACE_ONLY", INFO),
        (" Acme UK Limited ", "Acme UK Limited", "WHITESPACE_ONLY", INFO),
        ("Acme\u00a0UK\u2009Limited", "Acme UK Limited", "WHITESPACE_ONLY", INFO),
        ("Acme\u3000UK\nLimited", "Acme UK Limited", "WHITESPACE_ONLY", INFO),
        ("ACME  UK Limited", "Acme UK Limited", "WHITESPACE_ONLY", INFO),
        ("Acme Pty  Ltd", "Acme Pty Ltd", "WHITESPACE_ONLY", INFO),
        ("AT & T", "AT&T", "WHITESPACE_ONLY", WARN),
        ("Cafe\u0301 Ltd", "Café Ltd", "UNICODE_NORMALISATION", INFO),
        ("\u212bngström AB", "Ångström AB", "UNICODE_NORMALISATION", INFO),
        ("CAFE\u0301 Ltd", "Café Ltd", "UNICODE_NORMALISATION", INFO),
        ("Oﬃce Ltd", "Office Ltd", "UNICODE_NORMALISATION", WARN),
        ("Acme\u200b UK Limited", "Acme UK Limited", "INVISIBLE_CHAR", WARN),
        ("Acme\u00ad UK Limited", "Acme UK Limited", "INVISIBLE_CHAR", WARN),
        ("\ufeffAcme UK Limited", "Acme UK Limited", "INVISIBLE_CHAR", WARN),
        ("Acme \u202eUK Limited", "Acme UK Limited", "INVISIBLE_CHAR", WARN),
        ("Acme\ufe0f UK Limited", "Acme UK Limited", "INVISIBLE_CHAR", WARN),
        ("Acme\x07 UK Limited", "Acme UK Limited", "INVISIBLE_CHAR", WARN),
        ("Acme UK Limited", "Acme\u2060 UK Limited", "INVISIBLE_CHAR", WARN),
        ("Аcme Ltd", "Acme Ltd", "CONFUSABLE", BLOCKING),
        ("Αcme Ltd", "Acme Ltd", "CONFUSABLE", BLOCKING),
        ("Acme Ltd", "Acmе Ltd", "CONFUSABLE", BLOCKING),
        ("АСМЕ LTD", "Acme Ltd", "CONFUSABLE", BLOCKING),
        ("Տօսո Ltd", "Soun Ltd", "CONFUSABLE", BLOCKING),
        ("ᎪᏟᎷᎬ", "ACME", "CONFUSABLE", BLOCKING),
        ("ＡＣＭＥ Ltd", "ACME Ltd", "CONFUSABLE", BLOCKING),
        ("𝐀cme Ltd", "Acme Ltd", "CONFUSABLE", BLOCKING),
        ("Acme Lтd", "Acme Limited", "CONFUSABLE", BLOCKING),
        ("Аcmx Ltd", "Acme Ltd", "CONFUSABLE", BLOCKING),
        ("Ёlka", "Ëlka", "CONFUSABLE", BLOCKING),
        ("Ромашка", "Romashka", "DIFFERENT", BLOCKING),
    ],
)
def test_letters_that_look_or_are_stored_otherwise(loa: str, csr: str, category: str, severity: str) -> None:
    assert told("entity_name", loa, csr) == (category, severity)


@pytest.mark.parametrize(
    ("loa", "csr", "category", "severity", "also"),
    [
        ("Acme\u200b Ltd", "Acme Limited", "INVISIBLE_CHAR", BLOCKING, "company form"),
        ("Аcme\u200b Ltd", "Acme Ltd", "CONFUSABLE", BLOCKING, "nobody sees"),
        ("Star North LLC", "North Star Inc", "COMPANY_SUFFIX_DIFFERENT", BLOCKING, ""),
        ("Globex, Ltd", "Acme Limited", "DIFFERENT", BLOCKING, "company form"),
        ("Amce Cafe", "Acme Café", "TRANSPOSITION", BLOCKING, ""),
        ("ACME & Sons Ltd", "Acme and Sons Limited", "COMPANY_SUFFIX_FORM", BLOCKING, "capital"),
    ],
)
def test_of_several_the_first_in_rank_is_named_and_the_others_told(
    loa: str, csr: str, category: str, severity: str, also: str
) -> None:
    found = only("entity_name", loa, csr)
    assert (found.category, found.severity) == (category, severity)
    assert also in found.explanation


@pytest.mark.parametrize(
    ("loa", "csr", "spans"),
    [
        ("Acme UK Ltd", "Acme UK Limited", ("Ltd", "Limited")),
        ("Acme UK Ltd.", "Acme UK Limited", ("Ltd.", "Limited")),
        ("Acme UK", "Acme UK Limited", ("", "Limited")),
        ("North Logistics", "North Star Logistics", ("", "Star")),
        ("Star North Inc", "North Star Inc", ("Star North", "North Star")),
        ("Muller GmbH", "Müller GmbH", ("Muller", "Müller")),
        ("Аcme Ltd", "Acme Ltd", ("А", "A")),
        ("АСme Ltd", "Acme Ltd", ("АС", "Ac")),
        ("Acme\u200b UK", "Acme UK", ("\u200b", "")),
        ("Acme, Inc", "Acme Inc", (",", "")),
        ("Acme,Inc", "Acme , Inc", (",", " , ")),
        ("O’Brien", "O'Brien", ("’", "'")),
        ("ACME, Ltd", "Acme Limited", ("Ltd", "Limited")),
        ("Acme  UK", "Acme UK", ("  ", " ")),
        ("Acme Liimted", "Acme Limited", ("Liimted", "Limited")),
        ("ACME UK", "Acme UK", ("ACME", "Acme")),
        ("acme  uk", "Acme UK", ("  ", " ")),
        ("Cafe\u0301 Ltd", "Café Limited", ("Ltd", "Limited")),
        ("Pokémon", "Poke\u0301mon", ("é", "é")),
        ("Smith & Sons", "Smith and Sons", ("&", "and")),
    ],
)
def test_the_spans_hold_what_differs(loa: str, csr: str, spans: tuple[str, str]) -> None:
    assert marked(only("entity_name", loa, csr)) == spans


@pytest.mark.parametrize(
    ("loa", "csr", "spans", "also"),
    [
        ("Acme Ltd", "Acme Limited", ("Ltd", "Limited"), []),
        (
            "ACME, Ltd",
            "Acme Limited",
            ("Ltd", "Limited"),
            [("PUNCTUATION", ",", ""), ("CASE_ONLY", "ACME", "Acme")],
        ),
        ("acme  uk", "Acme UK", ("  ", " "), [("CASE_ONLY", "acme", "Acme"), ("CASE_ONLY", "uk", "UK")]),
        ("Acme, UK, Ltd", "Acme UK Ltd", (",", ""), [("PUNCTUATION", ",", "")]),
        ("Ac\u200bme UK\u200d Ltd", "Acme UK Ltd", ("\u200b", ""), [("INVISIBLE_CHAR", "\u200d", "")]),
        ("Ac\u200bme", "Ac\u200dme", ("\u200b", "\u200d"), []),
        ("Cafe\u0301 Pokémon", "Café Pokémon", ("é", "é"), [("UNICODE_NORMALISATION", "é", "é")]),
        ("Star, North", "North Star Inc", ("", "Inc"), [("TOKEN_ORDER", "Star, North", "North Star Inc")]),
    ],
)
def test_everything_that_differs_has_its_own_spans(
    loa: str, csr: str, spans: tuple[str, str], also: list[tuple[str, str, str]]
) -> None:
    found = only("entity_name", loa, csr)
    assert (marked(found), beside(found)) == (spans, also)


@pytest.mark.parametrize(
    ("loa", "csr", "note"),
    [
        ("Acme LCC", "Acme LLC", "(one character differs)"),
        ("Acme Limted", "Acme Limited", "(one character more or less)"),
        ("Acme Lirnited", "Acme Limited", "(easily misread: rn and m)"),
        ("Acme", "Acme Holdings LLC dba Zed", '(it lacks "Holdings dba Zed", too)'),
        ("Acme Holding", "Acme Limited", '(it has "Holding" besides)'),
        ("Acme", "Acme Limited", "form of company"),
    ],
)
def test_what_is_wrong_with_a_company_form_is_told(loa: str, csr: str, note: str) -> None:
    assert only("entity_name", loa, csr).explanation.endswith(note)


def test_where_something_is_missing_the_span_is_a_place() -> None:
    moved = only("authorized_person", "Smith, Jane", "Jane A. Smith")
    assert [(other.category, other.loa_span, other.csr_span) for other in moved.also] == [
        ("TOKEN_MISSING", (11, 11), (5, 7))
    ]
    found = only("entity_name", "North Logistics", "North Star Logistics")
    assert (found.loa_span, found.csr_span) == ((5, 5), (6, 10))
    hidden = only("entity_name", "Acme UK", "Acme\u200b UK")
    assert (hidden.loa_span, hidden.csr_span) == ((4, 4), (4, 5))


def test_the_explanation_says_what_where_and_why() -> None:
    said = only("entity_name", "Acme UK Ltd", "Acme UK Limited").explanation
    assert '"Ltd" (characters 9 to 11) on the LOA, "Limited" (characters 9 to 15) on the record' in said
    assert "the same company form written otherwise; some carriers reject it" in said
    assert "CYRILLIC CAPITAL LETTER A (U+0410)" in only("entity_name", "Аcme", "Acme").explanation
    assert "ZERO WIDTH SPACE" in only("entity_name", "Ac\u200bme", "Acme").explanation
    assert "another kind of apostrophe" in only("entity_name", "O’Brien", "O'Brien").explanation
    assert "another kind of dash" in only("entity_name", "A–B", "A-B").explanation
    assert "<U+202E>" in only("entity_name", "Acme\u202e", "Acme").explanation
    assert "\u202e" not in only("entity_name", "Acme\u202e", "Acme").explanation


def test_long_texts_are_cut_short_in_the_explanation() -> None:
    assert len(only("entity_name", "x" * 500, "y" * 500).explanation) < 300


@pytest.mark.parametrize("name", ["PC World", "SE Ltd", "AG", "Limited", "Co & Co", "&", "(UK)", "..."])
def test_names_that_look_like_forms_are_read(name: str) -> None:
    assert told("entity_name", name, name) is None
    assert told("entity_name", name.upper(), name) in (None, ("CASE_ONLY", INFO))
    assert told("entity_name", f"{name} Globex", name) == ("TOKEN_EXTRA", BLOCKING)
