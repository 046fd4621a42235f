"""What client, worker, replayer and test environment share: the data converter, the workflow and its sandbox."""

from __future__ import annotations

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.plugin import SimplePlugin
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from workflows.carrier_watch import CarrierWatch
from workflows.port_order import PortOrder
from workflows.port_out import PortOut


def plugin() -> SimplePlugin:
    """The one plugin, given to `Client.connect` or to a `Replayer`.

    The sandbox checks the workflow's own modules; the library's domain is pure by its import rules and is let
    through, so that it is loaded once and not for each order.
    """
    restrictions = SandboxRestrictions.default.with_passthrough_modules("portolan")
    return SimplePlugin(
        "portolan",
        data_converter=pydantic_data_converter,
        workflow_runner=SandboxedWorkflowRunner(restrictions=restrictions),
        workflows=[PortOrder, PortOut, CarrierWatch],
    )
