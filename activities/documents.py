"""Letters: rendered and kept before anybody is told to sign them, and the return's signed with its decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import activity

from activities.failures import reported
from portolan.documents.keeping import Letters
from portolan.domain.effects import LetterWanted, SignReturn


class DocumentActivities:
    """The deployment's letters."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters

    @property
    def all(self) -> list[Callable[..., Any]]:
        """What the worker registers."""
        return [self.render_letter, self.sign_return]

    @activity.defn(name="render_letter")
    def render_letter(self, wanted: LetterWanted) -> str:
        """Render an unsigned letter and keep it; the same order gives the same letter.

        Returns:
            SHA-256 of the letter in the document store.
        """
        with reported():
            return self._letters.rendered(wanted)[1]

    @activity.defn(name="sign_return")
    def sign_return(self, wanted: SignReturn) -> str:
        """Seal the letter of return in the name of who decided; the same decision is the same letter.

        Returns:
            SHA-256 of the signed letter in the document store.

        Raises:
            ApplicationError: of type `signature_refused`, for good, where the letter is not to be signed like this.
        """
        with reported():
            return self._letters.signed_by_decision(wanted.wanted, wanted.signed_by, wanted.signed_at).sha256
