"""Whose turn it is after a hold."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.turns import tell_first
from portolan.records.engine import connect
from portolan.records.migrate import upgrade
from portolan.records.store import NewProject, Records
from tests.world import request


@pytest.mark.parametrize("status", [RPCStatusCode.NOT_FOUND, RPCStatusCode.UNAVAILABLE])
async def test_after_a_release_a_workflow_that_is_gone_holds_nobody_up(status: RPCStatusCode, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    upgrade(url)
    records, now = Records(connect(url)), datetime(2026, 11, 2, tzinfo=UTC)
    orders = [request(gaining_carrier="telnyx") for _ in range(2)]
    records.hold_carrier("telnyx", "Ada", "freeze", now)
    for asked in orders:
        project = NewProject(asked.project_id, asked.reference, asked.customer)
        records.reserve(project, [asked], {asked.order_id: f"port-{asked.order_id}"}, now)
        assert records.may_send("telnyx", asked.order_id, now)
    records.release_carrier("telnyx")
    first, second = (asked.order_id for asked in orders)
    assert list(records.waiting("telnyx")) == [first, second]
    told: list[str] = []

    def handle(workflow: str) -> Any:
        async def signal(name: str, payload: object, rpc_timeout: object) -> None:
            if workflow == f"port-{first}":
                raise RPCError("refused", status, b"")
            told.append(workflow)

        return SimpleNamespace(signal=signal)

    client = cast(Client, SimpleNamespace(get_workflow_handle=handle))
    if status is RPCStatusCode.NOT_FOUND:
        assert await tell_first(client, records, "telnyx") == [second]
        assert told == [f"port-{second}"]
    else:
        with pytest.raises(RPCError):
            await tell_first(client, records, "telnyx")
        assert list(records.waiting("telnyx")) == [first, second]
