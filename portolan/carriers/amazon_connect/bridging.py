"""Bridges of a Connect instance: a claimed number for each legacy one, chosen in the book before it is claimed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from portolan.carriers.amazon_connect.instance import Instance, client_token
from portolan.carriers.desk.book import Case, CaseKind, DeskBook
from portolan.domain.carrier import BridgeAnswer, BridgeWanted
from portolan.domain.errors import CarrierRefused, CarrierUnavailable


class Bridges:
    """The bridges of one account."""

    def __init__(self, account: str, instance: Instance, book: DeskBook, clock: Callable[[], datetime]) -> None:
        self._account, self._instance, self._book, self._clock = account, instance, book, clock

    def build(self, wanted: BridgeWanted) -> BridgeAnswer:
        """Claim what is not claimed yet; where the bridge was removed since, nothing is claimed again.

        Raises:
            CarrierRefused: There is no number to claim.
            CarrierUnavailable: A chosen number was gone; the next try chooses another one.
        """
        now = self._clock()
        case = self._book.open_desk_case(
            Case(
                case_id=wanted.key,
                carrier=self._account,
                order_id=wanted.order_id,
                kind=CaseKind.BRIDGE,
                numbers=wanted.numbers,
                opened_at=now,
                touched_at=now,
            )
        )
        if case.closed_at:
            return BridgeAnswer(claimed={}, forward_to="")
        there = self._instance.numbers()
        for legacy in dict.fromkeys(wanted.numbers):
            chosen = case.claimed.get(legacy)
            if chosen is None:
                case = self._choose(case, legacy)
                chosen = case.claimed[legacy]
            if chosen not in there:
                self._claim(case, legacy, chosen)
        return _answer(case)

    def _choose(self, case: Case, legacy: str) -> Case:
        found = self._instance.available(legacy)
        return self._book.change_desk_case(case.case_id, lambda it: it.but(claimed={legacy: found, **it.claimed}))

    def _claim(self, case: Case, legacy: str, chosen: str) -> None:
        described = f"Portolan bridge {case.case_id} for {legacy}"
        try:
            claimed = self._instance.claim(chosen, described, client_token(case.case_id, legacy, chosen))
        except CarrierRefused:
            self._drop(case, legacy)
            raise
        if not claimed:
            self._drop(case, legacy)
            raise CarrierUnavailable(f"{chosen} was claimed by somebody else meanwhile; another one is chosen.")

    def _drop(self, case: Case, legacy: str) -> None:
        self._book.change_desk_case(
            case.case_id, lambda it: it.but(claimed={one: to for one, to in it.claimed.items() if one != legacy})
        )

    def bridge(self, key: str) -> BridgeAnswer | None:
        """The bridge with this key, if every number of it is claimed; the instance is the truth of that."""
        case = self._book.desk_case(key)
        if case is None or case.kind is not CaseKind.BRIDGE or case.closed_at:
            return None
        chosen = [case.claimed.get(legacy) for legacy in case.numbers]
        there = self._instance.numbers() if all(chosen) else {}
        return _answer(case) if chosen and all(number in there for number in chosen) else None

    def remove(self, key: str) -> None:
        """Release every number that was chosen for the bridge and is in the instance."""
        case = self._book.desk_case(key)
        if case is None or case.kind is not CaseKind.BRIDGE or case.closed_at:
            return
        there, now = self._instance.numbers(), self._clock()
        for legacy, chosen in case.claimed.items():
            if chosen in there:
                self._instance.release(there[chosen].phone_number_id, client_token("release", key, legacy, chosen))
        self._book.change_desk_case(key, lambda it: it.but(closed_at=now, touched_at=now))


def _answer(case: Case) -> BridgeAnswer:
    claimed = {legacy: case.claimed[legacy] for legacy in case.numbers}
    return BridgeAnswer(claimed=claimed, forward_to=", ".join(claimed.values()))
