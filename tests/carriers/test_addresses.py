from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portolan.carriers.addresses import REGIONS, Address, read_address
from portolan.domain.errors import CarrierInvalid


@pytest.mark.parametrize(
    ("text", "postal", "country", "found"),
    [
        (
            "1 Main Street, Suite 4, Denver, CO",
            "80202",
            "US",
            ("1 Main Street", "Suite 4", "Denver", "CO", "1", "Main Street"),
        ),
        (
            "12 Harbor Street, Boston, MA",
            "02110",
            "US",
            ("12 Harbor Street", "", "Boston", "MA", "12", "Harbor Street"),
        ),
        ("12 Harbor Street, Boston, MA 02110", "02110", "US", ("12 Harbor Street", "", "Boston", "MA", "12", None)),
        ("12 Harbor St, Boston MA 02110-1234, USA", "02110", "US", ("12 Harbor St", "", "Boston", "MA", "12", None)),
        ("02110 Elm Road, Boston, Massachusetts", "02110", "US", ("02110 Elm Road", "", "Boston", "MA", "02110", None)),
        ("1 Main St Apt 4B, Denver, CO", "80202", "", ("1 Main St", "Apt 4B", "Denver", "CO", "1", "Main St")),
        ("1 Main St #12, Denver, CO", "80202", "US", ("1 Main St", "#12", "Denver", "CO", "1", "Main St")),
        ("Suite 9, 40 Bay St, Toronto, ON", "M5J 2X2", "CA", ("40 Bay St", "Suite 9", "Toronto", "ON", "40", "Bay St")),
        ("40 Bay St, Toronto ON M5J2X2, Canada", "M5J 2X2", "CA", ("40 Bay St", "", "Toronto", "ON", "40", "Bay St")),
        ("5 Ocean Ave, Perth, WA", "6000", "AU", ("5 Ocean Ave", "", "Perth", "WA", "5", "Ocean Ave")),
        ("1 Wharf Road, London", "N1 7GR", "GB", ("1 Wharf Road", "", "London", "", "1", "Wharf Road")),
        ("Flat 2, 7 High St, Leeds", "LS1 4AB", "GB", ("7 High St", "Flat 2", "Leeds", "", "7", "High St")),
        (
            "The Old Mill, Mill Lane, Oxford",
            "OX1",
            "GB",
            ("The Old Mill", "Mill Lane", "Oxford", "", "", "The Old Mill"),
        ),
        ("Hafenstr. 12, Berlin", "10115", "DE", ("Hafenstr. 12", "", "Berlin", "", "12", "Hafenstr.")),
        ("Straße des 17. Juni 135 a, 10623 Berlin", "10623", "DE", (None, "", "Berlin", "", "135 a", None)),
        ("3 quai du Port, Paris", "75001", "FR", ("3 quai du Port", "", "Paris", "", "3", "quai du Port")),
        ("12 bis rue Foch, 2e, Lyon", "69002", "FR", ("12 bis rue Foch", "2e", "Lyon", "", "12 bis", "rue Foch")),
        ("Calle Mayor 5, Planta 2, Madrid", "28013", "ES", ("Calle Mayor 5", "Planta 2", "Madrid", "", "5", None)),
    ],
)
def test_an_address_is_taken_apart(text: str, postal: str, country: str, found: tuple[str | None, ...]) -> None:
    read = read_address(text, postal, country)
    parts = (read.street, read.extended, read.locality, read.region, read.house_number, read.street_name)
    assert [had if want is None else want for want, had in zip(found, parts, strict=True)] == list(parts)
    assert (read.postal_code, read.country) == (postal, country or "US")


@pytest.mark.parametrize(
    ("text", "country", "why"),
    [
        ("12 Harbor Street, Boston", "US", "state or province"),
        ("12 Harbor Street Boston MA", "US", "comma between"),
        ("Boston, MA", "US", "comma between"),
        ("", "US", "state or province"),
        ("1 Wharf Road London", "GB", "comma between"),
        (" , ;", "DE", "comma between"),
    ],
)
def test_what_an_address_leaves_open_is_asked_for_with_an_example(text: str, country: str, why: str) -> None:
    with pytest.raises(CarrierInvalid, match=why) as refused:
        read_address(text, "02110", country)
    assert "Nothing was sent" in refused.value.message
    assert "in the form" in refused.value.remedy


def test_the_example_in_the_message_can_itself_be_read() -> None:
    for country in ("US", "GB"):
        with pytest.raises(CarrierInvalid) as refused:
            read_address("x", "1", country)
        example = refused.value.remedy.split("'")[1]
        assert read_address(example, "1", country).house_number == "1"


@pytest.mark.parametrize("country", sorted(REGIONS))
def test_every_region_is_known_by_code_and_name(country: str) -> None:
    for code, name in REGIONS[country].items():
        assert read_address(f"1 Main Street, Town, {code}", "1", country).region == code
        assert read_address(f"1 Main Street, Town, {name}", "1", country).region == code


@given(st.text(max_size=80), st.text(max_size=10), st.sampled_from(["", "US", "GB", "DE", "??"]))
def test_any_text_is_an_address_or_is_refused(text: str, postal: str, country: str) -> None:
    try:
        read = read_address(text, postal, country)
    except CarrierInvalid:
        return
    assert isinstance(read, Address)
    assert read.street
    assert read.locality


@pytest.mark.parametrize(
    "text",
    ["1 Main Street, Suite 4, New York", "1 Main Street, Apt 2, Delaware", "1 Main St, Suite IN", "1 Main St, #4, NY"],
)
def test_a_unit_is_no_town(text: str) -> None:
    with pytest.raises(CarrierInvalid, match="where its town should be"):
        read_address(text, "10001", "US")
