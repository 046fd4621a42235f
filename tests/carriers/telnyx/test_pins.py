from __future__ import annotations

from typing import Any

import pytest

from portolan.carriers.telnyx import Telnyx
from portolan.domain.carrier import SendKind
from portolan.domain.errors import CarrierRefused
from tests.carriers.scene import NUMBERS
from tests.carriers.telnyx.conftest import FOC, submission
from tests.carriers.telnyx.fake import FakeTelnyx

ONE, TWO = NUMBERS


def admin_sent(fake: FakeTelnyx, before: int) -> list[dict[str, Any]]:
    return [body["end_user"]["admin"] for body in fake.bodies[before:] if "end_user" in body]


@pytest.mark.parametrize(
    ("raw", "shown", "sent"),
    [
        ("exception", "****", [{"pin_passcode": "2222"}]),
        ("submitted", "****", [{"pin_passcode": "2222"}]),
        ("exception", "2222", []),
        ("foc-date-confirmed", "****", []),
        ("foc-date-confirmed", "1111", [{"pin_passcode": "2222"}]),
    ],
)
def test_a_pin_that_is_not_shown_is_sent_until_the_losing_carrier_has_agreed(
    telnyx: Telnyx, fake: FakeTelnyx, raw: str, shown: str, sent: list[dict[str, Any]]
) -> None:
    first = telnyx.submit(submission(secrets={("", "pin"): "1111"})).carrier_order_id
    fake.stand(first, raw, FOC, ("PASSCODE_PIN_INVALID", "bad"))
    fake.orders[first]["end_user"]["admin"]["pin_passcode"] = shown
    before = len(fake.bodies)
    fields: dict[str, Any] = {"kind": SendKind.SUPPLEMENT, "carrier_order_id": first}
    telnyx.submit(submission("o1:2", secrets={("", "pin"): "2222"}, **fields))
    assert admin_sent(fake, before) == sent


@pytest.mark.parametrize(
    "secrets", [{(ONE, "pin"): "9999", (TWO, "pin"): "9999"}, {("", "pin"): "9999", (TWO, "pin"): "9999"}]
)
def test_one_pin_of_all_numbers_is_that_of_the_order(
    telnyx: Telnyx, fake: FakeTelnyx, secrets: dict[tuple[str, str], str]
) -> None:
    telnyx.submit(submission(secrets=secrets))
    assert [admin["pin_passcode"] for admin in admin_sent(fake, 0)] == ["9999"]


@pytest.mark.parametrize("secrets", [{(ONE, "pin"): "9999"}, {("", "pin"): "1111", (TWO, "pin"): "9999"}])
def test_different_pins_are_told_before_anything_is_sent(
    telnyx: Telnyx, fake: FakeTelnyx, secrets: dict[tuple[str, str], str]
) -> None:
    with pytest.raises(CarrierRefused, match="one PIN for the whole order") as refused:
        telnyx.submit(submission(secrets=secrets))
    assert "portolan secret o1 pin" in str(refused.value)
    assert "9999" not in str(refused.value)
    assert fake.calls == []
