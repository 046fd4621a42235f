"""Reading numbers as people write them."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portolan.closed_days import HORIZON_DAYS, closed_days
from portolan.numbering import COUNTRIES, mask, parse

CLASSES = {"geographic", "mobile", "toll_free", "non_geographic", "special_rate", "premium", "unknown"}


@pytest.mark.parametrize(
    ("text", "country", "e164"),
    [
        ("+1 (212) 555-0123", None, "+12125550123"),
        ("212.555.0123", "US", "+12125550123"),
        ("1 212 555 0123", "US", "+12125550123"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("2125550123.0", "US", "+12125550123"),
        ("'+12125550123", None, "+12125550123"),
        ("0044 20 7946 0958", None, "+442079460958"),
        ("0044 20 7946 0958", "GB", "+442079460958"),
        ("0044 20 7946 0958", "US", "+442079460958"),
        ("011 44 20 7946 0958", "US", "+442079460958"),
        ("(+44) 20 7946 0958", None, "+442079460958"),
        ("(0044) 20 7946 0958", None, "+442079460958"),
        ("+44 (0)20 7946 0958", None, "+442079460958"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("tel:+49-30-23125-123", None, "+493023125123"),
        ("TEL: +49/30/23125123", None, "+493023125123"),
        ("+39 06 1234 5678", None, "+390612345678"),
        ("＋１（２１２）５５５−０１２３", None, "+12125550123"),
        ("٢١٢٥٥٥٠١٢٣", "US", "+12125550123"),
        ("+1\u00a0212\u00a0555\u20110123", None, "+12125550123"),
        ("\u202a+1 212 555 0123\u202c", None, "+12125550123"),
        ("  +1\t212 – 555 — 0123\n", None, "+12125550123"),
    ],
)
def test_any_usual_writing_is_read(text: str, country: str | None, e164: str) -> None:
    number = parse(text, country)
    assert number.e164 == e164
    assert number.note == ""


@pytest.mark.parametrize(
    ("text", "country", "number_class"),
    [
        ("+1 212 555 0123", "US", "geographic"),
        ("+1 613 555 0123", "CA", "geographic"),
        *[(f"+1 {code} 555 0199", "US", "toll_free") for code in (800, 888, 877, 866, 855, 844, 833)],
        ("+1 900 555 0199", "US", "premium"),
        ("+1 500 555 0123", "US", "unknown"),
        ("+44 20 7946 0958", "GB", "geographic"),
        ("+44 300 123 4567", "GB", "non_geographic"),
        ("+44 345 123 4567", "GB", "non_geographic"),
        ("+44 808 157 0123", "GB", "toll_free"),
        ("+44 845 123 4567", "GB", "special_rate"),
        ("+44 844 123 4567", "GB", "special_rate"),
        ("+44 871 123 4567", "GB", "special_rate"),
        ("+44 909 879 0123", "GB", "premium"),
        ("+44 7911 123456", "GG", "mobile"),
        ("+44 7797 712345", "JE", "mobile"),
        ("+44 7624 412345", "IM", "mobile"),
        ("+44 1534 712345", "JE", "geographic"),
        ("+49 30 23125 123", "DE", "geographic"),
        ("+49 32 22 1234567", "DE", "non_geographic"),
        ("+49 180 5 123456", "DE", "special_rate"),
        ("+33 1 99 00 12 34", "FR", "geographic"),
        ("+33 9 12 34 56 78", "FR", "non_geographic"),
        ("+234 20 1 000 0123", "NG", "geographic"),
        ("+234 803 000 0123", "NG", "mobile"),
    ],
)
def test_country_and_class(text: str, country: str, number_class: str) -> None:
    number = parse(text)
    assert (number.country, number.number_class) == (country, number_class)


@pytest.mark.parametrize(
    ("text", "country", "number_class"),
    [
        ("+1 212 555 0100", "US", "geographic"),
        ("+1 212 555 0199", "US", "geographic"),
        ("+1 800 555 0199", "US", "toll_free"),
        ("+44 20 7946 0000", "GB", "geographic"),
        ("+44 121 496 0999", "GB", "geographic"),
        ("+44 1632 960 000", "GB", "geographic"),
        ("+44 1632 960 999", "GB", "geographic"),
        ("+44 7700 900 000", "GB", "mobile"),
        ("+44 7700 900 999", "GB", "mobile"),
        ("+44 306 999 0123", "GB", "non_geographic"),
        ("+49 30 23125 000", "DE", "geographic"),
        ("+49 69 90009 999", "DE", "geographic"),
        ("+49 40 66969 123", "DE", "geographic"),
        ("+49 221 4710 123", "DE", "geographic"),
        ("+49 89 99998 123", "DE", "geographic"),
        ("+33 1 99 00 00 00", "FR", "geographic"),
        ("+33 2 61 91 12 34", "FR", "geographic"),
        ("+33 3 53 01 12 34", "FR", "geographic"),
        ("+33 4 65 71 12 34", "FR", "geographic"),
        ("+33 5 36 49 12 34", "FR", "geographic"),
        ("+33 6 39 98 00 00", "FR", "mobile"),
        ("+33 6 39 98 99 99", "FR", "mobile"),
    ],
)
def test_numbers_reserved_for_fiction_are_accepted(text: str, country: str, number_class: str) -> None:
    number = parse(text)
    assert (number.country, number.number_class) == (country, number_class)


@pytest.mark.parametrize("text", ["+44 1632 961 000", "+44 1632 959 999", "+44 7700 901 00", "+44 1632 960 00"])
def test_beside_the_fictional_ranges_nothing_is_accepted(text: str) -> None:
    with pytest.raises(ValueError, match="country code"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "country"),
    [("+234 1 234 5678", None), ("01 234 5678", "NG"), ("1 234 5678", "NG"), ("00234 (0)1 234 5678", None)],
)
def test_the_old_form_of_a_lagos_number_is_renewed(text: str, country: str | None) -> None:
    number = parse(text, country)
    assert (number.e164, number.country, number.number_class) == ("+2342012345678", "NG", "geographic")
    assert "old form of a Lagos number" in number.note


def test_a_nigerian_mobile_number_that_lost_digits_is_not_taken_for_an_old_fixed_one() -> None:
    with pytest.raises(ValueError, match="too short"):
        parse("+234 803 1234 5")


def test_letters_are_read_as_on_a_keypad_and_said_so() -> None:
    number = parse("1-800-FLOWERS", "US")
    assert number.e164 == "+18003569377"
    assert "keypad" in number.note


def test_a_class_that_cannot_be_told_is_noted() -> None:
    number = parse("+45 20 12 34 56")
    assert number.number_class == "geographic"
    assert "may be fixed or mobile" in number.note


@pytest.mark.parametrize(
    ("text", "country", "words"),
    [
        ("", None, "empty"),
        (" \u200b ", None, "empty"),
        ("212 555 0123", None, "no country code"),
        ("212 555 0123", "UK", "'UK' is not the ISO 3166 code"),
        ("212 555 0123", "us", "ISO 3166"),
        ("+1 212@555 0123", None, "'@' (from character 7)"),
        ("call 2125550123", "US", "'c', 'a', 'l'"),
        ("+1 212 555 0123 x4", None, "extension"),
        ("+1 212 555 0123;ext=4", None, "extension"),
        ("+1 (212) 555 0123 ext. 44", None, "extension"),
        ("2.12556E+10", "US", "spreadsheet"),
        ("2,12556e10", "DE", "spreadsheet"),
        ("+1 212 555 012", None, "too short for country code +1"),
        ("+1 212 555 01234", None, "too long (are these two numbers?)"),
        ("+1 212 555 0123 / 0124", None, "too long (are these two numbers?)"),
        ("+12125550123 +12125550124", None, "a + that is not at its start"),
        ("555 0123", "US", "lacks its area code"),
        ("+1 112 555 0123", None, "in no range that is in use"),
        ("+999 123456", None, "country code that does not exist"),
        ("+800 1234 5678", None, "belongs to no country"),
        ("+", None, "not a telephone number"),
        ("00", None, "not a telephone number"),
        ("9" * 101, "US", "one number only"),
    ],
)
def test_what_is_no_number_is_refused_in_words(text: str, country: str | None, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        parse(text, country)


NEARLY = st.text(alphabet="0123456789+()-./ x#٣３\u00a0\u202atel:extABC", max_size=40)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=120), NEARLY), st.sampled_from([None, "US", "GB", "NG", "IT", "001", "zz"]))
def test_any_text_is_a_number_or_a_clear_refusal(text: str, country: str | None) -> None:
    try:
        number = parse(text, country)
    except ValueError:
        return
    assert re.fullmatch(r"\+[1-9]\d{3,14}", number.e164)
    assert number.country in COUNTRIES
    assert number.number_class in CLASSES
    again = parse(number.e164)
    assert (again.e164, again.country, again.number_class) == (number.e164, number.country, number.number_class)


@pytest.mark.parametrize(
    ("e164", "masked"),
    [
        ("+12125550123", "+1212•••23"),
        ("+442079460958", "+44207•••58"),
        ("+2342012345678", "+234201•••78"),
        ("+3906123", "+39•••23"),
        ("+1", "+1•••"),
        ("", "•••"),
        ("+", "•••"),
        ("Ana", "•••"),
        ("+²", "•••"),
    ],
)
def test_masking(e164: str, masked: str) -> None:
    assert mask(e164) == masked


@given(st.from_regex(r"\+[0-9]{0,15}", fullmatch=True))
def test_masking_hides_at_least_three_digits_or_nearly_all(e164: str) -> None:
    shown = sum(map(str.isdigit, mask(e164)))
    assert shown <= max(3, len(e164) - 1 - 3)


def test_closed_days_are_sorted_and_cover_both_ends() -> None:
    days = closed_days("US", date(2026, 12, 25), 7)
    assert days == [date(2026, 12, 25), date(2027, 1, 1)]
    assert closed_days("US", date(2026, 12, 26), 5) == []
    whole = closed_days("US", date(2026, 11, 22))
    assert whole == sorted(whole)
    assert whole[0] == date(2026, 11, 26)
    assert (whole[-1] - date(2026, 11, 22)).days <= HORIZON_DAYS


@pytest.mark.parametrize(
    ("country", "day"),
    [
        ("GB", date(2027, 3, 29)),  # Easter Monday: not in Scotland, so not in the United Kingdom's own list
        ("CA", date(2027, 5, 24)),  # Victoria Day, provincial
        ("DE", date(2027, 5, 17)),
        ("FR", date(2027, 7, 14)),
        ("NG", date(2027, 10, 1)),
    ],
)
def test_closed_days_of_the_playbooks_countries(country: str, day: date) -> None:
    assert day in closed_days(country, date(2026, 11, 22))


@pytest.mark.parametrize("country", ["EU", "XX"])
def test_a_country_without_holidays_of_its_own_has_none(country: str) -> None:
    assert closed_days(country, date(2026, 11, 22)) == []
