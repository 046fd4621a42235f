"""What mails say, for every way in which the domain gives notice."""

from __future__ import annotations

import re
import string

import pytest

from portolan.domain.telling import Contact, NoticeKind
from portolan.notifications.mail import recipients
from portolan.notifications.port_out_templates import PORT_OUTS
from portolan.notifications.rendering import SUBJECT_LENGTH, WIDTH, Text, hide_numbers, one_line, render
from portolan.notifications.templates import TEMPLATES, Audience
from tests.notifications.orders import NUMBERS, STORIES, a_notice, new_order, notice_of

#: What orders tell; requests to release numbers have stories of their own.
KINDS = [kind for kind in NoticeKind if kind not in PORT_OUTS]


def texts(story: str) -> list[tuple[tuple[Audience, ...], Text]]:
    notice = notice_of(story)
    return [(who.roles, render(notice, who.contact, who.roles)) for who in recipients(notice)]


def test_every_kind_has_a_template_and_a_story():
    assert set(TEMPLATES) == set(NoticeKind)
    assert {kind for _, kind in STORIES.values()} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_coordinator_is_always_told_and_the_customer_of_all_that_is_not_our_own_work(kind):
    audiences = set(TEMPLATES[kind].audiences)
    assert Audience.COORDINATOR in audiences
    assert (Audience.CUSTOMER in audiences) is (
        kind
        not in {
            NoticeKind.ACTION_NEEDED,
            NoticeKind.ROLLBACK_REFUSED,
            NoticeKind.UNPROVEN,
            NoticeKind.RED_GATES,
            NoticeKind.HALF_PORTED,
        }
    )


@pytest.mark.parametrize("kind", KINDS)
def test_templates_use_only_facts_that_the_notice_carries(kind):
    stories = [story for story, (_, ends_with) in STORIES.items() if ends_with is kind]
    carried = set.intersection(*(set(notice_of(story).facts) for story in stories))
    added = {"numbers", "order_id", "coordinator", "coordinator_email", "decision_maker", "decision_maker_email"}
    template = TEMPLATES[kind]
    for text in (template.subject, template.happened, template.meaning, *template.todo.values()):
        used = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        assert used <= carried | added, (kind, used - carried - added)
    for fact, text in template.also.items():
        used = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        assert fact in used
        assert used - {fact} <= carried | added


@pytest.mark.parametrize("story", STORIES)
def test_mails_are_whole(story):
    for roles, text in texts(story):
        assert "not known]" not in text.subject + text.body
        assert "{" not in text.subject + text.body
        assert ".." not in text.body
        for title in ("What happened", "What it means", "What to do", "Who to ask"):
            assert f"\n{title}\n" in text.body, roles
        assert len(text.subject) <= SUBJECT_LENGTH
        assert max(map(len, text.body.splitlines())) <= WIDTH


@pytest.mark.parametrize("story", STORIES)
def test_no_full_number_leaves_in_a_mail(story):
    for _, text in texts(story):
        digits = re.sub(r"\D", "", text.subject + text.body)
        for number in (*NUMBERS, "9876543210", "1234567890"):
            assert number.lstrip("+") not in digits
            assert number[-7:] not in digits


@pytest.mark.parametrize("story", STORIES)
def test_no_mail_promises_a_rollback(story):
    for _, text in texts(story):
        words = " ".join(text.body.split())
        if re.search(r"asked? \S+ ?back|decide on a return|return of the numbers", words):
            assert "may refuse" in words or "can no longer be asked back" in words or "no decision" in words.lower()


def test_a_rejection_says_why_and_what_to_do():
    for _, text in texts("rejected"):
        words = " ".join(text.body.split())
        assert "the company or customer name is not the one on the losing carrier's record" in words
        assert "copy the name from the customer service record, character for character" in words
        assert "'ACME Limited'" in words


