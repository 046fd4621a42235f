"""A notice as subject and text for one reader: facts filled in, numbers hidden, lines wrapped."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Collection, Mapping
from typing import NamedTuple

from portolan.domain.telling import Contact, Notice
from portolan.notifications.templates import TEMPLATES, Audience, Template

WIDTH = 76
SUBJECT_LENGTH = 150
#: An order of hundreds of numbers can have as many reasons.
WHY_LENGTH = 2000

#: Dates and UUIDs look like phone numbers but are kept; they are tried first.
_DIGITS = re.compile(
    r"(?P<keep>\b\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2})?\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{4}\b"
    r"|\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b)"
    r"|(?<![\w+])\+?\(?\d(?:[\s()./\u2010-\u2015-]{0,3}\d){6,}(?!\w)"
)
_DIRECTION = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


#: Words of the trade that reasons may contain; they are explained where they occur.
GLOSSARY = {
    "CSR": "the losing carrier's record of the account",
    "FOC": "the date and time at which the numbers move",
    "LOA": "letter of authorization, the signed permission to move the numbers",
    "LRN": "the switch to which the network sends calls to a number",
    "NPAC": "the registry of ported numbers in North America",
    "port-back": "the return of moved numbers to the losing carrier",
    "snapback": "the losing carrier simply takes the numbers back, within the first hours",
    "SPID": "the code of the carrier that serves a number",
    "win-back": "the losing carrier makes a port of its own to get the numbers back",
}


class Text(NamedTuple):
    """A mail's subject and plain text."""

    subject: str
    body: str


class _Facts(dict[str, str]):
    """A fact that is missing leaves a clear gap, not a crash: a mail with a gap is better than none."""

    def __missing__(self, name: str) -> str:
        return f"[{name} not known]"


def one_line(text: str) -> str:
    """Without line breaks, control characters and marks that turn the direction of reading."""
    kept = (
        " " if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} else "" if sign in _DIRECTION else sign
        for sign in text
    )
    return " ".join("".join(kept).split())


def hide_numbers(text: str) -> str:
    """Phone and account numbers shortened to their last two digits; dates stay."""
    return _DIGITS.sub(lambda found: found["keep"] or "\u2026" + re.sub(r"\D", "", found[0])[-2:], text)


def render(notice: Notice, reader: Contact, roles: Collection[Audience]) -> Text:
    """What the notice says to a person in these roles (a person may have several)."""
    template = TEMPLATES[notice.kind]
    facts = _facts(notice)
    todo = [
        (f"As {role.replace('_', ' ')}: " if len(roles) > 1 else "") + said.format_map(facts)
        for role, said in template.todo.items()
        if role in roles
    ]
    sections = {
        "What happened": [template.happened.format_map(facts)],
        "What it means": [" ".join(_meaning(template, facts)).format_map(facts)],
        "What to do": todo,
        "Who to ask": [_whom_to_ask(roles).format_map(facts)],
    }
    paragraphs = [f"Dear {one_line(reader.name) or 'reader'},"]
    for title, said in sections.items():
        paragraphs += [f"{title}\n{_wrapped(said[0])}", *map(_wrapped, said[1:])]
    foot = "Order {order_id}, {reference}: {numbers} of {customer}, {losing_carrier} to {gaining_carrier}."
    hint = "All times are UTC. Of phone and account numbers mails show the last two digits at most; the order has all."
    known = " ".join(paragraphs).casefold()
    words = [f"{word}: {means}." for word, means in GLOSSARY.items() if word.casefold() in re.split(r"[^\w-]", known)]
    paragraphs += [_wrapped(" ".join(words))] if words else []
    paragraphs.append(f"-- \n{_wrapped(foot.format_map(facts))}\n{_wrapped(hint)}")
    subject = _tidy(template.subject.format_map(facts))
    return Text(textwrap.shorten(subject, SUBJECT_LENGTH, placeholder=" ..."), "\n\n".join(paragraphs) + "\n")


def _meaning(template: Template, facts: Mapping[str, str]) -> list[str]:
    """What the notice means, with a sentence for each fact that not every one has."""
    return [template.meaning, *(said for fact, said in template.also.items() if facts.get(fact))]


def _facts(notice: Notice) -> Mapping[str, str]:
    """The notice's own facts, made safe, and what can be said of every order."""
    facts = _Facts(
        {name: one_line(fact if name == "carrier_order" else hide_numbers(fact)) for name, fact in notice.facts.items()}
    )
    for fact in ("undo", "items"):
        if fact in facts:
            facts[fact] = facts[fact].rstrip(" .")
    if "why" in facts:
        facts["why"] = textwrap.shorten(
            facts["why"], WHY_LENGTH, placeholder=" \u2026 (cut; the order has it all)"
        ).rstrip(" .")
    if "count" in facts:
        facts["numbers"] = f"{facts['count']} number{'' if facts['count'] == '1' else 's'}"
    facts["order_id"] = one_line(notice.order_id)
    for role in (Audience.COORDINATOR, Audience.DECISION_MAKER):
        if role in notice.contacts:
            facts[role] = one_line(notice.contacts[role].name)
            facts[f"{role}_email"] = one_line(notice.contacts[role].email)
    return facts


def _whom_to_ask(roles: Collection[Audience]) -> str:
    if set(roles) == {Audience.COORDINATOR}:
        return "The porting desk of {gaining_carrier}, naming the order."
    return (
        "{coordinator} ({coordinator_email}), who coordinates this move; answering this mail reaches the same person."
    )


def _tidy(text: str) -> str:
    """Facts are written for many places; here a sentence may start with one, or a verb follow a single number."""
    text = re.sub(r"\b(1 number) (have|are)\b", lambda m: f"{m[1]} {'has' if m[2] == 'have' else 'is'}", text)
    return text[:1].upper() + text[1:]


def _wrapped(text: str) -> str:
    return textwrap.fill(_tidy(text), WIDTH, break_long_words=False, break_on_hyphens=False)
