"""Every error Portolan raises on purpose, grouped by what a caller does about it.

PortolanError                 code, message; `remedy` says what to do
├── RequestInvalid            fix the named faults of the request file and send it again
├── NumberTaken               the number is already in a live order: finish or cancel that one
├── NotFound                  no such order, task or project: check the name
├── DecisionRefused           the order does not allow this now: `refusal` says why and what instead
├── ConfigurationError        a setting is missing or wrong: change it
└── CarrierError              a call to a carrier did not end well
    ├── CarrierUnavailable    nothing happened there: try again later
    │   └── CarrierRateLimited  ... not before `retry_after`
    ├── OutcomeUnknown        something may have happened: look by reference before sending again
    ├── CarrierRefused        it will not: a person decides
    │   ├── CarrierRejected       ... for reasons that the taxonomy of rejections knows
    │   └── CarrierInvalid        ... because what was sent is not what it takes
    └── CarrierUnauthorised   our credentials or permissions: an operator acts
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from portolan.domain.refusals import Refusal
    from portolan.domain.rejections import Rejection


class PortolanError(Exception):
    """Base of all deliberate errors.

    Args:
        message: What is wrong, in words for a person.
        remedy: What to do about it.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, remedy: str = "") -> None:
        self.message = message
        self.remedy = remedy
        super().__init__(f"{message} {remedy}".strip())


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a request: where (a path such as `orders[2].numbers[0]`, with the line if known)."""

    where: str
    what: str
    line: int | None = None

    def __str__(self) -> str:
        at = f"line {self.line}, " if self.line else ""
        return f"{at}{self.where}: {self.what}"


class RequestInvalid(PortolanError):
    """The request file has faults; all of them are listed."""

    code = "request_invalid"

    def __init__(self, faults: Sequence[Fault], source: str = "the request") -> None:
        self.faults = tuple(faults)
        lines = "\n".join(f"  - {fault}" for fault in self.faults)
        super().__init__(f"{source} has {len(self.faults)} fault(s):\n{lines}\n", "Nothing was started.")


class NumberTaken(PortolanError):
    """A number is already in another live order."""

    code = "number_taken"

    def __init__(self, number: str, order_id: str) -> None:
        self.number = number
        self.order_id = order_id
        super().__init__(
            f"{number} is already in the live order {order_id}.",
            f"Finish or cancel {order_id} first, or leave the number out.",
        )


class NotFound(PortolanError):
    """Nothing by that name."""

    code = "not_found"

    def __init__(self, what: str, name: str) -> None:
        self.name = name
        super().__init__(f"There is no {what} {name!r}.", "`portolan list` shows the orders there are.")


class DecisionRefused(PortolanError):
    """The order does not allow the decision now."""

    code = "decision_refused"

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.reason, refusal.instead)


class ConfigurationError(PortolanError):
    """A setting is missing or wrong."""

    code = "configuration"


class CarrierError(PortolanError):
    """A call to a carrier did not end well."""

    code = "carrier"


class CarrierUnavailable(CarrierError):
    """The carrier could not be reached or said so; nothing happened there."""

    code = "carrier_unavailable"


class CarrierRateLimited(CarrierUnavailable):
    """The carrier asks to slow down."""

    code = "carrier_rate_limited"

    def __init__(self, message: str, retry_after: timedelta) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class OutcomeUnknown(CarrierError):
    """The call may have taken effect: look by our reference before sending anything again."""

    code = "outcome_unknown"


class CarrierRefused(CarrierError):
    """The carrier answered that it will not do this."""

    code = "carrier_refused"


class CarrierRejected(CarrierRefused):
    """The carrier does not take the order, for these reasons; nothing of it is held there."""

    def __init__(self, reasons: Sequence[Rejection], remedy: str = "") -> None:
        self.reasons = tuple(reasons)
        said = "; ".join(f"{reason.code}: {reason.text or reason.vendor_code}" for reason in self.reasons)
        super().__init__(f"The carrier does not take the order: {said}.", remedy)


class CarrierInvalid(CarrierRefused):
    """The carrier cannot read what was sent, or a limit of its own is passed: the data have to change."""


class CarrierUnauthorised(CarrierError):
    """The carrier does not accept our credentials."""

    code = "carrier_unauthorised"
