"""Which order of a carrier answers which sending of ours: for carriers that keep no reference, and for messages."""

from __future__ import annotations

from typing import Protocol


class Ledger(Protocol):
    """The carrier orders of one account that are known to be ours."""

    def remember(self, key: str, carrier_order_id: str) -> None:
        """Keep that an order of the carrier is the sending with this key; the newest key counts."""
        ...

    def key_of(self, carrier_order_id: str) -> str | None:
        """Our reference for an order of the carrier; None for one that is not known."""
        ...

    def ids_of(self, key: str) -> list[str]:
        """The carrier's orders for a sending of ours, oldest first."""
        ...


class MemoryLedger:
    """A ledger that forgets with its process: for simulations and for looking at an account."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}

    def remember(self, key: str, carrier_order_id: str) -> None:
        """Keep it."""
        self._keys[carrier_order_id] = key

    def key_of(self, carrier_order_id: str) -> str | None:
        """The key, if it was kept."""
        return self._keys.get(carrier_order_id)

    def ids_of(self, key: str) -> list[str]:
        """The ids kept under the key."""
        return [carrier_order_id for carrier_order_id, kept in self._keys.items() if kept == key]
