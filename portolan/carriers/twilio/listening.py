"""Where Twilio sends its messages, and whether an account may do what it has to."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from portolan.carriers.twilio.api import Api
from portolan.carriers.twilio.inventory import OUT_OF_REACH
from portolan.domain.carrier import Check
from portolan.domain.errors import CarrierError, CarrierRefused

#: What Twilio tells of; see its page on porting webhooks.
KINDS = (
    "PortInWaitingForSignature",
    "PortInInProgress",
    "PortInCompleted",
    "PortInActionRequired",
    "PortInCanceled",
    "PortInExpired",
    "PortInPhoneNumberWaitingForSignature",
    "PortInPhoneNumberSubmitted",
    "PortInPhoneNumberPending",
    "PortInPhoneNumberCompleted",
    "PortInPhoneNumberRejected",
    "PortInPhoneNumberCanceled",
)


def listen(api: Api) -> None:
    """Have messages sent here. There is one address for the account and its sub-accounts: another's is left alone.

    What others set up beside it, the address for numbers that leave and a filter of kinds, is kept.

    Raises:
        CarrierRefused: Messages go to somebody else.
    """
    ours = api.account.webhook_url
    if not ours:
        return
    held = api.hooks()
    if held.port_in and held.port_in.rstrip("/") != ours.rstrip("/"):
        raise CarrierRefused(
            f"Twilio sends the messages of {api.account.name} to {_shown(held.port_in)}, and to one address only.",
            f"Remove it there (DELETE /v1/Porting/Configuration/Webhook/PORT_IN) if it is to be {_shown(ours)}.",
        )
    lacking = [kind for kind in KINDS if held.kinds and kind not in held.kinds]
    if not held.port_in or lacking:
        api.set_hooks(ours, held.port_out, [*held.kinds, *lacking])


def verify(api: Api) -> list[Check]:
    """What can be seen without making or changing anything, and without a bill."""
    return [
        _check("credentials", api.account_state, "the account answers"),
        _check("port-in requests", api.any_request, "may be listed"),
        _check("inventory", api.any_number, "may be looked at"),
        _messages(api),
        Check(
            name="messaging services",
            passed=None,
            words="looked at once numbers have arrived" if api.reaches_services else OUT_OF_REACH,
        ),
        Check(name="look-up", passed=None, words="each look-up is billed; none was made"),
        Check(name="bills and requests", passed=None, words="only a real order shows whether they are taken"),
    ]


def _messages(api: Api) -> Check:
    ours = api.account.webhook_url
    if not ours:
        return Check(name="messages", passed=None, words="no webhook_url is set: changes are listed now and then")

    def look() -> str:
        there = api.hooks().port_in
        if there and there.rstrip("/") != ours.rstrip("/"):
            raise CarrierRefused(f"they go to {_shown(there)}")
        return "they come here" if there else "not asked for yet; Portolan does it by itself"

    return _check("messages", look)


def _check(name: str, look: Callable[[], str | None], words: str = "") -> Check:
    try:
        return Check(name=name, passed=True, words=look() or words)
    except CarrierError as error:
        return Check(name=name, passed=False, words=str(error))


def _shown(url: str) -> str:
    """An address without user, password and query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that nobody can read"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
