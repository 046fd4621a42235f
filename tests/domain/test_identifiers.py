"""Identifiers: which pass, which do not, and what is said of them."""

from __future__ import annotations

import json
from pathlib import Path
from string import ascii_uppercase, digits
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portolan.domain.identifiers import KINDS, Checked, check, key_of_rio, national_number

CASES = Path(__file__).parents[2] / ".." / "shared" / "cases" / "identifiers.json"

RIOS = [
    ("01P EROY4P 4TR", "0612345678"),
    ("02E A1B2C3 ZUY", "0711223344"),
    ("03P ZZ9X0Q 2OC", "0699887766"),
    ("44F FIXED1 7KI", "0123456789"),
    ("01P 000000 JI5", "0600000000"),
    ("02P ZX5B4C C6+", "0612345678"),
]


def refused(kind: str, value: str, number: str | None = None) -> str:
    checked = check(kind, value, number)
    assert not checked.valid, checked
    return checked.reason


def passed(kind: str, value: str, number: str | None = None) -> Checked:
    checked = check(kind, value, number)
    assert checked.valid, checked
    return checked


# -- the shared cases -----------------------------------------------------------------------------------------------


@pytest.fixture
def cases() -> dict[str, dict[str, list[Any]]]:
    if not CASES.parents[1].exists():
        pytest.skip("the folder of shared cases is not beside this repository")
    found: dict[str, dict[str, list[Any]]] = json.loads(CASES.read_text())
    return found


def test_the_shared_cases(cases: dict[str, dict[str, list[Any]]]) -> None:
    judged = 0
    for kind, groups in cases.items():
        for group, values in groups.items():
            for value in values:
                checked = check(kind, *(value if isinstance(value, list) else [value]))
                assert checked.valid is (group == "valid"), (kind, value, checked)
                assert ("not portable" in checked.reason) is (group == "not_portable")
                judged += 1
    assert judged >= 17


# -- RIO ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rio", "number"), RIOS)
def test_a_rio_fits_its_number_and_no_other(rio: str, number: str) -> None:
    checked = passed("rio", rio, number)
    assert checked.normalized == rio.replace(" ", "")
    assert number in checked.reason
    assert key_of_rio(rio.replace(" ", "")[:9], number) == checked.normalized[9:]
    other = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert "does not belong to" in refused("rio", rio, other)


@pytest.mark.parametrize(
    "number",
    [
        "0612345678",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "+33612345678",
        "+33 (0)6 12 34 56 78",
        "0033 6 12 34 56 78",
        "33612345678",
        "(06) 12/34/56/78",
        "\u202a+33\u00a06 12 34 56 78\u202c",
        "０６１２３４５６７８",
    ],
)
@pytest.mark.parametrize("rio", ["01PEROY4P4TR", "01p eroy4p 4tr", "01-P-EROY4P\u20134TR", " 01P\u200bEROY4P4TR "])
def test_any_writing_of_both_is_read(rio: str, number: str) -> None:
    assert national_number(number) == "0612345678"
    assert passed("rio", rio, number).normalized == "01PEROY4P4TR"


@pytest.mark.parametrize(
    ("number", "national"),
    [
        ("+590 690 12 34 56", "0690123456"),
        ("00262 692 12 34 56", "0692123456"),
        ("07000123456789", "07000123456789"),  # machine to machine
        ("+33 7000123456789", "07000123456789"),
    ],
)
def test_overseas_and_machine_numbers(number: str, national: str) -> None:
    assert national_number(number) == national
    assert passed("rio", "01E123456" + key_of_rio("01E123456", number), number).valid


@pytest.mark.parametrize(
    "number",
    ["612345678", "061234567", "06123456789", "0012345678", "+44 20 7946 0958", "06123A5678", "0٦12345678", "0" * 200],
)
def test_a_number_that_is_not_french_is_told(number: str) -> None:
    assert "write it like 0612345678 or +33612345678" in refused("rio", "01PEROY4P4TR", number)
    with pytest.raises(ValueError, match="is not a French one of 10 digits"):
        key_of_rio("01PEROY4P", number)


