"""Smaller things asked of Telnyx: what changed, when numbers may move, who serves them, whether an account works."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce

from portolan.carriers.accounts import TelnyxAccount
from portolan.carriers.telnyx import standing
from portolan.carriers.telnyx.calls import JSON, Calls
from portolan.carriers.telnyx.reading import Held
from portolan.carriers.telnyx.refusing import Missing
from portolan.domain.carrier import Changes, Check, FocWindow, NumberStatus, Routing
from portolan.domain.errors import CarrierError, CarrierInvalid, CarrierRefused

#: How far a first look at the events reaches back, and how far each overlaps with the one before.
REACH, OVERLAP = timedelta(days=30), timedelta(minutes=5)
ON_DEMAND = "on-demand"
#: What the registries call Telnyx begins with this, in small letters.
OWN_NAME = "telnyx"


def changes(calls: Calls, cursor: str, now: datetime) -> Changes:
    """Every order with an event since the cursor; the next cursor is the moment of this look, and a little before."""
    try:
        since = datetime.fromisoformat(cursor).astimezone(UTC) if cursor else now - REACH
    except ValueError:
        since = now - REACH
    named = dict.fromkeys(order_id for event in calls.events(since, now) for order_id in event)
    return Changes(carrier_order_ids=list(named), cursor=(now - OVERLAP).isoformat())


def common(windows: Sequence[Sequence[FocWindow]]) -> list[FocWindow]:
    """The spans that are in every one of several lists."""
    return reduce(_both, map(list, windows)) if windows else []


def _both(one: list[FocWindow], other: list[FocWindow]) -> list[FocWindow]:
    pairs = [(max(a.starts_at, b.starts_at), min(a.ends_at, b.ends_at)) for a in one for b in other]
    return [FocWindow(starts_at=starts, ends_at=ends) for starts, ends in sorted(pairs) if starts < ends]


def activate(calls: Calls, part: Held) -> None:
    """Start the activation of a part whose FOC has come, unless it moves by itself or is being moved.

    The document does not say of an order whether it is activated on demand; its guides and its jobs do. Where nothing
    tells, and the order could be, it is asked, and a refusal means that it moves by itself. One job on demand tells it,
    whatever other jobs there are.
    """
    jobs = sorted(calls.jobs(part.carrier_order_id), key=lambda job: job.created_at or datetime.min.replace(tzinfo=UTC))
    newest = jobs[-1] if jobs else None
    asked = next((job for job in reversed(jobs) if job.kind == ON_DEMAND), None)
    kind = part.activation_type or (ON_DEMAND if asked else newest.kind if newest else "")
    if kind not in {ON_DEMAND, ""} or (not kind and not part.fast_port):
        return
    waits = asked and asked.status == "created" and _since(asked.created_at, part.foc_at)
    failed = NumberStatus.FAILED in standing.numbers([part]).values()
    if waits or any(job.status == "in-process" for job in jobs):
        return
    if newest and newest.status == "completed" and not failed:
        return
    try:
        calls.activate(part.carrier_order_id)
    except CarrierRefused:
        if kind:
            raise


def _since(moment: datetime | None, foc_at: datetime | None) -> bool:
    return bool(moment and foc_at and moment >= foc_at)


def routing(calls: Calls, number: str) -> Routing:
    """Who serves a number by the number registry; nobody where the look-up does not know it."""
    try:
        found = calls.look_up(number)
    except (CarrierInvalid, Missing):
        found = None
    return _routing(number, found or {})


def _routing(number: str, found: JSON) -> Routing:
    portability, carrier = found.get("portability"), found.get("carrier")
    ported = portability if isinstance(portability, dict) else {}
    serving = carrier if isinstance(carrier, dict) else {}
    name = _word(ported, "spid_carrier_name") or _word(serving, "name")
    return Routing(
        number=number,
        at_gaining=name.lower().startswith(OWN_NAME) if name else None,
        carrier=name,
        spid=_word(ported, "spid") or _word(ported, "ocn"),
        lrn=_word(ported, "lrn"),
    )


def _word(body: JSON, name: str) -> str:
    found = body.get(name)
    return found if isinstance(found, str) else ""


def verified(calls: Calls, account: TelnyxAccount) -> list[Check]:
    """What can be told of an account without changing anything in it."""
    looked = [
        _check(calls, "porting orders", "porting_orders"),
        _check(calls, "porting events", "porting/events"),
        _check(calls, "documents", "documents"),
        _check(calls, "phone numbers", "phone_numbers"),
    ]
    key = public_key(account.public_key)
    keyed = "webhooks can be verified" if key else "no public key of 32 bytes in base64: webhooks would be turned away"
    url = account.webhook_url
    reached = f"orders name {url}" if url else "no webhook_url: orders would be found out about by asking only"
    return [
        *looked,
        Check(name="webhook key", passed=key is not None, words=keyed),
        Check(name="webhook address", passed=bool(url), words=reached),
        Check(name="handing in an order", passed=None, words="only a real order can show it"),
        Check(name="number look-up", passed=None, words="not tried: it is billed"),
    ]


def _check(calls: Calls, name: str, path: str) -> Check:
    try:
        calls.reachable(path)
    except CarrierError as error:
        return Check(name=name, passed=False, words=error.message)
    return Check(name=name, passed=True, words="may be read")


def public_key(text: str) -> bytes | None:
    """The 32 bytes of a key as the portal shows it; None where it is none. Raises nothing."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == 32 else None
