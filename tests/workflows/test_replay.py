"""Orders outlive deployments: histories recorded earlier must replay with today's workflow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from tests.histories.record import FOLDER
from tests.workflows.scenarios import SCENARIOS
from worker.plugin import plugin

HINT = (
    "A running order would stop here. Guard the change with workflow.patched(), keep the old branch, and record anew"
    " (python -m tests.histories.record) only what nobody runs any more."
)


def history(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


async def replay(name: str, content: dict[str, Any]) -> None:
    replayer = Replayer(workflows=[], plugins=[plugin()])
    await replayer.replay_workflow(WorkflowHistory.from_json(f"port-history-{name}", content))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
async def test_a_recorded_order_replays(path: Path) -> None:
    try:
        await replay(path.stem, history(path))
    except workflow.NondeterminismError as error:
        pytest.fail(f"{path.name}: {error}\n{HINT}")


def test_every_scenario_is_recorded() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(SCENARIOS)


def _renamed(events: list[dict[str, Any]]) -> None:
    """As if the workflow had called another activity then."""
    scheduled = next(event for event in events if "activityTaskScheduledEventAttributes" in event)
    scheduled["activityTaskScheduledEventAttributes"]["activityType"]["name"] = "look_up_numbers_v0"


def _without_timer(events: list[dict[str, Any]]) -> None:
    """As if the workflow had called an activity where it now starts a timer."""
    started = next(event for event in events if "timerStartedEventAttributes" in event)
    scheduled = next(event for event in events if "activityTaskScheduledEventAttributes" in event)
    started.pop("timerStartedEventAttributes")
    started["eventType"] = scheduled["eventType"]
    started["activityTaskScheduledEventAttributes"] = {
        **scheduled["activityTaskScheduledEventAttributes"],
        "activityId": "99",
    }


@pytest.mark.parametrize("alter", [_renamed, _without_timer])
async def test_a_changed_workflow_is_noticed(alter: Any) -> None:
    content = history(FOLDER / "clean.json")
    alter(content["events"])
    with pytest.raises(workflow.NondeterminismError):
        await replay("clean", content)
