"""The playbooks Portolan knows, and the choice among them."""

from __future__ import annotations

from portolan.domain.playbooks.model import Playbook, Value

SEED_LOA = Value(30, "S", "Amazon Connect administrator guide: dated within 30 days of submission")
SEED_WINDOW = Value(72, "S", "Amazon Connect migration practice; no rule promises it, the losing carrier may refuse")
SNAPBACK = Value(24, "C", "Bandwidth LNP codes 7432/7433: snapback within 24 h, then a win-back order")
FREEZE_US = Value(24, "C", "Bandwidth: no change or cancel when the FOC is less than 24 h away")


def _playbook(
    code: str,
    title: str,
    country: str,
    classes: tuple[str, ...],
    regulator: str,
    zone: str,
    **values: Value,
) -> Playbook:
    common = {"loa_max_age_days": SEED_LOA, "rollback_hours": SEED_WINDOW, "snapback_hours": SNAPBACK}
    return Playbook(code, title, country, classes, regulator, zone, {**common, **values})


_ALL = (
    _playbook(
        "US-LOCAL",
        "United States, local numbers",
        "US",
        ("geographic",),
        "FCC (47 CFR 52.35)",
        "America/New_York",
        carrier_silence_days=Value(5, "S", "Porting practice: 5 to 15 business days; a silent week is normal"),
        foc_horizon_days=Value(30, "C", "Bandwidth: the FOC may be at most 30 days out"),
        freeze_hours=FREEZE_US,
    ),
    _playbook(
        "US-TF",
        "United States and Canada, toll-free numbers (RespOrg change)",
        "US",
        ("toll_free",),
        "FCC (47 CFR 52.101 ff.), Somos tariff",
        "America/New_York",
        carrier_silence_days=Value(
            2, "I", "Somos: help desk interventions are done by the end of the second business day"
        ),
        foc_horizon_days=Value(30, "I", "Somos: a future date lies at most 30 days ahead"),
        freeze_hours=FREEZE_US,
    ),
    _playbook(
        "CA",
        "Canada, local numbers",
        "CA",
        ("geographic",),
        "CRTC (Telecom Decision 2005-72)",
        "America/Toronto",
        carrier_silence_days=Value(5, "U", "As for the United States; no rule found"),
    ),
    _playbook(
        "UK-GEO",
        "United Kingdom, geographic numbers",
        "GB",
        ("geographic",),
        "Ofcom (General Condition C7)",
        "Europe/London",
        carrier_silence_days=Value(2, "C", "Simwood: orders are acknowledged within 24 or 48 h"),
        rollback_hours=Value(
            72, "S", "Policy default; the industry manual has emergency restoration, without a figure"
        ),
    ),
    _playbook(
        "UK-NGN",
        "United Kingdom, non-geographic numbers",
        "GB",
        ("non_geographic", "toll_free", "special_rate"),
        "Ofcom (General Condition C7)",
        "Europe/London",
        carrier_silence_days=Value(2, "C", "Simwood: acknowledged within 48 h"),
    ),
    _playbook(
        "DE-FIX",
        "Germany, fixed numbers",
        "DE",
        ("geographic", "non_geographic"),
        "BNetzA (TKG 2021, section 59)",
        "Europe/Berlin",
        carrier_silence_days=Value(5, "U", "The pre-agreement is answered in 3 working days by industry practice"),
        foc_horizon_days=Value(180, "C", "Placetel: dates more than 180 days ahead are refused"),
    ),
    _playbook(
        "FR-FIX",
        "France, fixed numbers",
        "FR",
        ("geographic", "non_geographic"),
        "ARCEP (decision 2022-2148)",
        "Europe/Paris",
        carrier_silence_days=Value(
            7, "L", "ARCEP 2022-2148: enterprise fixed, 7 working days falling to 3 by July 2027"
        ),
    ),
    _playbook(
        "NG-FIX",
        "Nigeria, fixed numbers",
        "NG",
        ("geographic",),
        "NCC",
        "Africa/Lagos",
        carrier_silence_days=Value(10, "S", "Case by case; no usable interval is published"),
    ),
    _playbook(
        "NG-MOB",
        "Nigeria, mobile numbers",
        "NG",
        ("mobile",),
        "NCC (MNP Business Rules 2013)",
        "Africa/Lagos",
        rollback_hours=Value(0, "L", "NCC Business Rules: no return; 90 days before the number may be ported again"),
        portable=Value(False, "U", "The recipient must be a licensed Nigerian mobile operator"),
        not_portable_why=Value(
            "Nigerian mobile numbers move only to a licensed Nigerian mobile operator, in person and by SMS; "
            "keep the number there and forward it",
            "L",
            "NCC Business Rules 2013",
        ),
    ),
    _playbook(
        "EU",
        "European Union, other member states",
        "EU",
        ("geographic", "non_geographic", "mobile", "toll_free"),
        "EECC, article 106",
        "Europe/Brussels",
        carrier_silence_days=Value(5, "S", "Porting practice: 4 to 8 weeks in all"),
    ),
)

PLAYBOOKS: dict[str, Playbook] = {playbook.code: playbook for playbook in _ALL}

EU_MEMBERS = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)


def choose(country: str, number_class: str) -> Playbook | None:
    """The playbook for a number's country (ISO 3166, two letters) and class, or None where there is none."""
    if number_class == "toll_free" and country in {"US", "CA"}:
        return PLAYBOOKS["US-TF"]
    for playbook in PLAYBOOKS.values():
        if playbook.country == country and number_class in playbook.number_classes:
            return playbook
    return PLAYBOOKS["EU"] if country in EU_MEMBERS and number_class in PLAYBOOKS["EU"].number_classes else None
