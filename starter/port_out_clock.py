"""One port-out's own clock, on a server that can move it ahead."""

from __future__ import annotations

import asyncio
from datetime import datetime
from time import monotonic

from temporalio.client import Client

from portolan.domain.port_out.case import Case
from portolan.domain.port_out.clocks import acts, next_deadline
from starter.clock import LOOK_EVERY_SECONDS, LOOKS, WorkflowClock
from starter.port_outs import workflow_id
from workflows.port_out import PortOut


class PortOutClock(WorkflowClock):
    """Moves one port-out through time: `to` a moment, `past` a duration, or until it has `settled`."""

    def __init__(self, client: Client, port_out_id: str) -> None:
        super().__init__(client, client.get_workflow_handle_for(PortOut.run, workflow_id(port_out_id)))
        self.port_out_id = port_out_id

    async def case(self) -> Case:
        """The port-out as its workflow has it now."""
        return Case.model_validate(await self.asked(PortOut.show))

    async def settled(self) -> Case:
        """The port-out, once Portolan has done what it can do by itself; the pauses between its tries are skipped.

        A timer fires some milliseconds after its moment, so a deadline that has come is waited for too.
        """
        for _ in range(LOOKS):
            case, since, now = await self.case(), monotonic(), await self.now()
            deadline = next_deadline(case)
            quiet = not acts(case) and not case.unpublished and (deadline is None or deadline.at > now)
            pause = await self._pause(now)
            if quiet and pause is None:
                return case
            if pause:
                await self._skip(pause, since)
            else:
                await asyncio.sleep(LOOK_EVERY_SECONDS)
        raise TimeoutError(f"{self.port_out_id} is still {case.state}")

    async def to(self, moment: datetime) -> None:
        """Let time pass until a moment, from one deadline to the next."""
        while await self.running():
            since, case = monotonic(), await self.settled()
            now, deadline = await self.now(), next_deadline(case)
            if now >= moment or deadline is None:
                return
            await self._skip(min(moment, deadline.at) - now, since)
