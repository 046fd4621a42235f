"""Service addresses: streets, units, house numbers, boxes, and the address of the bill."""

from __future__ import annotations

import pytest

from portolan.domain.reconciliation import reconcile
from tests.domain.reconciliation.forms import CSR, marked, only, told

ADDRESS = CSR["service_address"]
BLOCKING, WARN, INFO = "blocking", "warn", "info"


@pytest.mark.parametrize(
    ("loa", "category"),
    [
        ("1200 North Main St, Suite 400, Springfield, IL", "ABBREVIATION_STREET"),
        ("1200 North Main St., Suite 400, Springfield, IL", "ABBREVIATION_STREET"),
        ("1200 N Main Street, Suite 400, Springfield, IL", "ABBREVIATION_DIRECTIONAL"),
        ("1200 N. Main Street, Suite 400, Springfield, IL", "ABBREVIATION_DIRECTIONAL"),
        ("1200 North Main Street, Ste 400, Springfield, IL", "ABBREVIATION_UNIT"),
        ("1200 North Main Street, #400, Springfield, IL", "ABBREVIATION_UNIT"),
        ("1200 North Main Street, # 400, Springfield, IL", "ABBREVIATION_UNIT"),
        ("1200 North Main Street, Unit 400, Springfield, IL", "ABBREVIATION_UNIT"),
        ("1200 N Main St, Ste 400, Springfield, IL", "ABBREVIATION_STREET"),
        ("1200 North Main Street, Springfield, IL", "UNIT_MISSING"),
        ("1200 N Main Street, Springfield, IL", "UNIT_MISSING"),
        ("1200 North Main Street, Apt 400, Springfield, IL", "DIFFERENT"),
        ("1200 North Main Street, Suite 410, Springfield, IL", "DIFFERENT"),
        ("1200 North Main Street, Suite 400B, Springfield, IL", "DIFFERENT"),
        ("1200 North Main Street, Suite 040, Springfield, IL", "TRANSPOSITION"),
        ("1200 North Main Street, 400, Springfield, IL", "TOKEN_MISSING"),
        ("1200 North Main Street, Suite400, Springfield, IL", "SEPARATOR"),
        ("Suite 400, 1200 North Main Street, Springfield, IL", "TOKEN_ORDER"),
        ("1200 Main Street North, Suite 400, Springfield, IL", "TOKEN_ORDER"),
        ("1210 North Main Street, Suite 400, Springfield, IL", "HOUSE_NUMBER"),
        ("1200A North Main Street, Suite 400, Springfield, IL", "HOUSE_NUMBER"),
        ("North Main Street, Suite 400, Springfield, IL", "HOUSE_NUMBER"),
        ("12OO North Main Street, Suite 400, Springfield, IL", "HOUSE_NUMBER"),
        ("2100 North Main Street, Suite 400, Springfield, IL", "TRANSPOSITION"),
        ("1200 North Mian Street, Suite 400, Springfield, IL", "TRANSPOSITION"),
        ("1200 Main Street, Suite 400, Springfield, IL", "TOKEN_MISSING"),
        ("1200 North Main Street, Suite 400, Springfield", "TOKEN_MISSING"),
        ("1200 North Main Street, Suite 400, Springfield, IL 62701", "TOKEN_EXTRA"),
        ("1200 South Main Street, Suite 400, Springfield, IL", "DIFFERENT"),
        ("1200 North Main Avenue, Suite 400, Springfield, IL", "DIFFERENT"),
        ("1200 North Main Street Suite 400, Springfield, IL", "PUNCTUATION"),
        ("1200 North Main Street; Suite 400, Springfield, IL", "PUNCTUATION"),
        ("1200 North Main Street, Suite 400, Springfield, IL.", "PUNCTUATION"),
        ("77 Sunset Boulevard, Los Angeles, CA", "DIFFERENT"),
    ],
)
def test_what_differs_in_an_address_is_named(loa: str, category: str) -> None:
    assert told("service_address", loa, ADDRESS) == (category, BLOCKING)


