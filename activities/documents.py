"""Letters, rendered and kept before anybody is told to sign them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities.failures import reported
from portolan.documents.keeping import Letters
from portolan.domain.effects import LetterWanted


class DocumentActivities:
    """The deployment's letters."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters

    @property
    def all(self) -> list[Callable[..., Any]]:
        """What the worker registers."""
        return [self.render_letter]

    @activity.defn(name="render_letter")
    def render_letter(self, wanted: LetterWanted) -> str:
        """Render an unsigned letter and keep it; the same order gives the same letter.

        Returns:
            SHA-256 of the letter in the document store.
        """
        with reported():
            return self._letters.rendered(wanted)[1]
