"""Nigeria: fixed numbers move case by case, mobile numbers only in person."""

from __future__ import annotations

from portolan.domain.playbooks.common import playbook
from portolan.domain.playbooks.cutover import OF_A_DATE, OF_A_DESK, without_a_return
from portolan.domain.playbooks.values import Value, days

_COMPLAINT = Value("NCC consumer portal, 622", "U", "Common practice")

NG_FIX = playbook(
    "NG-FIX",
    "Nigeria, fixed numbers",
    "NG",
    ("geographic",),
    "NCC",
    values={
        "time_zone": Value("Africa/Lagos", "U", "One zone in the country"),
        "carrier_silence_days": Value(10, "S", "Case by case; no usable interval is published"),
        "lead_business_days": Value(10, "S", "Migration practice: from under two weeks to longer than in the EU"),
        "snapback_hours": Value(24, "U", "As in the United States; no Nigerian figure"),
        "rollback_hours": Value(
            48,
            "S",
            "Policy default: migration practice says sometimes shorter than 72 hours in Nigeria, without a figure; the "
            "losing operator may refuse",
        ),
    },
    facts={
        "rules": Value(["NCC framework for number portability"], "S", "Exists for fixed lines, uneven in practice"),
        "steps": Value(
            [
                "ask the losing operator's desk what it needs",
                "sign its form",
                "agree on a day, and confirm it by phone",
            ],
            "S",
            "Migration practice; no procedure is published",
        ),
        "calendar": Value(
            "Monday to Friday, less public holidays; Islamic ones are estimates until they are announced",
            "R",
            "The holidays package marks them as estimated",
        ),
        "practical_time": Value("under two weeks to longer than in the EU", "S", "Migration practice"),
        "identifier_rules": Value(
            {"account_number": "as the operator writes it; Lagos numbers have ten digits (020 1 ...) since 2024"},
            "R",
            "phonenumbers: the old Lagos form is no longer valid",
        ),
        "rollback_note": Value(
            "A request within the window that the losing operator may refuse; none can be counted on",
            "S",
            "Migration practice: sometimes shorter than 72 h",
        ),
        "complaint": _COMPLAINT,
        "notes": Value(
            ["consider forwarding to a new number until the port is proven"],
            "S",
            "Migration practice: a trunk beside the port where it is risky",
        ),
    },
)

NG_MOB = playbook(
    "NG-MOB",
    "Nigeria, mobile numbers",
    "NG",
    ("mobile",),
    "NCC (MNP Business Rules 2013)",
    values={
        "time_zone": Value("Africa/Lagos", "U", "One zone in the country"),
        "rollback_hours": Value(0, "L", "NCC Business Rules: no return; 90 days before the number may be ported again"),
        "snapback_hours": Value(0, "L", "NCC Business Rules: no return"),
        "rollback_basis": Value("none", "L", "NCC Business Rules: no return"),
        **without_a_return(
            "the port is real-time and by SMS: there is no date to confirm, no desk to call and no return",
            OF_A_DESK | OF_A_DATE,
        ),
        "portable": Value(False, "U", "The recipient must be a licensed Nigerian mobile operator"),
        "not_portable_why": Value(
            "Nigerian mobile numbers move only to a licensed Nigerian mobile operator, in person and by SMS; "
            "keep the number there and forward it",
            "L",
            "NCC Business Rules 2013",
        ),
        "compared_fields": Value(["entity_name", "numbers"], "L", "NCC Business Rules: the SIM's registration, by SMS"),
        "lead_business_days": Value(0, "L", "NCC Business Rules: at once; a port cannot be put off to a date"),
    },
    facts={
        "rules": Value(["NCC MNP Regulations 2014", "NCC MNP Business Rules 2013"], "L", "NCC"),
        "initiator": Value("the recipient operator, with the customer present", "L", "NCC Business Rules"),
        "steps": Value(
            [
                "the customer goes to the recipient's shop with the registered identity",
                "texts PORT to 3232 from the SIM; from then on nothing can be stopped",
                "the number moves within two working days",
            ],
            "L",
            "NCC Business Rules 2013",
        ),
        "activation_interval": Value(days(2), "L", "NCC Business Rules: 48 hours, two working days"),
        "practical_time": Value("under two weeks to longer than in the EU", "S", "Migration practice"),
        "identifier_rules": Value(
            {"number": "ten digits, registered with the donor; 45 days of age were advised in 2019"},
            "P",
            "Punch on NCC's advice; the rules themselves for the registration",
        ),
        "rollback_note": Value(
            "Emergency repatriation (section 29) and return to the block operator (section 21) are the operators' own",
            "L",
            "NCC Business Rules 2013",
        ),
        "complaint": _COMPLAINT,
        "notes": Value(
            ["there is no date to plan for and no test window", "prepaid credit is lost, postpaid bills follow"],
            "L",
            "NCC Business Rules 2013",
        ),
    },
)

PLAYBOOKS = (NG_FIX, NG_MOB)
