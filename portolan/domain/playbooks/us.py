"""The United States: local numbers, simple ports of them, and wireless numbers."""

from __future__ import annotations

from portolan.domain.playbooks.common import BINDS_CARRIERS, overlay, playbook
from portolan.domain.playbooks.cutover import messaging_apart
from portolan.domain.playbooks.toll_free import TOLL_FREE
from portolan.domain.playbooks.values import Value, days, hours

_FCC_2003 = "FCC 03-237, section B, heading seen"
_ONLY_SIMPLE_FIELDS = "47 CFR 52.36 lists the data that may be required for a simple port; {field} is not among them"


def is_simple(*, une: bool, lines_on_account: int, complex_translations: bool, reseller: bool) -> bool:
    """Whether a US wireline or intermodal port is a simple one, which has to be done in one business day.

    The definition is FCC 07-188 and 09-41 as commonly cited; their text was not retrieved.

    Args:
        une: Whether unbundled network elements are involved.
        lines_on_account: Lines on the account; one line out of several is not simple.
        complex_translations: Whether the switch does more than plain service: Centrex, ISDN, AIN, remote call
            forwarding, several services on the loop.
        reseller: Whether a reseller stands between; interconnected VoIP of class 1 or 2 is none (FCC DOC-339018).

    Raises:
        ValueError: An account with fewer than one line has nothing to port.
    """
    if lines_on_account < 1:
        raise ValueError(f"{lines_on_account} lines: an account that is ported has at least one")
    return not une and lines_on_account == 1 and not complex_translations and not reseller