@pytest.mark.parametrize("number", [None, "", "  "])
def test_without_a_number_only_the_form_is_judged(number: str | None) -> None:
    checked = passed("rio", "01P EROY4P 4TS", number)  # the key is wrong for any number people know
    assert "the key was not checked: give the number" in checked.reason
    assert "character 12 is '!'" in refused("rio", "01PEROY4P4T!", number)


@pytest.mark.parametrize(
    ("letter", "words"),
    [("E", "an enterprise's mobile line"), ("P", "a private mobile line"), ("A", "a special number (SVA)")]
    + [(letter, "a fixed line") for letter in "FGMNRSTUVWXYZ"],
)
def test_the_quality_is_told(letter: str, words: str) -> None:
    assert f"(quality {letter}, {words})" in passed("rio", f"01{letter}123456ABC").reason


@pytest.mark.parametrize("letter", sorted(set(ascii_uppercase + digits) - set("AEPFGMNRSTUVWXYZ")))
def test_other_qualities_are_refused(letter: str) -> None:
    assert f"character 3 is {letter!r} where the quality of the line, one of A, E," in refused(
        "rio", f"01{letter}123456ABC"
    )


@pytest.mark.parametrize(
    ("quality", "number", "odd"),
    [
        ("P", "0612345678", False),
        ("E", "0712345678", False),
        ("P", "0123456789", True),
        ("F", "0123456789", False),
        ("F", "0912345678", False),
        ("F", "0612345678", True),
        ("A", "0812345678", False),
        ("A", "0112345678", True),
    ],
)
def test_a_quality_that_does_not_suit_the_number_is_a_warning(quality: str, number: str, odd: bool) -> None:
    body = f"01{quality}ABCDEF"
    checked = passed("rio", body + key_of_rio(body, number), number)
    assert bool(checked.warnings) is odd
    if odd:
        assert f"quality {quality} means" in checked.warnings[0]


def test_an_operator_that_is_not_two_digits_is_a_warning() -> None:
    body = "O1P123456"
    (warning,) = passed("rio", body + key_of_rio(body, "0612345678"), "0612345678").warnings
    assert warning == "characters 1 and 2, the operator, are 'O1' and usually two digits. Did you mean 01?"


@pytest.mark.parametrize(
    ("rio", "number", "meant"),
    [
        ("01PER0Y4P4TR", "0612345678", "01PEROY4P4TR"),
        ("O1PEROY4P4TR", "0612345678", "01PEROY4P4TR"),
        ("O1PER0Y4P4TR", "0612345678", "01PEROY4P4TR"),
        ("01P000000J15", "0600000000", "01P000000JI5"),
        ("01P000000JL5", "0600000000", None),  # L is 1, not I
        ("01P00000OJI5", "0600000000", "01P000000JI5"),
    ],
)
def test_misread_characters_are_found_by_the_key(rio: str, number: str, meant: str | None) -> None:
    assert (f"Did you mean {meant}?" in refused("rio", rio, number)) is (meant is not None)


@pytest.mark.parametrize(
    ("body", "words"),
    [("01PEROY4", "8 characters"), ("01QEROY4P", "character 3"), ("01PEROY4+", "character 9 is '+'"), ("", "0 char")],
)
def test_a_key_is_reckoned_of_nine_characters(body: str, words: str) -> None:
    with pytest.raises(ValueError, match="first nine characters") as caught:
        key_of_rio(body, "0612345678")
    assert words in str(caught.value)


ALNUM = ascii_uppercase + digits
BODIES = st.builds(
    "{}{}{}".format,
    st.text("0123456789", min_size=2, max_size=2),
    st.sampled_from("AEPFGMNRSTUVWXYZ"),
    st.text(ALNUM, min_size=6, max_size=6),
)
NUMBERS = st.builds(lambda first, rest: f"0{first}{rest:08}", st.integers(1, 9), st.integers(0, 99_999_999))