@pytest.mark.parametrize("story", ["completed", "completed without window", "completed, port-back refused"])
def test_completion_closes_the_window_and_warns_of_cancelling_too_early(story):
    text = dict(texts(story))[(Audience.CUSTOMER,)]
    words = " ".join(text.body.split())
    assert "The rollback window has closed and the port is completed." in words
    assert "may be cancelled only after your own checks" in words


@pytest.mark.parametrize("story", ["port-back refused", "port-back too late"])
def test_whoever_decided_on_a_return_is_told_that_and_why_it_did_not_happen(story):
    told = dict(texts(story))
    assert set(told) == {(Audience.COORDINATOR,), (Audience.DECISION_MAKER,)}
    words = " ".join(told[(Audience.DECISION_MAKER,)].body.split())
    assert "was asked for and did not happen" in words
    assert ("Old Telco says no" if story == "port-back refused" else "has passed") in words
    assert "new port" in words


def test_numbers_not_in_service_are_told_to_those_who_can_act_with_the_time_left():
    told = dict(texts("unproven"))
    assert set(told) == {(Audience.COORDINATOR,), (Audience.DECISION_MAKER,)}
    for text in told.values():
        words = " ".join(text.body.split())
        assert "1 of 3 numbers are not proven in service" in words
        assert "until 2026-11-20 15:00 UTC" in words
    assert "any return is yours to decide" in " ".join(told[(Audience.DECISION_MAKER,)].body.split())


def words(story: str, role: Audience) -> str:
    """What that reader is told, on one line."""
    return " ".join(dict(texts(story))[(role,)].body.split())


def test_red_gates_are_named_with_the_date_and_who_can_let_them_pass():
    told = words("red gates", Audience.DECISION_MAKER)
    assert "confirmed by phone the FOC and that somebody is on duty" in told
    assert "Go, by the decision-maker" in told
    assert "The numbers are to move on 2026-11-17 15:00 UTC." in told
    assert "Only you can let the numbers move" in told
    assert "portolan sign-off" in words("red gates at the date", Audience.COORDINATOR)


def test_a_port_that_is_half_done_is_explained_with_the_time_left():
    told = words("half ported", Audience.COORDINATOR)
    assert "one to three business days" in told
    assert "The numbers can be asked back until 2026-11-20 15:00 UTC; Old Telco may refuse." in told


def test_everybody_is_told_that_a_return_was_ordered_and_that_it_may_be_refused():
    told = dict(texts("rollback ordered"))
    assert set(told) == {(audience,) for audience in Audience}
    for text in told.values():
        said = " ".join(text.body.split())
        assert "What was asked for is a snapback." in said
        assert "It may refuse" in said
        assert "Snapback: the losing carrier simply takes the numbers back" in said
        assert "no inbound calls on" in said


def test_a_bridge_that_carries_is_told_with_where_the_calls_go():
    told = words("bridged", Audience.CUSTOMER)
    assert "The calls are forwarded to sip:acme-1@bridge.example." in told
    assert "No number has moved" in told


@pytest.mark.parametrize(
    ("story", "fact", "value", "said"),
    [
        ("window closing", "left", "6 h", "That leaves 6 h."),
        (
            "window closing",
            "undo",
            "win-back, until 2026-11-20.",
            "What can be undone now: win-back, until 2026-11-20.",
        ),
        ("completed", "old_service", "The old service may be cancelled: proven.", "may be cancelled: proven."),
        ("red gates", "until", "2026-11-16 15:00 UTC", "They are due by 2026-11-16 15:00 UTC."),
        ("rollback ordered", "until", "2026-11-20 19:00 UTC", "It is tried until 2026-11-20 19:00 UTC."),
    ],
)
def test_what_only_some_notices_know_is_added_and_not_missed(story, fact, value, said):
    notice = notice_of(story)
    reader = notice.contacts["coordinator"]
    notice.facts[fact] = value
    assert said in " ".join(render(notice, reader, [Audience.COORDINATOR]).body.split())
    for nothing in ("", None):
        notice.facts.pop(fact, None)
        if nothing is not None:
            notice.facts[fact] = nothing
        body = " ".join(render(notice, reader, [Audience.COORDINATOR]).body.split())
        assert said not in body
        assert "not known]" not in body


