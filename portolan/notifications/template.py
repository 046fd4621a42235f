"""What a template is, and for whom notices are."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Audience(StrEnum):
    """Whom a notice is for; the values are the keys of `Notice.contacts`."""

    CUSTOMER = "customer"
    COORDINATOR = "coordinator"
    DECISION_MAKER = "decision_maker"


class Template(NamedTuple):
    """The text of one kind of notice; `todo` says, for each audience, what to do and by when."""

    subject: str
    happened: str
    meaning: str
    todo: Mapping[Audience, str]

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """Who is told."""
        return tuple(self.todo)
