"""What Bandwidth looks at before it sends an order: its numbers, its date, what it has to name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from starlette.responses import Response

from portolan.carriers.bandwidth import xml
from portolan.domain.rejections import Rejection
from portolan.simulator.bandwidth import views
from portolan.simulator.bandwidth.words import (
    NANP,
    VENDOR,
    Fault,
    answer,
    e164,
    errors,
    is_free,
    national,
    read,
    rejected,
)
from portolan.simulator.engine import Simulator, grouped
from portolan.simulator.facade import Call, Operation
from portolan.simulator.orders import PortOrder

NOT_NANP, BUSY, SITE, TOO_SOON, TOO_FAR, NO_BUSINESS_DAY, APART, ELEMENT = (
    "7201", "7205", "7309", "7209", "7210", "7207", "7363", "7100",
)  # fmt: skip
LONGEST = timedelta(days=30)
ROOT = "NumberPortabilityResponse"
#: Where reasons for which a number cannot be ported are told: by its place, or by its carrier.
OF_PLACES = frozenset({"RATE_CENTER", "NO_INTERCONNECT"})
NEEDED = ("LoaAuthorizingPerson", "Subscriber", "BillingTelephoneNumber")


class Checks:
    """Looks at numbers and orders."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def operations(self) -> list[Operation]:
        """The portability check."""
        return [
            Operation("LnpChecker", "POST", "/accounts/{account}/lnpchecker", self.portability, "check_portability")
        ]

    def portability(self, call: Call) -> Response:
        """Which numbers can be ported, by rate centre and losing carrier; those of one place can go together."""
        given = [text.removeprefix("+1") for text in xml.texts(read(call, "NumberPortabilityRequest"), "Tn")]
        faults = [Fault(NOT_NANP, f"{text} is not a valid NANP telephone number.") for text in given
                  if not NANP.fullmatch(text)]  # fmt: skip
        numbers = [e164(text) for text in given if NANP.fullmatch(text)]
        faults += self.taken(numbers)
        if faults or not numbers:
            return answer(ROOT, {"Errors": errors(faults or [Fault(ELEMENT, "TnList is missing.")])}, 400)
        stuck = self.stuck(numbers)
        going = [number for number in numbers if number not in stuck]
        groups = self.groups(going)
        here, elsewhere = (groups[0], groups[1:]) if groups else ([], [])
        barred = [number for number in stuck if stuck[number] not in OF_PLACES]
        places: list[xml.Value] = [_place(f"PLACE {index}", group) for index, group in enumerate(elsewhere, 2)]
        no_place = [number for number in stuck if stuck[number] in OF_PLACES]
        return answer(
            ROOT,
            {
                "PortType": "AUTOMATED",
                "SupportedRateCenters": {"RateCenterGroup": [_place("PLACE 1", here)] if here else []},
                "UnsupportedRateCenters": {"RateCenterGroup": [_place("NOWHERE", no_place)] if no_place else []},
                "PartnerSupportedRateCenters": {"RateCenterGroup": places},
                "SupportedLosingCarriers": {"LosingCarrierTnList": [_carrier(going)] if going else []},
                "UnsupportedLosingCarriers": {"LosingCarrierTnList": [_carrier(barred)] if barred else []},
            },
        )

    def stuck(self, numbers: Sequence[str]) -> dict[str, str]:
        """Numbers that cannot be ported, by any script, each with the reason."""
        found: dict[str, str] = {}
        for script in self._simulator.store.scripts().values():
            found |= {number: why for number, why in script.not_portable.items() if number in numbers}
        return found

    def groups(self, numbers: Sequence[str]) -> list[list[str]]:
        """Numbers that can go together, by the scripts that name them; toll-free ones go by themselves."""
        split: list[list[str]] = []
        for script in self._simulator.store.scripts().values():
            split += [group for group in script.split if set(group) & set(numbers)]
        local, free = [n for n in numbers if not is_free(n)], [n for n in numbers if is_free(n)]
        return [*(grouped(split, local) if local else []), *([free] if free else [])]

    def lacking(self, order: PortOrder) -> list[Fault]:
        """What an order has to name and does not."""
        given = order.fields["given"]
        found = [] if "SiteId" in given else [Fault(SITE, "The site id was not supplied or is invalid.")]
        if not order.numbers:
            found.append(Fault(ELEMENT, "ListOfPhoneNumbers is missing."))
        if not any(map(is_free, order.numbers)):
            found += [Fault(ELEMENT, f"{name} is missing.") for name in NEEDED if name not in given]
        return found

    def unportable(self, numbers: Sequence[str]) -> list[Fault]:
        """Numbers that cannot be ported, as faults."""
        return [rejected(Rejection(code=why, numbers=[number])) for number, why in self.stuck(numbers).items()]

    def taken(self, numbers: Sequence[str], besides: str = "") -> list[Fault]:
        """Numbers that are in an order that was sent and has not ended, as a fault.

        Args:
            besides: The id of an order that does not count.
        """
        busy: set[str] = set()
        for order in self._simulator.store.orders(VENDOR):
            ended = order.draft or order.over or order.held.activated_at is not None
            if order.id != besides and not ended:
                busy |= set(order.numbers)
        found = [number for number in numbers if number in busy]
        return [Fault(BUSY, "Telephone number is already being processed on another order", found)] if found else []

    def faults(self, order: PortOrder, now: datetime, before: Sequence[str] = ()) -> list[Fault]:
        """What is wrong with an order as a whole.

        Args:
            before: The numbers it had, where it is changed.
        """
        odd = [number for number in order.numbers if not NANP.fullmatch(national(number))]
        if odd:
            return [Fault(NOT_NANP, f"{odd[0]} is not a valid NANP telephone number.", odd)]
        found = self.unportable(order.numbers)
        found += self.taken(order.numbers, order.id)
        if order.numbers != list(before) and len(self.groups(order.numbers)) > 1:
            found.append(Fault(APART, "The telephone numbers cannot be ported in one order."))
        at = order.requested_foc
        if at:
            ahead = at.astimezone(views.ZONE).date() - now.astimezone(views.ZONE).date()
            if ahead < timedelta(0):
                found.append(Fault(TOO_SOON, "The requested FOC date is in the past."))
            elif ahead > LONGEST:
                found.append(Fault(TOO_FAR, "The requested FOC date is more than 30 days ahead."))
            elif at.astimezone(views.ZONE).weekday() > 4:
                found.append(Fault(NO_BUSINESS_DAY, "The requested FOC date is no business day."))
        return found


def _place(name: str, numbers: Sequence[str]) -> dict[str, xml.Value]:
    tns: xml.Value = {"Tn": [national(number) for number in numbers]}
    return {"RateCenter": name, "City": name, "State": "MA", "LATA": "128", "TnList": tns}


def _carrier(numbers: Sequence[str]) -> dict[str, xml.Value]:
    return {
        "LosingCarrierSPID": views.LOSING_SPID,
        "LosingCarrierName": views.LOSING,
        "LosingCarrierIsWireless": False,
        "LosingCarrierAccountNumberRequired": False,
        "LosingCarrierMinimumPortingInterval": 1,
        "TnList": {"Tn": [national(number) for number in numbers]},
    }
