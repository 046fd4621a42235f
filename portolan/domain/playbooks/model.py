"""What a playbook holds, and the snapshot of it that an order carries for life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from portolan.domain.errors import ConfigurationError
from portolan.domain.playbooks.layers import Decided, Layer, Settled, settle, trail
from portolan.domain.playbooks.values import Change, Value, in_words
from portolan.domain.runbook import BEFORE_CUTOVER, ITEMS


class Override(BaseModel):
    """One value that was replaced for an order: which, what it was and became, who said so and where."""

    name: str
    was: str
    became: str
    by: str
    source: str = ""


def _several(value: Any) -> Any:
    """Orders that began when there was one notice have a bare number."""
    return [value] if isinstance(value, int) else value


class Policy(BaseModel):
    """The values an order lives by, fixed when it starts.

    Attributes:
        time_zone: IANA zone of the losing carrier's desk; dates on paper are read in it.
        loa_max_age_days: An LOA may be sent up to this many days after the date on it.
        loa_warning_days: People are warned this many days before it grows too old.
        customer_silence_days: With no signature or data for this long, and nothing sent, the order expires.
        reminder_days: Whoever has to move is reminded this often.
        carrier_silence_days: Silence of the losing carrier is normal for so many business days; then it is chased.
        foc_notice_hours: A cutover date sooner than this cannot be honoured.
        foc_horizon_days: A cutover date later than this cannot be honoured.
        freeze_hours: The change freeze before the FOC.
        rollback_hours: A port-back may be asked for until this long after activation; 0 where there is none.
        cutover_hours: The numbers are moved at the FOC or within this long after it, or a person decides.
        port_back_hours: A port-back decided inside the window is tried until this long after it.
        snapback_hours: Within this first stretch the losing carrier can simply take the numbers back.
        closing_notice_hours: People are told so many hours before the window closes, once each.
        retry_minutes: While the gaining carrier cannot be reached, the time between two bursts of tries.
        closed_days: Days on which the losing carrier ports nothing, weekends aside.
        portable: False where Portolan's gaining carriers cannot take such numbers; `not_portable_why` says why.
        rollback_basis: `snapback` (at the losing carrier's discretion), `new_port` or `none`.
        bill_max_age_days: A bill may stand in for the CSR up to this many days after its date.
        documents: What has to go with the order: `loa`, `bill`, `csr`, `cloa`, `mandate` ...
        identifiers: What has to be known of each number or account: `account_number`, `rio`, `pac`, `resp_org` ...
        compared_fields: The fields of the LOA that the losing carrier compares with its record; empty: all of them.
        signature_modes: How the LOA may be signed: `wet` and `electronic`, as gaining and losing carrier both accept.
        loa_template: Which letter is rendered.
        loa_attachment_over: With more numbers than this the letter says "See Attached"; None: it lists them all.
        most_numbers: The gaining carrier takes at most so many numbers in one order; None: as many as there are.
        lead_business_days: A cutover can be asked for this many business days after sending, at the earliest.
        cutoff: Local time (HH:MM) at the desk after which a sending counts as the next business day's.
        desk_opens, desk_closes: The losing carrier's desk hours, local (HH:MM).
        desk_contact: Whom to call in an emergency; empty where nobody has said.
        activation_from, activation_until: The gaining carrier moves numbers between these local times (HH:MM).
        activation_zone: IANA zone of these two; empty: `time_zone`.
        retention_days: Documents are kept this long after the order has ended.
        runbook: The items of the cutover runbook (`runbook.ITEMS`) that the order goes through.
        gates: Those of them without which the numbers do not move, unless the decision-maker overrides them.
        configure_hours: The numbers are configured at the gaining carrier this long before the FOC.
        supplements: Whether the gaining carrier takes another date for an order that it holds.
        activates_itself: Whether the gaining carrier moves the numbers at the end of its window, when nobody did.
        proof: What has to be shown before the numbers count as in service: `service` (the carrier's word for each
            number), `independent` (a routing look-up or passed test calls), `calls` (passed test calls).
        test_slots: Minutes after the activation at which test calls are due.
        test_origins: Networks the calls come from; from so many of them at least (`test_least_origins`).
        test_checks: What each call tries.
        test_pass_streak: So many slots in a row, those without a call aside, have to pass.
        test_fail_streak: After so many failed slots in a row the decision-maker is asked.
        messaging_separate: Whether messaging moves apart from voice.
        messaging_business_days: Messaging should have settled so many business days after the activation.
        hosted_messaging_days: A hosted messaging order has to come so many business days before the FOC.
        inadvertent_unlimited: Whether a port that nobody wanted can be undone however long ago it was.
        snapback_cost, win_back_cost: What each stage of a return costs, in words; empty: not known.
        unlawful_refusals: Canonical rejection codes that are no lawful ground here, each with the rule that says so.
        overridden: What an operator or the request replaced; profiles of carriers are not in it.
    """

    playbook: str
    time_zone: str
    loa_max_age_days: int = 30
    loa_warning_days: int = 5
    customer_silence_days: int = 30
    reminder_days: int = 7
    carrier_silence_days: int = 5
    foc_notice_hours: int = 4
    foc_horizon_days: int = 180
    freeze_hours: int = 24
    rollback_hours: int = 72
    snapback_hours: int = 24
    closing_notice_hours: Annotated[list[int], BeforeValidator(_several)] = Field(default_factory=lambda: [24])
    cutover_hours: int = 4
    port_back_hours: int = 4
    retry_minutes: int = 60
    closed_days: list[date] = Field(default_factory=list)
    portable: bool = True
    not_portable_why: str = ""
    rollback_basis: str = "snapback"
    bill_max_age_days: int = 30
    documents: list[str] = Field(default_factory=lambda: ["loa"])
    identifiers: list[str] = Field(default_factory=lambda: ["account_number"])
    compared_fields: list[str] = Field(default_factory=list)
    signature_modes: list[str] = Field(default_factory=lambda: ["wet", "electronic"])
    loa_template: str = "generic"
    loa_attachment_over: int | None = None
    most_numbers: int | None = None
    lead_business_days: int = 3
    cutoff: str = "17:00"
    desk_opens: str = "08:00"
    desk_closes: str = "17:00"
    desk_contact: str = ""
    activation_from: str = "00:00"
    activation_until: str = "23:59"
    activation_zone: str = ""
    retention_days: int = 730
    runbook: list[str] = Field(default_factory=list)
    gates: list[str] = Field(default_factory=list)
    configure_hours: int = 24
    supplements: bool = True
    activates_itself: bool = False
    proof: list[str] = Field(default_factory=lambda: ["service"])
    test_slots: list[int] = Field(default_factory=list)
    test_origins: list[str] = Field(default_factory=list)
    test_least_origins: int = 3
    test_checks: list[str] = Field(default_factory=list)
    test_pass_streak: int = 3
    test_fail_streak: int = 2
    messaging_separate: bool = False
    messaging_business_days: int = 3
    hosted_messaging_days: int = 4
    inadvertent_unlimited: bool = False
    snapback_cost: str = ""
    win_back_cost: str = ""
    unlawful_refusals: dict[str, str] = Field(default_factory=dict)
    overridden: list[Override] = Field(default_factory=list)

    @property
    def independent(self) -> bool:
        """Whether more than the carrier's word has to show that the numbers are in service."""
        return self.proof != ["service"]


class Misfit(ConfigurationError):
    """Values of a policy that do not fit together; `name` is the field to correct first."""

    def __init__(self, name: str, message: str, remedy: str) -> None:
        self.name = name
        super().__init__(message, remedy)


#: Pairs of times of a policy of which the first has to come before the second.
_SPANS = (("desk_opens", "desk_closes"), ("activation_from", "activation_until"))
_HOLIDAYS = "the public holidays"


@dataclass(frozen=True)
class Playbook:
    """The rules of one jurisdiction and number class.

    Attributes:
        country: ISO 3166, two letters; `EU` for the playbook that stands in for member states without their own.
        number_classes: As `portolan.numbering` names them.
        regulator: Who watches over it, with the main rule.
        values: Every field of a policy but its name, closed days and record of changes.
        facts: What people should know beyond that; the names are those of `FACTS`.
    """

    code: str
    title: str
    country: str
    number_classes: tuple[str, ...]
    regulator: str
    values: Mapping[str, Value]
    facts: Mapping[str, Value]

    @property
    def time_zone(self) -> str:
        """IANA zone of the losing carriers' desks, where nobody has said otherwise."""
        zone: str = self.values["time_zone"].value
        return zone

    def settle(
        self, closed_days: Sequence[date] = (), layers: Sequence[Layer] = ()
    ) -> tuple[dict[str, Settled], list[Decided]]:
        """Each value of the policy with how it came about, and the decisions that changed one; see `layers.settle`."""
        calendar = {"closed_days": Value(list(closed_days), "U", f"{_HOLIDAYS} of {self.country}")}
        return settle({**self.values, **calendar}, layers, self.code)

    def policy(
        self,
        closed_days: Sequence[date] = (),
        overrides: Mapping[str, Any] | None = None,
        layers: Sequence[Layer] = (),
    ) -> Policy:
        """The snapshot for one order.

        Args:
            closed_days: The public holidays of the losing carrier's country.
            overrides: The request's own values, on top of everything.
            layers: Carrier profiles and an operator's decisions; `resolve` gathers them.

        Raises:
            ConfigurationError: A decision would break a rule, nobody could sign, a span of hours ends before it
                begins, or gates, proof and test calls do not fit together (`Misfit`).
            ValidationError: A value is of the wrong type.
        """
        asked = {name: Change(value, "the request") for name, value in (overrides or {}).items()}
        settled, decided = self.settle(closed_days, [*layers, Layer("the request", decisions=asked)])
        _check(settled)
        given = {name: one.value for name, one in settled.items()}
        given["closed_days"] = sorted(given["closed_days"])
        return Policy.model_validate({**given, "playbook": self.code, "overridden": list(map(_override, decided))})


def _check(settled: Mapping[str, Settled]) -> None:
    """Raises where the values do not fit together."""
    modes = settled["signature_modes"]
    if not modes.value:
        raise ConfigurationError(
            f"No way of signing suits everybody concerned: {'; '.join(trail(modes.steps))}.",
            "Choose another gaining carrier, or set `signature_modes` after asking both carriers.",
        )
    for first, second in _SPANS:
        begins, ends = settled[first].value, settled[second].value
        if begins >= ends:
            raise Misfit(first, f"{first} {begins} is not before {second} {ends}.", "Correct one of the two.")
    held = {name: one.value for name, one in settled.items()}
    late = [name for name in held["gates"] if name in ITEMS and ITEMS[name].stage not in BEFORE_CUTOVER]
    if late:
        raise Misfit(
            "gates",
            f"gates has {', '.join(late)}, which is done after the numbers have moved.",
            "Take it out of `gates`; it stays in the runbook.",
        )
    strangers = [name for name in held["gates"] if name not in held["runbook"]]
    if strangers:
        raise Misfit(
            "gates",
            f"gates has {', '.join(strangers)}, which the runbook does not have.",
            "Add it to `runbook`, or take it out of `gates`.",
        )
    if "calls" in held["proof"] and not held["test_slots"]:
        raise Misfit(
            "proof",
            "proof asks for test calls, and test_slots has none.",
            "Give `test_slots` in minutes after the activation, or take `calls` out of `proof`.",
        )
    if held["test_slots"] and held["test_least_origins"] > len(held["test_origins"]):
        raise Misfit(
            "test_least_origins",
            f"test_least_origins is {held['test_least_origins']}, and test_origins has {len(held['test_origins'])}.",
            "Name more of `test_origins`, or ask for fewer.",
        )


def _override(decided: Decided) -> Override:
    # Public holidays are looked up on the day and must not make the same request another one: they are not spelled out.
    was = _HOLIDAYS if decided.name == "closed_days" else in_words(decided.was)
    change = decided.change
    return Override(name=decided.name, was=was, became=in_words(change.value), by=change.by, source=change.source)
