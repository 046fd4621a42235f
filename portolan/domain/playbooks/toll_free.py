"""Toll-free numbers of the +1 registry, the United States' and Canada's: a change of the responsible organisation."""

from __future__ import annotations

from portolan.domain.playbooks.common import playbook
from portolan.domain.playbooks.cutover import messaging_apart
from portolan.domain.playbooks.values import Value, days

TOLL_FREE = playbook(
    "US-TF",
    "United States and Canada, toll-free numbers (RespOrg change)",
    "US",
    ("toll_free",),
    "FCC (47 CFR 52.101 ff.), Somos tariff",
    values={
        "time_zone": Value("America/New_York", "U", "Seat of most RespOrgs' desks"),
        "loa_max_age_days": Value(30, "I", "Somos: dated within the 30 days before the change"),
        "carrier_silence_days": Value(
            2, "I", "Somos: help desk interventions are done by the end of the second business day"
        ),
        "foc_horizon_days": Value(30, "I", "Somos: a future date lies at most 30 days ahead"),
        "freeze_hours": Value(24, "C", "Bandwidth: no change or cancel when the FOC is less than 24 h away"),
        "snapback_hours": Value(0, "I", "Somos: a return is a change back to the old RespOrg with a fresh letter"),
        "rollback_basis": Value("new_port", "I", "Somos: a return is a change of RespOrg in the other direction"),
        "bill_max_age_days": Value(
            90, "I", "Somos: claims on numbers of a defunct RespOrg, with a bill up to 90 days old"
        ),
        "documents": Value(["loa"], "I", "Somos: a letter with four elements, for each controlling RespOrg"),
        "identifiers": Value(["resp_org"], "I", "Somos: the request goes to the RespOrg that controls the number"),
        "compared_fields": Value(
            ["entity_name", "numbers"],
            "U",
            "Somos lists numbers, signature, date and the new RespOrg; the name is added because the controlling "
            "RespOrg knows its customer by it",
        ),
        "signature_modes": Value(["wet", "electronic"], "I", "Somos: wet, or electronic after a request; no stamps"),
        "loa_template": Value("us_toll_free", "I", "Somos: on the paper of the new RespOrg's company"),
        "loa_attachment_over": Value(
            15, "I", "Somos: more than 15 go in a list, and the letter names the first and the last"
        ),
        # Campaigns are for ten-digit numbers; toll-free ones are verified instead, once they are there.
        **messaging_apart(
            5,
            "Telnyx: within ten minutes, else four or five business days",
            without=frozenset({"campaign"}),
        ),
        "inadvertent_unlimited": Value(
            False, "U", "Best practice 42 is about numbers of the NPAC; no rule was found for those of Somos"
        ),
    },
    facts={
        "rules": Value(["47 CFR 52.101 to 52.111", "Somos SMS/800 guidelines"], "L", "eCFR; Somos"),
        "steps": Value(
            [
                "look up which RespOrg controls each number: it is not always the one that sends the bill",
                "one letter for each controlling RespOrg",
                "the new RespOrg opens the change in the ROC system",
                "the controlling RespOrg accepts or declines; Somos' help desk steps in where it is silent",
                "the routing record changes on the due date",
            ],
            "I",
            "Somos help articles on ROC and help desk intervention",
        ),
        "csr_interval": Value(None, "I", "No customer service record: Somos' registry shows the RespOrg"),
        "answer_interval": Value(days(2), "I", "Somos: overdue after two days, expired after ten"),
        "practical_time": Value("two to four weeks", "S", "Migration practice and Amazon Connect; same day at best"),
        "identifier_rules": Value(
            {"resp_org": "five characters, the first two name the company; those ending in 99 cannot be ported from"},
            "C",
            "Bandwidth 7527, 7528, 7627",
        ),
        "lawful_refusals": Value(
            ["letter missing, stale or stamped", "number spare or unavailable", "subscriber disputes the change"],
            "I",
            "Somos decline notes; Bandwidth 7620 to 7657 for the states of numbers",
        ),
        "rollback_note": Value(
            "The former RespOrg asks for the number back with a fresh letter; nothing is undone by itself",
            "I",
            "Somos: every change of RespOrg needs a letter of its own",
        ),
        "complaint": Value("Somos help desk, then the FCC", "I", "Somos help desk intervention"),
        "notes": Value(
            [
                "numbers of several RespOrgs need several letters",
                "a defunct RespOrg's numbers are claimed from Somos, first come first served, before 30 business days",
                "a disconnected or transitional number goes by hand; a spare or unavailable one not at all",
            ],
            "I",
            "Somos on defunct RespOrgs; Bandwidth on states of numbers",
        ),
    },
)
