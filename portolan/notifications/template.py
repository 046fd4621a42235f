"""What a template is, and for whom notices are."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Audience(StrEnum):
    """Whom a notice is for; the values are the keys of `Notice.contacts`."""

    CUSTOMER = "customer"
    COORDINATOR = "coordinator"
    DECISION_MAKER = "decision_maker"


class Template(NamedTuple):
    """The text of one kind of notice.

    Attributes:
        todo: For each audience, what to do and by when.
        also: What is added to the meaning where the notice has that fact; without it nothing is missing.
    """

    subject: str
    happened: str
    meaning: str
    todo: Mapping[Audience, str]
    also: Mapping[str, str] = MappingProxyType({})

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """Who is told."""
        return tuple(self.todo)
