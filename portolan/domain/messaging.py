"""Messaging after a port: it moves apart from voice in North America, and settles later.

Times are those of carriers' documents (C): nine in ten numbers within ten minutes, the rest within one or two business
days; a toll-free number up to five.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel

#: When a carrier is asked how the messaging stands, after the activation; then every `LATER`.
LOOKS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
LATER = timedelta(hours=12)


class MessagingWanted(BaseModel):
    """What becomes of the numbers' messaging.

    Attributes:
        mode: `port`: it moves with the numbers. `hosted_first`: it moved before them, by a hosted messaging order.
        campaign: The 10DLC campaign that the numbers join once they are there; empty: none.
        toll_free_verified: The business is verified for toll-free messaging.
    """

    mode: Literal["port", "hosted_first"] = "port"
    campaign: str = ""
    toll_free_verified: bool = False