US_LOCAL = playbook(
    "US-LOCAL",
    "United States, local numbers",
    "US",
    ("geographic",),
    "FCC (47 CFR 52.35)",
    values={
        "time_zone": Value(
            "America/New_York",
            "U",
            "Seat of most national porting desks; 47 CFR 52.35 counts in the predominant zone of the number's region, "
            "so give another where that differs",
        ),
        "foc_horizon_days": Value(30, "C", "Bandwidth: the FOC may be at most 30 days out"),
        "freeze_hours": Value(24, "C", "Bandwidth: no change or cancel when the FOC is less than 24 h away"),
        "documents": Value(
            ["loa", "bill"], "S", "Outreach, Talkroute, LeadCenter: the letter and the latest bill or its stand-in"
        ),
        "compared_fields": Value(
            [
                "entity_name",
                "authorized_person",
                "service_address",
                "postal_code",
                "account_number",
                "btn",
                "numbers",
                "pin",
            ],
            "S",
            "Outreach: each is among the causes of rejection; about 60 % of rejections are addresses (Bandwidth)",
        ),
        "loa_template": Value("us_local", "U", "A letter with the elements of 47 CFR 64.1130"),
        "lead_business_days": Value(4, "U", f"The four business days of 47 CFR 52.35(d); {BINDS_CARRIERS}"),
        "desk_opens": Value("08:00", "U", "The least that 47 CFR 52.35(d) asks of a desk; some open longer"),
        "desk_closes": Value("17:00", "U", "The least that 47 CFR 52.35(d) asks of a desk; some close later"),
        **messaging_apart(
            3, "Telnyx: nine in ten within ten minutes, the rest in one or two business days; exceptions in 72 h"
        ),
        "inadvertent_unlimited": Value(
            True, "I", "LNPA best practice 42 (PIM 53): both carriers restore service, whatever the time since"
        ),
        "win_back_cost": Value(
            "charged as an expedited port, some 300 US dollars", "P", "VoIP Innovations; each carrier has its own price"
        ),
        "unlawful_refusals": Value(
            {
                "UNPAID": "A carrier may not hold a number back for a balance due (FCC 03-237)",
                "CONTRACT_TERM": "A running contract or an early termination fee is the customer's affair with the "
                "carrier and no ground to hold the number back (FCC 03-237)",
            },
            "L",
            _FCC_2003,
        ),
    },
    facts={
        "rules": Value(["47 CFR 52.35", "47 CFR 52.36", "47 CFR 64.1130", "FCC 03-237"], "L", "eCFR; FCC"),
        "steps": Value(
            [
                "pull the customer service record, or take the latest bill in its place",
                "sign the letter from the record's own characters",
                "the gaining carrier sends the local service request",
                "the losing carrier rejects it or confirms a date (FOC)",
                "both carriers enter the date with the NPAC",
                "the gaining carrier activates on the date; the number moves at once",
            ],
            "I",
            "NANC flows: non-simple LSR/FOC, SV create",
        ),
        "calendar": Value(
            "Monday to Friday, less the holidays that the losing carrier itself keeps",
            "L",
            "47 CFR 52.35(a); public holidays stand in, because carriers do not publish theirs",
        ),
        "csr_interval": Value(
            hours(24, "clock"),
            "U",
            "NANC flow, text not retrieved; founding material says 48 h, carriers take two or three business days, and "
            "none is obliged to (Bandwidth: 30 % never do)",
        ),
        "answer_interval": Value(
            hours(24, "clock"), "I", "NANC narrative, step 7: 24 hours without weekends unless agreed otherwise"
        ),
        "activation_interval": Value(days(4), "L", "47 CFR 52.35(d): from the request to the port"),
        "practical_time": Value(
            "5 to 15 business days; projects with several carriers up to 6 weeks",
            "S",
            "Migration practice; Amazon Connect says two to four weeks",
        ),
        "identifier_rules": Value(
            {
                "account_number": "as the losing carrier writes it; of a resold service, the underlying carrier's",
                "btn": "where the account bills several numbers under one",
                "pin": "where the account has a port-out PIN",
            },
            "S",
            "Outreach, Talkroute: reasons for rejection",
        ),
        "lawful_refusals": Value(
            [
                "account number missing or wrong",
                "PIN missing or wrong",
                "ZIP code missing or wrong",
                "customer information does not match",
                "number not recognised or not active",
                "too many numbers in the request",
                "request not valid",
            ],
            "C",
            "Bandwidth LSR codes 7510 to 7519 and 7598, which it gives as the only grounds the FCC allows",
        ),
        "rollback_note": Value(
            "An inadvertent port is undone as fast as possible, however long ago; a change of mind is at the losing "
            "carrier's discretion",
            "I",
            "LNPA best practice 42 (PIM 53); no rule has a window of hours",
        ),
        "complaint": Value("FCC consumer or informal complaint, category number portability", "U", "Common practice"),
        "notes": Value(
            [
                "remaining lines on the account need a word: keep or disconnect, and a new billing number",
                "DSL, alarm lines, hunt groups and Centrex features have to come off first",
                "the old service must not be cancelled before the port",
                "a rejected request unanswered for 30 days may be closed by the carrier",
            ],
            "C",
            "Telnyx, Bandwidth and NationsLine documents; Outreach says the same of cancelling",
        ),
    },
)

