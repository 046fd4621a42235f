"""The activities of carriers and dialers, at a moment of Temporal's clock, on a simulated carrier."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.carrier import CarrierActivities, server_clock
from portolan.carriers.simulated import Script, SimulatedCarrier, SimulatedTester
from portolan.domain.carrier import PortBack, SendKind, Submission
from portolan.domain.effects import CarrierCall
from tests.world import ACCOUNT

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NUMBER = "+12125550001"
SECOND = timedelta(seconds=1)


class Desk:
    """The carrier's activities, at a moment of Temporal's clock."""

    def __init__(self, folder: Path, script: Script) -> None:
        self.carrier = SimulatedCarrier(folder / "carrier.db", server_clock)
        self.carrier.give_script("o1", script)
        self.carrier.give_account("o1", ACCOUNT)
        tester = SimulatedTester(folder / "carrier.db", server_clock)
        self.activities = CarrierActivities({"simulated": self.carrier}, testers={"simulated": tester})

    def run(self, name: str, *args: Any, at: datetime = NOW) -> Any:
        env = ActivityEnvironment()
        env.info = replace(env.info, started_time=at)
        return env.run(getattr(self.activities, name), *args)

    def failure(self, name: str, *args: Any, at: datetime = NOW) -> ApplicationError:
        with pytest.raises(ApplicationError) as caught:
            self.run(name, *args, at=at)
        return caught.value

    def submitted(self, **given: Any) -> CarrierCall:
        """Order o1, as the carrier has it now."""
        self.run("submit_order", "simulated", submission(**given))
        return CarrierCall(carrier="simulated", order_id="o1", carrier_order_id="SIM-00001", key="o1:1")

    def calls(self, call: str) -> int:
        return self.carrier.store.calls(call, "o1")


def faulty(tmp_path: Path, call: str, kind: str, times: int = 1) -> Desk:
    return Desk(tmp_path, Script.model_validate({"faults": [{"call": call, "kind": kind, "times": times}]}))


def submission(**given: Any) -> Submission:
    fields: dict[str, Any] = {
        "key": "o1:1",
        "order_id": "o1",
        "attempt": 1,
        "kind": SendKind.NEW,
        "numbers": [NUMBER],
        "account": ACCOUNT,
        "losing_carrier": "Old Telco",
    }
    return Submission(**{**fields, **given})


def port_back(not_after: datetime = NOW + timedelta(hours=1), stage: str = "snapback") -> PortBack:
    return PortBack(
        key=f"o1:port-back:{stage}",
        order_id="o1",
        carrier_order_id="SIM-00001",
        decided_by="Grace",
        reason="dead air",
        decided_at=NOW,
        stage=stage,
        not_after=not_after,
    )
