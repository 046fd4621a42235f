"""Whatever people say and whenever they say it: no unlawful refusal, no missed deadline, no locked number let go."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from portolan.domain.playbooks import PLAYBOOKS
from portolan.domain.port_out.case import Case, CodeCheck, Lock, Validation
from portolan.domain.port_out.clocks import acts, lapse, next_deadline
from portolan.domain.port_out.decisions import take
from portolan.domain.port_out.grounds import Ground, Released
from portolan.domain.port_out.messages import KINDS, FraudSign, read
from portolan.domain.port_out.outcomes import answered, not_done, validated
from portolan.domain.port_out.policy import policy_for
from portolan.domain.port_out.states import OPEN, PortOutState
from tests.domain.port_out.builders import HOUR, NOW, NUMBERS, ON_FILE, request

PEOPLE = ["Ada Byron", "Cora Dean", "Dee Ess"]
MESSAGES = st.fixed_dictionaries(
    {
        # What ends it comes seldom, so that more can happen before.
        "kind": st.sampled_from([kind for kind in KINDS for _ in range(1 if kind == "withdrawn" else 4)]),
        "by": st.sampled_from(PEOPLE),
        "verified": st.sampled_from(["called back", ""]),
        "reason": st.just("seen"),
        "evidence": st.just("ticket 1"),
        "sign": st.sampled_from(FraudSign),
        "ground": st.sampled_from([Ground.FRAUD_CONFIRMED] * 10 + list(Ground)),
    }
)
#: After so many minutes somebody says something; what Portolan does meanwhile fails so many times.
STEPS = st.lists(
    st.tuples(st.one_of(st.integers(0, 60), st.integers(0, 2000)), MESSAGES, st.integers(0, 2)), max_size=8
)
LOCKS = st.sampled_from(
    [None, Lock(), Lock(until=NOW + 500 * HOUR), Lock(until=NOW + 5 * HOUR), Lock(until=NOW - HOUR)]
)
#: Mostly nothing is wrong: what is wrong is refused at once, and nothing else happens.
CHECKS = st.sampled_from([CodeCheck.EQUAL] * 6 + list(CodeCheck))
RULES = st.one_of(st.sampled_from(["US-LOCAL", "US-WIRELESS"]), st.sampled_from(sorted(PLAYBOOKS)))


class Life:
    """One case, its clock, and what was really said and found: kept apart from the case, to judge it by."""

    def __init__(self, case: Case, validation: Validation) -> None:
        self.case, self.validation, self.now = case, validation, NOW
        self.failing = 0
        self.unlocked = False
        self.deniers: list[tuple[str, str]] = []
        self.holder = ""

    @property
    def denied(self) -> bool:
        """Whether the account holder was recognised when they denied it, or two people did."""
        return any(verified for _, verified in self.deniers) or len({by for by, _ in self.deniers}) > 1

    def work(self) -> None:
        """What Portolan does by itself; it fails as often as it has to."""
        while acts(self.case):
            if self.failing:
                self.failing -= 1
                not_done(self.case, "no line", self.now)
            elif self.case.state is PortOutState.VALIDATING:
                validated(self.case, self.validation, self.now)
            else:
                self.judge()
                answered(self.case, self.now)

    def until(self, moment: datetime) -> None:
        """Let time pass; every deadline is kept, as a durable timer keeps it."""
        self.work()
        while (deadline := next_deadline(self.case)) and deadline.at <= moment:
            self.now = max(self.now, deadline.at)
            held = self.case.hold
            lapse(self.case, deadline, self.now)
            if held and not self.case.hold and self.case.state in OPEN:
                self.holder = ""
            self.work()
        self.now = max(self.now, moment)

    def say(self, said: dict[str, Any]) -> None:
        """Somebody says something."""
        if said["kind"] in {"confirm", "unlock"}:
            said = {**said, "verified": "called back"}
        event, open_before = read(said["kind"], said), self.case.state in OPEN
        if not take(self.case, event, self.now).accepted:
            return
        if said["kind"] == "deny" and open_before:
            self.deniers.append((said["by"], said["verified"]))
        elif said["kind"] == "confirm":
            self.deniers.clear()
        elif said["kind"] == "unlock":
            self.unlocked = True
        elif said["kind"] == "hold_for_fraud":
            self.holder = said["by"]
        elif said["kind"] == "release_hold":
            self.holder = ""

    def locked(self, at: datetime) -> bool:
        lock = self.case.request.on_file.lock
        return lock is not None and not self.unlocked and (lock.until is None or at < lock.until)

    def judge(self) -> None:
        """The answer that is about to go out, against what was really said and found."""
        case, answer = self.case, self.case.answer
        assert answer is not None
        assert case.decided_at is not None
        assert case.decided_at <= case.decide_by < case.answer_by
        holds = Ground.LOCKED in case.policy.grounds and self.locked(case.decided_at)
        if answer.kind == "released":
            assert not holds
            assert not self.denied
            assert not (case.validation and self.wrong())
            return
        allowed = self.wrong() if case.validation else set()
        allowed |= {Ground.CUSTOMER_DENIES} if self.denied else set()
        allowed |= {Ground.LOCKED} if holds else set()
        if self.holder and self.holder != case.decided_by and case.decided_by in PEOPLE:
            allowed |= {Ground.FRAUD_CONFIRMED}
        found = {finding.ground for finding in answer.findings}
        assert found
        assert found <= allowed & set(case.policy.grounds)
        assert set(answer.basis) == found

    def wrong(self) -> set[Ground]:
        """What comparing must bring, by a rule of its own."""
        request = self.case.request
        found = set()
        if "account_number" in request.policy.compared and request.account_number != "0048-1937":
            found.add(Ground.ACCOUNT_NUMBER_WRONG)
        if request.policy.code:
            checks = set(self.validation.codes.values())
            found |= {Ground.CODE_WRONG} if CodeCheck.DIFFERENT in checks else set()
            found |= {Ground.CODE_MISSING} if CodeCheck.MISSING in checks else set()
        return found


@settings(max_examples=400)
@given(
    playbook=RULES,
    account_number=st.sampled_from(["0048-1937", "0048-1937", "0048-1937", "0048-1938"]),
    checks=st.tuples(CHECKS, CHECKS),
    lock=LOCKS,
    hold_hours=st.integers(1, 100),
    steps=STEPS,
)
def test_every_answer_is_lawful_and_in_time(
    playbook: str,
    account_number: str,
    checks: tuple[CodeCheck, CodeCheck],
    lock: Lock | None,
    hold_hours: int,
    steps: list[tuple[int, dict[str, Any], int]],
) -> None:
    on_file = ON_FILE.model_copy(update={"lock": lock, "postal_code": ""})
    policy = {"fraud_hold_hours": hold_hours}
    asked = request(playbook, account_number=account_number, on_file=on_file, policy=policy)
    life = Life(Case.new(asked, NOW), Validation(codes=dict(zip(NUMBERS, checks, strict=True))))
    for minutes, said, failures in steps:
        life.failing = failures
        life.until(life.now + timedelta(minutes=minutes))
        life.say(said)
    life.failing = 0
    life.until(NOW + timedelta(days=90))
    case = life.case
    assert case.ended
    if case.state is not PortOutState.WITHDRAWN:
        assert case.answer is not None
    if case.answer:
        assert case.decided_at
        assert case.decided_at <= case.decide_by
    assert case.state is not PortOutState.REFUSED or case.outcome.startswith("Refused to Other Telco")


#: Ada, and whoever speaks in her name; the others hold and refuse, but do not deny.
PRESSURE = st.one_of(
    st.fixed_dictionaries(
        {
            "kind": st.just("deny"),
            "by": st.sampled_from(["Ada Byron", "ada byron", " Ada  Byron "]),
            "verified": st.just(""),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["hold_for_fraud", "release_hold", "refuse"]),
            "by": st.sampled_from(PEOPLE),
            "reason": st.just("seen"),
            "evidence": st.just("ticket 1"),
            "sign": st.sampled_from(FraudSign),
            "ground": st.sampled_from([ground for ground in Ground if ground is not Ground.FRAUD_CONFIRMED]),
        }
    ),
)


@given(
    playbook=RULES,
    hold_hours=st.integers(1, 100),
    steps=st.lists(st.tuples(st.one_of(st.integers(0, 60), st.integers(0, 2000)), PRESSURE), min_size=1, max_size=10),
)
def test_no_denial_of_one_who_is_not_recognised_yields_a_refusal(
    playbook: str, hold_hours: int, steps: list[tuple[int, dict[str, Any]]]
) -> None:
    asked = request(
        playbook, on_file=ON_FILE.model_copy(update={"postal_code": ""}), policy={"fraud_hold_hours": hold_hours}
    )
    life = Life(Case.new(asked, NOW), Validation(codes=dict.fromkeys(NUMBERS, CodeCheck.EQUAL)))
    for minutes, said in steps:
        life.until(life.now + timedelta(minutes=minutes))
        life.say(said)
    life.until(life.case.answer_by)
    assert life.case.answer == Released(by_default=True)
    assert life.case.decided_at == life.case.decide_by


@given(playbook=st.sampled_from(sorted(PLAYBOOKS)), minutes=st.integers(0, 60 * 24 * 14))
def test_the_answer_is_always_decided_before_it_is_due_and_after_it_came(playbook: str, minutes: int) -> None:
    policy, at = policy_for(PLAYBOOKS[playbook]), NOW + timedelta(minutes=minutes)
    assert at < policy.decide_by(at) < policy.answer_by(at)
