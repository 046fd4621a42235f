"""By which rules a request to release numbers is judged: what may be compared, by when the answer is due, and why.

Derived from the playbook: its interval for an answer, its desk hours and zone, and the table here of what the releasing
carrier may compare and refuse for. Where nothing is known the table is short, because a ground nobody can name a rule
for is none. Silence is consent: no playbook has a refusal that needs no ground, so the default answer is to release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, NamedTuple

from pydantic import BaseModel, Field

from portolan.domain.calendars import BusinessCalendar, wall_time
from portolan.domain.playbooks.model import Playbook
from portolan.domain.playbooks.values import Interval
from portolan.domain.port_out.grounds import Basis, Ground


class Compared(StrEnum):
    """What of a request may be compared with our record of the account; the last four are secrets."""

    ACCOUNT_NUMBER = "account_number"
    POSTAL_CODE = "postal_code"
    PIN = "pin"
    PAC = "pac"
    RIO = "rio"
    MIGRATION_CODE = "migration_code"


CODES = (Compared.PIN, Compared.PAC, Compared.RIO, Compared.MIGRATION_CODE)
_CODE_GROUNDS = (Ground.CODE_MISSING, Ground.CODE_WRONG, Ground.CODE_EXPIRED)
#: What may be found where a field is compared.
FOUND_IN: Mapping[Compared, tuple[Ground, ...]] = MappingProxyType(
    {
        Compared.ACCOUNT_NUMBER: (Ground.ACCOUNT_NUMBER_MISSING, Ground.ACCOUNT_NUMBER_WRONG),
        Compared.POSTAL_CODE: (Ground.POSTAL_CODE_MISSING, Ground.POSTAL_CODE_WRONG),
        **dict.fromkeys(CODES, _CODE_GROUNDS),
    }
)
AnswerUnit = Literal["business hours", "clock hours", "business days", "calendar days"]


class _Rules(NamedTuple):
    """What a playbook lets the releasing carrier compare, and which grounds it knows beyond that."""

    compared: Mapping[Compared, Basis]
    grounds: Mapping[Ground, Basis] = MappingProxyType({})


_SIMPLE = Basis(
    rule="47 CFR 52.36: number, account number, ZIP code, and a passcode if the customer has set one",
    provenance="L",
    source="eCFR",
)
_LSR = Basis(
    rule="FCC 03-237 and Bandwidth LSR codes 7510 to 7519: account number, PIN or ZIP code missing or wrong",
    provenance="C",
    source="Bandwidth gives them as the only grounds the FCC allows",
)
_WIRELESS = Basis(
    rule="FCC 23-95: a wireless provider authenticates the customer before it lets a number go",
    provenance="U",
    source="FCC 23-95, parts of which had no effective date when last seen; the fields as the inter-carrier form has "
    "them",
)
_SLAMMING = Basis(
    rule="47 CFR 64.1120: no carrier change without the subscriber's authorisation",
    provenance="U",
    source="Text not retrieved; compare it before citing it",
)
_EECC_WILL = Basis(
    rule="EECC, article 106: end-users are not ported against their will",
    provenance="U",
    source="Common reading; the article was not retrieved and national law may say more: compare before citing",
)
_US: Mapping[Ground, Basis] = MappingProxyType(
    {
        Ground.CUSTOMER_DENIES: _SLAMMING,
        Ground.FRAUD_CONFIRMED: _SLAMMING,
        Ground.LOCKED: Basis(
            rule="47 CFR 64.1190: a freeze that the subscriber asked for holds until the subscriber lifts it",
            provenance="U",
            source="Text not retrieved; Outreach: locked numbers have to be unlocked by their holder first",
        ),
    }
)
_EU: Mapping[Ground, Basis] = MappingProxyType({Ground.CUSTOMER_DENIES: _EECC_WILL})
_UK = _Rules(
    {
        Compared.POSTAL_CODE: Basis(
            rule="Industry rejections: post code wrong or missing", provenance="C", source="Simwood, Gamma, dial9"
        )
    }
)
_FR = _Rules(
    {
        Compared.RIO: Basis(
            rule="ARCEP 2006-0381, article 4: RIO and number do not belong together, or the RIO is missing",
            provenance="L",
            source="ARCEP",
        )
    },
    _EU,
)
_DE = _Rules(
    {
        Compared.POSTAL_CODE: Basis(
            rule="WBCI code ADF: an element of the address is wrong", provenance="I", source="WBCI specification"
        )
    },
    _EU,
)

#: By a playbook's code; those that are not here have the grounds that hold everywhere.
RULES: Mapping[str, _Rules] = MappingProxyType(
    {
        "US-LOCAL": _Rules(
            dict.fromkeys((Compared.ACCOUNT_NUMBER, Compared.POSTAL_CODE, Compared.PIN), _LSR),
            _US,
        ),
        "US-LOCAL-SIMPLE": _Rules(
            dict.fromkeys((Compared.ACCOUNT_NUMBER, Compared.POSTAL_CODE, Compared.PIN), _SIMPLE),
            _US,
        ),
        "US-WIRELESS": _Rules(
            dict.fromkeys((Compared.ACCOUNT_NUMBER, Compared.POSTAL_CODE, Compared.PIN), _WIRELESS),
            {**_US, Ground.FRAUD_CONFIRMED: _WIRELESS, Ground.LOCKED: _WIRELESS},
        ),
        "US-TF": _Rules(
            {},
            {
                Ground.CUSTOMER_DENIES: Basis(
                    rule="Somos decline: the subscriber disputes the change", provenance="I", source="Somos"
                )
            },
        ),
        "CA": _Rules(
            dict.fromkeys(
                (Compared.ACCOUNT_NUMBER, Compared.PIN),
                Basis(
                    rule="CISC practice: number and account number, of wireless accounts the PIN",
                    provenance="U",
                    source="The guidelines were not retrieved",
                ),
            )
        ),
        "UK-GEO": _UK,
        "UK-NGN": _UK,
        "UK-MOB": _Rules(
            {Compared.PAC: Basis(rule="MNP: PAC wrong or expired", provenance="C", source="Transatel")},
        ),
        "DE-FIX": _DE,
        "DE-MOB": _DE,
        "FR-FIX": _FR,
        "FR-MOB": _FR,
        "FR-SVA": _FR,
        "IT-FIX": _Rules(
            {
                Compared.MIGRATION_CODE: Basis(
                    rule="AGCOM 274/07/CONS: the codice di migrazione names the line",
                    provenance="P",
                    source="miglioretariffa, offertenergia",
                )
            },
            _EU,
        ),
        "PL": _Rules(
            {},
            {
                Ground.CUSTOMER_DENIES: Basis(
                    rule="PLI CBD code 3: the subscriber withdrew", provenance="P", source="plicbd.arkanavoip.pl"
                )
            },
        ),
        **dict.fromkeys(("ES-FIX", "ES-MOB", "BE", "PT", "AT", "EU"), _Rules({}, _EU)),
    }
)
#: Grounds that hold whatever the jurisdiction.
EVERYWHERE: Mapping[Ground, Basis] = MappingProxyType(
    {
        Ground.NUMBER_NOT_OURS: Basis(
            rule="A carrier can release only numbers that it serves",
            provenance="C",
            source="Bandwidth LSR code 7516, and its like everywhere",
        ),
        Ground.NUMBER_NOT_ACTIVE: Basis(
            rule="A number that is not in service cannot be ported",
            provenance="C",
            source="Bandwidth LSR code 7518, ARCEP 2006-0381, WBCI code RNG, PLI CBD code 2",
        ),
        Ground.CUSTOMER_DENIES: Basis(
            rule="A number moves at its holder's request; who asked for nothing does not lose it",
            provenance="U",
            source="Portolan's own reading where no text was found",
        ),
    }
)

#: Where a playbook names no interval for the answer.
DEFAULT_ANSWER = Interval(24, "clock hours")
DEFAULT_SOURCE = "U: no interval found; the answer goes out within a day of business days"


class PortOutPolicy(BaseModel):
    """The rules one request is judged by, fixed when it is received.

    Attributes:
        time_zone, desk_opens, desk_closes, closed_days: Of our own desk; business hours and days are counted by them.
        compared: What may be compared with our record.
        grounds: On which grounds the numbers may be kept, each with its rule.
        answer_within, answer_unit, answer_source: How long the answer may take from the receipt. The cut-off of US
            simple ports, which can only give more time, is not used.
        margin_minutes: The answer is decided so long before it is due, to leave time for getting it across.
        fraud_hold_hours: A person's suspicion holds the answer back for so long, and never past that moment.
        close_after_days: So long after the release without word of a port the matter is closed.
    """

    playbook: str
    time_zone: str
    desk_opens: str = "08:00"
    desk_closes: str = "17:00"
    closed_days: list[date] = Field(default_factory=list)
    compared: list[Compared] = Field(default_factory=list)
    grounds: dict[Ground, Basis] = Field(default_factory=lambda: dict(EVERYWHERE))
    answer_within: float = Field(default=DEFAULT_ANSWER.amount, gt=0)
    answer_unit: AnswerUnit = "clock hours"
    answer_source: str = DEFAULT_SOURCE
    margin_minutes: int = Field(default=60, ge=1)
    fraud_hold_hours: int = Field(default=24, ge=1)
    close_after_days: int = Field(default=30, ge=1)

    @property
    def code(self) -> Compared | None:
        """The secret that may be compared, if any."""
        return next((field for field in self.compared if field in CODES), None)

    @property
    def locks_hold(self) -> bool:
        """Whether a lock of the customer's keeps a number here past the deadline; elsewhere it only warns."""
        return Ground.LOCKED in self.grounds

    def answer_by(self, received_at: datetime) -> datetime:
        """When the answer to a request received at that moment is due."""
        desk = BusinessCalendar(
            zone=self.time_zone,
            closed_days=dict.fromkeys(self.closed_days, ""),
            desk_opens=wall_time(self.desk_opens, "desk_opens"),
            desk_closes=wall_time(self.desk_closes, "desk_closes"),
        )
        match self.answer_unit:
            case "business hours":
                return desk.add_business_hours(received_at, self.answer_within)
            case "clock hours":
                return desk.add_clock_hours(received_at, self.answer_within)
            case "business days":
                return desk.add_business_intervals(received_at, int(self.answer_within))
            case _:
                return received_at + timedelta(days=self.answer_within)

    def decide_by(self, received_at: datetime) -> datetime:
        """When the answer is decided at the latest: the margin before it is due, but never before half of the time."""
        due = self.answer_by(received_at)
        return due - min(timedelta(minutes=self.margin_minutes), (due - received_at) / 2)


def policy_for(playbook: Playbook, closed_days: Sequence[date] = ()) -> PortOutPolicy:
    """The rules of one request under a playbook.

    Args:
        playbook: Of the numbers.
        closed_days: On which our desk is closed, weekends aside.
    """
    rules = RULES.get(playbook.code, _Rules({}))
    fact = playbook.facts["answer_interval"]
    known = isinstance(fact.value, Interval)
    within = fact.value if isinstance(fact.value, Interval) else DEFAULT_ANSWER
    found = {ground: basis for field, basis in rules.compared.items() for ground in FOUND_IN[field]}
    return PortOutPolicy(
        playbook=playbook.code,
        time_zone=playbook.time_zone,
        desk_opens=playbook.values["desk_opens"].value,
        desk_closes=playbook.values["desk_closes"].value,
        closed_days=sorted(closed_days),
        compared=list(rules.compared),
        grounds={**EVERYWHERE, **found, **rules.grounds},
        answer_within=within.amount,
        answer_unit=within.unit,
        answer_source=f"{fact.provenance}: {fact.source}" if known else DEFAULT_SOURCE,
        margin_minutes=15 if within.unit == "business hours" else 60,
    )
