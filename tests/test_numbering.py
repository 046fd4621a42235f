"""Reading numbers as people write them."""

from __future__ import annotations

import random
import re

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portolan import numbering
from portolan.numbering import COUNTRIES, Number, is_emergency, mask, parse

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
        ("+1 242 365 1234", "BS", "geographic"),
        ("+1 809 555 0123", "DO", "geographic"),
        ("+1 787 555 0123", "PR", "geographic"),
        ("+1 500 555 0123", "US", "unknown"),
        ("+44 20 7946 0958", "GB", "geographic"),
        ("+44 300 123 4567", "GB", "non_geographic"),
        ("+44 330 123 4567", "GB", "non_geographic"),
        ("+44 370 123 4567", "GB", "non_geographic"),
        ("+44 800 123 4567", "GB", "toll_free"),
        ("+44 843 123 4567", "GB", "special_rate"),
        ("+44 870 123 4567", "GB", "special_rate"),
        ("+44 7400 123456", "GB", "mobile"),
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
        ("+33 6 12 34 56 78", "FR", "mobile"),
        ("+33 800 123 456", "FR", "toll_free"),
        ("+49 800 123 4567", "DE", "toll_free"),
        ("+49 1512 3456789", "DE", "mobile"),
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
    ("text", "country", "place"),
    [
        ("+44 7911 123456", "GG", "Guernsey (GG)"),
        ("+44 1481 712345", "GG", "Guernsey (GG)"),
        ("+44 7797 712345", "JE", "Jersey (JE)"),
        ("+44 7624 412345", "IM", "the Isle of Man (IM)"),
        ("07911 123456", "GG", "Guernsey (GG)"),
    ],
)
def test_a_number_of_the_crown_dependencies_is_said_not_to_be_british(text: str, country: str, place: str) -> None:
    number = parse(text, "GB")
    assert number.country == country
    assert (
        number.note == f"{number.e164} is a number of {place}, not of the United Kingdom: its playbooks do not cover it"
    )


@pytest.mark.parametrize("text", ["+44 7400 123456", "+44 20 7946 0958", "+33 6 12 34 56 78", "+1 809 555 0123"])
def test_nothing_of_the_kind_is_said_of_others(text: str) -> None:
    assert parse(text).note == ""


@pytest.mark.parametrize("code", [801, 811, 822, 843, 880, 881, 887, 889, 899])
def test_beside_the_toll_free_codes_nothing_is_toll_free(code: int) -> None:
    try:
        number = parse(f"+1 {code} 555 0199")
    except ValueError:
        return
    assert number.number_class != "toll_free"


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


# -- plain numbers of the North American plan -----------------------------------------------------------------------


def outcome(text: str, country: str | None) -> Number | str:
    """What `parse` gives, or the words of its refusal."""
    try:
        return parse(text, country)
    except ValueError as refusal:
        return str(refusal)


def slow_outcome(text: str, country: str | None) -> Number | str:
    """The same without the short cut for plain numbers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numbering, "_plain_nanp", lambda *_: None)
        return outcome(text, country)


TEN_DIGITS = st.integers(0, 9_999_999_999).map("{:010}".format) | st.builds(
    "{}{}{:04}".format,
    st.sampled_from([212, 242, 340, 416, 500, 523, 555, 664, 684, 721, 787, 800, 809, 822, 849, 888, 900, 911, 983]),
    st.sampled_from([100, 200, 211, 365, 500, 555, 800, 911, 976, 999]),
    st.integers(0, 9999),
)
COUNTRY_CODES = st.sampled_from(["+1", "1", "", "+", "+1 ", "001"])


@settings(derandomize=True, database=None, deadline=None, max_examples=300)
@given(COUNTRY_CODES, TEN_DIGITS, st.sampled_from([None, "US", "CA", "GB", "BS", "DO", "DE", "zz", ""]))
def test_the_short_cut_for_plain_numbers_changes_nothing(code: str, digits: str, country: str | None) -> None:
    assert outcome(code + digits, country) == slow_outcome(code + digits, country)


def test_the_short_cut_agrees_in_every_area_code() -> None:
    chance = random.Random(7)  # noqa: S311 - nothing secret
    taken = 0
    for area in range(200, 1000):
        text = f"+1{area}{chance.randint(2, 9)}{chance.randint(0, 999_999):06}"
        assert outcome(text, "US") == slow_outcome(text, "US")
        taken += numbering._plain_nanp(text, "US") is not None
    assert taken > 400


@pytest.mark.parametrize("text", ["+1٢125550123", "+12125550123\n", " +12125550123", "+1212555012３"])
def test_what_is_not_plain_takes_the_long_way(text: str) -> None:
    assert numbering._plain_nanp(text, "US") is None
    assert outcome(text, "US") == Number("+12125550123", "US", "geographic")


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("911", "US"),
        ("911", "CA"),
        ("112", "US"),
        ("933", "US"),
        ("933", "CA"),
        ("999", "GB"),
        ("112", "GB"),
        ("110", "DE"),
        ("112", "DE"),
        ("15", "FR"),
        ("199", "NG"),
        ("112", "NG"),
        ("911", "DE"),
        ("9-1-1", "US"),
        (" 911 ", "US"),
        ("９１１", "US"),
        ("+1911", "US"),
        ("+1 933", "US"),
        ("+44999", "GB"),
        ("+49112", "DE"),
        ("9112125550", "US"),
        ("99912345", "GB"),
    ],
)
def test_what_would_reach_an_emergency_service_is_known(number: str, country: str) -> None:
    assert is_emergency(number, country)


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+12125550123", "US"),
        ("+19115550123", "US"),
        ("+19335550123", "US"),
        ("+16135550123", "CA"),
        ("+18005550199", "US"),
        ("+442079460958", "GB"),
        ("+441124960000", "GB"),
        ("+4930231251", "DE"),
        ("+49911123456", "DE"),
        ("+33199001210", "FR"),
        ("+2348021234567", "NG"),
        ("2125550123", "US"),
        ("02079460958", "GB"),
        ("999", "US"),
        ("933", "GB"),
        ("411", "US"),
        ("", "US"),
        ("+1", "US"),
        ("reception", "US"),
    ],
)
def test_other_numbers_pass(number: str, country: str) -> None:
    assert not is_emergency(number, country)


@pytest.mark.parametrize("country", sorted(COUNTRIES))
def test_no_whole_number_of_any_country_is_one(country: str) -> None:
    example = phonenumbers.example_number(country)
    assert example
    assert not is_emergency(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164), country)
