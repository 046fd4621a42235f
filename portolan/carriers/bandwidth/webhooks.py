"""What Bandwidth sends of its own accord: XML, with Basic credentials or a client certificate, and no signature.

It first calls without credentials and wants a 401 with a challenge; only then comes the body with them. It sends each
message once, so that what is lost here is found by listing changes only.
Source: Bandwidth's guide to webhooks of the numbers API.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from datetime import datetime
from hashlib import sha256
from typing import Any

from portolan.carriers.accounts import BandwidthAccount
from portolan.carriers.bandwidth import references, xml
from portolan.carriers.bandwidth.states import moment
from portolan.carriers.webhooks import Forged, Incoming, Message, Unreadable

CHALLENGE = 'Basic realm="portolan"'
#: Where a proxy in front of the ingress writes the SHA-256 of the certificate that the caller has shown.
CERTIFICATE = "x-client-cert-sha256"
#: What is taken of each thing a message's id is made of, in characters.
_LONGEST = 40


class BandwidthReceiver:
    """Verifies and reads the messages of one account."""

    def __init__(self, account: BandwidthAccount) -> None:
        self._account = account

    def receive(self, incoming: Incoming, now: datetime) -> Message:
        """The message of a notification; that credentials come first is what the challenge is for.

        Raises:
            Forged: No credentials, or wrong ones.
            Unreadable: The credentials are right, and the body is no notification.
        """
        self._verify(incoming)
        try:
            root = xml.read(incoming.body)
            if xml.name_of(root) != "Notification":
                raise ValueError(f"a {xml.name_of(root)}")
            return _message(root, incoming.body)
        except (ValueError, TypeError, RecursionError) as error:
            raise Unreadable(f"{self._account.name} sent what is no notification: {error}.") from error

    def _verify(self, incoming: Incoming) -> None:
        expected = self._account.client_certificate
        if expected and hmac.compare_digest(
            incoming.headers.get(CERTIFICATE, "").lower().encode(), expected.lower().encode()
        ):
            return
        if not self._account.webhook_username or self._account.webhook_password is None:
            raise Forged(
                f"A message for {self._account.name} came without its client certificate."
                if expected
                else f"{self._account.name} has no credentials for messages, so that none can be believed."
            )
        user, _, password = _credentials(incoming.headers.get("authorization", "")).partition(b":")
        wanted = self._account.webhook_username.encode(), self._account.webhook_password.get_secret_value().encode()
        right_user = hmac.compare_digest(user, wanted[0])
        right_password = hmac.compare_digest(password, wanted[1])
        if not (right_user and right_password):
            given = "wrong" if "authorization" in incoming.headers else "no"
            raise Forged(f"A message for {self._account.name} came with {given} credentials.", challenge=CHALLENGE)


def _credentials(header: str) -> bytes:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _message(root: xml.Element, body: bytes) -> Message:
    names = ("SubscriptionId", "OrderId", "Status", "LastModifiedDate")
    told = [xml.words(root, name) for name in names]
    said = xml.words(root, "Note") or xml.words(root, "Note", "Description")
    try:
        occurred_at = moment(told[3])
    except ValueError:
        occurred_at = None
    # Nothing in a message names it; two that differ anywhere are two.
    digest = sha256(body).hexdigest()[:16]
    return Message(
        message_id=":".join([*(text[:_LONGEST] or "-" for text in told), digest]),
        carrier_order_id=told[1],
        reference=references.key(xml.words(root, "CustomerOrderId")) or "",
        kind=told[2] or ("note" if said else xml.words(root, "EventType")),
        said=said,
        occurred_at=occurred_at,
        body=_plain(root),
    )


def _plain(element: xml.Element) -> dict[str, Any]:
    """The content as names and texts; elements of the same name become a list."""
    found: dict[str, Any] = {}
    for one in element:
        if not isinstance(one.tag, str):
            continue
        value: Any = _plain(one) if len(one) else (one.text or "").strip()
        name = xml.name_of(one)
        if name in found:
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        else:
            found[name] = value
    return found
