"""What a history costs: its billable Actions, events and bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

#: One billable Action each, by the table of the Temporal Cloud documentation; a retried activity counts its attempts.
BILLED = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
    EventType.EVENT_TYPE_TIMER_STARTED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
}
#: Only there because time was skipped.
SKIPPING = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
}


class Cost(NamedTuple):
    """What one order cost."""

    actions: int
    events: int
    size: int


def cost(events: Sequence[HistoryEvent]) -> Cost:
    """Count a history as it would be without skipped time.

    All local activities of one workflow task count as one Action together; the markers of patches, and the search
    attribute that tells of them, count as none.
    """
    kept = [event for event in events if event.event_type not in SKIPPING]
    actions = sum(event.event_type in BILLED or _upsert(event) for event in kept)
    actions += sum(
        event.activity_task_started_event_attributes.attempt
        for event in kept
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
    )
    tasks = {
        event.marker_recorded_event_attributes.workflow_task_completed_event_id
        for event in kept
        if event.marker_recorded_event_attributes.marker_name == "core_local_activity"
    }
    return Cost(actions + len(tasks), len(kept), sum(event.ByteSize() for event in kept))


def _upsert(event: HistoryEvent) -> bool:
    """Whether search attributes of the workflow's own were set."""
    told = event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields
    return bool(set(told) - {"TemporalChangeVersion"})
