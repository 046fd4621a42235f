"""Looking a carrier account through: what changed there is told to the orders it is about, message or no message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from temporalio import activity
from temporalio.client import Client

from activities.carrier import server_clock
from activities.failures import reported
from activities.turns import tell, tell_first
from portolan.carriers.base import GainingCarrier
from portolan.domain.carrier import Changes
from portolan.domain.errors import CarrierRefused
from portolan.domain.watching import NEAR_FOC, Reconciled
from portolan.records.store import Records


class ReconcileActivities:
    """The carriers by the name of their account, the records, and Temporal, where the orders live."""

    def __init__(
        self,
        carriers: Mapping[str, GainingCarrier],
        records: Records,
        client: Client,
        clock: Callable[[], datetime] = server_clock,
    ) -> None:
        self._carriers, self._records, self._client, self._clock = carriers, records, client, clock
        self._told: dict[str, tuple[str, frozenset[str]]] = {}

    @property
    def all(self) -> list[Callable[..., Any]]:
        """What the worker registers."""
        return [self.reconcile_account]

    @activity.defn(name="reconcile_account")
    async def reconcile_account(self, account: str) -> Reconciled:
        """Tell the orders that changed at the carrier since the last time to look there.

        The cursor moves only when all of them know: where one could not be told, the whole is tried again. Carriers
        list with an overlap: the event id holds the new cursor, so that an order takes what is named again under the
        same one once; and what this process told already it does not tell again.
        """
        with reported():
            changes = await asyncio.to_thread(self._list, account)
            orders = await asyncio.to_thread(self._orders, account, changes)
            told = 0
            before = self._told.get(account, ("", frozenset()))
            known = before[1] if before[0] == changes.cursor else frozenset()
            for carrier_order_id, order_id in orders.items():
                if order_id and carrier_order_id not in known:
                    event_id = f"{account}:changes:{carrier_order_id}:{changes.cursor}"
                    told += await tell(self._client, order_id, event_id)
            self._told[account] = (changes.cursor, known | orders.keys())
            now = self._clock()
            await asyncio.to_thread(self._records.move_cursor, account, changes.cursor, now)
            await self._nudge(account, now)
            near = await asyncio.to_thread(self._records.foc_between, account, now - NEAR_FOC, now + NEAR_FOC)
            unknown = sum(order_id is None for order_id in orders.values())
            return Reconciled(changed=len(orders), told=told, unknown=unknown, near=near)

    def _list(self, account: str) -> Changes:
        if account not in self._carriers:
            raise CarrierRefused(f"No account {account!r} is set up here.", "Add it where workers run.")
        gaining = self._carriers[account]
        gaining.listen()
        return gaining.changes(self._records.cursor(account))

    def _orders(self, account: str, changes: Changes) -> dict[str, str | None]:
        """Our order for each that the carrier names; None: not ours; empty: ended, nobody has to look any more."""
        found: dict[str, str | None] = {}
        for carrier_order_id in changes.carrier_order_ids:
            order_id = self._records.order_for(account, carrier_order_id)
            standing = self._records.addressee(order_id) if order_id else None
            found[carrier_order_id] = "" if standing and standing.ended else order_id
        return found

    async def _nudge(self, account: str, now: datetime) -> None:
        """Tell the first of those that wait to be sent that its turn has come, in case nobody did."""
        holds = await asyncio.to_thread(self._records.carrier_holds)
        if all(hold.carrier != account for hold in holds):
            await tell_first(self._client, self._records, account, f"{account}:turn:{now.isoformat()}")
