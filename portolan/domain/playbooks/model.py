"""What a playbook holds, and the snapshot of it that an order carries for life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from pydantic import BaseModel, Field


class Value(NamedTuple):
    """One rule: its value, where it comes from (see the package's docstring for the letters), and the source."""

    value: Any
    provenance: str
    source: str


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
        closing_notice_hours: People are told this long before the window closes.
        retry_minutes: While the gaining carrier cannot be reached, the time between two bursts of tries.
        closed_days: Days on which the losing carrier ports nothing, weekends aside.
        portable: False where Portolan's gaining carriers cannot take such numbers; `not_portable_why` says why.
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
    closing_notice_hours: int = 24
    cutover_hours: int = 4
    port_back_hours: int = 4
    retry_minutes: int = 60
    closed_days: list[date] = Field(default_factory=list)
    portable: bool = True
    not_portable_why: str = ""

    def rollback_stage(self, since_activation: timedelta) -> str:
        """`snapback`, then `win_back`, then `new_port`: what a return would be this long after activation."""
        if since_activation < timedelta(hours=min(self.snapback_hours, self.rollback_hours)):
            return "snapback"
        return "win_back" if since_activation < timedelta(hours=self.rollback_hours) else "new_port"


@dataclass(frozen=True)
class Playbook:
    """The rules of one jurisdiction and number class."""

    code: str
    title: str
    country: str
    number_classes: tuple[str, ...]
    regulator: str
    time_zone: str
    values: Mapping[str, Value]

    def policy(self, closed_days: Sequence[date] = (), overrides: Mapping[str, Any] | None = None) -> Policy:
        """The snapshot for one order, with an operator's or an order's own values on top."""
        given = {name: value.value for name, value in self.values.items()}
        given |= {"playbook": self.code, "time_zone": self.time_zone, "closed_days": list(closed_days)}
        return Policy.model_validate(given | dict(overrides or {}))
