"""Reading what a workflow did from its history."""

from __future__ import annotations

import json
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory


def decoded(payload: Payload) -> Any:
    """The value of a JSON payload."""
    return json.loads(payload.data) if payload.data else None


def scheduled(history: WorkflowHistory, activity: str) -> list[list[Any]]:
    """The arguments of each scheduling of an activity."""
    return [
        [decoded(payload) for payload in event.activity_task_scheduled_event_attributes.input.payloads]
        for event in events(history, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
        if event.activity_task_scheduled_event_attributes.activity_type.name == activity
    ]


def events(history: WorkflowHistory, *kinds: EventType.ValueType) -> list[HistoryEvent]:
    """The events of these kinds."""
    return [event for event in history.events if event.event_type in kinds]


def failures(history: WorkflowHistory) -> list[str]:
    """Why workflow tasks failed: a healthy order has none."""
    return [
        event.workflow_task_failed_event_attributes.failure.message
        for event in events(history, EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)
    ]
