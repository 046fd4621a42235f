"""What people read about a request to release numbers."""

from __future__ import annotations

import re
import string
from collections.abc import Callable

import pytest

from portolan.domain.port_out.case import Case, CodeCheck, Validation
from portolan.domain.port_out.clocks import lapse, next_deadline
from portolan.domain.port_out.decisions import take_unreadable
from portolan.domain.port_out.outcomes import answered, not_cancelled, not_done, validated
from portolan.domain.port_out.states import PortOutState
from portolan.domain.telling import Notice, NoticeKind
from portolan.notifications.mail import recipients
from portolan.notifications.port_out_templates import PORT_OUTS
from portolan.notifications.rendering import SUBJECT_LENGTH, WIDTH, Text, render
from portolan.notifications.template import Audience
from tests.domain.port_out.builders import LOCKED, NOW, NUMBERS, awaiting, in_state, new, say

S = PortOutState


def _said(case: Case, *kinds: str, **fields: str) -> Case:
    for kind in kinds:
        say(case, kind, NOW, **fields)
    return case


def _lapsed() -> Case:
    case = in_state(S.RELEASED)
    deadline = next_deadline(case)
    assert deadline
    lapse(case, deadline, deadline.at)
    return case


def _late_refusal() -> Case:
    case = new()
    validated(case, Validation(codes=dict.fromkeys(NUMBERS, CodeCheck.DIFFERENT)), NOW)
    answered(case, case.answer_by.replace(year=2027))
    return case


def _with(done: Callable[[Case], None], case: Case) -> Case:
    done(case)
    return case


STORIES: dict[str, tuple[Callable[[], Case], NoticeKind]] = {
    "requested": (new, NoticeKind.PORT_OUT_REQUESTED),
    "requested, locked": (lambda: new(on_file=LOCKED), NoticeKind.PORT_OUT_REQUESTED),
    "denied": (lambda: _said(awaiting(), "deny"), NoticeKind.PORT_OUT_HELD),
    "denied by somebody": (lambda: _said(awaiting(), "deny", verified=""), NoticeKind.PORT_OUT_HELD),
    "held for fraud": (lambda: _said(awaiting(), "hold_for_fraud"), NoticeKind.PORT_OUT_HELD),
    "released": (lambda: in_state(S.RELEASED), NoticeKind.PORT_OUT_RELEASED),
    "refused": (lambda: in_state(S.REFUSED), NoticeKind.PORT_OUT_REFUSED),
    "refused late": (_late_refusal, NoticeKind.PORT_OUT_ATTENTION),
    "ported": (lambda: in_state(S.PORTED), NoticeKind.PORT_OUT_CLOSED),
    "withdrawn": (lambda: in_state(S.WITHDRAWN), NoticeKind.PORT_OUT_CLOSED),
    "lapsed": (_lapsed, NoticeKind.PORT_OUT_CLOSED),
    "denied too late": (lambda: _said(in_state(S.RELEASED), "deny"), NoticeKind.PORT_OUT_ATTENTION),
    "no line": (
        lambda: _with(lambda c: not_done(c, "no line", NOW), in_state(S.ANSWERING)),
        NoticeKind.PORT_OUT_ATTENTION,
    ),
    "no record": (lambda: _with(lambda c: not_done(c, "away", NOW), new()), NoticeKind.PORT_OUT_ATTENTION),
    "cancelled": (lambda: _with(lambda c: not_cancelled(c, NOW), awaiting()), NoticeKind.PORT_OUT_ATTENTION),
    "unreadable": (
        lambda: _with(lambda c: take_unreadable(c, "deny", "by is missing", NOW), awaiting()),
        NoticeKind.PORT_OUT_ATTENTION,
    ),
    "noted": (
        lambda: _with(lambda c: validated(c, Validation(notes=[f"{NUMBERS[0]} is new"]), NOW), new()),
        NoticeKind.PORT_OUT_ATTENTION,
    ),
}


def notice_of(story: str) -> Notice:
    """The last notice of a story."""
    tell, kind = STORIES[story]
    notice = tell().unsent[-1]
    assert notice.kind is kind, (story, notice.kind)
    return notice


def texts(story: str) -> dict[tuple[Audience, ...], Text]:
    notice = notice_of(story)
    return {who.roles: render(notice, who.contact, who.roles) for who in recipients(notice)}


def words(story: str, audience: Audience) -> str:
    return " ".join(texts(story)[(audience,)].body.split())


def test_every_kind_has_a_story() -> None:
    assert {kind for _, kind in STORIES.values()} == set(PORT_OUTS)
    assert set(PORT_OUTS) == {kind for kind in NoticeKind if kind.startswith("port_out_")}


@pytest.mark.parametrize("kind", PORT_OUTS)
def test_the_customer_is_told_of_everything_but_our_own_work(kind: NoticeKind) -> None:
    customer = () if kind is NoticeKind.PORT_OUT_ATTENTION else (Audience.CUSTOMER,)
    assert PORT_OUTS[kind].audiences == (*customer, Audience.COORDINATOR)


@pytest.mark.parametrize("kind", PORT_OUTS)
def test_templates_use_only_facts_that_the_notice_carries(kind: NoticeKind) -> None:
    carried = set.intersection(*(set(notice_of(story).facts) for story, (_, of) in STORIES.items() if of is kind))
    template = PORT_OUTS[kind]
    for text in (template.subject, template.happened, template.meaning, *template.todo.values()):
        used = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        assert used <= carried | {"numbers", "order_id", "coordinator"}


@pytest.mark.parametrize("story", STORIES)
def test_mails_are_whole_and_show_no_number(story: str) -> None:
    for text in texts(story).values():
        whole = text.subject + text.body
        assert "not known]" not in whole
        assert "{" not in whole
        assert ".." not in text.body
        for title in ("What happened", "What it means", "What to do", "Who to ask"):
            assert f"\n{title}\n" in text.body
        assert len(text.subject) <= SUBJECT_LENGTH
        assert max(map(len, text.body.splitlines())) <= WIDTH
        digits = re.sub(r"\D", "", whole)
        assert all(number[-7:] not in digits for number in NUMBERS)


def test_the_customer_learns_what_to_do_before_when() -> None:
    text = words("requested", Audience.CUSTOMER)
    assert "If you did not ask for this, tell Charles Babbage at once, before 2026-11-25 14:00 UTC" in text
    assert "the request is released on 2026-11-25 14:00 UTC" in text
    assert "the request is refused because of your lock on" in words("requested, locked", Audience.CUSTOMER)


def test_the_coordinator_learns_what_a_denial_leads_to() -> None:
    denied = words("denied", Audience.COORDINATOR)
    assert "the request is refused for what the customer said on 2026-11-25 14:00 UTC" in denied
    doubted = words("denied by somebody", Audience.COORDINATOR)
    assert "nobody has checked who they are" in doubted
    assert "the request is released on 2026-11-25 14:00 UTC" in doubted
    assert "the request is released on" in words("held for fraud", Audience.COORDINATOR)