def test_deadlines_are_named():
    assert "2026-11-17 15:00 UTC" in dict(texts("FOC confirmed"))[(Audience.CUSTOMER,)].subject
    words = " ".join(dict(texts("cutover done"))[(Audience.DECISION_MAKER,)].body.split())
    assert "before 2026-11-20 15:00 UTC, better before 2026-11-18 15:00 UTC" in words


def test_words_of_the_trade_are_explained_where_they_occur():
    assert "LOA: letter of authorization" in texts("signature needed, LOA expired")[0][1].body
    assert "LOA:" not in texts("submitted")[0][1].body


def test_a_missing_fact_leaves_a_gap_and_no_crash():
    notice = a_notice(NoticeKind.FOC_CONFIRMED)
    del notice.facts["foc"]
    text = render(notice, notice.contacts["customer"], [Audience.CUSTOMER])
    assert "[foc not known]" in text.subject


def test_braces_in_facts_are_only_text():
    notice = a_notice(NoticeKind.CANCELLED)
    notice.facts["why"] = "{customer.__class__} {0} {"
    assert "{customer.__class__} {0} {" in render(notice, notice.contacts["customer"], [Audience.CUSTOMER]).body


def test_a_contact_that_is_missing_is_left_out():
    notice = a_notice(NoticeKind.COMPLETED)
    del notice.contacts["decision_maker"], notice.contacts["coordinator"]
    (only,) = recipients(notice)
    assert "[coordinator not known]" in render(notice, only.contact, only.roles).body


def test_one_number_reads_as_one():
    notice = a_notice(NoticeKind.CUTOVER_DONE, new_order(numbers=NUMBERS[:1]))
    assert render(notice, notice.contacts["customer"], [Audience.CUSTOMER]).subject.startswith("1 number has moved")


def test_a_person_in_two_roles_reads_both_and_gets_one_mail():
    both = Contact(name="Cora Dean", email="CORA@porting.example ")
    notice = a_notice(NoticeKind.CUTOVER_DONE, new_order(decision_maker=both))
    people = recipients(notice)
    assert [who.name for who in people] == ["zoe@customer.example", "cora@porting.example"]
    body = render(notice, people[1].contact, people[1].roles).body
    assert "As coordinator:" in body
    assert "As decision maker:" in body


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("+12025550143: no", "…43: no"),
        ("call (202) 555-0143 or 202.555.0144", "call …43 or …44"),
        ("+44 20 7946 0018, 020 7946 0018", "…18, …18"),
        ("0049 30/1234567", "…67"),
        ("tel:2025550143.", "tel:…43."),
        ("+1\u2011202\u2011555\u20110143", "…43"),
        ("from 2026-11-17 15:00 UTC", "from 2026-11-17 15:00 UTC"),
        ("2026-11-17 2025550143", "2026-11-17 …43"),
        ("on 17.11.2026 and 11/17/2026", "on 17.11.2026 and 11/17/2026"),
        ("order 123e4567-e89b-12d3-a456-426614174000", "order 123e4567-e89b-12d3-a456-426614174000"),
        ("30 days, 4 h, error 503", "30 days, 4 h, error 503"),
    ],
)
def test_numbers_are_hidden_and_dates_are_not(said, hidden):
    assert hide_numbers(said) == hidden


def test_one_line_takes_away_what_could_mislead():
    assert one_line("a\r\nBcc: b\x00\u2028c\u202ed\ud800e") == "a Bcc: b cd e"


def test_very_long_reasons_are_cut():
    notice = a_notice(NoticeKind.NOT_PORTABLE)
    notice.facts["why"] = "; ".join(f"+1202555{n:04d}: rate centre is closed" for n in range(500))
    body = render(notice, notice.contacts["customer"], [Audience.CUSTOMER]).body
    assert len(body) < 4000
    assert "(cut; the order has it all)" in " ".join(body.split())