@settings(derandomize=True, database=None, deadline=None, max_examples=6)
@given(BODIES, NUMBERS)
def test_every_wrong_character_and_every_swap_of_two_neighbours_is_detected(body: str, number: str) -> None:
    rio = body + key_of_rio(body, number)
    assert check("rio", rio, number).valid
    for written, judge in (
        (rio, lambda other: check("rio", other, number)),
        (number, lambda other: check("rio", rio, other)),
    ):
        alphabet = ALNUM + "+" if written is rio else digits
        damaged = {written[:at] + char + written[at + 1 :] for at in range(len(written)) for char in alphabet}
        damaged |= {written[:at] + written[at + 1] + written[at] + written[at + 2 :] for at in range(len(written) - 1)}
        for other in damaged - {written}:
            assert not judge(other).valid, (rio, number, other)


# -- forms ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "normalized"),
    [
        ("pac", "ABC123456", "ABC123456"),
        ("pac", "abc 123-456", "ABC123456"),
        ("stac", "123456abc", "123456ABC"),
        ("resporg", "zaz01", "ZAZ01"),
        ("resp_org", "JYT01", "JYT01"),
        ("Resp-Org", "BRDXX", "BRDXX"),
        ("resporg", "AB998", "AB998"),
        ("operator_code", "d 001", "D001"),
        ("cupid", "001", "001"),
        ("migration_code", "WIN 0612345678 001 H", "WIN0612345678001H"),
        ("migration_code", "ABC12345678017Z", "ABC12345678017Z"),  # 15, the shortest
        ("migration_code", "ABC12345678222Z", "ABC12345678222Z"),
        ("migration_code", "ABC12345678999Z", "ABC12345678999Z"),
        ("zip", "02110", "02110"),
        ("zip", "02110 1234", "02110-1234"),
        ("zip", "021101234", "02110-1234"),
        ("postcode", "ec1a1bb", "EC1A 1BB"),
        ("postcode", "M1 1AE", "M1 1AE"),
        ("postcode", "B33 8TH", "B33 8TH"),
        ("postcode", "W1A0AX", "W1A 0AX"),
        ("postcode", "GIR 0AA", "GIR 0AA"),
        ("btn", "(212) 555-0123", "+12125550123"),
        ("btn", "1 212 555 0123", "+12125550123"),
        ("btn", "+44 (0)20 7946 0958", "+442079460958"),
        ("btn", "0044 20 7946 0958", "+442079460958"),
        ("account_number", " 0048-1937 ", "0048-1937"),
        ("account_number", "KD\u00a000481", "KD 00481"),
        ("account_number", "Müller 12", "Müller 12"),
        ("nif", "54362315K", "54362315K"),
        ("nif", "X-5253868-R", "X5253868R"),
        ("nif", "ES B64717838", "B64717838"),
        ("nif", "m1234567l", "M1234567L"),
        ("cif", "A13585625", "A13585625"),
        ("cif", "B-58378431", "B58378431"),
    ],
)
def test_good_forms_are_normalized(kind: str, value: str, normalized: str) -> None:
    checked = passed(kind, value)
    assert checked.normalized == normalized
    assert checked.warnings == ()
    assert passed(kind, normalized) == checked


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("pac", "AB1234567", "character 3 is '1' where a letter A to Z belongs"),
        ("pac", "ABCD12345", "character 4 is 'D' where a digit belongs"),
        ("pac", "ABC12345", "it has 8 characters (spaces and hyphens aside) instead of 9"),
        ("pac", "123456ABC", "It has the form of a STAC."),
        ("pac", "ABC12345O", "Did you mean ABC123450?"),
        ("pac", "A8C12345!", "character 2 is '8' where a letter A to Z belongs; character 9 is '!'"),
        ("pac", "АBC123456", "'\\u0410' (CYRILLIC CAPITAL LETTER A, which looks like A)"),
        ("pac", "ABC12345٣", "(ARABIC-INDIC DIGIT THREE, which looks like 3)"),
        ("pac", "\x1b[31mABC1", "character 1 is '\\x1b'"),
        ("pac", "", "it has 0 characters"),
        ("stac", "ABC123456", "It has the form of a PAC."),
        ("stac", "12345IABC", "Did you mean 123451ABC?"),
        ("resporg", "JYT0", "it has 4 characters"),
        ("resporg", "JYT001", "it has 6 characters"),
        ("resporg", "1YT01", "character 1 is '1' where a letter A to Z belongs. Did you mean IYT01?"),
        ("resporg", "ABX99", "not portable"),
        ("resporg", "bra99", "ends in 99 (characters 4 and 5)"),
        ("operator_code", "0001", "character 1 is '0' where the letter D belongs"),
        ("operator_code", "DOO1", "Did you mean D001?"),
        ("operator_code", "D01", "it has 3 characters"),
        ("cupid", "12", "it has 2 characters"),
        ("cupid", "O01", "Did you mean 001?"),
        ("migration_code", "WIN0612345678018H", "characters 14 to 16, the service, are 018"),
        ("migration_code", "WIN0612345678000H", "are 000 and not 001 to 017, 222 or 999"),
        ("migration_code", "W1N0612345678001H", "character 2 is '1'"),
        ("migration_code", "WIN06123456780018", "character 17 is '8' where a letter"),
        ("migration_code", "ABC1234567001Z", "it has 14 characters"),
        ("migration_code", "ABC1234567890123001Z", "instead of 15 to 19"),
        ("zip", "2110", "Did you mean 02110? Spreadsheets drop a zero at the start."),
        ("zip", "O2110", "Did you mean 02110?"),
        ("zip", "2110-1234", "Did you mean 021101234? Spreadsheets"),
        ("zip", "02110-123", "instead of 9. Copy it"),
        ("zip", "0211A", "character 5 is 'A'"),
        ("postcode", "ECIA 1BB", "Did you mean EC1A1BB?"),
        ("postcode", "EC1A 1B8", "character 7 is '8' where a letter A to Z belongs"),
        ("postcode", "ABC1 1BB", "characters 1 to 4 are not one or two letters"),
        ("postcode", "E1 1", "it has 3 characters"),
        ("btn", "1 112 555 0123", "not a telephone number"),
        ("btn", "+1 212 555 012", "not a telephone number"),
        ("btn", "+1 212 555 01234", "not a telephone number"),
        ("btn", "555 0123", "country code first"),
        ("btn", "", "not a telephone number"),
        ("account_number", "  ", "it is empty"),
        ("account_number", "4.81937E+11", "a spreadsheet shortened it"),
        ("account_number", "0048\u200b1937", "character 5 is '\\u200b' (ZERO WIDTH SPACE)"),
        ("account_number", "АСМЕ48", "character 1 is '\\u0410' (CYRILLIC CAPITAL LETTER A, which looks like A)"),
        ("account_number", "٤٨", "which looks like 4"),
        ("account_number", "--", "neither letters nor digits"),
        ("account_number", "1" * 101, "more than 100"),
        ("nif", "54362315Z", "character 9, the check character, does not fit"),
        ("nif", "B64717839", "character 9, the check character, does not fit"),
        ("nif", "5436", "it has 4 characters"),
        ("nif", "I2345678A", "character 1 is 'I'"),
        ("nif", "X525386BR", "character 8 is 'B' where a digit belongs"),
        ("nif", "123456O1Y", "Did you mean 12345601Y?"),
        ("nif", "٥4362315K", "which looks like 5"),
        ("cif", "54362315K", "NIF of a person"),
        ("cif", "A13585626", "does not fit the others"),
        ("cif", "A1358562O", "does not fit"),
        ("cif", "AI3585625", "Did you mean A13585625?"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(kind: str, value: str, words: str) -> None:
    assert words in refused(kind, value)


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("pac", "ABC123456", "30 calendar days"),
        ("stac", "123456ABC", "30 calendar days"),
        ("stac", "123456ABC", "moves no number"),
        ("migration_code", "WIN0612345678001H", "cannot be checked"),
        ("account_number", "1", "only the losing carrier can tell"),
        ("pin", "1234", "expire within days"),
        ("cif", "A13585625", "The check character of this CIF fits."),
    ],
)
def test_a_good_form_says_what_it_does_not_prove(kind: str, value: str, words: str) -> None:
    assert words in passed(kind, value).reason


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("account_number", "OO48", ["'OO' from character 1 on stands beside a digit: is it 00?"]),
        ("account_number", "48l9I", ["'l' from character 3 on stands", "'I' from character 5 on stands"]),
        ("account_number", "OIL-48", []),
        ("resporg", "JYTO1", ["'O' from character 4 on stands beside a digit: is it 0?"]),
        ("rio", "01P00000OJI5", ["'O' from character 9 on", "'I' from character 11 on"]),
        ("postcode", "EC1A 1CB", ["'C' does not occur among the last two letters"]),
        ("btn", "020 7946 0958", ["it has no country code"]),
        ("migration_code", "ABC123456789012001Z", ["it has 19 characters, most have at most 18."]),
        ("migration_code", "ABC12345678901001Z", []),
    ],
)
def test_warnings(kind: str, value: str, words: list[str]) -> None:
    found = passed(kind, value).warnings
    assert len(found) == len(words)
    assert all(expected in warning for expected, warning in zip(words, found, strict=True))


