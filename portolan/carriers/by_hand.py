"""What people do at carriers that have no call for it."""

from __future__ import annotations

from typing import ClassVar

from portolan.domain.carrier import BridgeAnswer, BridgeWanted
from portolan.domain.errors import CarrierRefused


class BridgesByHand:
    """The bridge's part of `GainingCarrier`, at a carrier where a person builds it.

    Attributes:
        NO_BRIDGE: Why it is refused, and what a person does instead.
    """

    NO_BRIDGE: ClassVar[tuple[str, str]]

    def build_bridge(self, wanted: BridgeWanted) -> BridgeAnswer:
        """A person builds it."""
        raise CarrierRefused(*self.NO_BRIDGE)

    def bridge(self, key: str) -> BridgeAnswer | None:
        """There is none."""
        return None

    def remove_bridge(self, key: str) -> None:
        """There is none."""
