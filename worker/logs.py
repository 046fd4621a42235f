"""Log lines: JSON or for a terminal, with order and workflow on each, numbers masked, nothing twice on replay."""

from __future__ import annotations

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger
from temporalio import activity, workflow
from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

from portolan.numbering import mask
from portolan.settings import Settings

NUMBER = re.compile(r"\+\d{7,15}\b")
SECRET = re.compile(r"pin|password|secret|token|account_number", re.IGNORECASE)


def temporal_context(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Name the order and the workflow; in a replay, say nothing that was said before."""
    if workflow.in_workflow():
        if workflow.unsafe.is_replaying():
            raise structlog.DropEvent
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


def masked(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Mask telephone numbers in every text, and drop what is called a secret."""
    for key, value in event.items():
        if SECRET.search(key):
            event[key] = "***"
        elif isinstance(value, str):
            event[key] = NUMBER.sub(lambda found: mask(found.group()), value)
        elif isinstance(value, (list, dict)):
            event[key] = NUMBER.sub(lambda found: mask(found.group()), repr(value))
    return event


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
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())


def runtime() -> Runtime:
    """A Temporal runtime whose own log lines go through ours instead of to standard output."""
    forwarding = LogForwardingConfig(logger=logging.getLogger("temporal.core"))
    log = LoggingConfig(filter=TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=forwarding)
    return Runtime(telemetry=TelemetryConfig(logging=log))
