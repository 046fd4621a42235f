"""`portolan check`: everything that would send a request back, at once, without server and database."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from starter.preflight import examine
from tests.starter.commands import Home, Said

CONTACT = {"name": "Ana Ortiz", "email": "ana@acme.example"}
ACCOUNT = {
    "entity_name": "Acme Manufacturing Inc.",
    "authorized_person": "Ana Ortiz",
    "service_address": "12 Harbor Street, Boston, MA",
    "postal_code": "02110",
    "account_number": "0048",
}
BTN = "+12125550123"
US: dict[str, Any] = {
    "losing_carrier": "Old Telco",
    "country": "US",
    "account": ACCOUNT,
    "numbers": [BTN, "+12125550124"],
}
FR: dict[str, Any] = {
    "losing_carrier": "Lutece",
    "country": "FR",
    "account": {**ACCOUNT, "account_number": "0049"},
    "numbers": [{"number": "01 99 00 12 10", "rio": "44F ACME12 OZH"}],
}
MARKS = {"blocked": "blocked ", "review": "review  ", "note": "note    "}


def csr(**changed: Any) -> dict[str, Any]:
    """The account's record, with changes."""
    return {**ACCOUNT, **changed}


def us(**changed: Any) -> dict[str, Any]:
    return {**US, **changed}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Commands that find neither server nor database: none is needed."""
    return Home(tmp_path, "127.0.0.1:1")


def written(home: Home, *accounts: dict[str, Any], **changed: Any) -> Path:
    request: dict[str, Any] = {
        "reference": "ACME-2026",
        "customer": "Acme",
        "contacts": dict.fromkeys(("customer", "coordinator", "decision_maker"), CONTACT),
        "accounts": list(accounts),
    }
    path = home.folder / "request.json"
    path.write_text(json.dumps(request | changed))
    return path


def check(home: Home, *accounts: dict[str, Any], **changed: Any) -> Said:
    return home.run("check", written(home, *accounts, **changed))


def report(home: Home, *accounts: dict[str, Any], **changed: Any) -> Any:
    return home.run("check", written(home, *accounts, **changed), "--json").json


def marked(text: str, mark: str) -> list[str]:
    """The lines with that mark, without it."""
    lines = [line.strip() for line in text.splitlines()]
    return [line.removeprefix(MARKS[mark]) for line in lines if line.startswith(MARKS[mark])]


def of_order(text: str, order: str) -> str:
    """What is said of one order."""
    (part,) = [part for part in text.split("\n\n") if part.startswith(f"{order}: ")]
    return part


@pytest.mark.parametrize(
    ("accounts", "code", "verdict", "ending"),
    [
        ([US], 0, "clean", "Nothing stands in the way."),
        ([US, FR], 0, "clean", "Nothing stands in the way."),
        ([us(csr=csr())], 0, "clean", "Nothing stands in the way."),
        ([us(risks=["campaign"])], 1, "review", "a person should look at what is marked review"),
        ([us(csr=csr(entity_name="Bell Works"))], 2, "blocked", "mend what is marked blocked first"),
        ([us(risks=["campaign"]), {**FR, "numbers": ["01"]}], 2, "blocked", "mend what is marked blocked first"),
    ],
    ids=["clean", "two clean", "record alike", "review", "record differs", "fault beside review"],
)
def test_exit_code_verdict_and_last_line_agree(
    home: Home, accounts: list[dict[str, Any]], code: int, verdict: str, ending: str
) -> None:
    done = check(home, *accounts)
    assert (done.code, done.err) == (code, "")
    assert ending in done.out.splitlines()[-1]
    assert bool(marked(done.out, "blocked")) is (code == 2)
    told = home.run("check", home.folder / "request.json", "--json")
    assert (told.code, told.err, told.json["verdict"]) == (code, "", verdict)


def test_it_leaves_nothing_behind(home: Home) -> None:
    check(home, us(pin="4711"))
    assert [path.name for path in home.folder.iterdir()] == ["request.json"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "the file: does not exist"),
        ("", "the file: is empty"),
        ("[1]", "the request: must be a group"),
        ("{", "cannot be read as JSON"),
    ],
)
def test_what_is_no_request_is_blocked(home: Home, content: str | None, words: str) -> None:
    path = home.folder / "request.json"
    if content is not None:
        path.write_text(content)
    done = home.run("check", path)
    assert (done.code, done.err) == (2, "")
    assert any(words in line for line in marked(done.out, "blocked"))
    told = home.run("check", path, "--json").json
    assert (told["verdict"], told["orders"]) == ("blocked", [])


def test_everything_wrong_is_told_at_once_order_by_order(home: Home) -> None:
    record = csr(entity_name="Acme Manufacturing Incorporated", numbers=[BTN, "+12125550124", "+12125550777"])
    bad = us(csr=record, risks=["regulated"], account={**ACCOUNT, "service_address": "PO Box 12"})
    wrong_rio = {**FR, "numbers": [{"number": "01 99 00 12 10", "rio": "44F ACME12 OZJ"}, "01 99 00 12 11"]}
    done = check(home, bad, wrong_rio)
    assert done.code == 2
    before = done.out.split("\n\n")[0]
    assert "accounts[1].numbers[0], rio: The key of this RIO" in before
    assert "accounts[1].numbers[1]: +33199001211 has no RIO: dial 3179" in before
    boston = of_order(done.out, "acme-2026-1")
    assert [line.split(":")[0] for line in marked(boston, "blocked")] == ["entity_name", "service_address"]
    assert "Write 'Acme Manufacturing Incorporated'." in boston
    assert "Write '12 Harbor Street, Boston, MA'." in boston
    review = " ".join(marked(boston, "review"))
    for words in ("A partial port leaves 1 number", "are numbers that a regulator requires to answer"):
        assert words in review


def test_the_rows_without_fault_are_looked_at_although_others_have_one(home: Home) -> None:
    (home.folder / "n.csv").write_text("Site;Phone\nA;2125550123\nB;21255\nC;2.13E+10\nD;212 555 0123\nE;2125550124\n")
    account = us(csr=csr(postal_code="02111"), numbers_file="n.csv")
    del account["numbers"]
    told = report(home, account)
    places = [fault.split("(n.csv, ")[1].split(")")[0] for fault in told["faults"]]
    assert places == [f"row {row}, column 'Phone'" for row in (3, 4, 5)]
    (order,) = told["orders"]
    assert order["numbers"] == 2
    assert [finding["what"].split(":")[0] for finding in order["findings"] if finding["severity"] == "blocking"] == [
        "postal_code"
    ]


def test_json_has_it_all(home: Home) -> None:
    told = report(home, us(csr=csr(postal_code="02111"), numbers=[BTN, "1-800-FLOWERS"]))
    assert set(told) == {"verdict", "faults", "reasons", "notes", "orders"}
    assert told["faults"] == []
    assert "2 port orders" in told["reasons"][0]
    assert "the letters of '1-800-FLOWERS'" in told["notes"][0]
    assert [order["order_id"] for order in told["orders"]] == ["acme-2026-1", "acme-2026-2"]
    first = told["orders"][0]
    assert (first["summary"], first["playbook"], first["numbers"]) == (
        "1 US geographic number, Old Telco to simulated",
        "US-LOCAL",
        1,
    )
    assert {"severity": "blocking", "fix": "Write '02111'."}.items() <= first["findings"][0].items()


@pytest.mark.parametrize(
    ("given", "mark", "words"),
    [
        ({}, "review", "A partial port leaves 1 number of the account behind."),
        ({"remaining_numbers": "cease"}, "note", "They are to be ceased."),
        ({"remaining_numbers": "keep"}, "note", "They are to be kept."),
        ({"btn": BTN}, "review", f"The account's main number {BTN} is among those that leave."),
        ({"btn": "(212) 555-0123"}, "review", f"The account's main number {BTN} is among those that leave."),
        ({"btn": BTN, "remaining_numbers": "keep"}, "review", f"The account's main number {BTN}"),
        ({"btn": BTN, "remaining_numbers": "keep", "new_btn": "+12125550777"}, "note", "They are to be kept."),
    ],
)
def test_a_partial_port_and_the_main_number_ask_a_person(
    home: Home, given: dict[str, str], mark: str, words: str
) -> None:
    given = dict(given)
    btn = {"btn": given.pop("btn")} if "btn" in given else {}
    account = us(account={**ACCOUNT, **btn}, csr=csr(numbers=[BTN, "+12125550124", "+12125550777"], **btn), **given)
    done = check(home, account)
    assert done.code == (1 if mark == "review" else 0)
    (line,) = [line for line in marked(done.out, mark) if "partial port" in line]
    assert words in line


def test_numbers_of_the_account_that_move_by_other_orders_do_not_stay(home: Home) -> None:
    numbers = [BTN, {"number": "1-800-555-0199", "resp_org": "JYT01"}]
    done = check(home, us(numbers=numbers, csr=csr(numbers=[BTN, "+18005550199"])))
    assert done.code == 0
    assert "partial port" not in done.out


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"risks": ["vanity"]}, "are vanity numbers"),
        ({"risks": ["campaign"]}, "stand in a campaign"),
        ({"risks": ["regulated"]}, "are numbers that a regulator requires to answer"),
        ({"numbers": ["1-800-FLOWERS"]}, "are vanity numbers"),
    ],
)
def test_precious_numbers_come_with_the_way_around_the_risk(home: Home, given: dict[str, Any], words: str) -> None:
    done = check(home, us(**given))
    assert done.code == 1
    (line,) = [line for line in marked(done.out, "review") if "RespOrg" not in line]
    assert words in line
    assert "SIP trunk" in line
    assert "claim a number" in line


def test_a_signer_who_is_not_on_the_record_stands_in_the_way(home: Home) -> None:
    done = check(home, us(csr=csr(authorized_person="Zoe Quinn")))
    assert done.code == 2
    assert any(line.startswith("authorized_person: ") for line in marked(done.out, "blocked"))
    also = csr(authorized_person="Zoe Quinn", authorized_persons=["Ana Ortiz"])
    assert check(home, us(csr=also)).code == 0


@pytest.mark.parametrize(("subdivision", "closed"), [("BY", True), ("BE", False), ("", False)])
def test_public_holidays_of_the_subdivision_count(home: Home, subdivision: str, closed: bool) -> None:
    account = us(losing_carrier="Isar", country="DE", numbers=["+493023125110"], subdivision=subdivision)
    path = written(home, {**account, "wishes": {"requested_foc_on": "2027-01-06"}})
    faults = examine(path, now=datetime(2026, 12, 1, 9, tzinfo=UTC)).faults
    assert ["2027-01-06 is a closed day of the losing carrier" in fault for fault in faults] == [True] * closed


def test_a_subdivision_that_does_not_exist_is_a_fault(home: Home) -> None:
    done = check(home, us(subdivision="ZZZ"))
    assert done.code == 2
    assert "Correct the account's `subdivision`." in marked(done.out, "blocked")[0]


OVERRIDES = """\
playbooks:
  US-LOCAL:
    loa_max_age_days: {value: 14, by: Grace Hopper, reason: agreed}
