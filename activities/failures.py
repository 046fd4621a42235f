"""How an error of the library becomes a failure that the workflow can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.exceptions import ApplicationError

from portolan.domain.effects import Failure
from portolan.domain.errors import CarrierRateLimited, CarrierRefused, CarrierUnauthorised, NumberTaken, PortolanError

PERMANENT = (CarrierRefused, CarrierUnauthorised, NumberTaken)
#: The same for errors whose classes take long to load.
PERMANENT_CODES = frozenset({"signature_refused"})


@contextmanager
def reported() -> Iterator[None]:
    """Report errors by their code: permanent ones at once, others after Temporal's retries."""
    try:
        yield
    except PortolanError as error:
        wait = error.retry_after if isinstance(error, CarrierRateLimited) else None
        final = isinstance(error, PERMANENT) or error.code in PERMANENT_CODES
        raise ApplicationError(str(error), type=error.code, non_retryable=final, next_retry_delay=wait) from error


def too_late(kind: Failure, text: str) -> ApplicationError:
    """What must not happen after its deadline did not happen."""
    return ApplicationError(text, type=kind, non_retryable=True)
