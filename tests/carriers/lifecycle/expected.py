"""What each adapter is expected to do where carriers differ: one row each, and a test reads every column of it."""

from __future__ import annotations

from typing import NamedTuple

from portolan.domain.carrier import CarrierStatus, MessagingStatus

RECEIVED, ACCEPTED = CarrierStatus.RECEIVED, CarrierStatus.ACCEPTED
REFUSED, LOST, AWAY = "carrier_refused", "outcome_unknown", "carrier_unavailable"
NO_LETTER, NO_BILL = "letter", "bill"


class Expected(NamedTuple):
    """A row.

    Attributes:
        raw: The carrier's own words for received, accepted, dated and moved.
        accepted: What the losing carrier's agreement without a date shows as.
        supplements: Whether a correction goes on in the same order; else that one is cancelled and another is made.
        parts: How many orders it makes of numbers that cannot go together.
        freeze_hours: So long before the FOC it withdraws nothing; 0: at any time until the numbers move; None: whenever
            a person says that it has.
        told_to_move: Whether numbers on demand wait to be told; else they move by themselves.
        takes_configuration: Whether what the numbers are to get goes along with the order.
        configures_first: Whether it can be settled once there is a date; None: people do it, so that it makes no odds.
        configures_arrived: Whether those that have arrived are.
        comments: Whether its desk can be written to, and writes.
        returns: Whether it has a call for port-backs; else a person asks the desk.
        messaging: Where the messaging of numbers is that have joined their campaign.
        lists: Whether it lists what changed.
        lacks: Without which document nothing is sent; empty: it looks at none.
        outage: What a try to send ends as while it is away.
        slows: Whether it asks to slow down, and for how long; and `locks`: whether it turns wrong credentials away.
    """

    raw: tuple[str, str, str, str]
    accepted: CarrierStatus
    supplements: bool
    parts: int
    freeze_hours: int | None
    told_to_move: bool
    takes_configuration: bool
    configures_first: bool | None
    configures_arrived: bool
    comments: bool
    returns: bool
    messaging: MessagingStatus
    lists: bool
    lacks: str
    outage: str
    slows: bool
    locks: bool


EXPECTED = {
    "simulated": Expected(
        raw=("SIM-RECEIVED", "SIM-ACCEPTED", "SIM-FOC_CONFIRMED", "SIM-PORTED"),
        accepted=ACCEPTED,
        supplements=True,
        parts=1,
        freeze_hours=0,
        told_to_move=True,
        takes_configuration=False,
        configures_first=True,
        configures_arrived=True,
        comments=False,
        returns=True,
        messaging=MessagingStatus.SETTLED,
        lists=False,
        lacks="",
        outage=AWAY,
        slows=False,
        locks=False,
    ),
    "telnyx": Expected(
        raw=("in-process", "submitted", "foc-date-confirmed", "ported"),
        accepted=RECEIVED,
        supplements=True,
        parts=2,
        freeze_hours=48,
        told_to_move=True,
        takes_configuration=True,
        configures_first=True,
        configures_arrived=True,
        comments=True,
        returns=False,
        messaging=MessagingStatus.SETTLED,
        lists=True,
        lacks=NO_LETTER,
        outage=AWAY,
        slows=True,
        locks=True,
    ),
    "twilio": Expected(
        raw=(
            "Waiting for Signature (2 waiting_for_signature)",
            "In progress (2 port_pending)",
            "In progress (2 port_pending)",
            "Completed (2 completed)",
        ),
        accepted=ACCEPTED,
        supplements=False,
        parts=1,
        freeze_hours=48,
        told_to_move=False,
        takes_configuration=False,
        configures_first=False,
        configures_arrived=True,
        comments=False,
        returns=False,
        messaging=MessagingStatus.SETTLED,
        lists=True,
        lacks=NO_BILL,
        outage=AWAY,
        slows=True,
        locks=True,
    ),
    "bandwidth": Expected(
        raw=("SUBMITTED", "SUBMITTED", "FOC", "COMPLETE"),
        accepted=RECEIVED,
        supplements=True,
        parts=2,
        freeze_hours=24,
        told_to_move=True,
        takes_configuration=True,
        configures_first=False,
        configures_arrived=False,
        comments=True,
        returns=False,
        messaging=MessagingStatus.PORTED,
        lists=True,
        lacks=NO_LETTER,
        outage=AWAY,
        slows=True,
        locks=True,
    ),
    "email": Expected(
        raw=("mailed to lnp@other.example", "they say accepted", "they say foc", "they say ported"),
        accepted=ACCEPTED,
        supplements=True,
        parts=1,
        freeze_hours=None,
        told_to_move=False,
        takes_configuration=True,
        configures_first=None,
        configures_arrived=True,
        comments=True,
        returns=False,
        messaging=MessagingStatus.PORTED,
        lists=True,
        lacks=NO_LETTER,
        outage=LOST,
        slows=False,
        locks=False,
    ),
    "amazon_connect": Expected(
        raw=("case opened", "they say accepted", "they say foc", "they say ported"),
        accepted=ACCEPTED,
        supplements=True,
        parts=1,
        freeze_hours=None,
        told_to_move=False,
        takes_configuration=True,
        configures_first=False,
        configures_arrived=True,
        comments=True,
        returns=False,
        messaging=MessagingStatus.PORTED,
        lists=True,
        lacks=NO_LETTER,
        outage=AWAY,
        slows=True,
        locks=True,
    ),
}
