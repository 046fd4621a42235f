"""Germany: fixed and mobile numbers."""

from __future__ import annotations

from portolan.domain.playbooks.common import EECC_RETURN, EECC_SOURCE, EECC_UNPAID, playbook
from portolan.domain.playbooks.cutover import OF_A_DESK, without_a_return
from portolan.domain.playbooks.values import Value, days

_COMPENSATION = Value(
    "10 euros or a fifth of the monthly price for each working day without service beyond the first; "
    "10 euros a day for a late port",
    "P",
    "vgsd on section 59 TKG; the section's text was not retrieved",
)
_COMPLAINT = Value("Bundesnetzagentur, consumer service", "U", "Common practice")

DE_FIX = playbook(
    "DE-FIX",
    "Germany, fixed numbers",
    "DE",
    ("geographic", "non_geographic"),
    "BNetzA (TKG 2021, section 59)",
    values={
        "time_zone": Value("Europe/Berlin", "U", "One zone in the country"),
        "carrier_silence_days": Value(5, "U", "The pre-agreement is answered in 3 working days by industry practice"),
        "identifiers": Value(
            ["account_number"], "S", "Migration practice: the customer number is checked digit by digit"
        ),
        "compared_fields": Value(
            ["entity_name", "service_address", "postal_code", "account_number", "numbers"],
            "S",
            "WBCI codes compare holder, address and numbers; the customer number is added because founding material "
            "has rejections for a transposed digit",
        ),
        "loa_template": Value("de_auftrag", "S", "The Portierungsauftrag, in German, signed by every holder"),
        "unlawful_refusals": Value({"UNPAID": EECC_UNPAID}, "U", EECC_SOURCE),
        "lead_business_days": Value(15, "P", "schnell-im-netz: ordered at least 15 working days ahead"),
        **EECC_RETURN,
        "rollback_basis": Value(
            "snapback",
            "U",
            "A change of mind is at the losing carrier's discretion; section 59 TKG, text not retrieved, has it keep "
            "serving until the switch has worked",
        ),
    },
    facts={
        "rules": Value(["TKG 2021, section 59", "WBCI specification", "AKNN procedures"], "L", "BNetzA; AKNN"),
        "steps": Value(
            [
                "fill in the Portierungsauftrag exactly as the register and the losing carrier have the holder",
                "the gaining carrier asks for the pre-agreement: cancel and port, or port alone",
                "the losing carrier confirms it or names every fault with a code",
                "the technical handover is agreed, with a window",
                "the losing carrier keeps serving until the switch works",
            ],
            "I",
            "AKNN: business cases VA-KUE-MRN and VA-RRNP, RUEM-VA, AKM-TR",
        ),
        "answer_interval": Value(days(3), "U", "Pre-agreement; text not retrieved"),
        "activation_interval": Value(days(1), "L", "Section 59 TKG: one working day from the agreed day"),
        "practical_time": Value("four to eight weeks", "S", "Migration practice"),
        "identifier_rules": Value(
            {
                "account_number": "the Kundennummer as written: there is no common format and no check digit",
                "operator_code": "D and three digits (D001 is Deutsche Telekom); the gaining carrier has it",
            },
            "C",
            "cubewerk, ihreservicenummer",
        ),
        "lawful_refusals": Value(
            {
                "RNG": "number not active there",
                "ADF": "address wrong, one code for each element",
                "AIF": "account holder wrong",
                "WAI": "further holders have to sign",
                "KNI": "customer cannot be identified",
                "VAE": "another carrier has a pre-agreement",
                "SON": "anything else, always in words",
            },
            "I",
            "WBCI specification 3.0, as quoted by cubewerk",
        ),
        "rollback_note": Value(
            "Where the switch does not work, the losing carrier has to keep serving; a change of mind within the "
            "window is a request that it may refuse",
            "U",
            "Section 59 TKG; text not retrieved. Migration practice has windows longer than 72 h in parts of the EU",
        ),
        "compensation": _COMPENSATION,
        "complaint": _COMPLAINT,
        "notes": Value(
            [
                "a block moves whole, even where part of it is in use",
                "a date more than 180 days ahead is refused",
                "service numbers: at most ten on one order form",
                "ported up to a month after the contract's end; free of charge since December 2021",
            ],
            "C",
            "Telnyx, Placetel, ihreservicenummer; teltarif on section 59",
        ),
    },
)

DE_MOB = playbook(
    "DE-MOB",
    "Germany, mobile numbers",
    "DE",
    ("mobile",),
    "BNetzA (TKG 2021, section 59)",
    values={
        "time_zone": Value("Europe/Berlin", "U", "One zone in the country"),
        "carrier_silence_days": Value(2, "U", "The port takes one working day from the agreed day"),
        "rollback_hours": Value(0, "U", "A return is a new port"),
        "snapback_hours": Value(0, "U", "A return is a new port"),
        "rollback_basis": Value("new_port", "U", "No return is described; a new port is always open"),
        **without_a_return("of mobile numbers nothing returns but by a new port, and no desk is called", OF_A_DESK),
        "documents": Value(["loa"], "U", "The losing carrier asks for none; the letter is for Portolan's own file"),
        "compared_fields": Value(
            ["entity_name", "service_address", "postal_code", "account_number", "numbers"],
            "P",
            "Name, address and, of persons, the date of birth have to be identical; the customer number if given",
        ),
        "foc_horizon_days": Value(123, "P", "Ordered up to 123 days before the contract's end"),
        "unlawful_refusals": Value(
            {
                "UNPAID": EECC_UNPAID,
                "CONTRACT_TERM": "Section 59 TKG: a mobile number may be ported at any time; the contract goes on "
                "without it",
            },
            "P",
            "teltarif and vgsd on section 59 TKG; compare its text before citing it",
        ),
    },
    facts={
        "rules": Value(["TKG 2021, section 59"], "L", "BNetzA"),
        "steps": Value(
            [
                "opt in to the early release at the losing carrier; it holds for 30 days",
                "the gaining carrier asks with the holder's exact data",
                "the number moves on the agreed day",
            ],
            "P",
            "teltarif, vgsd",
        ),
        "activation_interval": Value(days(1), "L", "Section 59 TKG: one working day from the agreed day"),
        "practical_time": Value("days", "P", "teltarif"),
        "compensation": _COMPENSATION,
        "complaint": _COMPLAINT,
        "rollback_note": Value("Only a new port", "U", "No return is described"),
        "notes": Value(
            ["up to 31 days after the contract's end", "a new number has to be given on request for the old contract"],
            "P",
            "teltarif, vgsd",
        ),
    },
)

PLAYBOOKS = (DE_FIX, DE_MOB)
