"""Notes on an order: how Bandwidth's porting desk is spoken with, each note opening a ticket there."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from urllib.parse import quote

from portolan.carriers.accounts import BandwidthAccount
from portolan.carriers.bandwidth import xml
from portolan.carriers.bandwidth.calls import Calls
from portolan.carriers.bandwidth.states import moment
from portolan.carriers.http import HttpRefused
from portolan.domain.carrier import Comment
from portolan.domain.errors import CarrierRefused

LONGEST = 500


class Notes:
    """The notes on the orders of one account."""

    def __init__(self, calls: Calls, account: BandwidthAccount) -> None:
        self._calls, self._account = calls, account

    def say(self, order_ids: Sequence[str], text: str) -> None:
        """Add a note to the first of an order's port-ins, once; a longer text is several notes."""
        said = {_folded(note.text) for note in self.all(order_ids)}
        for piece in textwrap.wrap(text, LONGEST):
            if _folded(piece) not in said:
                self._add(order_ids[0], piece)

    def all(self, order_ids: Sequence[str]) -> list[Comment]:
        """Every note on an order's port-ins, oldest first."""
        return sorted((note for one in order_ids for note in self._on(one)), key=lambda note: note.at)

    def _on(self, order_id: str) -> list[Comment]:
        answer = self._calls.get(_path(order_id))
        if answer is None:
            return []
        with self._calls.http.understanding(f"the notes on {order_id}"):
            found = [self._note(one) for one in xml.everywhere(answer, "Note") if len(one)]
        return [note for note in found if note]

    def _note(self, element: xml.Element) -> Comment | None:
        at, text = moment(xml.words(element, "LastDateModifier")), xml.words(element, "Description")
        if at is None or not text:
            return None
        author = xml.words(element, "UserId")
        return Comment(
            comment_id=xml.words(element, "Id") or f"{author} {at.isoformat()}",
            at=at,
            from_carrier=author.casefold() != self._account.username.casefold(),
            author=author,
            text=text,
        )

    def _add(self, order_id: str, text: str) -> None:
        try:
            self._calls.send("POST", _path(order_id), "Note", {"UserId": self._account.username, "Description": text})
        except HttpRefused as error:
            said = "; ".join(reason.text for reason in self._calls.reasons(error))
            raise CarrierRefused(f"Bandwidth takes no note on {order_id}: {said or error.message}") from error


def _path(order_id: str) -> str:
    return f"portins/{quote(order_id, safe='')}/notes"


def _folded(text: str) -> str:
    return " ".join(text.split())
