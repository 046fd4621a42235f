"""The activities as the workflow calls them: by name, typed, with time-outs, retries and a summary for the UI.

Retries belong to Temporal: a short burst of tries, then the order tells people and waits before the next burst. What
must not happen late is bounded inside the activity, by its `not_after`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    FailureError,
    TimeoutError,
    TimeoutType,
)

from portolan.domain.carrier import (
    SECRETS,
    BridgeAnswer,
    BridgeWanted,
    CarrierOrder,
    MessagingStatus,
    NumberConfiguration,
    PortBack,
    SendKind,
    Submission,
    send_key,
)
from portolan.domain.effects import (
    CarrierCall,
    Configuring,
    Cure,
    Delivery,
    Failure,
    Judgement,
    Judging,
    LetterWanted,
    Look,
    LookUp,
    Messaging,
    Publication,
    Rejected,
    SignReturn,
    Split,
    carrier_queue,
    workflow_id,
)
from portolan.domain.order import Order
from portolan.domain.order_request import OrderRequest
from portolan.domain.port_backs import Asked
from portolan.domain.readiness import activate_until
from portolan.domain.rejections import Rejection
from portolan.domain.returning import give_up_at
from portolan.domain.telling import Notice
from portolan.domain.testcalls import CallResult, CallsWanted
from portolan.domain.words import summary

T = TypeVar("T")

CARRIER_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=5),
    backoff_coefficient=2,
    maximum_attempts=4,
    non_retryable_error_types=[
        Failure.REFUSED,
        Failure.UNAUTHORISED,
        Failure.LOA_STALE,
        Failure.TOO_LATE,
        Failure.ON_HOLD,
    ],
)
CARRIER_TIME = timedelta(minutes=1)
#: Some carriers are asked about one number at a time, and upload documents one by one.
LONG_TIME = timedelta(minutes=5)
#: An account that nobody works for is told to people, rather than waited for.
UNATTENDED = timedelta(minutes=30)
#: Few: while a local activity is tried again, the order neither goes on nor answers.
RECORD_RETRIES = RetryPolicy(initial_interval=timedelta(seconds=0.5), maximum_attempts=3)
NOTICE_RETRIES = RetryPolicy(initial_interval=timedelta(seconds=30), maximum_interval=timedelta(hours=1))
NOTICE_PATIENCE = timedelta(days=1)


#: Orders that began before have no local activities for what Portolan knows, and no letters.
KNOWLEDGE = "knowledge-in-activities"


def knows() -> bool:
    """Whether judging and letters are activities in this order.

    Asked for first when the workflow is built: right after a local activity the answer could differ in a replay,
    where the activity's result may arrive one workflow task earlier than the marker of the patch.
    """
    return workflow.patched(KNOWLEDGE)


def failure_of(error: FailureError) -> tuple[str, str]:
    """The type and text of what made an activity fail."""
    cause = error.cause if isinstance(error, ActivityError) else error
    if isinstance(cause, ApplicationError):
        return cause.type or "unknown", cause.message
    if isinstance(cause, TimeoutError):
        if cause.type is TimeoutType.SCHEDULE_TO_START:
            return Failure.UNAVAILABLE, "no worker took the call in time: is the account set up where workers run?"
        return Failure.OUTCOME_UNKNOWN, "no answer in time"
    return "unknown", str(cause or error)


def reasons_of(error: ActivityError) -> list[Rejection]:
    """The canonical reasons for which a carrier refused a sending; none where it gave none."""
    cause = error.cause
    details = cause.details if isinstance(cause, ApplicationError) else ()
    return [Rejection.model_validate(reason) for reason in details[0]] if details else []


async def _carrier(
    name: str, order: Order, result: type[T], args: Sequence[Any], words: str, takes: timedelta = CARRIER_TIME
) -> T:
    """Call a carrier, in a burst of tries, on the task queue of its account where it has one."""
    request = order.request
    queue = carrier_queue(workflow.info().task_queue, request.gaining_carrier) if request.own_queue else None
    found: T = await workflow.execute_activity(
        name,
        args=args,
        result_type=result,
        task_queue=queue,
        schedule_to_start_timeout=UNATTENDED if queue else None,
        start_to_close_timeout=takes,
        retry_policy=CARRIER_RETRIES,
        summary=words,
    )
    return found


def _call(order: Order, reason: str = "") -> CarrierCall:
    return CarrierCall(
        carrier=order.request.gaining_carrier,
        order_id=order.order_id,
        carrier_order_id=order.carrier_order_id,
        key=send_key(order.order_id, order.attempt),
        numbers=order.request.numbers,
        losing_carrier=order.request.losing_carrier,
        account_number=order.account.account_number,
        reason=reason,
    )


async def look_up_numbers(order: Order) -> LookUp:
    """Whether the gaining carrier can take each number, and the losing carrier's record of the account."""
    words = f"portability at {order.request.gaining_carrier}, record at {order.request.losing_carrier}"
    return await _carrier("look_up_numbers", order, LookUp, [_call(order)], words, LONG_TIME)