@pytest.mark.parametrize(
    ("loa", "category", "severity"),
    [
        ("1200 NORTH MAIN STREET, SUITE 400, SPRINGFIELD, IL", "CASE_ONLY", INFO),
        ("1200 North Main Street,  Suite 400, Springfield, IL", "WHITESPACE_ONLY", INFO),
        ("1200 North Main Street,\nSuite 400,\nSpringfield, IL", "WHITESPACE_ONLY", INFO),
        ("1200 North Main Street,Suite 400, Springfield, IL", "WHITESPACE_ONLY", WARN),
        ("1200 North Main Street, Suite\u00ad 400, Springfield, IL", "INVISIBLE_CHAR", WARN),
        ("1200 North  Main Street, Suite 400,\tSpringfield, IL ", "WHITESPACE_ONLY", INFO),
    ],
)
def test_what_stops_nothing(loa: str, category: str, severity: str) -> None:
    assert told("service_address", loa, ADDRESS) == (category, severity)


@pytest.mark.parametrize(
    ("loa", "csr", "category"),
    [
        ("Hauptstr. 5, 10115 Berlin", "Hauptstraße 5, 10115 Berlin", "ABBREVIATION_STREET"),
        ("Hauptstrasse 5, 10115 Berlin", "Hauptstraße 5, 10115 Berlin", "DIACRITIC"),
        ("HAUPTSTR. 5", "Hauptstraße 5", "ABBREVIATION_STREET"),
        ("Berliner Strasse 5", "Berliner Straße 5", "DIACRITIC"),
        ("Haupt Str. 5", "Hauptstraße 5", "ABBREVIATION_STREET"),
        ("Haupt Straße 5", "Hauptstraße 5", "SEPARATOR"),
        ("Berliner Str. 5", "Berliner Straße 5", "ABBREVIATION_STREET"),
        ("Marktpl. 5", "Marktplatz 5", "ABBREVIATION_STREET"),
        ("Hauptstraße 5, 10117 Berlin", "Hauptstraße 5, 10115 Berlin", "POSTCODE_DIFFERENT"),
        ("Hauptstraße 5, 10151 Berlin", "Hauptstraße 5, 10115 Berlin", "TRANSPOSITION"),
        ("Hauptstraße 5a", "Hauptstraße 5b", "HOUSE_NUMBER"),
        ("Hauptstraße 5 a", "Hauptstraße 5a", "SEPARATOR"),
        ("Hauptstraße 15", "Hauptstraße 51", "TRANSPOSITION"),
        ("Müllerstr. 5", "Müllerweg 5", "DIFFERENT"),
        ("Mullerstraße 5", "Müllerstraße 5", "DIACRITIC"),
        ("12 r. de la Paix", "12 rue de la Paix", "ABBREVIATION_STREET"),
        ("12 bd Voltaire", "12 boulevard Voltaire", "ABBREVIATION_STREET"),
        ("12 ch. du Lac", "12 chemin du Lac", "ABBREVIATION_STREET"),
        ("C/ Mayor 5", "Calle Mayor 5", "ABBREVIATION_STREET"),
        ("Avda. de España 3", "Avenida de España 3", "ABBREVIATION_STREET"),
        ("V.le Roma 3", "Viale Roma 3", "ABBREVIATION_STREET"),
        ("P.zza Navona 3", "Piazza Navona 3", "ABBREVIATION_STREET"),
        ("10 High Rd, London", "10 High Road, London", "ABBREVIATION_STREET"),
        ("1 St Louis Road", "1 Saint Louis Road", "ABBREVIATION_STREET"),
        ("12-14 High St", "12-14 High Street", "ABBREVIATION_STREET"),
        ("12–14 High Street", "12-14 High Street", "PUNCTUATION"),
        ("12/14 High Street", "12-14 High Street", "PUNCTUATION"),
        ("12 High Street", "12-14 High Street", "HOUSE_NUMBER"),
        ("12-16 High Street", "12-14 High Street", "HOUSE_NUMBER"),
        ("Flat 3, 21 High Road", "Flat 3, 12 High Road", "TRANSPOSITION"),
        ("Flat 3, 14 High Road", "Flat 3, 12 High Road", "HOUSE_NUMBER"),
        ("12 High Road, Flat 2", "12 High Road, Apt 2", "DIFFERENT"),
        ("1 Main St, 3rd Floor", "1 Main St, Floor 3", "TOKEN_ORDER"),
        ("1 Main St, 3rd Fl", "1 Main St, 3rd Floor", "ABBREVIATION_UNIT"),
        ("1 Main St, 2nd Floor", "1 Main St, 3rd Floor", "DIFFERENT"),
        ("1 Main St", "1 Main St, 3rd Floor", "UNIT_MISSING"),
        ("Apt 4B, 1 Main St", "Apt 4-B, 1 Main St", "PUNCTUATION"),
        ("1 Main St, Suite E", "1 Main St, Suite W", "DIFFERENT"),
        ("Plot 7 & 8 Allen Ave", "Plot 7 and 8 Allen Ave", "AMPERSAND_AND"),
        ("62701-1234 Springfield, 5 Elm St", "5 Elm St", "HOUSE_NUMBER"),
        ("5 Elm St, Springfield 62701-1234", "5 Elm St, Springfield 62701", "POSTCODE_FORMAT"),
    ],
)
def test_addresses_of_many_countries(loa: str, csr: str, category: str) -> None:
    severity = INFO if category == "POSTCODE_FORMAT" else BLOCKING
    assert told("service_address", loa, csr) == (category, severity)


