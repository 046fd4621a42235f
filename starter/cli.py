"""The command line. Errors are one clear line and a non-zero exit."""

from __future__ import annotations

import sys

from starter.commands import (
    carriers,
    checking,
    checking_ids,
    cutover,
    deciding,
    desk,
    ingress,
    knowing,
    looking,
    papers,
    port_outs,
    reconciling,
    rehearsing,
    rejecting,
    running,
    showing,
    simulating,
)
from starter.commands.base import app
from worker.host import leave

__all__ = [
    "app",
    "carriers",
    "checking",
    "checking_ids",
    "cutover",
    "deciding",
    "desk",
    "ingress",
    "knowing",
    "looking",
    "main",
    "papers",
    "port_outs",
    "reconciling",
    "rehearsing",
    "rejecting",
    "running",
    "showing",
    "simulating",
]


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    try:
        app()
    except SystemExit as end:
        leave(end.code if isinstance(end.code, int) else 1)
    except KeyboardInterrupt:
        leave(130)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        leave(1)
    leave(0)