async def submit_order(order: Order) -> CarrierOrder:
    """Send the order once under its attempt's key; the activity looks there before it sends."""
    needs_loa = order.send is not SendKind.NEW_DATE
    submission = Submission(
        key=send_key(order.order_id, order.attempt),
        order_id=order.order_id,
        attempt=order.attempt,
        kind=order.send,
        carrier_order_id=order.carrier_order_id,
        numbers=order.request.numbers,
        account=order.account,
        losing_carrier=order.request.losing_carrier,
        country=order.request.country,
        number_class=order.request.number_class,
        customer=order.request.customer,
        signer_email=order.request.customer_contact.email,
        loa_signed_on=order.loa.signed_on if needs_loa and order.loa else None,
        loa_document=order.loa.document if needs_loa and order.loa else None,
        activation=order.request.activation,
        configuration=order.request.configuration,
        requested_foc_on=order.requested_foc_on,
        not_after=order.loa.expires_at if needs_loa and order.loa else None,
        # While other orders still port numbers of the account, nothing on it may cease.
        remaining="keep" if order.request.siblings else order.remaining,
        new_btn=order.new_btn,
        resp_org=order.request.resp_org,
        needs=[kind for kind in SECRETS if needs_loa and kind in order.policy.identifiers],
    )
    words = f"send to {order.request.gaining_carrier}, attempt {order.attempt}"
    return await _carrier(
        "submit_order", order, CarrierOrder, [order.request.gaining_carrier, submission], words, LONG_TIME
    )


async def fetch_order(order: Order) -> CarrierOrder:
    """What the carrier says of the order now: the truth."""
    return await _carrier(
        "fetch_order", order, CarrierOrder, [_call(order)], f"ask {order.request.gaining_carrier} how the order stands"
    )


async def cancel_order(order: Order) -> None:
    """Withdraw whatever the carrier holds under our reference."""
    await _carrier(
        "cancel_order", order, object, [_call(order, order.cancel_reason)], f"cancel at {order.request.gaining_carrier}"
    )


async def activate_order(order: Order) -> CarrierOrder:
    """Move the numbers: the pivot."""
    call = _call(order)
    if order.foc_at and not order.activated_at:
        call.not_after = activate_until(order)
    return await _carrier("activate_order", order, CarrierOrder, [call], "move the numbers")


async def configure_numbers(order: Order, configuration: NumberConfiguration) -> bool:
    """Give the numbers what they need; False where the carrier takes it only once they have arrived."""
    wanted = Configuring(call=_call(order), configuration=configuration)
    words = f"configure at {order.request.gaining_carrier}"
    done = await _carrier("configure_numbers", order, object, [wanted], words, LONG_TIME)
    return done is not False


async def unconfigure_numbers(order: Order) -> None:
    """Take from the numbers what they were given."""
    words = f"take the configuration down at {order.request.gaining_carrier}"
    await _carrier("unconfigure_numbers", order, object, [_call(order)], words, LONG_TIME)


async def look_for_proof(order: Order) -> Look:
    """The carrier's word for each number, and an independent look at where calls to it go."""
    return await _carrier(
        "look_for_proof", order, Look, [_call(order)], "look for proof: carrier and routing", LONG_TIME
    )


async def make_test_calls(order: Order, wanted: CallsWanted) -> list[CallResult]:
    """Have the dialer make the calls of one slot."""
    words = f"{len(wanted.calls)} test calls by {wanted.tester}"
    return await _carrier("make_test_calls", order, list[CallResult], [wanted], words)


async def settle_messaging(order: Order) -> dict[str, MessagingStatus]:
    """Where the messaging of each number is; those that arrived join their campaign."""
    wanted = order.request.messaging
    asked = Messaging(call=_call(order), campaign=wanted.campaign if wanted else "")
    words = "how the messaging stands"
    return await _carrier("settle_messaging", order, dict[str, MessagingStatus], [asked], words, LONG_TIME)


def _bridge(order: Order) -> BridgeWanted:
    return BridgeWanted(key=f"{order.order_id}:bridge", order_id=order.order_id, numbers=order.request.numbers)


async def build_bridge(order: Order) -> BridgeAnswer:
    """Claim the numbers of the bridge, once, and look whether calls come through."""
    args = [order.request.gaining_carrier, _bridge(order)]
    return await _carrier("build_bridge", order, BridgeAnswer, args, f"bridge at {order.request.gaining_carrier}")