@pytest.mark.parametrize("loa", ["C/  Mayor 5", "C/\u00a0Mayor 5", "C/\n Mayor 5"])
def test_the_space_after_a_slash_may_be_of_any_width(loa: str) -> None:
    assert told("service_address", loa, "C/ Mayor 5") == ("WHITESPACE_ONLY", INFO)


def test_a_range_with_spaces_around_its_dash() -> None:
    assert told("service_address", "12 - 14 High Street", "12-14 High Street") == ("WHITESPACE_ONLY", WARN)


def test_capitals_of_a_sharp_s_are_letter_case() -> None:
    assert told("service_address", "HAUPTSTRASSE 5", "Hauptstraße 5") == ("CASE_ONLY", INFO)


@pytest.mark.parametrize(
    ("loa", "csr", "spans"),
    [
        ("1200 North Main Street, Springfield, IL", ADDRESS, ("", "Suite 400,")),
        ("1200 North Main St, Suite 400, Springfield, IL", ADDRESS, ("St", "Street")),
        ("1200 North Main Street, #400, Springfield, IL", ADDRESS, ("#", "Suite")),
        ("1210 North Main Street, Suite 400, Springfield, IL", ADDRESS, ("1210", "1200")),
        ("1200 North Main Street Suite 400, Springfield, IL", ADDRESS, ("", ",")),
        ("Hauptstr. 5", "Hauptstraße 5", ("Hauptstr.", "Hauptstraße")),
        ("1 N.E. 5th St", "1 NE 5th St", ("N.E.", "NE")),
    ],
)
def test_the_spans_hold_what_differs(loa: str, csr: str, spans: tuple[str, str]) -> None:
    assert marked(only("service_address", loa, csr)) == spans


BOXES = [
    *("PO Box 12", "P.O. Box 12", "P. O. Box 12", "p.o.box 12", "P O Box 12", "PO-Box 12", "P/O Box 12", "POBox12"),
    *("POB 12", "P.O.B. 12", "Post Office Box 12", "POST OFFICE BOX 12", "Post-Office Box 12", "Postal Box 12"),
    *("Post Box 12", "GPO Box 12", "PO Bx 12", "P0 Box 12", "PO Drawer 12", "Box 12, Springfield", "Lock Box 12"),
    *("Locked Bag 12", "Private Bag 12", "Private Mail Bag 12", "P.M.B. 12, Lagos", "Caller Service 12"),
    *("Postfach 12 34, 10115 Berlin", "Postf. 12", "PF 12, 10115 Berlin", "Postfach-Nr. 12"),
    *("BP 12, 75001 Paris", "B.P. 12", "BP n° 12", "Boîte postale 12", "Boite Postale 12", "BOÎTE POSTALE 12"),
    *("CS 12345, 35000 Rennes", "TSA 12345", "Case postale 12", "C.P. 12"),
    *("Apartado 12", "Apartado de Correos 12", "Apartado Postal 12", "Apdo. 12", "Apdo. de Correos 12", "Aptdo. 12"),
    *("Casilla de Correo 12", "Casilla 12", "Casella postale 12", "Cas. Post. 12", "Caixa Postal 12"),
    *("Postbus 12", "Postboks 12", "Postilokero 12", "Skrytka pocztowa 12", "Poštovní přihrádka 12"),
    *(
        "12 High Street, PO Box 12",
        "Acme House, P.O. Box 12, Leeds",
        "ＰＯ Ｂｏｘ 12",
        "Р.О. Вох 12",
        "P\u200bO Box 12",
    ),
]
NO_BOXES = [
    *("12 Boxwood Lane", "12 Postbox Lane", "1 Old Post Office Road", "12 Post Office Street", "Box Hill Road 12"),
    *("Sandbox Building, 12 High Street", "BP Garage, 12 High Street", "12 Box Hill Road", "CP 75001 Paris"),
    *("12 Lock Street", "12 Private Road", "Postfachweg 3", "12 Drawer Lane", "12 Rue de la Poste", "7 Posthof"),
]


