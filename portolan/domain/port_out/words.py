"""A port-out in words, for the Temporal UI, the terminal and e-mails."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from portolan.domain.foc import in_words
from portolan.domain.port_out.case import Case, PortOutRequest
from portolan.domain.port_out.clocks import next_deadline
from portolan.domain.port_out.grounds import Ground
from portolan.domain.port_out.judging import standing
from portolan.domain.port_out.objections import ALLOWED
from portolan.domain.port_out.states import STATES, PortOutState
from portolan.domain.states import Turn
from portolan.domain.words import SUMMARY_BYTES


class ToDo(NamedTuple):
    """Something a person can do now: who, what, until when."""

    turn: Turn
    what: str
    until: datetime


def summary(request: PortOutRequest) -> str:
    """One line that never changes: `2 US geographic numbers, asked for by Other Telco`."""
    count = len(request.numbers)
    what = f"{count} {request.country} {request.number_class.replace('_', '-')} number{'s' if count > 1 else ''}"
    text = f"{what}, asked for by {request.requesting_carrier}"
    return text.encode()[:SUMMARY_BYTES].decode(errors="ignore")


def to_do(case: Case, now: datetime) -> list[ToDo]:
    """What people can do before the answer goes out by itself, or have to do because Portolan cannot."""
    name, found = case.port_out_id, []
    if case.trouble:
        found.append(ToDo(Turn.COORDINATOR, f"Portolan cannot do its part by itself: {case.trouble}", case.answer_by))
    if case.state is PortOutState.AWAITING_CUSTOMER:
        lock = f"lift the lock (portolan port-out unlock {name}), then " if case.locked(now) else ""
        words = f"{lock}say yes (portolan port-out confirm {name}) or no (portolan port-out deny {name})"
        found.append(ToDo(Turn.CUSTOMER, words[0].upper() + words[1:], case.decide_by))
    if case.hold:
        confirm = f"confirm it (portolan port-out refuse {name} --ground {Ground.FRAUD_CONFIRMED}) or "
        confirm = confirm if Ground.FRAUD_CONFIRMED in case.policy.grounds else ""
        words = f"Look into {case.hold.said.sign.replace('_', ' ')}: {confirm}end the hold (portolan port-out release)"
        found.append(ToDo(Turn.COORDINATOR, words, case.hold.until))
    if case.denied and not case.answer:
        if case.denied.counts:
            words = f"Speak with the account holder: refuse ({Ground.CUSTOMER_DENIES}), or have them confirm after all"
        else:
            words = (
                f"Find out whether {case.denied.by} speaks for the account holder; if so, enter how they were "
                f"recognised (portolan port-out deny {name} --verified) or have another person deny it, too"
            )
        found.append(ToDo(Turn.COORDINATOR, words, case.decide_by))
    return found


def details(case: Case, now: datetime) -> str:
    """Where it stands, what goes out by itself and when, and what people can do, as Markdown."""
    deadline = next_deadline(case)
    lines = [
        f"{summary(case.request)} as {case.request.carrier_reference}.",
        f"**{case.state.replace('_', ' ')}**: {STATES[case.state].meaning}.",
        f"Whose turn: **{case.turn}**. Next: {deadline.in_words() if deadline else 'nothing more'}.",
    ]
    if case.answer is None:
        found = standing(case, now)
        words = f"refused: {'; '.join(one.in_words() for one in found)}" if found else "released"
        lines.append(f"The answer is due {in_words(case.answer_by)} ({case.policy.answer_source}); by itself: {words}.")
    if case.answer is not None and case.answer.kind == "refused":
        for ground, basis in case.answer.basis.items():
            lines.append(f"Ground {ground}: {basis.rule} ({basis.provenance}: {basis.source}).")
    lines += [f"Note: {note}." for note in (case.validation.notes if case.validation else [])]
    if case.outcome:
        lines.append(case.outcome)
    lines += [f"- {todo.turn}, until {in_words(todo.until)}: {todo.what}." for todo in to_do(case, now)]
    if not case.ended:
        allowed = [kind for kind, states in ALLOWED.items() if case.state in states]
        lines.append(f"Messages it takes now: {', '.join(allowed)}.")
    return "\n\n".join(lines)
