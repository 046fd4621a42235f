"""Schedules of accounts, with a Temporal and a clock that do what a test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from temporalio.client import Client, Schedule, ScheduleAlreadyRunningError
from temporalio.service import RPCError, RPCStatusCode

from portolan.domain.errors import ConfigurationError
from portolan.domain.watching import EVERY, schedule_id
from portolan.records.store import Records
from portolan.settings import Settings
from starter import up
from starter.schedules import ensure_schedules, schedule
from starter.up import FIRST_PAUSE, alongside, keep_schedules

SETTINGS = Settings(task_queue="ours")


class Temporal:
    """Keeps schedules by their id; refuses to make some, and loses some while they are brought up to date."""

    def __init__(self, *there: str) -> None:
        self.kept: dict[str, Schedule] = {schedule_id(name): schedule(name, "ours") for name in there}
        self.refuses: set[str] = set()
        self.loses: set[str] = set()

    async def create_schedule(self, name: str, made: Schedule) -> None:
        if name in self.refuses:
            raise RPCError("refused", RPCStatusCode.PERMISSION_DENIED, b"")
        if name in self.kept:
            raise ScheduleAlreadyRunningError
        self.kept[name] = made

    def get_schedule_handle(self, name: str) -> Any:
        async def update(updated: Callable[[Any], Any]) -> None:
            if name in self.loses:
                del self.kept[name]
                raise RPCError("gone", RPCStatusCode.NOT_FOUND, b"")

        async def describe() -> Any:
            return SimpleNamespace(schedule=self.kept[name])

        async def delete() -> None:
            del self.kept[name]

        return SimpleNamespace(update=update, describe=describe, delete=delete)

    async def list_schedules(self) -> AsyncIterator[Any]:
        async def listed() -> AsyncIterator[Any]:
            for name in list(self.kept):
                yield SimpleNamespace(id=name)

        return listed()

    async def ensure(self, *accounts: str, needed: Collection[str] = ()) -> None:
        await ensure_schedules(cast(Client, self), SETTINGS, accounts, needed)

    @property
    def accounts(self) -> set[str]:
        return {name.removeprefix(schedule_id("")) for name in self.kept}


async def test_an_account_that_fails_keeps_no_other_from_its_schedule() -> None:
    temporal = Temporal("gone")
    temporal.refuses.add(schedule_id("a"))
    with pytest.raises(RPCError):
        await temporal.ensure("a", "b")
    assert temporal.accounts == {"b"}


async def test_one_removed_while_it_is_brought_up_to_date_is_made_again() -> None:
    temporal = Temporal("a")
    temporal.loses.add(schedule_id("a"))
    await temporal.ensure("a")
    assert temporal.accounts == {"a"}


async def test_one_whose_account_live_orders_name_is_kept() -> None:
    temporal = Temporal("a", "b", "c")
    await temporal.ensure("a", needed=["b"])
    assert temporal.accounts == {"a", "b"}


class Stopped(BaseException):
    """The test has seen enough."""


def beside(monkeypatch: pytest.MonkeyPatch, *errors: Exception | None) -> tuple[Records, list[float], list[Any]]:
    """Records with a live order; the pauses made, and what was asked of `ensure_schedules`, one error after another."""
    pauses: list[float] = []
    asked: list[Any] = []

    async def ensure(client: object, settings: object, accounts: object, needed: object) -> None:
        asked.append(needed)
        if error := errors[len(asked) - 1]:
            raise error

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == len(errors):
            raise Stopped

    monkeypatch.setattr(up, "ensure_schedules", ensure)
    monkeypatch.setattr(up.asyncio, "sleep", sleep)
    return cast(Records, SimpleNamespace(accounts_in_use=lambda: {"telnyx"})), pauses, asked


async def test_schedules_are_tried_again_until_they_hold_and_seen_to_every_hour(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    refused = RPCError("away", RPCStatusCode.UNAVAILABLE, b"")
    records, pauses, asked = beside(monkeypatch, refused, ConfigurationError("wrong", "mend"), None, None, refused)
    with pytest.raises(Stopped):
        await keep_schedules(cast(Client, None), Settings(data_dir=tmp_path), records)
    first, hour = FIRST_PAUSE.total_seconds(), EVERY.total_seconds()
    assert pauses == [first, 2 * first, hour, hour, first]
    assert asked == [{"telnyx"}] * 5


async def test_the_simulated_carrier_speaks_while_schedules_fail(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spoke = asyncio.Event()

    async def keep(*_: object) -> None:
        await asyncio.Event().wait()

    async def speak(*_: object) -> None:
        spoke.set()

    monkeypatch.setattr(up, "keep_schedules", keep)
    monkeypatch.setattr(up, "speak", speak)
    running = asyncio.create_task(alongside(cast(Client, None), Settings(data_dir=tmp_path), cast(Records, None)))
    async with asyncio.timeout(5):
        await spoke.wait()
    running.cancel()
