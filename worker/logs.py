"""Log lines: JSON or for a terminal, with order and workflow on each, numbers masked, nothing twice on replay."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from pydantic import BaseModel
from structlog.typing import EventDict, Processor, WrappedLogger
from temporalio import activity, workflow
from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

from portolan.numbering import mask
from portolan.settings import Settings

NUMBER = re.compile(r"\+\d{7,15}\b")
#: What stands before the host in a URL.
LOGIN = re.compile(r"(://[^:/@\s]*:)[^/@\s]+@")
SECRET = re.compile(r"pin|password|secret|token|account_number", re.IGNORECASE)


def temporal_context(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Name the order and the workflow."""
    if workflow.in_workflow():
        event["workflow_id"] = workflow.info().workflow_id
    elif activity.in_activity():
        info = activity.info()
        event.update(workflow_id=info.workflow_id, activity=info.activity_type, attempt=info.attempt)
    else:
        known = event.get("temporal_workflow") or event.get("temporal_activity")
        if isinstance(known, dict) and "workflow_id" in known:
            event["workflow_id"] = known["workflow_id"]
    for extra in ("temporal_workflow", "temporal_activity", "temporal_log"):
        event.pop(extra, None)
    if "workflow_id" in event:
        event.setdefault("order_id", str(event["workflow_id"]).removeprefix("port-"))
    return event


def first_time(_: logging.LogRecord) -> bool:
    """Whether a line is new: in a replay, nothing is said again."""
    return not (workflow.in_workflow() and workflow.unsafe.is_replaying())


def masked(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Mask telephone numbers in every text, and drop what is called a secret, however deep it lies."""
    cleaned: EventDict = _masked(event)
    return cleaned


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_masked(key): "***" if SECRET.search(str(key)) else _masked(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_masked(item) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, BaseModel):
        return _masked(value.model_dump(mode="json"))
    text = LOGIN.sub(r"\1***@", str(value))
    return NUMBER.sub(lambda found: mask(found.group()), text)


def configure(settings: Settings) -> None:
    """Send structlog's and the standard library's lines to standard error, in one form."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    json = settings.log_format == "json"
    renderer: Processor = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(first_time)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                temporal_context,
                structlog.processors.format_exc_info,
                masked,
                renderer,
            ],
        )
    )
    # What they would add to every text stands in fields of its own.
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())


def runtime() -> Runtime:
    """A Temporal runtime whose own log lines go through ours instead of to standard output."""
    forwarding = LogForwardingConfig(logger=logging.getLogger("temporal.core"))
    log = LoggingConfig(filter=TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=forwarding)
    return Runtime(telemetry=TelemetryConfig(logging=log))