"""


def test_what_an_operator_overrode_is_shown_with_who_and_counts(home: Home) -> None:
    path = home.folder / "overrides.yaml"
    path.write_text(OVERRIDES)
    home.environment["PORTOLAN_PLAYBOOK_OVERRIDES"] = str(path)
    done = check(home, US)
    assert done.code == 0
    (line,) = [line for line in marked(done.out, "note") if "overridden by" in line]
    assert line.startswith("loa_max_age_days is 14, not the playbook's 30: overridden by Grace Hopper (")
    assert "overrides.yaml, line 3" in line
    assert any("it may be sent for 14 days" in note for note in marked(done.out, "note"))


def test_what_the_request_itself_overrides_is_shown_too(home: Home) -> None:
    done = check(home, us(policy={"loa_max_age_days": "21"}))
    assert "loa_max_age_days is 21, not the playbook's 30: overridden by " in done.out


def test_no_secret_is_printed(home: Home) -> None:
    account = us(pin="98761234", numbers=[{"number": BTN, "pac": "ABC123456"}])
    for words in ((), ("--json",)):
        done = home.run("check", written(home, account, FR), *words)
        assert done.code == 0
        assert not [secret for secret in ("98761234", "ABC123456", "OZH") if secret in done.out + done.err]


def test_progress_is_told_while_a_long_list_is_read(home: Home) -> None:
    rows = "".join(f"+1212{number:07}\n" for number in range(5550000, 5552500))
    (home.folder / "n.csv").write_text(f"number\n{rows}")
    account = us(numbers_file="n.csv")
    del account["numbers"]
    seen: list[int] = []
    found = examine(written(home, account), progress=seen.append)
    assert found.orders[0].numbers == 2500
    assert seen == sorted(seen)
    assert (len(seen) > 1, seen[-1]) == (True, 2501)
