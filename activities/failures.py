"""How an error of the library becomes a failure that the workflow can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.exceptions import ApplicationError

from portolan.domain.effects import Failure
from portolan.domain.errors import (
    CarrierRateLimited,
    CarrierRefused,
    CarrierRejected,
    CarrierUnauthorised,
    NumberTaken,
    PortolanError,
)

PERMANENT = (CarrierRefused, CarrierUnauthorised, NumberTaken)
#: The same for errors whose classes take long to load.
PERMANENT_CODES = frozenset({"signature_refused"})


@contextmanager
def reported() -> Iterator[None]:
    """Report errors by their code: permanent ones at once, others after Temporal's retries.

    Only their own words go into histories: what they were raised from may hold a credential or a PIN.
    """
    try:
        yield
    except PortolanError as error:
        wait = error.retry_after if isinstance(error, CarrierRateLimited) else None
        final = isinstance(error, PERMANENT) or error.code in PERMANENT_CODES
        reasons = [reason.model_dump() for reason in error.reasons] if isinstance(error, CarrierRejected) else None
        details = [reasons] if reasons else []
        raise ApplicationError(
            str(error), *details, type=error.code, non_retryable=final, next_retry_delay=wait
        ) from None


def too_late(kind: Failure, text: str) -> ApplicationError:
    """What must not happen after its deadline did not happen."""
    return ApplicationError(text, type=kind, non_retryable=True)