@pytest.mark.parametrize(
    ("pin", "valid"),
    [
        *((pin, True) for pin in ("1234", "A1b2C3d4E5f6G7h", " 4711 ")),
        *((pin, False) for pin in ("123", "1" * 16, "12 34", "12-34", "12é4", "", "٤٨٤٨")),
    ],
)
def test_a_pin_is_judged_and_never_repeated(pin: str, valid: bool) -> None:
    checked = check("pin", pin)
    assert checked.valid is valid
    assert checked.normalized == ""
    assert not pin.strip() or pin.strip() not in repr(checked)


def test_a_pin_is_told_the_place_of_what_is_wrong() -> None:
    assert "neither a letter nor a digit stands at 3, 6." in refused("pin", "12 34-5")
    assert "it has 3 characters instead of 4 to 15" in refused("pin", "123")


# -- kinds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        ("rios", "did you mean 'rio'?"),
        ("postcod", "did you mean 'postcode'?"),
        ("resp org", "did you mean 'resporg'?"),
        ("passport", "known are rio, pac"),
        ("", "known are rio, pac"),
    ],
)
def test_an_unknown_kind_lists_those_there_are(kind: str, hint: str) -> None:
    with pytest.raises(ValueError, match="is no kind of identifier") as caught:
        check(kind, "secret-value")
    assert hint in str(caught.value)
    assert all(known in str(caught.value) for known in KINDS)
    assert "secret-value" not in str(caught.value)


NOISE = st.text(max_size=40) | st.text("01OIL+ABCDPEF9 -\u200b٣АбßİéX", max_size=22)


@settings(derandomize=True, database=None, deadline=None, max_examples=400)
@given(st.sampled_from(KINDS), NOISE, st.none() | NOISE)
def test_any_text_is_judged_and_what_passes_passes_again(kind: str, value: str, number: str | None) -> None:
    checked = check(kind, value, number)
    assert checked.reason.endswith((".", "?"))
    assert checked.reason.isprintable()
    assert all(map(str.isprintable, checked.warnings))
    if checked.valid and kind != "pin":
        again = check(kind, checked.normalized, number)
        assert (again.valid, again.normalized) == (True, checked.normalized)


def test_of_long_texts_the_reason_stays_short() -> None:
    for kind in KINDS:
        checked = check(kind, "O" * 10_000, "0612345678")
        assert not checked.valid
        assert len(checked.reason) < 400
