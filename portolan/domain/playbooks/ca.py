"""Canada; its toll-free numbers are in the +1 registry and move by US-TF."""

from __future__ import annotations

from portolan.domain.playbooks.common import BINDS_CARRIERS, playbook
from portolan.domain.playbooks.cutover import messaging_apart
from portolan.domain.playbooks.us import US_LOCAL
from portolan.domain.playbooks.values import Value, days, hours

CA = playbook(
    "CA",
    "Canada, local numbers",
    "CA",
    ("geographic",),
    "CRTC (Telecom Decision 2005-72)",
    values={
        "time_zone": Value("America/Toronto", "U", "Seat of most carriers' porting desks"),
        "carrier_silence_days": Value(5, "U", "As for the United States; no rule found"),
        "documents": Value(["loa", "bill"], "S", "Talkroute: letter and latest bill; AWS asks for both in Canada"),
        "compared_fields": Value(
            US_LOCAL.values["compared_fields"].value,
            "U",
            "As for a US port that is not simple; practitioners stress the service address, not the billing address",
        ),
        "lead_business_days": Value(2, "U", f"The interval of CRTC 2005-72 for simple ports; {BINDS_CARRIERS}"),
        **messaging_apart(3, "Telnyx: as in the United States; exceptions in 72 h"),
        "inadvertent_unlimited": Value(True, "U", "As in the United States; no Canadian rule was found"),
    },
    facts={
        "rules": Value(["Telecom Decision CRTC 2005-72"], "L", "CRTC"),
        "steps": Value(
            [
                "sign the letter from the losing carrier's own data",
                "the gaining carrier sends the request; at least three in ten come back at first",
                "the losing carrier confirms a date",
                "the number is activated on the date",
            ],
            "P",
            "Prodosec on Canadian ports",
        ),
        "calendar": Value(
            "Monday to Friday, less the holidays of the losing carrier's province",
            "R",
            "The holidays package: Ontario has 11 in 2027, Quebec 9",
        ),
        "answer_interval": Value(days(2), "L", "CRTC 2005-72: simple ports between local and to wireless carriers"),
        "activation_interval": Value(days(2), "L", "CRTC 2005-72: simple ports, resellers included"),
        "practical_time": Value("two to four weeks", "S", "Amazon Connect administrator guide"),
        "identifier_rules": Value(
            {
                "account_number": "as the losing carrier writes it",
                "pin": f"wireless numbers only, or the IMEI; between wireless carriers the port takes {hours(2.5)}",
            },
            "L",
            "CRTC 2005-72 for the hours",
        ),
        "rollback_note": Value("As in the United States", "U", "No Canadian rule found"),
        "complaint": Value("CCTS, the complaints office for telecommunications", "U", "Common practice"),
        "notes": Value(
            [
                "a rejected request may cost an approved charge of 70 Canadian dollars",
                "a cancelled number cannot be ported any more",
                "a request is void once the customer has authorised somebody else",
            ],
            "P",
            "Prodosec, Cloudli",
        ),
    },
)

PLAYBOOKS = (CA,)
