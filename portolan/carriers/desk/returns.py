"""Port-backs at carriers that have no call for them: the desk is asked once, and a person enters what it says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from portolan.carriers.desk.book import Case, CaseKind, DeskBook
from portolan.domain.carrier import CarrierOrder, CarrierStatus, Consent, NumberStatus, PortBack
from portolan.domain.foc import in_words


class DeskReturns:
    """Implements `Returns` for one carrier account.

    Args:
        book: Where the cases are kept.
        account: The name of the carrier account.
        clock: The time, aware UTC.
    """

    def __init__(self, book: DeskBook, account: str, clock: Callable[[], datetime]) -> None:
        self._book, self._account, self._clock = book, account, clock

    def ask(self, request: PortBack, tell: Callable[[str], None]) -> None:
        """Open the case and have the desk asked, each once for a key.

        `tell` may be called again where it raised, or where the process ended before that was noted: carriers say the
        same words once.
        """
        now = self._clock()
        case = self._book.open_desk_case(
            Case(
                case_id=request.key,
                carrier=self._account,
                order_id=request.order_id,
                kind=CaseKind.PORT_BACK,
                about=request.carrier_order_id,
                stage=request.stage,
                consent=Consent.REQUESTED,
                opened_at=now,
                touched_at=now,
            )
        )
        if case.told_at is None:
            tell(asking(request))
            self._book.change_desk_case(case.case_id, lambda it: it.but(told_at=it.told_at or now))

    def seen(self, order: CarrierOrder) -> CarrierOrder:
        """The order with what was entered for the newest port-back of it; as it is where none was asked for."""
        cases = self._book.desk_cases(
            carrier=self._account, about=order.carrier_order_id, kind=CaseKind.PORT_BACK, live=None
        )
        if not cases or order.status is CarrierStatus.PORTED_BACK:
            return order
        newest = max(cases, key=lambda case: case.opened_at)
        changes: dict[str, object] = {"consent": newest.consent, "consent_why": newest.consent_why}
        back = next((case for case in cases if case.status is CarrierStatus.PORTED_BACK), None)
        if back:
            changes |= {
                "status": CarrierStatus.PORTED_BACK,
                "raw_status": back.raw_status or order.raw_status,
                "numbers": dict.fromkeys(order.numbers, NumberStatus.RETURNED),
                "consent": Consent.CONSENTED,
                "updated_at": back.answered_at or order.updated_at,
            }
        elif newest.consent is Consent.REQUESTED:
            asked = (
                f"The losing carrier is asked to take the numbers back ({newest.stage.replace('_', '-')}): enter what "
                f"it says with `portolan desk return {newest.order_id} consented`, refused or returned."
            )
            changes["asks"] = " ".join(filter(None, (order.asks, asked)))
        return order.model_copy(update=changes)


def asking(request: PortBack) -> str:
    """The words in which a desk is asked to see numbers returned; the same for the same request."""
    lines = [
        f"Port-back request {request.key} for your order {request.carrier_order_id}.",
        f"Please have the numbers of this order returned to the losing carrier ({request.stage.replace('_', '-')}).",
        f"Decided by {request.decided_by} on {in_words(request.decided_at)}: {request.reason}.",
        f"It is of use until {in_words(request.not_after)}; tell us at once whether the losing carrier consents.",
    ]
    if request.evidence:
        lines += ["What shows that it is needed:", *(f"- {one}" for one in request.evidence)]
    if request.letter:
        lines.append(f"The letter of return is signed: SHA-256 {request.letter}; say where to send it.")
    return "\n".join(lines)
