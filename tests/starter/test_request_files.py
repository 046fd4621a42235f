"""Request files on disk: typed as people type, read as typed, every fault with its line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from portolan.domain.carrier import NumberConfiguration
from portolan.domain.errors import RequestInvalid
from portolan.domain.foc import Freeze
from portolan.domain.messaging import MessagingWanted
from portolan.domain.request import AccountRequest
from portolan.records.papers import Secret
from starter import number_lists, typed_yaml
from starter.request_files import Prepared, load, prepare
from starter.text_files import LARGEST_BYTES

TODAY = date(2026, 11, 22)
RIO, PAC = "44FACME12OZH", "ABC123456"

GOOD = """\
reference: ACME-2026
customer: Acme Manufacturing
contacts:
  customer: &ana {name: Ana Ortiz, email: ana@acme.example}
  coordinator: {name: Ben Cole, email: ben@acme.example}
  decision_maker: *ana
accounts:
  - losing_carrier: Old Telco
    country: US
    account:
      entity_name: Acme Manufacturing Inc.
      authorized_person: Ana Ortiz
      service_address: 12 Harbor Street, Boston, MA
      postal_code: 02110
      account_number: 0048
    numbers:
      - +1 (212) 555-0123
      - +12125550124
      - 2125550125
      - 1-800-555-0199
    wishes: {requested_foc_on: 2026-12-15}
    rehearsal: {at: 12:30, n: 3, share: 0.5, sure: true, word: "3", nothing: null, code: 0048}
