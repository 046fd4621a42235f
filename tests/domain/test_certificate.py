"""The certificate: everything that shows what moved and why, whole, sealed, and without secrets."""

from __future__ import annotations

import json
from datetime import timedelta, timezone
from typing import Any

import pytest

from portolan.domain.bridge import Bridge
from portolan.domain.carrier import MessagingStatus
from portolan.domain.certificate import certificate, digest, holds, masked, seal
from portolan.domain.port_backs import ReturnStage
from portolan.domain.states import State
from portolan.domain.telling import AuditEntry
from tests.domain.builders import ACCOUNT, FOC, HOUR, NOW
from tests.domain.standing import ISSUED, MINUTE, eventful, filed, proven, refused, standing, trail


def issued(order: Any = None, entries: Any = None, documents: Any = (), at: Any = ISSUED) -> dict[str, Any]:
    return certificate(order or eventful(), trail() if entries is None else entries, documents, at)


def keys(value: Any) -> Any:
    if isinstance(value, dict):
        yield list(value)
        for part in value.values():
            yield from keys(part)
    elif isinstance(value, list):
        for part in value:
            yield from keys(part)


@pytest.mark.parametrize("state", State)
def test_every_order_has_one_that_is_json_with_sorted_keys(state):
    made = issued(standing(state), [])
    assert json.loads(json.dumps(made)) == made
    assert all(found == sorted(found) for found in keys(made))
    assert made["order"]["state"] == state.value
    assert set(made) == set(issued())


def test_the_moments_are_those_of_the_order_and_its_trail():
    assert issued()["when"] == {
        "requested": "2026-11-02T15:00:00Z",
        "loa_dated": "2026-11-02",
        "approved": "2026-11-02T16:00:00Z",
        "sent": "2026-11-02T17:00:00Z",
        "foc_settled": "2026-11-02T15:00:00Z",
        "foc": "2026-11-17T16:00:00Z",
        "activated": "2026-11-17T16:00:00Z",
        "proven": "2026-11-17T17:00:00Z",
        "window_closed": "2026-11-20T16:00:00Z",
        "ended": "2026-11-20T17:00:00Z",
    }


def test_what_has_not_happened_is_null():
    when = issued(standing(State.CHECKING), [])["when"]
    assert {key for key, moment in when.items() if moment is not None} == {"requested"}


@pytest.mark.parametrize(
    ("order", "at", "closed"),
    [
        (proven(State.ROLLBACK_WINDOW), FOC + 72 * HOUR - timedelta(seconds=1), None),
        (proven(State.ROLLBACK_WINDOW), FOC + 72 * HOUR, "2026-11-20T16:00:00Z"),
        (proven(State.COMPLETED, policy={"rollback_hours": 0}), FOC + 72 * HOUR, None),
        (standing(State.ROLLED_BACK), FOC + 72 * HOUR, None),
    ],
)
def test_the_window_is_closed_from_its_end_where_there_was_one(order, at, closed):
    assert issued(order, at=at)["when"]["window_closed"] == closed


def test_it_says_on_whose_authority():
    assert issued()["authority"] == {
        "letter": {"signed_by": "Ada Byron", "signed_on": "2026-11-02", "document": None},
        "approval": {"by": "Charles", "at": "2026-11-02T16:00:00Z"},
        "cutover": {"by": "Grace Hopper", "how": "scheduled"},
        "override": {
            "by": "Grace Hopper",
            "at": "2026-11-17T15:00:00Z",
            "items": ["legacy_test"],
            "reason": "line is dead",
            "foc": "2026-11-17T16:00:00Z",
        },
        "returns": [
            {
                "stage": "snapback",
                "by": "Grace Hopper",
                "second": None,
                "reason": "no inbound calls",
                "decided_at": "2026-11-17T17:00:00Z",
                "inadvertent": False,
                "evidence": [],
                "letter": None,
                "told_at": "2026-11-17T18:00:00Z",
                "consent": "refused",
                "why": "the number was given to somebody else",
            }
        ],
    }


def test_where_nobody_said_go_the_sign_off_of_that_item_is_the_authority():
    order = eventful().model_copy(update={"go_by": ""})
    assert issued(order)["authority"]["cutover"]["by"] == "Grace Hopper"
    order.signoffs = {}
    assert issued(order)["authority"]["cutover"]["by"] is None


def test_it_shows_the_proofs():
    proofs = issued()["proofs"]
    assert [(slot["slot"], slot["status"], slot["calls"]) for slot in proofs["test_slots"]] == [
        (0, "passed", 1),
        (1, "failed", 1),
    ]
    assert [(call["origin"], call["passed"], call["checks"]) for call in proofs["test_calls"]] == [
        ("mobile", True, {"ringback": "passed"}),
        ("voip", False, {"ringback": "busy"}),
    ]
    assert [look["number"] for look in proofs["routing"]] == ["+12125550143", "+12125550144"]
    assert proofs["found"] == ["the carrier has all 2 in service", "routing look-up: all 2 at simulated"]
    assert proofs["messaging_settled"] is True


def test_calls_are_shown_also_where_no_slots_are_wanted():
    order = eventful()
    order.request.policy.test_slots = []
    proofs = issued(order)["proofs"]
    assert (proofs["test_slots"], len(proofs["test_calls"])) == ([], 2)


def test_messaging_of_one_number_that_is_not_settled_is_not_settled():
    order = eventful()
    order.messaging["+12125550143"] = MessagingStatus.PORTED
    made = issued(order)
    assert made["proofs"]["messaging_settled"] is False
    assert [number["messaging"] for number in made["numbers"]] == ["ported", "settled"]
    assert issued(proven())["proofs"]["messaging_settled"] is None


