"""Telnyx's webhooks: signed with Ed25519 over moment and raw body, in one of two envelopes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from portolan.carriers.accounts import TelnyxAccount
from portolan.carriers.telnyx.looking import public_key
from portolan.carriers.webhooks import REPLAY_WINDOW, Forged, Incoming, Message, Unreadable

SIGNATURE, TIMESTAMP = "telnyx-signature-ed25519", "telnyx-timestamp"


class TelnyxReceiver:
    """Verifies and reads the messages of one account."""

    def __init__(self, account: TelnyxAccount) -> None:
        self._name = account.name
        key = public_key(account.public_key)
        self._key = Ed25519PublicKey.from_public_bytes(key) if key else None

    def receive(self, incoming: Incoming, now: datetime) -> Message:
        """The message; the same one within the time a replay has is for its `message_id` to tell.

        Raises:
            Forged: The signature is not Telnyx's for this account, or is more than five minutes old.
            Unreadable: It is genuine, and no JSON object.
        """
        self._verify(incoming, now)
        try:
            body = json.loads(incoming.body)
            if not isinstance(body, dict):
                raise TypeError("no object")
            return _message(body, incoming.body)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise Unreadable(f"A message to {self._name} is genuine and not understood.") from error

    def _verify(self, incoming: Incoming, now: datetime) -> None:
        if self._key is None:
            raise Forged(f"The account {self._name} has no public key: no message can be verified.")
        stamp = incoming.headers.get(TIMESTAMP, "")
        try:
            signature = base64.b64decode(incoming.headers.get(SIGNATURE, ""), validate=True)
            self._key.verify(signature, stamp.encode("ascii") + b"|" + incoming.body)
            at = datetime.fromtimestamp(int(stamp), UTC)
        except (InvalidSignature, binascii.Error, ValueError, OverflowError, OSError) as error:
            raise Forged(f"A message to {self._name} is not signed by Telnyx.") from error
        if abs(now - at) > REPLAY_WINDOW:
            raise Forged(f"A message to {self._name} was signed {at:%Y-%m-%d %H:%M:%S} UTC, and comes now.")


def _message(body: dict[str, Any], raw: bytes) -> Message:
    data = body.get("data")
    event: Mapping[str, Any] = data if isinstance(data, dict) else body
    payload = event.get("payload")
    told: Mapping[str, Any] = payload if isinstance(payload, dict) else {}
    comment = told.get("comment")
    said = comment if isinstance(comment, dict) and comment.get("user_type") != "user" else {}
    parted = told.get("from")
    split_from = parted.get("id") if isinstance(parted, dict) else ""
    named = (told.get("porting_order_id"), event.get("porting_order_id"), split_from, _own(told))
    return Message(
        message_id=_word(event.get("id")) or hashlib.sha256(raw).hexdigest(),
        carrier_order_id=next(filter(None, map(_word, named)), ""),
        reference=_word(told.get("customer_reference")),
        kind=_word(event.get("event_type")),
        said=_word(said.get("body")),
        occurred_at=_moment(event.get("occurred_at") or event.get("created_at") or told.get("updated_at")),
        body=body,
    )


def _own(payload: Mapping[str, Any]) -> object:
    """The id of the order that the payload is; a comment's payload has the id of the comment."""
    return "" if "comment" in payload else payload.get("id")


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _moment(value: object) -> datetime | None:
    try:
        read = datetime.fromisoformat(_word(value))
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