"""


def write(folder: Path, text: str | bytes, name: str = "request.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def typed(account: AccountRequest) -> list[str]:
    """The numbers of an account as they were typed."""
    return [given.number for given in account.numbers]


def faults(path: Path) -> list[str]:
    with pytest.raises(RequestInvalid) as caught:
        prepare(path, TODAY)
    assert str(path) in str(caught.value)
    return [str(fault) for fault in caught.value.faults]


def test_a_good_file_is_read_as_typed(tmp_path: Path) -> None:
    request = load(write(tmp_path, GOOD), TODAY)
    account = request.accounts[0]
    assert account.account.account_number == "0048"
    assert account.account.postal_code == "02110"
    assert typed(account) == ["+1 (212) 555-0123", "+12125550124", "2125550125", "1-800-555-0199"]
    assert account.wishes.requested_foc_on == date(2026, 12, 15)
    assert request.contacts.decision_maker.name == "Ana Ortiz"
    assert account.rehearsal == {
        "at": "12:30",
        "n": 3,
        "share": 0.5,
        "sure": True,
        "word": "3",
        "nothing": None,
        "code": "0048",
    }


def test_it_is_split_with_the_closed_days_of_its_playbooks(tmp_path: Path) -> None:
    prepared = prepare(write(tmp_path, GOOD), TODAY)
    assert [(order.order_id, len(order.numbers)) for order in prepared.split.orders] == [
        ("acme-2026-1", 3),
        ("acme-2026-2", 1),
    ]
    assert prepared.split.orders[0].policy.closed_days[0] == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0048", "0048"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        ("12:30", "12:30"),
        ("2026-12-01", "2026-12-01"),
        ("+1", "+1"),
        ("yes", "yes"),
        ("NO", "NO"),
        ("Null", "Null"),
        ("!!int 7", "7"),
        ("'~'", "~"),
        ('" 7 "', "7"),
    ],
)
def test_nothing_is_turned_into_something_else(tmp_path: Path, typed: str, kept: str) -> None:
    path = write(tmp_path, GOOD.replace("account_number: 0048", f"account_number: {typed}"))
    assert load(path, TODAY).accounts[0].account.account_number == kept


def test_norway_is_a_country(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("country: US", "country: NO").replace("- 2125550125\n", "- +12125550125\n"))
    assert any("'1-800-555-0199'" in fault and "+47" in fault for fault in faults(path))


def test_every_fault_of_the_whole_file_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = (
        GOOD.replace("customer: Acme", "custmer: Acme")
        .replace("ben@acme.example", "ben@acme")
        .replace("account_number: 0048", "account_number:")
        .replace("+12125550124", "+1212555012")
        .replace("2125550125", "212 555 0123")
        .replace("2026-12-15", "15.12.2026")
    )
    assert faults(write(tmp_path, text)) == [
        "line 1, customer: is missing or empty",
        "line 2, custmer: 'custmer' is not a known key: did you mean 'customer'?",
        "line 5, contacts.coordinator.email: 'ben@acme' is not an e-mail address: write it like ana@example.com",
        "line 15, accounts[0].account.account_number: is missing or empty",
        "line 18, accounts[0].numbers[1]: '+1212555012', read as +1212555012, is too short for country code +1: "
        "check every digit, and the country",
        "line 19, accounts[0].numbers[2]: +12125550123 is also at accounts[0].numbers[0] (line 17): "
        "give each number once",
        "line 21, accounts[0].wishes.requested_foc_on: '15.12.2026' is not a date: write it like 2026-12-31",
    ]


def test_faults_of_the_split_have_lines_too(tmp_path: Path) -> None:
    assert faults(write(tmp_path, GOOD.replace("2026-12-15", "2026-12-25"))) == [
        "line 21, accounts[0].wishes.requested_foc_on: 2026-12-25 is a closed day of the losing carrier: "
        "ask for 2026-12-28 or another business day"
    ]


def test_a_key_given_twice_is_a_fault(tmp_path: Path) -> None:
    text = GOOD.replace("account_number: 0048", "account_number: 0048\n      account_number: 0049")
    assert faults(write(tmp_path, text)) == ["line 16, accounts[0].account.account_number: is given twice: keep one"]


def test_a_country_that_does_not_exist_is_told_once_and_full_numbers_are_still_judged(tmp_path: Path) -> None:
    assert faults(write(tmp_path, GOOD.replace("country: US", "country: ZZ").replace("-0123", "-012"))) == [
        "line 9, accounts[0].country: 'ZZ' is not the ISO 3166 code of a country",
        "line 17, accounts[0].numbers[0]: '+1 (212) 555-012', read as +1212555012, is too short for country code +1: "
        "check every digit, and the country",
    ]


def test_keys_can_be_merged(tmp_path: Path) -> None:
    text = GOOD.replace("{name: Ben Cole, email: ben@acme.example}", "{<<: *ana, name: Ben Cole}")
    coordinator = load(write(tmp_path, text), TODAY).contacts.coordinator
    assert (coordinator.name, coordinator.email) == ("Ben Cole", "ana@acme.example")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file: is empty"),
        (b" \n\n", "the file: is empty"),
        (b"# only a comment\n", "the file: is empty"),
        (b"null\n", "the file: is empty"),
        (b"hello\n", "line 1, the request: must be a group"),
        (b"- a\n", "line 1, the request: must be a group"),
        (b"a: 1\nb: [1\n", "cannot be read as YAML"),
        (b"a: 1\nb:\n\tc: 1\n", "line 3, the file: cannot be read as YAML: while scanning"),
        (b"a: 1\n---\nb: 2\n", "line 2, the file: cannot be read as YAML"),
        (b"a: 1\nb: \x07\n", r"line 2, the file: has the character '\x07', which no YAML may have"),
        (b"a: 1\nb: \xe9\n", "the file: is not UTF-8 text (byte 0xe9 in line 2): save it as UTF-8"),
        (b"\x89PNG\r\n\0\0", "the file: is not a text file"),
        (b"a: &x [*x]\n", "nested too deeply, or an alias"),
        (b"[" * 1000, "nested too deeply, or an alias"),
        (b"x" * (LARGEST_BYTES + 1), "the file: is larger than 5 MB"),
    ],
)
def test_what_is_no_request_file_at_all(tmp_path: Path, content: bytes, words: str) -> None:
    found = faults(write(tmp_path, content))
    assert len([fault for fault in found if fault.startswith(("the file", "line"))]) >= 1
    assert words in found[0]


def test_a_file_that_swells_by_aliases_is_refused(tmp_path: Path) -> None:
    layers = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 9))
    (fault,) = faults(write(tmp_path, "l0: &l0 [x]\n" + layers))
    assert "alias" in fault


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert faults(tmp_path / "nothing.yaml") == ["the file: does not exist: check the path"]
    assert faults(tmp_path) == ["the file: is a folder: name a file in it"]


def test_a_byte_order_mark_and_utf_16_are_read(tmp_path: Path) -> None:
    for content in (b"\xef\xbb\xbf" + GOOD.encode(), GOOD.encode("utf-16"), GOOD.replace("\n", "\r\n").encode()):
        assert load(write(tmp_path, content), TODAY).reference == "ACME-2026"


def as_json(**changes: object) -> str:
    data = {
        "reference": "ACME-2026",
        "customer": "Acme \U0001f600",
        "contacts": {
            key: {"name": "Ana", "email": "ana@acme.example"} for key in ("customer", "coordinator", "decision_maker")
        },
        "accounts": [
            {
                "losing_carrier": "Old Telco",
                "country": "US",
                "account": dict.fromkeys(
                    ("entity_name", "authorized_person", "service_address", "postal_code", "account_number"), "0048"
                ),
                "numbers": [12125550123, "2125550124"],
                "rehearsal": {"n": 3, "at": "3"},
            }
        ],
    }
    return json.dumps(data | changes, indent="\t")


def test_json_is_read_as_typed_with_lines(tmp_path: Path) -> None:
    request = load(write(tmp_path, as_json(), "request.json"), TODAY)
    assert request.customer == "Acme \U0001f600"
    assert typed(request.accounts[0]) == ["12125550123", "2125550124"]
    assert request.accounts[0].rehearsal == {"n": 3, "at": "3"}
    assert faults(write(tmp_path, as_json(colour="red"), "request.json"))[0].startswith("line ")


def test_json_has_json_s_own_syntax_errors(tmp_path: Path) -> None:
    (fault,) = faults(write(tmp_path, '{"reference": "a",\n "customer": b}', "request.json"))
    assert fault == "line 2, the file: cannot be read as JSON: Expecting value at character 14"
    twice = faults(write(tmp_path, '{"reference": "a",\n"reference": "b"}', "request.json"))
    assert "line 2, reference: is given twice: keep one" in twice


WITH_LIST = GOOD[: GOOD.index("    numbers:")] + "    numbers_file: numbers.csv\n"


@pytest.mark.parametrize(
    "content",
    [
        b"number\n2125550123\n2125550124\n",
        b"2125550123\n2125550124\n",
        b"+1 212 555 0123\r\n+1 212 555 0124\r\n",
        b"\xef\xbb\xbfPhone Number,Site\n2125550123,A\n\n2125550124,B\n",
        b"Stra\xdfe;Rufnummer\nA;2125550123\nB;2125550124\n",
        "Site\tTN\nA\t2125550123\n\nB\t2125550124\n".encode("utf-16"),
        b'site,phone\n"A, 1",2125550123\n"B\nC",2125550124\n',
        b"What,Site\n2125550123,A\n2125550124,B\n",
        b"2125550123,A\n2125550124,B\n",
    ],
)
def test_number_lists_of_every_usual_kind(tmp_path: Path, content: bytes) -> None:
    write(tmp_path, content, "numbers.csv")
    prepared = prepare(write(tmp_path, WITH_LIST), TODAY)
    assert prepared.split.orders[0].numbers == ["+12125550123", "+12125550124"]
    assert len(prepared.request.accounts[0].numbers) == 2


def test_faults_in_a_list_name_row_and_column(tmp_path: Path) -> None:
    write(tmp_path, "Site,Phone\nA,2125550123\n\nB,2.13E+10\nC\nD,212 555 0123\n", "numbers.csv")
    place = "line 16, accounts[0].numbers_file (numbers.csv, row {}, column 'Phone'): "
    found = faults(write(tmp_path, WITH_LIST))
    assert found[0].startswith(place.format(4) + "'2.13E+10' was shortened by a spreadsheet")
    assert found[1].startswith(place.format(5) + "'' is empty")
    assert found[2].startswith(place.format(6) + "+12125550123 is also at accounts[0].numbers_file (numbers.csv, row 2")
    assert len(found) == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "numbers.csv does not exist: check the path"),
        (b"", "numbers.csv is empty"),
        (b",,\n,,\n", "numbers.csv holds no numbers, only separators"),
        (b"number\n", "numbers.csv holds no numbers below its header"),
        (b"PK\x03\x04\0\0", "numbers.csv is not a text file"),
        (b"n\n\x81\n", "numbers.csv is not UTF-8 text"),
    ],
)
def test_a_list_that_cannot_be_read_is_one_fault(tmp_path: Path, content: bytes | None, words: str) -> None:
    if content is not None:
        write(tmp_path, content, "numbers.csv")
    (fault,) = faults(write(tmp_path, WITH_LIST))
    assert fault.startswith("line 16, accounts[0].numbers_file: ")
    assert words in fault


def test_a_list_in_a_folder_is_found_from_the_request_file(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    write(tmp_path / "lists", "2125550123\n", "one.csv")
    path = write(tmp_path, WITH_LIST.replace("numbers.csv", "lists/one.csv"))
    assert typed(load(path, TODAY).accounts[0]) == ["2125550123"]


HEAD, TAIL = GOOD[: GOOD.index("accounts:")], GOOD[GOOD.index("    account:") : GOOD.index("    numbers:")]


def account(country: str, numbers: str, more: str = "") -> str:
    """A request of one account with these numbers."""
    return (
        f"{HEAD}accounts:\n  - losing_carrier: Old Telco\n    country: {country}\n{TAIL}{more}    numbers: {numbers}\n"
    )


def kept_apart(path: Path) -> Mapping[str, list[Secret]]:
    """The secrets of each order, by its id."""
    return prepare(path, TODAY).secrets


@pytest.mark.parametrize(
    ("country", "numbers", "more", "kept"),
    [
        ("US", "[2125550123]", "", {}),
        ("US", "[2125550123]", '    pin: " 4711 "\n', {"acme-2026-1": [("", "pin", "4711")]}),
        ("FR", "[{number: 01 99 00 12 10, rio: 44f-ACME12-ozh}]", "", {"acme-2026-1": [("+33199001210", "rio", RIO)]}),
        ("GB", "[{number: 07700 900110, pac: abc 123456}]", "", {"acme-2026-1": [("+447700900110", "pac", PAC)]}),
        ("GB", "[{number: 07700 900110, pac: ''}]", "", {}),
        ("ES", "[+34 910 50 00 00]", "    nif: B64717838\n", {"acme-2026-1": [("", "nif", "B64717838")]}),
        (
            "IT",
            "[{number: +39 06 1234 5678, migration_code: WIN 0612345678 001 H}]",
            "",
            {"acme-2026-1": [("+390612345678", "migration_code", "WIN0612345678001H")]},
        ),
        (
            "US",
            "[2125550123, 1-800-555-0199]",
            "    pin: 4711\n",
            {"acme-2026-1": [("", "pin", "4711")], "acme-2026-2": [("", "pin", "4711")]},
        ),
    ],
    ids=["none", "PIN", "RIO", "PAC", "empty", "NIF", "migration code", "two orders of one account"],
)
def test_secrets_are_kept_apart_and_are_in_no_order(
    tmp_path: Path, country: str, numbers: str, more: str, kept: dict[str, list[tuple[str, str, str]]]
) -> None:
    path = write(tmp_path, account(country, numbers, more))
    assert kept_apart(path) == kept
    orders = "".join(order.model_dump_json() for order in prepare(path, TODAY).split.orders)
    assert not [value for few in kept.values() for _, _, value in few if value in orders]


@pytest.mark.parametrize(
    ("beside", "words"),
    [
        ("rio: 44F ACME12 OZJ", "line 16, accounts[0].numbers[0], rio: The key of this RIO"),
        ("rio: 44F", "line 16, accounts[0].numbers[0], rio: This is not a RIO"),
        ("R.I.O: 1", "accounts[0].numbers[0].R.I.O: 'R.I.O' is not a known key"),
        ("rio: [1]", "accounts[0].numbers[0].rio: must be text"),
    ],
)
def test_what_stands_wrongly_beside_a_number_is_a_fault(tmp_path: Path, beside: str, words: str) -> None:
    text = account("FR", f"[{{number: 01 99 00 12 10, {beside}}}]")
    assert any(words in fault for fault in faults(write(tmp_path, text)))


def test_a_french_number_without_its_rio_is_a_fault_with_its_line(tmp_path: Path) -> None:
    numbers = "\n      - {number: 01 99 00 12 10, rio: 44F ACME12 OZH}\n      - 01 99 00 12 11"
    (fault,) = faults(write(tmp_path, account("FR", numbers)))
    assert fault.startswith("line 18, accounts[0].numbers[1]: +33199001211 has no RIO: dial 3179")


def as_csv(rows: list[list[str]]) -> bytes:
    return "".join(f"{';'.join(row)}\n" for row in rows).encode()


def as_xlsx(rows: list[list[str]]) -> bytes:
    book, made = Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(made)
    return made.getvalue()


@pytest.mark.parametrize(("name", "made"), [("numbers.csv", as_csv), ("numbers.xlsx", as_xlsx)])
def test_columns_beside_the_numbers_belong_to_their_rows(
    tmp_path: Path, name: str, made: Callable[[list[list[str]]], bytes]
) -> None:
    header = ["Resp Org", "Phone", "PAC", "Remark"]
    write(tmp_path, made([header, ["ABC01", "1-800-555-0199", "", "x"], ["", "1-800-555-0198", "", ""]]), name)
    prepared = prepare(write(tmp_path, WITH_LIST.replace("numbers.csv", name)), TODAY)
    assert [(order.numbers, order.resp_org) for order in prepared.split.orders] == [
        (["+18005550199"], "ABC01"),
        (["+18005550198"], ""),
    ]
    write(tmp_path, made([["Phone", "RIO"], ["01 99 00 12 10", "44F ACME12 OZH"], ["01 99 00 12 11", "44F"]]), name)
    french = WITH_LIST.replace("country: US", "country: FR").replace("numbers.csv", name)
    (fault,) = faults(write(tmp_path, french))
    assert "row 3, column 'Phone'), rio: This is not a RIO" in fault
    write(tmp_path, made([["Phone", "RIO"], ["01 99 00 12 10", "44F ACME12 OZH"]]), name)
    assert kept_apart(write(tmp_path, french)) == {"acme-2026-1": [("+33199001210", "rio", RIO)]}


def test_toll_free_numbers_are_split_by_their_resp_org(tmp_path: Path) -> None:
    numbers = "[{number: 1-800-555-0199, resp_org: abc01}, {number: 1-800-555-0198, resp_org: XYZ02}, "
    numbers += "{number: 1-800-555-0197, resp_org: ABC01}, {number: 2125550123, resp_org: ABC01}]"
    orders = prepare(write(tmp_path, account("US", numbers)), TODAY).split.orders
    assert [(order.policy.playbook, order.resp_org, order.numbers, len(order.siblings)) for order in orders] == [
        ("US-TF", "ABC01", ["+18005550199", "+18005550197"], 2),
        ("US-TF", "XYZ02", ["+18005550198"], 3),
        ("US-LOCAL", "", ["+12125550123"], 3),
    ]


@pytest.mark.parametrize(
    ("service", "playbook"),
    [
        ("", "US-LOCAL"),
        ("    service: {lines_on_account: 1}\n", "US-LOCAL-SIMPLE"),
        ("    service: {lines_on_account: 2}\n", "US-LOCAL"),
        ("    service: {lines_on_account: 1, reseller: true}\n", "US-LOCAL"),
        ("    service: {lines_on_account: 1, une: true}\n", "US-LOCAL"),
        ("    service: {lines_on_account: 1, complex_translations: true}\n", "US-LOCAL"),
        ("    service: {wireless: true}\n", "US-WIRELESS"),
    ],
)
def test_what_the_numbers_hang_on_chooses_the_playbook(tmp_path: Path, service: str, playbook: str) -> None:
    (order,) = prepare(write(tmp_path, account("US", "[2125550123]", service)), TODAY).split.orders
    assert order.policy.playbook == playbook


def test_what_else_is_known_of_the_account_is_in_its_orders(tmp_path: Path) -> None:
    more = """\
    remaining_numbers: keep
    new_btn: "+12125550777"
    csr:
      entity_name: Acme Manufacturing Incorporated
      authorized_person: Ana Ortiz
      service_address: 12 Harbor Street, Boston, MA
      postal_code: 02110
      account_number: 0048
      authorized_persons: [Ben Cole]
      numbers: [212 555 0123, 212 555 0777]
    wishes:
      freezes: [{first: 2026-12-20, last: 2027-01-03, reason: year end}]