def test_each_number_has_its_status_and_where_calls_to_it_go():
    first, _ = issued()["numbers"]
    assert first == {
        "number": "+12125550143",
        "status": "active",
        "at_gaining": True,
        "routed_to": "Bright Voice",
        "spid": "6214",
        "lrn": "+12125550000",
        "messaging": "settled",
    }
    first, _ = issued(standing(State.SUBMITTED), [])["numbers"]
    assert (first["status"], first["at_gaining"], first["routed_to"]) == ("pending", None, None)


def test_sign_offs_say_which_were_gates():
    (done,) = issued()["runbook"]
    assert (done["item"], done["gate"], done["by"], done["note"]) == ("go", True, "Grace Hopper", "go")


def moved(before: State, after: State, at: Any) -> AuditEntry:
    return AuditEntry(
        sequence=9, kind="x", by="Grace", occurred_at=at, recorded_at=at, state_before=before, state_after=after
    )


def test_what_was_undone_is_told_in_the_order_of_time():
    bridge = Bridge(reason="campaign", removed_at=FOC - HOUR)
    order = eventful().model_copy(
        update={"bridge": bridge, "rollback_reason": "calls drop", "state": State.ROLLED_BACK}
    )
    back = moved(State.ROLLING_BACK, State.ROLLED_BACK, FOC + 9 * HOUR)
    assert issued(order, [back])["undone"] == [
        {"what": "bridge removed", "at": "2026-11-17T15:00:00Z", "why": "campaign"},
        {"what": "snapback refused", "at": "2026-11-17T18:00:00Z", "why": "the number was given to somebody else"},
        {"what": "numbers returned", "at": "2026-11-18T01:00:00Z", "why": "calls drop"},
    ]
    cancelled = standing(State.CANCELLED, cancel_reason="moved house")
    entries = [moved(State.CANCELLING, State.CANCELLED, NOW)]
    assert issued(cancelled, entries)["undone"] == [
        {"what": "order cancelled", "at": "2026-11-02T15:00:00Z", "why": "moved house"}
    ]


def test_it_says_whether_the_old_service_may_go():
    assert issued()["old_service"]["may_be_cancelled"] is True
    early = issued(proven(State.ROLLBACK_WINDOW), at=FOC + HOUR)["old_service"]
    assert early["may_be_cancelled"] is False
    assert early["why"].startswith("Do not cancel the old service: ")


def test_documents_stand_by_their_hashes_oldest_first():
    documents = [filed("bill", "b", NOW + MINUTE), filed("loa", "a", NOW)]
    assert [(one["kind"], one["sha256"]) for one in issued(documents=documents)["documents"]] == [
        ("loa", "a" * 64),
        ("bill", "b" * 64),
    ]


def test_the_same_order_gives_the_same_certificate_whatever_the_zone_of_the_moment():
    abroad = ISSUED.astimezone(timezone(timedelta(hours=9)))
    documents = [filed("bill", "b", NOW), filed("loa", "a", NOW)]
    assert issued(documents=documents) == issued(documents=documents[::-1], at=abroad)


def test_the_digest_is_of_everything_else():
    made = issued()
    assert holds(made)
    assert made["digest"] == digest({key: value for key, value in made.items() if key != "digest"})
    assert not holds({**made, "generated_at": "2026-11-24T09:00:01Z"})
    assert not holds({key: value for key, value in made.items() if key != "digest"})
    assert issued(at=ISSUED + timedelta(seconds=1))["digest"] != made["digest"]


def test_sealing_again_replaces_the_digest():
    made = issued()
    assert seal(made) == made
    changed = seal({**made, "format": 2})
    assert holds(changed)
    assert changed["digest"] != made["digest"]


@pytest.mark.parametrize(
    ("number", "shown"), [("0048-1937", "\u20261937"), ("12345", "\u20262345"), ("1937", "\u2026"), ("", "\u2026")]
)
def test_an_account_number_shows_its_last_four(number, shown):
    assert masked(number) == shown


def test_no_account_number_is_shown_wherever_somebody_wrote_it():
    order = eventful()
    corrected = ACCOUNT.model_copy(update={"account_number": "0048-1937-55"})
    order = order.model_copy(update={"account": corrected, "outcome": "account 0048-1937-55, once 0048-1937."})
    order.returns = [refused(ReturnStage.SNAPBACK, why="account 0048-1937 is closed")]
    text = json.dumps(issued(order, documents=[filed("bill", "a", NOW, "bill 0048-1937.pdf")]), ensure_ascii=False)
    assert "0048" not in text
    for shown in ("account \u20267-55, once \u20261937.", "account \u20261937 is closed", "bill \u20261937.pdf"):
        assert shown in text


def test_an_account_number_that_is_a_telephone_number_does_not_hide_the_number_that_moved():
    account = ACCOUNT.model_copy(update={"account_number": "+12125550143"})
    made = issued(eventful().model_copy(update={"account": account}))
    assert [number["number"] for number in made["numbers"]] == ["+12125550143", "+12125550144"]
    assert made["parties"]["account"]["account_number"] == "\u20260143"


@pytest.mark.parametrize("number", ["2026", "A", "17"])
def test_a_very_short_account_number_does_not_spoil_the_rest(number):
    account = ACCOUNT.model_copy(update={"account_number": number})
    order = eventful().model_copy(update={"account": account, "outcome": f"on {number}"})
    made = issued(order)
    assert made["when"]["foc"] == "2026-11-17T16:00:00Z"
    assert made["order"]["outcome"] == f"on {number}"
    assert made["parties"]["account"]["account_number"] == "\u2026"