@pytest.mark.parametrize("box", BOXES)
def test_a_box_is_no_service_address(box: str) -> None:
    assert told("service_address", box, ADDRESS) == ("PO_BOX", BLOCKING)
    found = only("service_address", box, box)
    assert (found.category, found.severity, found.suggestion) == ("PO_BOX", "blocking", None)
    assert "record" not in found.in_words()
    assert found.explanation in found.in_words()


def test_a_box_that_is_on_record_too_is_to_be_replaced_there() -> None:
    found = only("service_address", "PO Box 12", "P.O. Box 12, Springfield")
    assert (found.category, found.suggestion) == ("PO_BOX", None)
    assert "box at a post office is on record" in found.explanation
    assert "the record says" in found.in_words()


@pytest.mark.parametrize("address", NO_BOXES)
def test_what_only_looks_like_a_box(address: str) -> None:
    assert told("service_address", address, address) is None


def test_the_span_of_a_box_is_the_box() -> None:
    assert marked(only("service_address", "12 High Street, P.O. Box 7", ADDRESS))[0] == "P.O. Box"
    assert marked(only("service_address", "P\u200bO Box 7", ADDRESS))[0] == "P\u200bO Box"


def test_a_box_on_record_is_not_suggested() -> None:
    found = only("service_address", ADDRESS, "PO Box 7, Springfield, IL")
    assert (found.category, found.severity, found.suggestion) == ("DIFFERENT", "blocking", None)
    assert "street address" in found.in_words()
    assert "exactly as the record" not in found.in_words()


@pytest.mark.parametrize(
    "loa",
    [
        "9 Elm Road, Springfield, IL",
        "9 ELM ROAD, Springfield, IL",
        "9 Elm Rd., Springfield IL",
        "9  Elm Road, Springfield, IL",
    ],
)
def test_the_address_of_the_bill_is_told_from_any_other(loa: str) -> None:
    assert told("service_address", loa, ADDRESS) == ("BILLING_VS_SERVICE_ADDRESS", BLOCKING)
    found = only("service_address", loa, ADDRESS)
    assert (found.suggestion, marked(found)) == (ADDRESS, (loa, ADDRESS))


@pytest.mark.parametrize("billing", ["", " ", None, ADDRESS, "8 Oak Road, Springfield, IL"])
def test_another_address_is_another_address(billing: str | None) -> None:
    found = told("service_address", "9 Elm Road, Springfield, IL", ADDRESS, billing_address=billing)
    assert found is not None
    assert found[0] != "BILLING_VS_SERVICE_ADDRESS"


def test_where_bill_and_lines_have_one_address_it_is_compared_as_such() -> None:
    same = {"billing_address": ADDRESS}
    assert told("service_address", ADDRESS, ADDRESS, **same) is None
    assert told("service_address", ADDRESS.replace("Street", "St"), ADDRESS, **same) == (
        "ABBREVIATION_STREET",
        BLOCKING,
    )


def test_the_bill_alone_may_go_to_a_box() -> None:
    boxed = {"service_address": ADDRESS, "billing_address": "PO Box 88", "billing_street": "PO Box 88"}
    assert reconcile(boxed, boxed) == []