"""
    (order,) = prepare(write(tmp_path, account("US", "[2125550123]", more)), TODAY).split.orders
    assert order.csr is not None
    assert (order.csr.entity_name, order.csr.authorized_persons) == ("Acme Manufacturing Incorporated", ["Ben Cole"])
    assert order.csr.numbers == ["212 555 0123", "212 555 0777"]
    assert (order.remaining, order.new_btn) == ("keep", "+12125550777")
    assert order.freezes == [Freeze(date(2026, 12, 20), date(2027, 1, 3), "year end")]


CUTOVER = """\
    strategy: bridge_then_port
    activation: on_demand
    fallback: yes
    call_tester: simulated
    configuration: {contact_flow: 0048, messaging_profile: NO}
    messaging: {mode: hosted_first, campaign: C1}
    policy:
      closing_notice_hours: 12
      test_slots: [60, 30]
      runbook: [foc, go]
      gates: [go]
"""


def test_what_is_said_of_the_cutover_day_is_in_its_order_as_typed(tmp_path: Path) -> None:
    text = account("US", "[2125550123]", CUTOVER)
    (order,) = prepare(write(tmp_path, text), TODAY).split.orders
    assert (order.strategy, order.activation, order.fallback, order.call_tester) == (
        "bridge_then_port",
        "on_demand",
        True,
        "simulated",
    )
    assert order.configuration == NumberConfiguration(contact_flow="0048", messaging_profile="NO")
    assert order.messaging == MessagingWanted(mode="hosted_first", campaign="C1")
    assert order.policy.closing_notice_hours == [12]
    assert order.policy.test_slots == [30, 60]
    assert (order.policy.runbook, order.policy.gates) == (["foc", "go"], ["go"])


@pytest.mark.parametrize(
    ("was", "typed", "fault"),
    [
        ("gates: [go]", "gates: [go, watch]", "line 26, accounts[0].policy.gates: gates has watch, which the runbook"),
        (
            "test_slots: [60, 30]",
            "proof: [calls]\n      test_slots: []",
            "line 24, accounts[0].policy.proof: proof asks",
        ),
        ("[60, 30]", "[60, 0]", "line 24, accounts[0].policy.test_slots[1]: is less than 1"),
        ("on_demand", "at once", "line 17, accounts[0].activation: 'at once' is not known here"),
        ("{contact_flow: 0048, messaging_profile: NO}", "{}", "line 20, accounts[0].configuration: says nothing"),
    ],
)
def test_what_is_wrong_about_the_cutover_day_has_its_line(tmp_path: Path, was: str, typed: str, fault: str) -> None:
    (told,) = faults(write(tmp_path, account("US", "[2125550123]", CUTOVER.replace(was, typed))))
    assert told.startswith(fault)


def test_the_second_person_of_a_file_is_another_one(tmp_path: Path) -> None:
    third = "  second_person: {name: Di Fox, email: di@acme.example}\n"
    text = GOOD.replace("accounts:\n", f"{third}accounts:\n")
    for order in prepare(write(tmp_path, text), TODAY).split.orders:
        assert order.second_person is not None
        assert order.second_person.name == "Di Fox"
    (fault,) = faults(write(tmp_path, GOOD.replace("accounts:\n", "  second_person: *ana\naccounts:\n")))
    assert fault.startswith("line 7, contacts.second_person: has the name of the decision-maker, Ana Ortiz")


def test_what_the_example_shows_in_comments_can_be_said(tmp_path: Path) -> None:
    example = (Path(__file__).parents[2] / "examples" / "order.yaml").read_text()
    shown = ("second_person", "strategy", "fallback", "activation", "configuration", "  {", "messaging", "call_tester")
    text = re.sub(rf"^( *)# ((?:{'|'.join(map(re.escape, shown))}).*)$", r"\1\2", example, flags=re.MULTILINE)
    local, free = prepare(write(tmp_path, text), TODAY).split.orders
    assert local.second_person is not None
    assert (local.strategy, local.activation, local.fallback, local.call_tester) == (
        "bridge_then_port",
        "on_demand",
        True,
        "simulated",
    )
    assert local.configuration is not None
    assert all(local.configuration.model_dump().values())
    assert local.messaging is not None
    assert local.messaging.campaign
    assert free.messaging == MessagingWanted(mode="hosted_first", toll_free_verified=True)


def test_a_tax_id_that_is_none_is_a_fault_with_its_reason(tmp_path: Path) -> None:
    (fault,) = faults(write(tmp_path, account("ES", "[+34 910 50 00 00]", "    nif: B64717839\n")))
    assert fault.startswith("line 16, accounts[0].nif: ")


def test_a_pin_that_is_none_is_a_fault_that_does_not_repeat_it(tmp_path: Path) -> None:
    (fault,) = faults(write(tmp_path, account("US", "[2125550123]", "    pin: 98-76#1\n")))
    assert "accounts[0].pin: " in fault
    assert "98-76#1" not in fault


def digest(folder: Path, text: str, today: date = TODAY) -> str:
    prepared: Prepared = prepare(write(folder, text), today)
    return prepared.digest


def test_the_digest_tells_requests_apart_but_not_their_writing(tmp_path: Path) -> None:
    first = digest(tmp_path, GOOD)
    assert len(first) == 64
    assert digest(tmp_path, GOOD.replace("+1 (212) 555-0123", "212.555.0123") + "# a comment\n") == first
    assert digest(tmp_path, GOOD, date(2026, 12, 1)) == first
    assert digest(tmp_path, GOOD.replace("reference:", "gaining_carrier: simulated\nreference:")) == first
    for old, new in [("-0123", "-0122"), ("Harbor", "Harbour"), ("n: 3", "n: 4"), ("2026-12-15", "2026-12-16")]:
        assert digest(tmp_path, GOOD.replace(old, new)) != first


def test_another_resp_org_is_another_request(tmp_path: Path) -> None:
    numbers = "[1-800-555-0199, {number: 1-800-555-0198, resp_org: ABC01}]"
    first = digest(tmp_path, account("US", numbers))
    assert digest(tmp_path, account("US", numbers.replace("ABC01", "abc01"))) == first
    assert digest(tmp_path, account("US", numbers.replace("ABC01", "XYZ02"))) != first
    assert digest(tmp_path, account("US", "[1-800-555-0199, 1-800-555-0198]")) != first


def test_by_default_holidays_count_from_today(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("    wishes: {requested_foc_on: 2026-12-15}\n", ""))
    assert prepare(path).split.orders[0].policy.closed_days


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(GOOD)), st.text(alphabet="[]{}:,-\"'|>&*!%@`#?~\t\n \\<a1\x85\u2028\x00", max_size=6))
def test_a_damaged_file_is_read_or_refused_but_never_crashes(position: int, noise: str) -> None:
    document = typed_yaml.read(GOOD[:position] + noise + GOOD[position:])
    assert all(fault.what for fault in document.faults)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60) | st.text(alphabet='0123456789+,;\t\n" numberE', max_size=60).map(str.encode))
def test_any_list_is_read_or_refused_but_never_crashes(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = write(tmp_path_factory.getbasetemp(), raw, "any.csv")
    try:
        cells = number_lists.read(path)
    except ValueError:
        return
    assert cells
