"""An order's letters: rendered unsigned, signed on a screen, or taken back signed in ink; all kept and on record."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from portolan.documents.store import OWN, DocumentRefused, Documents, Stored, content_of
from portolan.domain.calendars import local
from portolan.domain.effects import LetterWanted
from portolan.domain.errors import NotFound
from portolan.domain.loa import ElectronicSignature, LoaForm, form_for
from portolan.records.store import Records

if TYPE_CHECKING:
    from portolan.documents.letters import Letter
    from portolan.documents.sealing import SealingKey

#: What somebody who signs on a screen agrees to.
CONSENT = (
    "I have read this letter. I am authorized to sign it for the account it names, I sign it electronically, and I "
    "want my electronic signature to count as one by hand."
)
#: What the decision to port back says of the letter of return.
RETURN_CONSENT = (
    "I have decided that these numbers are to be returned. With that decision I sign the letter of return that was "
    "prepared for it, electronically, and I want my electronic signature to count as one by hand."
)
#: The kind under which a signed letter of return is on record.
RETURN_LOA = "rollback_loa"
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


class Kept(NamedTuple):
    """A document in the store; `notes` is what a person should still look at."""

    sha256: str
    notes: list[str]


class Letters:
    """The letters of a deployment.

    Typesetting and sealing take long to load, so they are loaded when they are needed.

    Args:
        documents: Where they are kept.
        records: Where it says whose they are.
        key: What they are sealed with, made or read when it is needed.
    """

    def __init__(self, documents: Documents, records: Records, key: Callable[[], SealingKey] | None = None) -> None:
        self._documents, self._records, self._key = documents, records, key

    def form(self, wanted: LetterWanted) -> LoaForm:
        """What the letter says, with the secrets that belong on it.

        Raises:
            ValueError: The order cannot be made into a letter; the text says what does not fit.
        """
        request = wanted.request
        left = [number for number in wanted.left if _E164.fullmatch(number)]
        secrets = [one for one in self._records.secrets(request.order_id) if one.number in request.numbers]
        return form_for(
            request,
            wanted.account,
            kind=wanted.kind,
            identifiers={one.number: one.value for one in secrets if one.kind == "rio"},
            billing_address=wanted.billing_address,
            losing_resp_org=request.resp_org,
            kept_numbers=left if wanted.remaining == "keep" else (),
            ceased_numbers=left if wanted.remaining == "cease" else (),
        )

    def rendered(self, wanted: LetterWanted) -> tuple[Letter, str]:
        """The unsigned letter and its SHA-256, kept; the same order gives the same letter.

        Raises:
            LetterUnprintable: There is no type for a character of it.
        """
        from portolan.documents.letters import render

        letter = render(self.form(wanted))
        stored = self._documents.put_bytes(letter.pdf)
        # An order that was started by hand is on record only after this.
        with contextlib.suppress(NotFound):
            self._attach(wanted, stored, f"{wanted.kind}_letter", f"{wanted.request.order_id}-{wanted.kind}.pdf")
            if letter.attachment:
                sheet = self._documents.put_bytes(letter.attachment, letter.attachment_name, OWN)
                self._attach(wanted, sheet, f"{wanted.kind}_letter_numbers", letter.attachment_name)
        return letter, stored.sha256

    def taken_back(self, wanted: LetterWanted, file: Path, by: str) -> Kept:
        """Keep a signed copy, unless something is wrong with it.

        Raises:
            DocumentRefused: It cannot be the signed letter; every reason is told.
        """
        from portolan.documents.inspection import inspect

        content = content_of(file)
        given_out = [
            row.sha256 for row in self._records.documents(wanted.request.order_id) if row.kind.endswith("_letter")
        ]
        found = inspect(content, self.form(wanted), given_out)
        if found.faults:
            raise DocumentRefused(f"{file} cannot be taken as the signed letter. {' '.join(found.faults)}")
        stored = self._documents.put_bytes(content, str(file))
        self._attach(wanted, stored, "loa", file.name, by)
        return Kept(stored.sha256, found.notes)

    def signed_on_screen(self, wanted: LetterWanted, signer: str, on: date, at: datetime, address: str = "-") -> Kept:
        """Sign the letter for somebody who agreed to `CONSENT`, seal it and keep it.

        Args:
            signer: Their name, as typed.
            on: The date where they are.
            at: The moment.
            address: The network address they came from.

        Raises:
            SignatureRefused: The letter wants ink.
            ConfigurationError: There is no key to seal with.
        """
        sealed = self._sealed(wanted, signer, on, at, CONSENT, address)
        stored = self._documents.put_bytes(sealed)
        self._attach(wanted, stored, "loa", f"{wanted.request.order_id}-signed.pdf", signer)
        return Kept(stored.sha256, [])

    def signed_by_decision(self, wanted: LetterWanted, signer: str, at: datetime) -> Kept:
        """The letter of return, signed and sealed with the decision to port back: once for each decision.

        Args:
            signer: The name of who decided.
            at: The moment of the decision; the date on the letter is that of the order's zone.

        Raises:
            SignatureRefused: The letter wants ink.
            ConfigurationError: There is no key to seal with.
        """
        order_id = wanted.request.order_id
        name = f"{order_id}-{wanted.kind}-signed-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.pdf"
        # No two seals are the same bytes, so the one of an earlier try is looked for.
        for row in self._records.documents(order_id):
            if (row.kind, row.filename, row.stored_by) == (RETURN_LOA, name, signer):
                return Kept(row.sha256, [])
        on = local(at, wanted.request.policy.time_zone).date()
        stored = self._documents.put_bytes(self._sealed(wanted, signer, on, at, RETURN_CONSENT))
        self._attach(wanted, stored, RETURN_LOA, name, signer)
        return Kept(stored.sha256, [])

    def _sealed(
        self, wanted: LetterWanted, signer: str, on: date, at: datetime, consent: str, address: str = "-"
    ) -> bytes:
        from portolan.documents.sealing import sign_electronically

        if self._key is None:
            raise ValueError("these letters have no key to seal with")
        form = self.form(wanted)
        shown = sha256(self.rendered(wanted)[0].pdf).hexdigest()
        signature = ElectronicSignature(
            signer=signer, signed_on=on, signed_at=at, consent=consent, address=address, form_sha256=shown
        )
        return sign_electronically(form, signature, self._key())

    def _attach(self, wanted: LetterWanted, stored: Stored, kind: str, name: str, by: str = "portolan") -> None:
        self._records.add_document(
            wanted.request.order_id,
            stored.sha256,
            kind,
            name,
            stored.size,
            stored.media_type,
            datetime.now(UTC),
            by,
        )
