"""A rehearsal of port-outs: each request lives through its whole time, skipped, with scripted people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from temporalio.client import Client

from portolan.domain.errors import Fault, RequestInvalid
from portolan.domain.port_out.case import Case, PortOutRequest
from portolan.domain.port_out.clocks import next_deadline
from portolan.domain.port_out.messages import KINDS
from portolan.domain.port_out.states import PortOutState
from portolan.records.port_out_tables import PortOutEvent
from portolan.records.store import Records
from portolan.settings import Settings
from starter.port_out_clock import PortOutClock
from starter.port_out_files import Received, load
from starter.port_outs import receive, tell

#: No port-out of a rehearsal has more deadlines than this.
MOST_TURNS = 50


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PortOutAct(_Strict):
    """What somebody says: in which state, how long into it, and whether that will be accepted.

    Attributes:
        do: The kind of message, with its fields; `by` has to be among them where a person speaks.
    """

    when: PortOutState
    after_hours: float = Field(default=0.5, ge=0)
    do: str
    fields: dict[str, Any] = Field(default_factory=dict, alias="with")
    refused: bool = False


class PortOutScript(_Strict):
    """The `rehearsal` part of a request; it is followed until the state `ends` is reached."""

    people: list[PortOutAct] = Field(default_factory=list)
    ends: PortOutState


class PortOutEnding(BaseModel):
    """How one port-out of a rehearsal ended, against what its script says.

    Attributes:
        answered_in_time: Whether the requesting carrier had its answer before it was due, or needed none.
    """

    port_out_id: str
    label: str
    state: PortOutState
    expected: PortOutState
    outcome: str
    hours: float
    answered_in_time: bool
    surprises: list[str] = Field(default_factory=list)

    @property
    def as_scripted(self) -> bool:
        """Whether everything went as the script says, and in time."""
        return self.state is self.expected and self.answered_in_time and not self.surprises


PortOutListener = Callable[[PortOutRequest, PortOutEvent], None]


def port_out_scripts(received: Sequence[Received]) -> list[PortOutScript]:
    """The script of each request.

    Raises:
        RequestInvalid: With every fault of all scripts.
    """
    faults: list[Fault] = []
    found: list[PortOutScript] = []
    for index, one in enumerate(received):
        where = f"port_outs[{index}].rehearsal"
        try:
            script = PortOutScript.model_validate(one.given.rehearsal)
        except ValidationError as error:
            faults += [Fault(f"{where}.{'.'.join(map(str, fault['loc']))}", fault["msg"]) for fault in error.errors()]
            continue
        unknown = [act.do for act in script.people if act.do not in KINDS]
        faults += [Fault(f"{where}.people", f"{do!r} is none of {', '.join(KINDS)}") for do in unknown]
        found.append(script)
    if faults:
        raise RequestInvalid(faults)
    return found


async def rehearse_port_outs(
    client: Client, settings: Settings, records: Records, path: Path, on_event: PortOutListener
) -> list[PortOutEnding]:
    """Receive the requests of a file and live each through, one after the other; a worker has to be running.

    Args:
        client, settings, records: The deployment's.
        path: A file of requests with a `rehearsal` each.
        on_event: Told each line of the audit trail, as it is written.

    Raises:
        RequestInvalid: With every fault of the file or its scripts.
    """
    received = load(path)
    told = port_out_scripts(received)
    endings = []
    for one, script in zip(received, told, strict=True):
        await receive(client, settings.task_queue, records, one.request, one.codes)
        life = _Life(PortOutClock(client, one.request.port_out_id), client, records, one, on_event)
        endings.append(await life.live(script))
    return endings


class _Life:
    """One port-out's life."""

    def __init__(
        self, clock: PortOutClock, client: Client, records: Records, received: Received, on_event: PortOutListener
    ) -> None:
        self.clock, self.client, self.records, self.on_event = clock, client, records, on_event
        self.request, self.label = received.request, received.given.label or received.given.reference
        self.told = 0
        self.surprises: list[str] = []

    async def live(self, script: PortOutScript) -> PortOutEnding:
        """Through all acts, then to the state the script ends with."""
        for act in script.people:
            case = await self._reach(act.when)
            if case.state is not act.when:
                self.surprises.append(f"never got to {act.when} to {act.do}")
                break
            await self._perform(case, act)
        case = await self._reach(script.ends)
        return PortOutEnding(
            port_out_id=case.port_out_id,
            label=self.label,
            state=case.state,
            expected=script.ends,
            outcome=case.outcome,
            hours=(case.since - case.created_at) / timedelta(hours=1),
            answered_in_time=not case.late and (case.answered_at is not None or case.answer is None),
            surprises=self.surprises,
        )

    async def _reach(self, state: PortOutState) -> Case:
        """Let time pass until the port-out is in that state, or has ended."""
        for _ in range(MOST_TURNS):
            case, deadline = await self._look(), None
            if case.ended or case.state is state:
                return case
            deadline = next_deadline(case)
            if deadline:
                await self.clock.to(deadline.at)
        raise TimeoutError(f"{self.request.port_out_id} does not get to {state}")

    async def _perform(self, case: Case, act: PortOutAct) -> None:
        moment: datetime = case.since + timedelta(hours=act.after_hours)
        await self.clock.to(moment)
        event = {"kind": act.do, "occurred_at": (await self.clock.now()).isoformat(), **act.fields}
        reply = await tell(self.client, self.records, case.port_out_id, event)
        if reply.accepted is act.refused:
            self.surprises.append(f"{act.do} was {reply.status}: {reply.reason}")
        await self._look()

    async def _look(self) -> Case:
        """The port-out as it stands; what is new in its audit trail is told."""
        case = await self.clock.settled()
        for entry in self.records.port_out_trail(case.port_out_id):
            if entry.sequence > self.told:
                self.told = entry.sequence
                self.on_event(self.request, entry)
        return case
