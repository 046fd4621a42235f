"""The United Kingdom: geographic, non-geographic and mobile numbers."""

from __future__ import annotations

from portolan.domain.playbooks.common import overlay, playbook
from portolan.domain.playbooks.cutover import OF_A_DESK, without_a_return
from portolan.domain.playbooks.lead_times import LeadTime
from portolan.domain.playbooks.values import Value, days, hours

_LEAD_TIMES = (
    LeadTime("single", 0, 4, 7, 24),
    LeadTime("single", 10, 14, 17, 24),
    LeadTime("multi", 0, 7, 10, 48),
    LeadTime("multi", 29, 10, 13, 48),
    LeadTime("multi", 150, 17, 20, 48),
    LeadTime("range", 0, 10, 13, 48),
    LeadTime("range", 150, 17, 20, 48),
    LeadTime("part_of_range", 0, 22, 25, 48),
)
_DEBT = {
    "UNPAID": "Ofcom General Condition C7 obliges the losing provider to port on request; a debt is no ground in it",
    "CONTRACT_TERM": "Ofcom General Condition C7 obliges the losing provider to port on request; a running contract "
    "is no ground in it",
}
_DEBT_SOURCE = "Reading of General Condition C7 by practitioners; compare its text before citing it"

UK_GEO = playbook(
    "UK-GEO",
    "United Kingdom, geographic numbers",
    "GB",
    ("geographic",),
    "Ofcom (General Condition C7)",
    values={
        "time_zone": Value("Europe/London", "U", "One zone in the country"),
        "carrier_silence_days": Value(2, "C", "Simwood: orders are acknowledged within 24 or 48 h"),
        "rollback_hours": Value(
            72, "S", "Policy default; the industry manual has emergency restoration, without a figure"
        ),
        "snapback_hours": Value(24, "U", "As in the United States; the manual's restoration has no figure"),
        "rollback_basis": Value(
            "snapback", "U", "At the losing provider's discretion; the manual's restorations are for errors"
        ),
        "inadvertent_unlimited": Value(
            False, "U", "GNP 17.5.2, 14.1 restores a port activated in error; until when was not retrieved"
        ),
        "documents": Value(
            ["cloa", "bill"], "I", "GNP manual: a customer letter held on file; AWS also asks for a bill"
        ),
        "compared_fields": Value(
            ["entity_name", "authorized_person", "postal_code", "account_number", "btn", "numbers"],
            "S",
            "Industry practice compares main number, post code, account number and signatory; the company name is "
            "added because founding material has a rejection for Ltd instead of Limited",
        ),
        "loa_template": Value("uk_cloa", "I", "Industry form of the customer letter of authority since August 2020"),
        "lead_business_days": Value(
            10, "C", "Simwood: several lines, fewer than 30 numbers, ported before; `lead_times` has the others"
        ),
        "desk_opens": Value("09:00", "U", "Usual office hours"),
        "retention_days": Value(
            730, "U", "GNP: at least 12 months from the port, shown within 24 h; two years as everywhere in Portolan"
        ),
        "unlawful_refusals": Value(_DEBT, "P", _DEBT_SOURCE),
    },
    facts={
        "rules": Value(["Ofcom General Condition C7", "GNP End-to-End Process Manual"], "L", "Ofcom; industry manual"),
        "steps": Value(
            [
                "validate the account data with the losing provider before ordering, where it offers that",
                "sign the customer letter; it stays on file and is not sent",
                "the gaining provider orders, with main billing number, post code and the fate of the other numbers",
                "the losing provider acknowledges, then rejects or confirms the date",
                "at the agreed time the gaining provider calls the losing one, and both move the number",
                "the holder of the range changes its routing prefix",
            ],
            "I",
            "GNP End-to-End Process Manual 17",
        ),
        "csr_interval": Value(days(5), "S", "Migration practice; pre-order validation takes its place (GNP 12.8)"),
        "answer_interval": Value(hours(48, "clock"), "C", "Simwood: 24 h for single lines, 48 h for others"),
        "activation_interval": Value(days(1), "L", "General Condition C7: one working day from the agreed date"),
        "practical_time": Value("two to three weeks", "S", "Migration practice"),
        "lead_times": Value(
            _LEAD_TIMES,
            "C",
            "Simwood lead times, working days, not to be expedited; 30 and 151 numbers are in no row of its table, "
            "and are taken with the slower one",
        ),
        "identifier_rules": Value(
            {
                "btn": "the main billing number of the installation",
                "operator_code": "CUPID of the losing provider, three digits; the gaining provider has it",
            },
            "I",
            "GNP manual; rejections 02 and 06",
        ),
        "lawful_refusals": Value(
            [
                "order number, CUPID, main number or post code wrong or missing",
                "wrong signatory",
                "single line ordered as multi-line, or the reverse",
                "associated numbers or the number range left out",
                "an alarm line is active, or the number is not in service",
            ],
            "C",
            "Simwood, Gamma, dial9: numbered rejections 01 to 26 and named ones",
        ),
        "rollback_note": Value(
            "The manual has restorations after a port in error and in an emergency, without a time to count on",
            "I",
            "GNP 17.5.2, 14.1 and 14.2; the detail was not retrieved",
        ),
        "compensation": Value("Ofcom's automatic compensation, for consumers", "U", "Amounts were not retrieved"),
        "complaint": Value(
            "Port Override: alert the losing provider (24 h), five working days to resolve, then Ofcom's reference and "
            "a decision within 48 h",
            "I",
            "Port Override Request process",
        ),
        "notes": Value(
            [
                "losing providers stop at the first fault: correct everything each time",
                "the gaining provider has to call within three hours of the agreed time, or the port may be declined",
                "a range holder new to the gaining provider needs about 55 to 85 working days first",
                "the number can still be claimed a month after the contract's end",
            ],
            "I",
            "GNP 12.9; Gamma; etsnetworks; General Condition C7.6 since April 2023",
        ),
    },
)

