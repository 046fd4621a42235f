"""An order in words, for the Temporal UI, the terminal and e-mails."""

from __future__ import annotations

from portolan.domain.clocks import business_deadline
from portolan.domain.cutover_words import cutover_lines
from portolan.domain.foc import in_words
from portolan.domain.order import Order
from portolan.domain.order_request import OrderRequest
from portolan.domain.refusals import possible_answers
from portolan.domain.states import STATES

#: What Temporal takes of a workflow's static summary, in bytes; of its details it takes more than this.
SUMMARY_BYTES = 200
DETAILS_LENGTH = 5000


def summary(request: OrderRequest) -> str:
    """One line that never changes: `3 US geographic numbers, Old Telco to simulated`."""
    count = len(request.numbers)
    what = f"{count} {request.country} {request.number_class.replace('_', '-')} number{'s' if count > 1 else ''}"
    text = f"{what}, {request.losing_carrier} to {request.gaining_carrier}"
    return text.encode()[:SUMMARY_BYTES].decode(errors="ignore")


def details(order: Order) -> str:
    """Where the order stands, whose turn it is, the next deadline and the open tasks, as Markdown."""
    deadline = business_deadline(order)
    lines = [
        f"{summary(order.request)}.",
        f"**{order.state.replace('_', ' ')}**: {STATES[order.state].meaning}.",
        f"Whose turn: **{order.turn}**. Next: {deadline.in_words() if deadline else 'nothing more'}.",
    ]
    if order.hold:
        until = f" until {in_words(order.hold.until)}" if order.hold.until else ""
        lines.append(f"**On hold** by {order.hold.by}{until}: {order.hold.reason}.")
    if order.foc_at:
        lines.append(f"FOC: {in_words(order.foc_at)}.")
    lines += cutover_lines(order)
    if order.loa:
        sent = f"LOA signed {order.loa.signed_on}, may be sent until {in_words(order.loa.expires_at)}."
        lines.append(f"{sent} {order.loa.advice if not order.foc_at else ''}".strip())
    if order.rollback_until and not order.ended:
        lines.append(
            f"Rollback can be asked for until {in_words(order.rollback_until)}; the losing carrier may refuse."
        )
    if order.policy.desk_contact and not order.ended:
        desk = f"{order.policy.desk_opens} to {order.policy.desk_closes}, {order.policy.time_zone}"
        lines.append(f"The losing carrier's desk ({desk}): {order.policy.desk_contact}.")
    for kind, digest in order.letters.items():
        how = f"portolan letter {order.order_id}{' --rollback' if kind == 'rollback' else ''}"
        lines.append(f"The {kind} letter, unsigned: `{how}` (sha256 {digest[:12]}).")
    for child in order.splits:
        lines.append(f"Numbers were split out into {child}.")
    for one in order.policy.overridden:
        source = f" ({one.source})" if one.source else ""
        lines.append(f"Overridden by {one.by}{source}: {one.name} is {one.became}, the playbook says {one.was}.")
    lines += order.request.advice if not order.ended else []
    if order.outcome and order.ended:
        lines.append(order.outcome)
    for task in order.open_tasks:
        possible = possible_answers(order, task)
        answers = f" Answers: {', '.join(possible)}." if possible else ""
        lines.append(f"- task `{task.task_id}` ({task.turn}): {task.detail}.{answers}".replace("..", "."))
    if order.last_refusal:
        lines.append(f"Last refused: {order.last_refusal}")
    text = "\n\n".join(lines)
    return text if len(text) <= DETAILS_LENGTH else text[:DETAILS_LENGTH] + " ..."
