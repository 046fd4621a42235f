"""Whatever AWS answers, nothing but the errors of the house comes of it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portolan.carriers.amazon_connect import AmazonConnect
from portolan.carriers.desk.answers import Said, answered
from portolan.domain.carrier import BridgeWanted, NumberConfiguration
from portolan.domain.errors import CarrierError
from tests.carriers.amazon_connect.aws import account
from tests.carriers.desk.desks import NUMBERS, START, Clock, new_book, submission

KEYS = [
    "services", "categories", "name", "code", "cases", "caseId", "subject", "status", "timeCreated", "communications",
    "body", "submittedBy", "nextToken", "NextToken", "ListPhoneNumbersSummaryList", "PhoneNumber", "PhoneNumberId",
    "PhoneNumberDescription", "ClaimedPhoneNumberSummary", "PhoneNumberStatus", "Status", "AvailableNumbersList",
    "Instance", "Arn", "InstanceStatus",
]  # fmt: skip
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.binary(max_size=3)
    | st.text(max_size=8)
    | st.sampled_from([*NUMBERS, "CLAIMED", "[o1:1]", "Connect (Number Management)", "Number Porting North America"])
    | st.sampled_from(["2026-03-02T09:30:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "\ud800"])
)
ANSWERS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=12,
)
_folder = tempfile.TemporaryDirectory()
_book = new_book(Path(_folder.name))
_ids = iter(range(1_000_000))


class Odd:
    """A client whose every call answers with the next of these, and the last for ever."""

    def __init__(self, answers: list[Any]) -> None:
        self._answers = answers

    def __getattr__(self, call: str) -> Any:
        def answer(**given: Any) -> Any:
            return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

        return answer


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ANSWERS, min_size=1, max_size=8))
def test_no_answer_of_aws_breaks_an_adapter(answers: list[Any]) -> None:
    clock, number = Clock(), next(_ids)
    order_id, key = f"f{number}", f"f{number}:1"
    odd = AmazonConnect(account(), book=_book, clock=clock, clients=lambda service: Odd(answers))
    plain = AmazonConnect(account(support_api=False), book=_book, clock=clock, clients=lambda service: Odd(answers))
    sent = submission(order_id=order_id, key=key)
    said = Said(kind="foc", by="Ann", at=START, foc_at=START)
    wanted = BridgeWanted(key=f"{key}:bridge", order_id=order_id, numbers=NUMBERS)
    steps: list[Any] = [
        lambda: odd.submit(sent),
        lambda: plain.submit(sent),
        lambda: _book.change_desk_case(key, lambda case: answered(case, said).but(external_id="case-1")),
        lambda: odd.changes(""),
        lambda: odd.get(key),
        lambda: odd.comment(key, "hello"),
        lambda: odd.configure(key, NumberConfiguration(contact_flow="f")),
        lambda: odd.routing(key, NUMBERS),
        lambda: odd.unconfigure(key),
        lambda: odd.build_bridge(wanted),
        lambda: odd.bridge(wanted.key),
        lambda: odd.remove_bridge(wanted.key),
        odd.verify,
    ]
    for step in steps:
        try:
            step()
        except CarrierError:
            continue
    _book.change_desk_case(key, lambda case: case.but(closed_at=START))
