"""What playbooks share: the defaults that hold where a jurisdiction says nothing, and the ways to write one down."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from portolan.domain.playbooks import cutover
from portolan.domain.playbooks.model import Playbook
from portolan.domain.playbooks.values import Value, unknown

#: What people should know beside the values of a policy. Every playbook has each of these; None: nothing was found.
FACTS: Mapping[str, str] = MappingProxyType(
    {
        "rules": "the texts it rests on",
        "initiator": "who starts the port",
        "steps": "what happens, in order",
        "calendar": "which days count",
        "csr_interval": "until the losing carrier's record of the account comes",
        "answer_interval": "until the losing carrier rejects or confirms",
        "activation_interval": "from the agreed date until the number works",
        "practical_time": "from submission to port, in practice",
        "lead_times": "the earliest date, by kind and count of numbers",
        "identifier_rules": "what identifies a number or account, its form, and when it is needed",
        "lawful_refusals": "what the losing carrier may refuse for",
        "rollback_note": "what a return is worth here",
        "compensation": "what a late or failed port costs the carrier",
        "complaint": "where to turn when a carrier obstructs",
        "notes": "what else to look out for",
    }
)

#: Why a statutory period is a default here: it obliges the carriers, not whoever asks them.
BINDS_CARRIERS = "the period binds the carriers: a sooner date can be asked for, and refused"
_RIGHT_TO_PORT = (
    "Article 106 of the European Electronic Communications Code gives end-users the right to port on request; "
    "{ground} is no ground in it to refuse"
)
#: Why two refusals have no ground in the member states of the European Union, by canonical code.
EECC_UNPAID = _RIGHT_TO_PORT.format(ground="a debt")
EECC_CONTRACT_TERM = _RIGHT_TO_PORT.format(ground="a running contract")
EECC_SOURCE = "Common reading; the article was not retrieved and national law may say more: compare before citing"
#: A fixed number's return in the member states of the European Union.
EECC_RETURN: Mapping[str, Value] = MappingProxyType(
    {
        "rollback_hours": Value(
            120,
            "S",
            "Policy default: migration practice has windows longer than 72 hours in parts of the EU, without a figure; "
            "no rule promises one, the losing carrier may refuse",
        ),
        "snapback_hours": Value(24, "U", "As in the United States; no figure for the EU was found"),
        "rollback_basis": Value(
            "snapback",
            "U",
            "A change of mind is at the losing carrier's discretion; article 106(6) of the European Electronic "
            "Communications Code, text not retrieved, has it reactivate the number of a port that failed",
        ),
    }
)

_DEFAULTS: Mapping[str, Value] = MappingProxyType(
    {
        **cutover.DEFAULTS,
        "loa_max_age_days": Value(30, "S", "Amazon Connect administrator guide: dated within 30 days of submission"),
        "loa_warning_days": Value(5, "U", "A working week to find the signer again"),
        "customer_silence_days": Value(30, "C", "AWS re:Post: after 30 days of silence a request may be closed"),
        "reminder_days": Value(7, "U", "Once a week, on the same weekday"),
        "carrier_silence_days": Value(5, "S", "Porting practice: a silent week is a normal week"),
        "foc_notice_hours": Value(4, "U", "Half a working day to have people at the cutover"),
        "foc_horizon_days": Value(180, "C", "Placetel: dates more than 180 days ahead are refused"),
        "freeze_hours": Value(24, "U", "As Bandwidth has it for the United States"),
        "rollback_hours": Value(
            72, "S", "Amazon Connect migration practice; no rule promises it, the losing carrier may refuse"
        ),
        "snapback_hours": Value(24, "C", "Bandwidth LNP codes 7432/7433: snapback within 24 h, then a win-back order"),
        "cutover_hours": Value(4, "U", "Later than half a working day, nobody is watching any more"),
        "port_back_hours": Value(4, "U", "Half a working day of tries after the window"),
        "retry_minutes": Value(60, "U", "Often enough for an outage of a carrier's system"),
        "portable": Value(True, "U", "Nothing known stands against it"),
        "not_portable_why": Value("", "U", "Nothing known stands against it"),
        "rollback_basis": Value(
            "snapback", "C", "Bandwidth glossary: a return is at the losing carrier's discretion, nobody's right"
        ),
        "bill_max_age_days": Value(30, "S", "Outreach: a bill from within the last 30 days"),
        "documents": Value(["loa"], "S", "Every gaining carrier of the founding material asks for a signed letter"),
        "identifiers": Value(["account_number"], "S", "Outreach, Talkroute: a missing account number is a rejection"),
        "compared_fields": Value([], "U", "Not known which, so all of them"),
        "signature_modes": Value(
            ["wet", "electronic"], "U", "No rule found against either; gaining and losing carriers narrow it down"
        ),
        "loa_template": Value("generic", "U", "A plain letter in English"),
        "loa_attachment_over": Value(None, "U", "No limit known: the letter lists all numbers"),
        "most_numbers": Value(None, "U", "No limit known; gaining carriers have theirs"),
        "lead_business_days": Value(3, "U", "Three business days, where nothing better is known"),
        "cutoff": Value("17:00", "U", "The end of the desk's day"),
        "desk_opens": Value("08:00", "U", "Usual office hours; a losing carrier's own replace them"),
        "desk_closes": Value("17:00", "U", "Usual office hours; a losing carrier's own replace them"),
        "desk_contact": Value("", "U", "Nobody has said; to be verified by phone a week before the cutover"),
        "activation_from": Value("00:00", "U", "No window known; gaining carriers have theirs"),
        "activation_until": Value("23:59", "U", "No window known; gaining carriers have theirs"),
        "activation_zone": Value("", "U", "The losing carrier's zone"),
        "retention_days": Value(730, "U", "47 CFR 64.1120 and 64.1130(j): two years; the text was not retrieved"),
        "unlawful_refusals": Value({}, "U", "No rule found against any ground"),
    }
)

_FACT_DEFAULTS: Mapping[str, Value] = MappingProxyType(
    {
        "initiator": Value("the gaining carrier", "U", "So everywhere, unless a playbook says otherwise"),
        "calendar": Value(
            "Monday to Friday, less the losing carrier's holidays; public holidays stand in where those are not known",
            "U",
            "No calendar is published by the carriers",
        ),
        "practical_time": unknown("Practical duration"),
        "rules": unknown("Rule"),
        "steps": unknown("Sequence"),
        "csr_interval": unknown("Interval"),
        "answer_interval": unknown("Interval"),
        "activation_interval": unknown("Interval"),
        "lead_times": Value(None, "U", "No table; `lead_business_days` holds for any count"),
        "identifier_rules": unknown("Form of an identifier"),
        "lawful_refusals": unknown("List of grounds"),
        "rollback_note": Value(
            "A return within the window is a request that the losing carrier may refuse; after it, a new port",
            "S",
            "Migration practice has 72 hours, and no rule was found that gives them",
        ),
        "compensation": unknown("Amount"),
        "complaint": unknown("Path"),
        "notes": unknown("Anything else"),
    }
)


def playbook(
    code: str,
    title: str,
    country: str,
    number_classes: tuple[str, ...],
    regulator: str,
    values: Mapping[str, Value],
    facts: Mapping[str, Value],
) -> Playbook:
    """A playbook; what it does not say itself are the defaults above.

    Raises:
        ValueError: It names a value or fact that there is none of, or says no time zone.
    """
    return _made(code, title, country, number_classes, regulator, _DEFAULTS, values, _FACT_DEFAULTS, facts)


def overlay(
    base: Playbook,
    code: str,
    title: str,
    country: str,
    number_classes: tuple[str, ...],
    regulator: str,
    values: Mapping[str, Value],
    facts: Mapping[str, Value],
) -> Playbook:
    """A playbook that is like another one but for what it says itself; raises as `playbook` does."""
    return _made(code, title, country, number_classes, regulator, base.values, values, base.facts, facts)


def _made(
    code: str,
    title: str,
    country: str,
    number_classes: tuple[str, ...],
    regulator: str,
    base_values: Mapping[str, Value],
    values: Mapping[str, Value],
    base_facts: Mapping[str, Value],
    facts: Mapping[str, Value],
) -> Playbook:
    strangers = sorted((set(values) - {*_DEFAULTS, "time_zone"}) | (set(facts) - set(FACTS)))
    if strangers:
        raise ValueError(f"{code} has {', '.join(strangers)}, which no playbook has")
    own = {**base_values, **values}
    if "time_zone" not in own:
        raise ValueError(f"{code} has no time_zone")
    told = {**base_facts, **facts}
    return Playbook(
        code,
        title,
        country,
        number_classes,
        regulator,
        MappingProxyType(own),
        MappingProxyType({name: told[name] for name in FACTS}),
    )