US_LOCAL_SIMPLE = overlay(
    US_LOCAL,
    "US-LOCAL-SIMPLE",
    "United States, local numbers, simple ports",
    "US",
    ("geographic",),
    "FCC (47 CFR 52.35, 52.36)",
    values={
        "carrier_silence_days": Value(2, "U", "The answer is due in hours; two silent days are out of the ordinary"),
        "documents": Value(
            ["loa"], "L", "47 CFR 52.36: the losing carrier may ask for none; the new one keeps the letter (64.1130)"
        ),
        "compared_fields": Value(
            ["postal_code", "account_number", "numbers", "pin"],
            "L",
            "47 CFR 52.36: number, account number, ZIP code, and a passcode if the customer has set one",
        ),
        "lead_business_days": Value(1, "L", "47 CFR 52.35(a): one business day"),
        "cutoff": Value(
            "13:00", "L", "47 CFR 52.35(a): received 08:00 to 13:00 local time counts as that day, later as the next"
        ),
        "unlawful_refusals": Value(
            {
                **US_LOCAL.values["unlawful_refusals"].value,
                "NAME_MISMATCH": _ONLY_SIMPLE_FIELDS.format(field="the customer's name"),
                "ADDRESS_MISMATCH": _ONLY_SIMPLE_FIELDS.format(field="a street address"),
                "AUTH_PERSON_MISMATCH": _ONLY_SIMPLE_FIELDS.format(field="a signer's name"),
            },
            "L",
            f"47 CFR 52.36; {_FCC_2003}",
        ),
    },
    facts={
        "answer_interval": Value(
            hours(4), "U", "Half a business day, as commonly cited; received after 13:00: the next day"
        ),
        "activation_interval": Value(days(1), "L", "47 CFR 52.35(a)"),
        "practical_time": Value("one business day by rule; 5 to 7 days in practice", "S", "Talkroute"),
        "identifier_rules": Value(
            {
                "account_number": "as the losing carrier writes it",
                "pin": "only where the customer has asked for one and it was assigned",
            },
            "L",
            "47 CFR 52.36",
        ),
        "notes": Value(
            [
                "one line, the only one on its account, without reseller, unbundled elements or complex translations",
                "a rejection for name or street address is not compliant: cite the rule and send the order unchanged",
            ],
            "U",
            "FCC 07-188 and 09-41 as commonly cited; text not retrieved",
        ),
    },
)

US_WIRELESS = overlay(
    US_LOCAL,
    "US-WIRELESS",
    "United States, wireless numbers",
    "US",
    ("mobile",),
    "FCC (47 CFR 52.31, 52.37)",
    values={
        "carrier_silence_days": Value(1, "U", "The answer is due in hours; a silent day is out of the ordinary"),
        "documents": Value(["loa"], "S", "Outreach: the gaining carrier keeps a letter; the losing one sees none"),
        "identifiers": Value(
            ["account_number", "pin"], "C", "Twilio: a PIN is mandatory for US mobile numbers, a transfer PIN (NTP)"
        ),
        "compared_fields": Value(
            ["postal_code", "account_number", "numbers", "pin"],
            "U",
            "As the inter-carrier form has it; some carriers also ask for the end of the holder's SSN",
        ),
        "lead_business_days": Value(1, "U", "Hours between wireless carriers; a simple port, one day, from wireline"),
        "cutoff": Value("13:00", "U", "Intermodal ports count as simple ones (47 CFR 52.35(a))"),
    },
    facts={
        "rules": Value(["47 CFR 52.31", "47 CFR 52.37", "FCC 03-237", "FCC 23-95"], "L", "eCFR; FCC"),
        "answer_interval": Value(
            hours(2.5), "U", "Industry practice; FCC 03-237 has the heading, and Canadian law the same figure"
        ),
        "activation_interval": Value(hours(2.5), "U", "Industry practice between wireless carriers"),
        "practical_time": Value("hours", "U", "Between wireless carriers; intermodal one business day"),
        "identifier_rules": Value(
            {
                "account_number": "of the wireless account",
                "pin": "the number transfer PIN; it expires within days, so it is fetched last",
            },
            "P",
            "Verizon: seven days, by one planning document; other carriers' periods were not found",
        ),
        "rollback_note": Value(
            "An inadvertent or fraudulent port is undone through the carriers' fraud desks",
            "I",
            "LNPA best practice 42; FCC 23-95 on port-out fraud",
        ),
        "notes": Value(
            [
                "chosen by a hint: a +1 number does not show whether it is wireless",
                "a lock on the account has to be lifted by its holder first",
            ],
            "I",
            "North American Numbering Plan; FCC 23-95, parts of which had no effective date when last seen",
        ),
    },
)

PLAYBOOKS = (US_LOCAL, TOLL_FREE, US_LOCAL_SIMPLE, US_WIRELESS)
