"""The activities as a port-out calls them; `send_notice` is shared with port orders."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from portolan.domain.effects import Failure
from portolan.domain.port_out.case import Case, Validation
from portolan.domain.port_out.effects import DeskAnswer, PortOutPublication, Validating
from workflows.calls import RECORD_RETRIES

#: A burst short enough for several of them to fit into the margin before the answer is due.
VALIDATION_RETRIES = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=4)
DESK_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=5),
    maximum_attempts=4,
    non_retryable_error_types=[Failure.REFUSED, Failure.UNAUTHORISED],
)
QUICK = timedelta(seconds=15)
DESK_TIME = timedelta(seconds=30)
#: A whole burst with its pauses; where no worker takes it up in that time, people have to hear of it.
DESK_PATIENCE = timedelta(minutes=3)
#: The records are told first; where even that finds no room, the answer must not wait for it.
RECORD_PATIENCE = timedelta(minutes=1)


async def validate(case: Case) -> Validation:
    """Compare the codes; they stay where they are kept.

    It ends when the answer has to be decided, be it that no worker takes it up; a request that came in too late for
    that is compared if it can be done at once.
    """
    found: Validation = await workflow.execute_activity(
        "validate_port_out",
        Validating.of(case.request),
        result_type=Validation,
        start_to_close_timeout=QUICK,
        schedule_to_close_timeout=max(case.decide_by - workflow.now(), QUICK),
        retry_policy=VALIDATION_RETRIES,
        summary="compare with our record",
    )
    return found


async def answer(case: Case) -> None:
    """Give the requesting carrier the answer that was decided; it is not waited for longer than a burst of tries."""
    told = DeskAnswer.of(case)
    await workflow.execute_activity(
        "answer_port_out",
        told,
        start_to_close_timeout=DESK_TIME,
        schedule_to_close_timeout=DESK_PATIENCE,
        retry_policy=DESK_RETRIES,
        summary=f"tell {case.request.requesting_carrier}: {told.answer.kind}",
    )


async def publish(case: Case) -> list[str]:
    """Write the port-out's row and audit entries, and try its notices once; durably, when it has ended.

    Returns:
        The keys of the notices that could not be sent at once.
    """
    told = case.model_copy(update={"unpublished": [], "unsent": []})
    publication = PortOutPublication(case=told, entries=case.unpublished, notices=case.unsent)
    if case.ended:
        undelivered: list[str] = await workflow.execute_activity(
            "publish_port_out",
            publication,
            result_type=list[str],
            start_to_close_timeout=timedelta(minutes=1),
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1)),
            summary=f"on record: {case.state}",
        )
    else:
        undelivered = await workflow.execute_local_activity(
            "publish_port_out",
            publication,
            result_type=list[str],
            start_to_close_timeout=timedelta(seconds=10),
            schedule_to_close_timeout=RECORD_PATIENCE,
            retry_policy=RECORD_RETRIES,
            summary=f"on record: {case.state}",
        )
    return undelivered