UK_NGN = overlay(
    UK_GEO,
    "UK-NGN",
    "United Kingdom, non-geographic numbers",
    "GB",
    ("non_geographic", "toll_free", "special_rate"),
    "Ofcom (General Condition C7)",
    values={
        "carrier_silence_days": Value(2, "C", "Simwood: acknowledged within 48 h"),
        "lead_business_days": Value(10, "C", "Simwood: any count, ported before; seven days at the first port"),
    },
    facts={
        "lead_times": Value((LeadTime("any", 0, 7, 10, 48),), "C", "Simwood lead times, working days, any volume"),
        "answer_interval": Value(hours(48, "clock"), "C", "Simwood"),
        "notes": Value(
            ["find the provider that holds the range and its routing record: it may not be the one that bills"],
            "S",
            "Migration practice: the same trap as with toll-free numbers in the United States",
        ),
    },
)

UK_MOB = overlay(
    UK_GEO,
    "UK-MOB",
    "United Kingdom, mobile numbers",
    "GB",
    ("mobile",),
    "Ofcom (General Condition C7, MNP manual)",
    values={
        "carrier_silence_days": Value(1, "L", "General Condition C7: the port itself takes one working day"),
        "rollback_hours": Value(0, "I", "MNP: a return is a new port with a PAC of the new provider"),
        "snapback_hours": Value(0, "I", "MNP: a return is a new port with a PAC of the new provider"),
        "rollback_basis": Value("new_port", "I", "MNP: a return is a new port with a PAC of the new provider"),
        "inadvertent_unlimited": Value(False, "U", "No rule found for a port that nobody wanted"),
        **without_a_return("of mobile numbers nothing returns but by a new port, and no desk is called", OF_A_DESK),
        "documents": Value(
            ["loa"], "U", "The losing provider sees only the PAC; the letter is for Portolan's own file"
        ),
        "identifiers": Value(["pac"], "L", "Ofcom: the code that authorises a mobile port"),
        "compared_fields": Value(["numbers"], "C", "Transatel: number and PAC"),
        "loa_template": Value("generic", "U", "For Portolan's own file"),
        "lead_business_days": Value(1, "L", "Ofcom: the next working day"),
        "cutoff": Value("17:00", "C", "Transatel: locked in before 17:00 on the working day before"),
        "unlawful_refusals": Value(_DEBT, "P", _DEBT_SOURCE),
    },
    facts={
        "rules": Value(["Ofcom General Condition C7", "MNP manual"], "L", "Ofcom; industry manual"),
        "steps": Value(
            [
                "text PAC to 65075 from each SIM, or ask for the codes of 2 to 24 numbers",
                "give the codes to the gaining provider within 30 days",
                "the number moves on the next working day",
            ],
            "C",
            "Transatel, heliocentrix",
        ),
        "csr_interval": Value("a minute: the PAC comes by text", "P", "Practitioners; the rule has no figure"),
        "answer_interval": Value(days(1), "L", "Ofcom: the port takes one working day"),
        "practical_time": Value("the next working day", "L", "Ofcom"),
        "lead_times": Value(None, "U", "No table; `lead_business_days` holds for any count"),
        "identifier_rules": Value(
            {"pac": "three letters and six digits, valid for 30 calendar days; no check digit is published"},
            "C",
            "Transatel",
        ),
        "lawful_refusals": Value(["PAC wrong or expired", "number not in service"], "C", "Transatel"),
        "rollback_note": Value("Only a new port, with a PAC from the new provider", "I", "MNP manual"),
        "notes": Value(
            ["a PAC ends the contract too: a STAC (six digits, three letters) ends it without a port"], "C", "Transatel"
        ),
    },
)

PLAYBOOKS = (UK_GEO, UK_NGN, UK_MOB)
