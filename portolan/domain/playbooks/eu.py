"""The European Union: one playbook for all member states, overlays where facts of one are known, and Switzerland."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from portolan.domain.playbooks.common import (
    BINDS_CARRIERS,
    EECC_CONTRACT_TERM,
    EECC_RETURN,
    EECC_SOURCE,
    EECC_UNPAID,
    overlay,
    playbook,
)
from portolan.domain.playbooks.cutover import OF_A_DESK, without_a_return
from portolan.domain.playbooks.model import Playbook
from portolan.domain.playbooks.values import Value, days, unknown

_FIXED = ("geographic", "non_geographic", "toll_free")
_ALL = ("geographic", "non_geographic", "mobile", "toll_free")

EU = playbook(
    "EU",
    "European Union, other member states",
    "EU",
    _ALL,
    "EECC, article 106",
    values={
        "time_zone": Value("Europe/Brussels", "U", "Central European; give the member state's own where it differs"),
        "carrier_silence_days": Value(5, "S", "Porting practice: 4 to 8 weeks in all"),
        "lead_business_days": Value(10, "S", "Amazon Connect administrator guide: about two weeks in most of Europe"),
        "desk_opens": Value("09:00", "U", "Usual office hours"),
        **EECC_RETURN,
        "unlawful_refusals": Value(
            {
                "UNPAID": EECC_UNPAID,
                "CONTRACT_TERM": EECC_CONTRACT_TERM,
            },
            "U",
            EECC_SOURCE,
        ),
    },
    facts={
        "rules": Value(["EECC (Directive 2018/1972), article 106", "the member state's own rules"], "L", "EUR-Lex"),
        "steps": Value(
            [
                "ask the gaining carrier what the member state wants: form, identifiers, language",
                "sign the letter from the losing carrier's own data",
                "the gaining carrier leads; the losing one confirms or rejects",
                "the number moves on the agreed day, without service for a working day at most",
            ],
            "L",
            "EECC, article 106",
        ),
        "activation_interval": Value(days(1), "L", "BEREC: active within one working day of the agreed date"),
        "practical_time": Value("four to eight weeks", "S", "Migration practice"),
        "identifier_rules": Value(
            {"account_number": "as the losing carrier writes it; member states have identifiers of their own"},
            "U",
            "The directive leaves it to member states",
        ),
        "rollback_note": Value(
            "Where a port fails, the losing provider has to reactivate the number; a change of mind within the window "
            "is a request that it may refuse",
            "U",
            "EECC, article 106(6); text not retrieved. Migration practice has windows longer than 72 h in parts of the "
            "EU; for mobile numbers, no return was found described in any",
        ),
        "compensation": Value("every member state has to have rules for it", "L", "EECC, article 106(8)"),
        "complaint": Value("the member state's regulator", "L", "EECC"),
        "notes": Value(
            ["the number can be claimed for at least a month after the contract's end"], "U", "EECC, text not retrieved"
        ),
    },
)

ES_FIX = overlay(
    EU,
    "ES-FIX",
    "Spain, fixed numbers",
    "ES",
    _FIXED,
    "CNMC",
    values={
        "time_zone": Value("Europe/Madrid", "U", "The Canary Islands are an hour behind"),
        "identifiers": Value(["nif"], "P", "consumer.es: the holder's NIF or CIF is the key to the port"),
        "compared_fields": Value(["numbers"], "P", "consumer.es: NIF or CIF, and number"),
        "lead_business_days": Value(1, "P", "consumer.es: one working day; bundles up to six days"),
    },
    facts={
        "rules": Value(["CNMC circulars on portability"], "P", "consumer.es, abogados24"),
        "identifier_rules": Value({"nif": "NIF or CIF with its check character"}, "R", "python-stdnum: es.nif, es.cif"),
        "lawful_refusals": Value("only causes listed by the regulator", "P", "abogados24; the list was not retrieved"),
        "complaint": Value("CNMC; Oficina de Atención al Usuario de Telecomunicaciones", "U", "Common practice"),
    },
)

ES_MOB = overlay(
    ES_FIX,
    "ES-MOB",
    "Spain, mobile numbers",
    "ES",
    ("mobile",),
    "CNMC",
    values={
        "rollback_hours": Value(0, "U", "No return is described; a new port is always open"),
        "snapback_hours": Value(0, "U", "No return is described; a new port is always open"),
        "rollback_basis": Value("new_port", "U", "No return is described; a new port is always open"),
        **without_a_return("of mobile numbers nothing returns but by a new port, and no desk is called", OF_A_DESK),
    },
    facts={
        "notes": Value(["the customer can cancel until a day and a half before the change window"], "P", "Cinco Días"),
    },
)

IT_FIX = overlay(
    EU,
    "IT-FIX",
    "Italy, fixed numbers",
    "IT",
    _FIXED,
    "AGCOM (274/07/CONS)",
    values={
        "time_zone": Value("Europe/Rome", "U", "One zone in the country"),
        "identifiers": Value(
            ["migration_code"], "P", "miglioretariffa, smartx: printed on the bill, one for each line"
        ),
    },
    facts={
        "rules": Value(["AGCOM 274/07/CONS"], "P", "miglioretariffa, offertenergia"),
        "identifier_rules": Value(
            {
                "migration_code": "three letters (operator), 8 to 12 characters (resource), three digits "
                "(service: 001 to 017, 222, 999), a check letter whose rule is not public"
            },
            "P",
            "miglioretariffa, smartx; only the form can be judged",
        ),
        "complaint": Value("AGCOM, ConciliaWeb", "U", "Common practice"),
        "notes": Value(["service codes 222 and 999 mean a port of the number alone"], "P", "smartx"),
    },
)

BE = overlay(
    EU,
    "BE",
    "Belgium",
    "BE",
    _ALL,
    "BIPT",
    values={"time_zone": Value("Europe/Brussels", "U", "One zone in the country")},
    facts={
        "compensation": Value(
            "3 or 5 euros for each day and number, claimed from the new provider within six months", "L", "BIPT"
        ),
        "complaint": Value("the new provider first; the ombudsman for telecommunications", "U", "Common practice"),
    },
)

PT = overlay(
    EU,
    "PT",
    "Portugal",
    "PT",
    _ALL,
    "ANACOM",
    values={
        "time_zone": Value("Europe/Lisbon", "U", "The Azores are an hour behind"),
        "lead_business_days": Value(3, "U", f"ANACOM: three working days for blocks, one for others; {BINDS_CARRIERS}"),
    },
    facts={
        "activation_interval": Value(days(3), "L", "ANACOM: one working day for single numbers; three for blocks"),
        "compensation": Value(
            "2.50 euros for each number and full day late; 20 euros for each number and day without service "
            "outside the window of three hours; paid without being asked for",
            "L",
            "ANACOM",
        ),
        "complaint": Value("ANACOM", "U", "Common practice"),
        "notes": Value(["service may be interrupted for up to three hours in the agreed window"], "L", "ANACOM"),
    },
)

PL = overlay(
    EU,
    "PL",
    "Poland",
    "PL",
    _ALL,
    "UKE",
    values={
        "time_zone": Value("Europe/Warsaw", "U", "One zone in the country"),
        "foc_horizon_days": Value(120, "P", "PLI CBD, E17 code 8: more than 120 days ahead is refused"),
    },
    facts={
        "lawful_refusals": Value(
            {
                "1": "data do not match",
                "2": "number inactive",
                "3": "subscriber withdrew",
                "4": "wrong kind of contract",
                "5": "wrong group of numbers",
                "6": "day after the end of the contract",
                "7": "not a number of this donor",
                "8": "more than 120 days ahead",
                "9": "complaint under way",
            },
            "P",
            "PLI CBD, message E17, as arkanavoip gives it",
        ),
        "complaint": Value("UKE", "U", "Common practice"),
    },
)

AT = overlay(
    EU,
    "AT",
    "Austria",
    "AT",
    _ALL,
    "RTR (TKG 2021, section 120)",
    values={"time_zone": Value("Europe/Vienna", "U", "One zone in the country")},
    facts={
        "rules": Value(
            ["TKG 2021, section 120", "EECC (Directive 2018/1972), article 106"], "P", "verbraucherrecht.at"
        ),
        "complaint": Value("RTR, conciliation", "U", "Common practice"),
        "notes": Value(["free of charge since November 2021"], "P", "verbraucherrecht.at"),
    },
)

CH = playbook(
    "CH",
    "Switzerland",
    "CH",
    _ALL,
    "BAKOM",
    values={
        "time_zone": Value("Europe/Zurich", "U", "One zone in the country"),
        "lead_business_days": Value(3, "C", "WWZ: Fast Port, at least three working days"),
        "retention_days": Value(730, "C", "WWZ: a power of attorney holds for two years"),
        "rollback_basis": Value("snapback", "C", "WWZ: an emergency port needs every party's consent"),
    },
    facts={
        "rules": Value(["TelDaS procedures"], "C", "WWZ"),
        "steps": Value(
            [
                "sign a power of attorney for the new provider",
                "the new provider orders through TelDaS INet",
                "the number moves on the agreed day",
            ],
            "C",
            "WWZ",
        ),
        "practical_time": unknown("Practical duration"),
        "rollback_note": Value("An emergency port needs every party's consent", "C", "WWZ"),
        "complaint": Value("ombudscom", "U", "Common practice"),
        "notes": Value(["prepaid customers confirm by texting exactly JA to 499"], "C", "WWZ"),
    },
)

PLAYBOOKS = (ES_FIX, ES_MOB, IT_FIX, BE, PT, PL, AT, CH, EU)


#: The capital's zone of member states whose clocks are not those of Brussels.
_ZONES = MappingProxyType(
    {
        "BG": "Europe/Sofia",
        "CY": "Asia/Nicosia",
        "EE": "Europe/Tallinn",
        "FI": "Europe/Helsinki",
        "GR": "Europe/Athens",
        "IE": "Europe/Dublin",
        "LT": "Europe/Vilnius",
        "LV": "Europe/Riga",
        "PT": "Europe/Lisbon",
        "RO": "Europe/Bucharest",
    }
)


def at_home(playbook: Playbook, country: str) -> Playbook:
    """A playbook that stands in for several countries, on the clocks of one of them (ISO 3166); others as they are."""
    if playbook.country != "EU" or country not in _ZONES:
        return playbook
    zone = Value(_ZONES[country], "R", f"IANA time zone database: the capital of {country}")
    return replace(playbook, values={**playbook.values, "time_zone": zone})
