"""Twilio's messages about ports: verified by X-Twilio-Signature, and read just far enough.

The signature is an HMAC-SHA1, in base64, of the address that Twilio called and, for a form, of every field's name and
value in order of the names; a JSON body is bound to the address by its SHA-256, which Twilio adds as `bodySHA256`.
It holds no moment: a message that is sent again later is genuine all the same. It is dropped as one that is known
already, and what it says is never believed: the request is looked up.

Source: Twilio, "Secure webhooks"; its helper library's RequestValidator, which this agrees with.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit, urlunsplit

from portolan.carriers.accounts import TwilioAccount
from portolan.carriers.twilio.mapping import folded
from portolan.carriers.twilio.wire import moment
from portolan.carriers.webhooks import Forged, Incoming, Message, Unreadable
from portolan.domain.text import clean

SIGNATURE, SETTINGS = "x-twilio-signature", "x-twilio-webhooks-signature-settings"
_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"(?P<host>(?:[^@]*@)?(?:\[[^\]]*\]|[^:\[\]@]*))(?::(?P<port>\d*))?")
#: The fields that name a message, by both spellings seen.
_NAMES = {
    "request": ("port_in_request_sid", "portInRequestSid"),
    "number": ("port_in_phone_number_sid", "portInPhoneNumberSid"),
    "status": ("status",),
    "kind": ("event_type", "eventType"),
    "updated": ("last_date_updated", "lastDateUpdated"),
}


class TwilioReceiver:
    """Verifies and reads the messages of one account."""

    def __init__(self, account: TwilioAccount) -> None:
        self._account = account

    def receive(self, incoming: Incoming, now: datetime) -> Message:
        """The message; `now` plays no part, as Twilio signs no moment.

        Raises:
            Forged: It is not signed with the account's token, or is for another address.
            Unreadable: It is genuine, and names no port-in request.
        """
        given = incoming.headers.get(SIGNATURE, "")
        if not given:
            raise Forged("It carries no X-Twilio-Signature.")
        if incoming.headers.get(SETTINGS):
            raise Forged("It is signed with a shared key of a webhooks rule; Portolan knows the account's token only.")
        try:
            url = self._called(incoming.url)
        except ValueError:
            raise Forged("Nobody can read the address that it was sent to.") from None
        form = self._form(incoming, url)
        if not self._signed(url, form or [], given):
            raise Forged("Its X-Twilio-Signature is not of this account, address and body.")
        return _message(dict(form) if form is not None else _json(incoming.body))

    def _called(self, url: str) -> str:
        """The address as Twilio called it: the one it was given, with the query it came with."""
        if not self._account.webhook_url:
            return url
        known, query = urlsplit(self._account.webhook_url), urlsplit(url).query
        return urlunsplit(known._replace(query=query or known.query))

    def _form(self, incoming: Incoming, url: str) -> list[tuple[str, str]] | None:
        """The fields of a form; None for JSON, whose hash the address has to have."""
        hashes = parse_qs(urlsplit(url).query).get("bodySHA256", [])
        if hashes and not _same(hashlib.sha256(incoming.body).hexdigest(), hashes[0].lower()):
            raise Forged("Its body is not the one that was signed.")
        if "json" in incoming.headers.get("content-type", "").lower():
            if not hashes:
                raise Forged("It is JSON, and its address has no bodySHA256: nothing vouches for the body.")
            return None
        try:
            return parse_qsl(incoming.body.decode(), keep_blank_values=True, strict_parsing=bool(incoming.body))
        except ValueError:
            if hashes:
                return None
            raise Forged("Its body is neither a form nor vouched for by a bodySHA256.") from None

    def _signed(self, url: str, form: list[tuple[str, str]], given: str) -> bool:
        """Whether one of the spellings of the address was signed; all are compared, however the first comes out."""
        fields = "".join(name + value for name, value in sorted(set(form)))
        token = self._account.auth_token.get_secret_value().encode()
        found = False
        for spelling in _spellings(url):
            mac = hmac.new(token, (spelling + fields).encode(), hashlib.sha1).digest()
            found |= _same(base64.b64encode(mac).decode(), given)
        return found


def _same(ours: str, given: str) -> bool:
    return hmac.compare_digest(ours.encode(), given.encode("utf-8", "replace"))


def _spellings(url: str) -> Iterator[str]:
    """The address as it is, without its port, and with the usual one: Twilio signs now this, now that."""
    yield url
    parts = urlsplit(url)
    if found := _HOST.fullmatch(parts.netloc):
        yield urlunsplit(parts._replace(netloc=found["host"]))
        if not found["port"] and parts.scheme in _PORTS:
            yield urlunsplit(parts._replace(netloc=f"{parts.netloc}:{_PORTS[parts.scheme]}"))


def _json(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"The body is no JSON: {type(error).__name__}.") from error
    if not isinstance(read, dict):
        raise Unreadable("The body is JSON, and no object.")
    return read


def _message(body: dict[str, Any]) -> Message:
    said = {what: _first(body, names) for what, names in _NAMES.items()}
    if not said["request"]:
        raise Unreadable("It names no port-in request.")
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]
    names = (said["request"], said["number"], folded(said["status"]), said["updated"], digest)
    return Message(
        message_id=":".join(names),
        carrier_order_id=said["request"],
        kind=said["kind"] or said["status"],
        occurred_at=moment(said["updated"]),
        body=body,
    )


def _first(body: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """The first of the fields that holds something, as plain text of bounded length."""
    found = next((body[name] for name in names if isinstance(body.get(name), str | int) and body[name]), "")
    return clean(str(found))[:200]