async def remove_bridge(order: Order) -> None:
    """Release what was claimed for the bridge."""
    args = [order.request.gaining_carrier, _bridge(order)]
    await _carrier("remove_bridge", order, object, args, f"remove the bridge at {order.request.gaining_carrier}")


async def sign_return(order: Order, asked: Asked) -> str:
    """Sign the pre-filled letter of return in the decision-maker's name; the SHA-256 of the signed letter."""
    wanted = LetterWanted.of(order, "rollback")
    letter: str = await workflow.execute_activity(
        "sign_return",
        SignReturn(wanted=wanted, signed_by=asked.by, signed_at=asked.decided_at),
        result_type=str,
        start_to_close_timeout=CARRIER_TIME,
        retry_policy=RetryPolicy(maximum_attempts=3),
        summary=f"letter of return, signed by {asked.by}",
    )
    return letter


async def port_back_order(order: Order) -> CarrierOrder:
    """Return the numbers to the losing carrier, on the decision-maker's authority."""
    if not (order.carrier_order_id and order.returns):
        raise ValueError("a port-back needs an activated order and a decision")
    asked = order.returns[-1]
    back = PortBack(
        key=f"{order.order_id}:port-back:{asked.stage}",
        order_id=order.order_id,
        carrier_order_id=order.carrier_order_id,
        decided_by=f"{asked.by} and {asked.second}" if asked.second else asked.by,
        reason=asked.reason,
        decided_at=asked.decided_at,
        stage=asked.stage,
        not_after=give_up_at(order, asked),
        evidence=asked.evidence,
        letter=asked.letter,
    )
    return await _carrier(
        "port_back_order",
        order,
        CarrierOrder,
        [order.request.gaining_carrier, back],
        f"port back ({back.stage}), decided by {back.decided_by}",
    )


async def _known(name: str, result: type[T], args: Sequence[Any], words: str) -> T:
    """Ask Portolan's own knowledge, or its records: quick and on the worker's own machine."""
    found: T = await workflow.execute_local_activity(
        name,
        args=args,
        result_type=result,
        start_to_close_timeout=timedelta(seconds=10),
        retry_policy=RECORD_RETRIES,
        summary=words,
    )
    return found


async def judge_account(order: Order) -> Judgement:
    """Compare the account with the losing carrier's record, as well as this release can."""
    return await _known("judge_account", Judgement, [Judging.of(order)], "compare the account with the record")


async def judge_rejection(order: Order) -> Cure:
    """What a rejection calls for, as well as this release can tell."""
    case = Rejected.of(order, workflow.now())
    return await _known("judge_rejection", Cure, [case], "what the rejection calls for")


async def render_letter(order: Order) -> str:
    """Have the letter that is wanted in the document store; its SHA-256."""
    kind = order.letter_wanted
    return await _known("render_letter", str, [LetterWanted.of(order, kind)], f"render the {kind} letter")


async def split_order(order: Order, request: OrderRequest) -> None:
    """Reserve the numbers that are split out for their own order, and start it; it has a life of its own."""
    await workflow.execute_activity(
        "split_order",
        Split(
            parent=order.order_id, request=request, workflow_id=workflow_id(request.order_id), summary=summary(request)
        ),
        start_to_close_timeout=timedelta(minutes=1),
        retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1)),
        summary=f"{len(request.numbers)} numbers go on as {request.order_id}",
    )


async def publish(order: Order) -> list[str]:
    """Write the order's rows and audit entries, and try its notices once.

    A running order does it as a local activity, which costs one marker, and gives up after a while: what was not
    written stays in the order and is written with the next. An ended order does it durably, for as long as it takes.

    Returns:
        The keys of the notices that could not be sent at once.
    """
    told = order.model_copy(update={"unpublished": [], "unsent": []})
    publication = Publication(order=told, entries=order.unpublished, notices=order.unsent)
    if order.ended:
        undelivered: list[str] = await workflow.execute_activity(
            "publish_order",
            publication,
            result_type=list[str],
            start_to_close_timeout=timedelta(minutes=1),
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1)),
            summary=f"on record: {order.state}",
        )
    else:
        undelivered = await workflow.execute_local_activity(
            "publish_order",
            publication,
            result_type=list[str],
            start_to_close_timeout=timedelta(seconds=10),
            retry_policy=RECORD_RETRIES,
            summary=f"on record: {order.state}",
        )
    return undelivered


async def send_notice(notice: Notice) -> None:
    """Send a notice durably, for a day. A port never waits for it."""
    try:
        await workflow.execute_activity(
            "send_notice",
            Delivery(notice=notice),
            start_to_close_timeout=timedelta(minutes=1),
            schedule_to_close_timeout=NOTICE_PATIENCE,
            retry_policy=NOTICE_RETRIES,
            summary=notice.kind,
        )
    except ActivityError:
        workflow.logger.error("notice was not delivered", extra={"notice": notice.key})
