"""France: every port hangs on the RIO, the operator identity statement of the line."""

from __future__ import annotations

from portolan.domain.playbooks.common import BINDS_CARRIERS, EECC_RETURN, overlay, playbook
from portolan.domain.playbooks.cutover import OF_A_DESK, without_a_return
from portolan.domain.playbooks.values import Value, days, unknown

_NO_GROUND = (
    "Decision 2006-0381, article 4: the losing operator may refuse for wrong or incomplete data, an inactive number "
    "or a port under way; {ground} is none of these"
)

FR_FIX = playbook(
    "FR-FIX",
    "France, fixed numbers",
    "FR",
    ("geographic", "non_geographic"),
    "ARCEP (decision 2022-2148)",
    values={
        "time_zone": Value("Europe/Paris", "U", "Metropolitan France; overseas departments have zones of their own"),
        "carrier_silence_days": Value(
            7, "L", "ARCEP 2022-2148: enterprise fixed, 7 working days falling to 3 by July 2027"
        ),
        "documents": Value(["mandate"], "L", "ARCEP: the receiving operator checks the holder's mandate; none is sent"),
        "identifiers": Value(["rio"], "L", "ARCEP 2022-2148, annex 1: one for each number"),
        "compared_fields": Value(["entity_name", "numbers"], "L", "ARCEP: the RIO against the number, and the holder"),
        "loa_template": Value("fr_mandat", "U", "A mandate in French, with the RIO of each number"),
        "lead_business_days": Value(
            7, "U", f"ARCEP 2022-2148: seven for enterprises, 3 from July 2027; {BINDS_CARRIERS}"
        ),
        "desk_opens": Value("09:00", "U", "Usual office hours"),
        **EECC_RETURN,
        "unlawful_refusals": Value(
            {
                "UNPAID": "Neither the RIO nor the port may depend on a bill being paid. "
                + _NO_GROUND.format(ground="a debt"),
                "CONTRACT_TERM": _NO_GROUND.format(ground="a running contract"),
            },
            "L",
            "ARCEP 2006-0381, article 4; mediation-telecom on the decision of 2022",
        ),
    },
    facts={
        "rules": Value(
            ["ARCEP decision 2022-2148", "CPCE articles L44-4, D406-18 and D406-19", "ARCEP decision 2006-0381"],
            "L",
            "ARCEP; Légifrance",
        ),
        "initiator": Value("the receiving operator, who alone may also cancel", "L", "ARCEP 2009-0239, article 11"),
        "steps": Value(
            [
                "call 3179 from each line for its RIO",
                "check the RIO against the number: its last three characters are a key",
                "give the receiving operator a mandate and the RIOs",
                "the losing operator answers from the RIO alone",
                "the number moves on the agreed day, and the old line ends with it",
            ],
            "L",
            "ARCEP 2022-2148",
        ),
        "csr_interval": Value(None, "L", "The RIO takes the place of a record; it is read out at once, free, at 3179"),
        "answer_interval": Value(days(7), "L", "ARCEP 2022-2148: enterprise; consumers 3 in all"),
        "activation_interval": Value(days(1), "L", "ARCEP: one working day"),
        "practical_time": Value("three to six weeks; unbundling an offer first takes two", "S", "Migration practice"),
        "identifier_rules": Value(
            {
                "rio": "12 characters: operator (2 digits), quality (E or P mobile, A special, other letters fixed), "
                "reference (6), key (3) against the ten-digit number"
            },
            "L",
            "ARCEP 2022-2148, annex 1; the key was reproduced by running code",
        ),
        "lawful_refusals": Value(
            ["data incomplete or wrong: RIO and number do not belong together", "number inactive", "port under way"],
            "L",
            "ARCEP 2006-0381, article 4",
        ),
        "compensation": Value(
            "by decree: a fraction of the monthly price for each day late, a multiple for a lost number",
            "U",
            "Amounts were not retrieved",
        ),
        "complaint": Value(
            "ARCEP (J'alerte l'Arcep); médiateur des communications électroniques", "U", "Common practice"
        ),
        "rollback_note": Value(
            "Where a port fails, the losing operator has to reactivate the number; a change of mind within the window "
            "depends on its goodwill, and after it is a fresh port with the new operator's RIO",
            "U",
            "EECC, article 106(6), text not retrieved; no French rule was found. Migration practice has windows longer "
            "than 72 h in parts of the EU",
        ),
        "notes": Value(
            [
                "the number must be active, or ended less than 40 calendar days ago",
                "a bundled offer may have to be taken apart first",
                "geographic use was relaxed in 2023: another area is a warning, no fault",
            ],
            "L",
            "ARCEP 2022-2148; migration practice for the second, no source for the third",
        ),
    },
)

FR_MOB = overlay(
    FR_FIX,
    "FR-MOB",
    "France, mobile numbers",
    "FR",
    ("mobile",),
    "ARCEP (decision 2022-2148)",
    values={
        "carrier_silence_days": Value(3, "L", "ARCEP 2022-2148: three working days in all"),
        "rollback_hours": Value(0, "U", "A return is a new port with the new operator's RIO"),
        "snapback_hours": Value(0, "U", "A return is a new port with the new operator's RIO"),
        "rollback_basis": Value("new_port", "U", "No return is described; a new port is always open"),
        **without_a_return("of mobile numbers nothing returns but by a new port, and no desk is called", OF_A_DESK),
        "compared_fields": Value(["numbers"], "L", "ARCEP: the RIO against the number"),
        "lead_business_days": Value(3, "U", f"ARCEP 2022-2148: three in all; {BINDS_CARRIERS}"),
    },
    facts={
        "answer_interval": Value(days(3), "L", "ARCEP 2022-2148: three working days in all"),
        "practical_time": Value("three days", "L", "ARCEP 2022-2148"),
        "rollback_note": Value("Only a new port, with the new operator's RIO", "U", "No return is described"),
    },
)

FR_SVA = overlay(
    FR_FIX,
    "FR-SVA",
    "France, special numbers (SVA)",
    "FR",
    ("special_rate", "toll_free"),
    "ARCEP (decision 2022-2148)",
    values={
        "rollback_hours": Value(0, "U", "A return is a new port with the new operator's RIO"),
        "snapback_hours": Value(0, "U", "A return is a new port with the new operator's RIO"),
        "rollback_basis": Value("new_port", "U", "No return is described; a new port is always open"),
        **without_a_return("nothing returns but by a new port"),
    },
    facts={
        "practical_time": unknown("Practical duration"),
        "rollback_note": Value("Only a new port, with the new operator's RIO", "U", "No return is described"),
        "notes": Value(
            [
                "the RIO's quality is A",
                "free-phone numbers (0800 to 0805) are special numbers too",
                "periods are those of enterprise fixed numbers, because none of their own were found",
            ],
            "U",
            "ARCEP 2022-2148, annex 1, for the quality; the rest is Portolan's reading",
        ),
    },
)

PLAYBOOKS = (FR_FIX, FR_MOB, FR_SVA)
