"""Comparing codes, notes for the coordinator, and answering once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.port_outs import PortOutActivities, compare
from portolan.carriers.port_out_desk import SimulatedDesk
from portolan.domain.port_out.case import CodeCheck
from portolan.domain.port_out.effects import DeskAnswer, PortOutPublication, Validating
from portolan.domain.port_out.grounds import Finding, Ground, Refused, Released
from portolan.domain.port_out.policy import Compared
from portolan.domain.port_out.states import PortOutState
from portolan.domain.states import State
from portolan.domain.telling import Notice
from portolan.records.engine import connect
from portolan.records.migrate import upgrade
from portolan.records.port_outs import Code
from portolan.records.store import Records
from tests.domain.port_out.builders import NOW, NUMBERS, in_state, request
from tests.records.builders import BUILD, PROJECT, an_order, by, publication

RIO, FRENCH = "01P EROY4P 4TR", "+33612345678"


class Teller:
    def __init__(self) -> None:
        self.told: list[str] = []
        self.away = False

    def try_notice(self, notice: Notice) -> bool:
        if not self.away:
            self.told.append(notice.kind)
        return not self.away


@pytest.fixture
def records(tmp_path: Path) -> Records:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    upgrade(url)
    return Records(connect(url))


@pytest.fixture
def desk(tmp_path: Path) -> SimulatedDesk:
    return SimulatedDesk(tmp_path / "desk.db")


@pytest.fixture
def port_outs(records: Records, desk: SimulatedDesk) -> PortOutActivities:
    return PortOutActivities(records, desk, BUILD, Teller(), lambda: NOW)


@pytest.mark.parametrize(
    ("field", "given", "on_file", "check"),
    [
        (Compared.PIN, [], [], CodeCheck.NOT_ON_FILE),
        (Compared.PIN, [("", "4711")], [], CodeCheck.NOT_ON_FILE),
        (Compared.PIN, [], [("", "4711")], CodeCheck.MISSING),
        (Compared.PIN, [("", "4711")], [("", "4711")], CodeCheck.EQUAL),
        (Compared.PIN, [("", "4712")], [("", "4711")], CodeCheck.DIFFERENT),
        (Compared.PIN, [("", "47 11")], [("", "4711")], CodeCheck.EQUAL),
        (Compared.PIN, [("", "4711")], [(NUMBERS[0], "0815"), ("", "4711")], CodeCheck.DIFFERENT),
        (Compared.PIN, [("", "4711")], [(NUMBERS[1], "0815"), ("", "4711")], CodeCheck.EQUAL),
        (Compared.PIN, [(NUMBERS[0], "0815"), ("", "1")], [(NUMBERS[0], "0815")], CodeCheck.EQUAL),
        (Compared.PAC, [("", "abc123456")], [("", "ABC 123456")], CodeCheck.EQUAL),
        (Compared.PAC, [], [], CodeCheck.MISSING),
        (Compared.PAC, [("", "ABC123456")], [], CodeCheck.NOT_ON_FILE),
        (Compared.MIGRATION_CODE, [("", "WIN0612345678001H")], [], CodeCheck.NOT_ON_FILE),
    ],
)
def test_how_a_code_stands_to_the_one_on_file(
    field: Compared, given: list[tuple[str, str]], on_file: list[tuple[str, str]], check: CodeCheck
) -> None:
    codes = [Code(False, *one) for one in given] + [Code(True, *one) for one in on_file]
    assert compare(field, codes, NUMBERS[0]) is check


@pytest.mark.parametrize(
    ("given", "on_file", "number", "check"),
    [
        (RIO, "", FRENCH, CodeCheck.EQUAL),
        (RIO, "", "+33612345679", CodeCheck.DIFFERENT),
        ("", "", FRENCH, CodeCheck.MISSING),
        (RIO, RIO.lower(), FRENCH, CodeCheck.EQUAL),
        (RIO, "02P ZX5B4C C6+", FRENCH, CodeCheck.DIFFERENT),
    ],
)
def test_a_rio_that_is_not_on_file_is_judged_by_its_key(
    given: str, on_file: str, number: str, check: CodeCheck
) -> None:
    codes = [Code(side, "", value) for side, value in ((False, given), (True, on_file)) if value]
    assert compare(Compared.RIO, codes, number) is check


def test_the_plus_of_a_rio_counts() -> None:
    codes = [Code(False, "", "02P ZX5B4C C6"), Code(True, "", "02P ZX5B4C C6+")]
    assert compare(Compared.RIO, codes, FRENCH) is CodeCheck.DIFFERENT


def validating(port_out_id: str = "p1", code: Compared | None = Compared.PIN) -> Validating:
    return Validating(port_out_id=port_out_id, numbers=NUMBERS, code=code)


def test_codes_never_leave_the_records(records: Records, port_outs: PortOutActivities) -> None:
    records.receive_port_out(request(), [Code(False, "", "4712"), Code(True, "", "4711")], "w", NOW)
    found = port_outs.validate_port_out(validating())
    assert found.codes == dict.fromkeys(NUMBERS, CodeCheck.DIFFERENT)
    assert "471" not in found.model_dump_json()
    assert "471" not in str(records.port_out("p1").model_dump())
    assert port_outs.validate_port_out(validating(code=None)).codes == {}


def test_a_code_that_we_have_not_issued_is_told(records: Records, port_outs: PortOutActivities) -> None:
    records.receive_port_out(request(), [Code(False, "", "ABC123456")], "w", NOW)
    (note,) = port_outs.validate_port_out(validating(code=Compared.PAC)).notes
    assert note == "we have no pac on file for +1617•••60, +1617•••61, so none was compared"
    assert port_outs.validate_port_out(validating(code=Compared.PIN)).notes == []


def test_what_the_coordinator_should_know_of_the_numbers(records: Records, port_outs: PortOutActivities) -> None:
    order = an_order(numbers=(NUMBERS[0],))
    records.publish(publication(order), BUILD)
    others = request(port_out_id="p2", carrier_reference="OT-2", numbers=NUMBERS[1:])
    records.receive_port_out(others, [], "w2", NOW)
    records.receive_port_out(request(), [], "w", NOW)
    assert port_outs.validate_port_out(validating()).notes == [
        f"+1617•••60 is in the live port order {PROJECT.project_id}-1",
        "Other Telco asks for +1617•••61, too (p2)",
    ]


def test_numbers_that_were_just_ported_in_are_told(records: Records, port_outs: PortOutActivities) -> None:
    order = an_order(numbers=(NUMBERS[0],))
    for state in (State.AWAITING_SIGNATURE, State.AWAITING_APPROVAL, State.SUBMITTING, State.SUBMITTED):
        order.move(state, by("went on", NOW), NOW)
    for state in (State.FOC_CONFIRMED, State.READY, State.CUTTING_OVER, State.VERIFYING, State.ROLLBACK_WINDOW):
        order.move(state, by("went on", NOW), NOW)
    order.rollback_until = NOW
    records.publish(publication(order), BUILD)
    (note,) = port_outs.validate_port_out(validating()).notes
    assert note == (
        "+1617•••60 was ported in by order acme-1, whose rollback window is open until 2026-11-24 15:00 UTC"
    )


@pytest.mark.parametrize(("later", "count"), [(timedelta(days=30), 2), (timedelta(days=30, seconds=1), 0)])
def test_wrong_codes_of_the_last_days_are_counted(
    records: Records, desk: SimulatedDesk, later: timedelta, count: int
) -> None:
    port_outs = PortOutActivities(records, desk, BUILD, Teller(), lambda: NOW + later)
    for index in range(2):
        case = in_state(
            PortOutState.REFUSED, port_out_id=f"q{index}", carrier_reference=f"Q-{index}", numbers=NUMBERS[:1]
        )
        records.publish_port_out(PortOutPublication(case=case, entries=case.unpublished), BUILD)
    notes = port_outs.validate_port_out(validating()).notes
    told = [f"{count} request(s) for +1617•••60 had a wrong code in the last 30 days"]
    assert notes == (told if count else [])


def answer(refused: bool = False) -> DeskAnswer:
    policy = request().policy
    return DeskAnswer(
        key="p1",
        requesting_carrier="Other Telco",
        carrier_reference="OT-1",
        numbers=NUMBERS,
        answer=Refused.of(policy, [Finding(ground=Ground.LOCKED)]) if refused else Released(),
    )


def test_an_answer_is_given_once_and_stays(desk: SimulatedDesk, port_outs: PortOutActivities) -> None:
    port_outs.answer_port_out(answer())
    port_outs.answer_port_out(answer())
    assert desk.find("p1") == answer()
    with pytest.raises(ApplicationError) as caught:
        port_outs.answer_port_out(answer(refused=True))
    assert (caught.value.type, caught.value.non_retryable) == ("carrier_refused", True)
    assert desk.find("p1") == answer()
    assert desk.find("p2") is None


def test_a_refusal_keeps_its_rules_on_the_way(desk: SimulatedDesk, port_outs: PortOutActivities) -> None:
    port_outs.answer_port_out(answer(refused=True))
    found = desk.find("p1")
    assert found
    assert found.answer.kind == "refused"
    assert found.answer.basis[Ground.LOCKED].rule.startswith("47 CFR 64.1190")


def test_publishing_tries_the_notices_and_tells_which_are_late(records: Records, desk: SimulatedDesk) -> None:
    teller = Teller()
    port_outs = PortOutActivities(records, desk, BUILD, teller)
    case = in_state(PortOutState.REFUSED)
    told = PortOutPublication(case=case, entries=case.unpublished, notices=case.unsent)
    assert ActivityEnvironment().run(port_outs.publish_port_out, told) == []
    assert teller.told == ["port_out_requested", "port_out_refused"]
    teller.away = True
    late = ActivityEnvironment().run(port_outs.publish_port_out, told)
    assert late == [notice.key for notice in case.unsent]
    assert [entry.kind for entry in records.port_out_trail("p1")] == ["received", "validated", "answered"]
