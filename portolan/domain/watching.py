"""Listing what changed at a carrier account: messages may be lost, so every account is looked through now and then."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel

#: So close to its FOC, before and after, an order is looked at every few minutes.
NEAR_FOC = timedelta(hours=24)
#: How often an account is looked through at all.
EVERY = timedelta(hours=1)


class Watch(BaseModel):
    """An account to be looked through; in minutes, how often while an order of it is near its FOC."""

    account: str
    near_minutes: int = 10


class Reconciled(BaseModel):
    """What looking an account through brought.

    Attributes:
        changed: Orders the carrier named.
        told: Orders of ours that were told to look.
        unknown: Orders the carrier named and that are not ours.
        near: Whether a live order of the account is near its FOC.
    """

    changed: int = 0
    told: int = 0
    unknown: int = 0
    near: bool = False


def schedule_id(account: str) -> str:
    """The schedule by which an account is looked through; its workflows are named after it."""
    return f"watch-{account}"
