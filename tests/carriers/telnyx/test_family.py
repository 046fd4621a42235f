"""Orders at Telnyx that belong to ours without being parts of it, and those that do not belong to it."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import Any

import pytest

from portolan.carriers.telnyx import Telnyx
from portolan.domain.carrier import CarrierStatus, SendKind
from portolan.domain.errors import CarrierError, CarrierRefused, OutcomeUnknown
from tests.carriers.scene import HOUR, NUMBERS, Clock
from tests.carriers.telnyx.conftest import changed, submission
from tests.carriers.telnyx.fake import FakeTelnyx

ONE, TWO = NUMBERS
CHILD = "o1-split-1:1"


@pytest.fixture
def behind(telnyx: Telnyx, fake: FakeTelnyx, parted: list[str]) -> str:
    """The part that a supplement left out, while nobody has taken it over."""
    fields: dict[str, Any] = {"kind": SendKind.SUPPLEMENT, "carrier_order_id": parted[0], "numbers": [ONE]}
    telnyx.submit(submission("o1:2", **fields))
    return parted[1]


def test_a_part_that_was_left_out_is_told_until_somebody_has_it(
    telnyx: Telnyx, fake: FakeTelnyx, parted: list[str], behind: str
) -> None:
    told = telnyx.get(parted[0])
    assert (told.status, list(told.numbers)) == (CarrierStatus.RECEIVED, [ONE])
    assert behind in told.asks
    assert TWO in told.asks
    telnyx.submit(submission("o1-split-1:1", numbers=[TWO]))
    assert telnyx.get(parted[0]).asks == ""


def test_a_part_that_nobody_has_taken_over_is_withdrawn_too(
    telnyx: Telnyx, fake: FakeTelnyx, parted: list[str], behind: str
) -> None:
    assert telnyx.cancel(parted[0], "x").status is CarrierStatus.CANCELLED
    assert fake.live() == []
    assert changed(fake, lambda: telnyx.cancel(parted[0], "again")) == []


def test_a_part_that_was_taken_over_stays(telnyx: Telnyx, fake: FakeTelnyx, parted: list[str], behind: str) -> None:
    telnyx.submit(submission("o1-split-1:1", numbers=[TWO]))
    assert telnyx.cancel(parted[0], "x").status is CarrierStatus.CANCELLED
    assert [order["id"] for order in fake.live()] == [behind]


def test_what_was_divided_off_from_a_part_left_out_is_withdrawn_with_it(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    fake.divide = lambda numbers: [numbers[:1], numbers[1:]]
    kept, behind = telnyx.submit(submission(numbers=[*NUMBERS, "+12125550003"])).parts
    fields: dict[str, Any] = {"kind": SendKind.SUPPLEMENT, "carrier_order_id": kept.carrier_order_id}
    telnyx.submit(submission("o1:2", numbers=[ONE], **fields))
    fake.split(behind.carrier_order_id, [TWO], keeps_reference=False)
    assert len(fake.live()) == 3
    telnyx.cancel(kept.carrier_order_id, "x")
    assert fake.live() == []


def test_an_order_is_not_withdrawn_as_long_as_a_part_of_it_is_not(
    telnyx: Telnyx, fake: FakeTelnyx, parted: list[str], behind: str
) -> None:
    fake.changes, fake.lose = 0, 0
    with pytest.raises(OutcomeUnknown):
        telnyx.cancel(parted[0], "x")
    told = telnyx.get(parted[0])
    assert (told.status, told.raw_status) == (CarrierStatus.UNKNOWN, "cancelled, in-process")
    assert telnyx.cancel(parted[0], "x").status is CarrierStatus.CANCELLED


def test_a_part_left_out_that_moves_soon_keeps_the_others_too(
    telnyx: Telnyx, fake: FakeTelnyx, clock: Clock, parted: list[str], behind: str
) -> None:
    fake.stand(behind, "foc-date-confirmed", clock.now + HOUR)
    with pytest.raises(CarrierRefused, match=behind):
        telnyx.cancel(parted[0], "x")
    assert len(fake.live()) == 2


@pytest.mark.parametrize("numbers", [[TWO], [TWO, "+12125550077"]])
@pytest.mark.parametrize("raw", ["draft", "submitted"])
@pytest.mark.parametrize("key", [None, "pr_another"])
def test_an_order_of_others_is_never_taken_over_or_deleted(
    telnyx: Telnyx, fake: FakeTelnyx, numbers: list[str], raw: str, key: str | None
) -> None:
    telnyx.submit(submission(numbers=[ONE]))
    other = fake._new(numbers, {})
    fake.stand(other["id"], raw)
    other["parent_support_key"] = key
    before = copy.deepcopy(other)
    with suppress(CarrierError):
        telnyx.submit(submission(CHILD, numbers=[TWO]))
    assert fake.orders[other["id"]] == before


def test_what_telnyx_divided_off_without_a_reference_is_taken_over_by_its_key(telnyx: Telnyx, fake: FakeTelnyx) -> None:
    first = telnyx.submit(submission())
    part = fake.split(first.carrier_order_id, [TWO], keeps_reference=False)
    fake.orders[part]["customer_group_reference"] = None
    assert telnyx.submit(submission(CHILD, numbers=[TWO])).carrier_order_id == part
