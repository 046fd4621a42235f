"""The certificate of an order on paper: one page or two, from the JSON that it repeats in words.

The same certificate gives the same bytes. Long lists are cut with their count: the JSON of the same digest has it all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import typst

from portolan.documents.typesetting import lacking, typeset
from portolan.domain.errors import PortolanError
from portolan.domain.runbook import ITEMS
from portolan.domain.states import STATES, State

#: So many rows of a list are printed.
MOST_NUMBERS, MOST_DOCUMENTS, MOST_SIGN_OFFS = 24, 12, 20
#: No list of reasons or notes is longer than this on paper.
LONGEST = 400

_WHEN = {
    "requested": "Requested",
    "loa_dated": "Letter of authorization dated",
    "approved": "Sending approved",
    "sent": "Sent to the gaining carrier",
    "foc_settled": "Date confirmed (FOC settled)",
    "foc": "Firm order commitment (FOC)",
    "activated": "Numbers moved",
    "proven": "Every number proven in service",
    "window_closed": "Rollback window closed",
    "ended": "Order ended",
}


class CertificateUnprintable(PortolanError):
    """The certificate cannot be set."""

    code = "certificate_unprintable"


def render(certificate: Mapping[str, Any]) -> bytes:
    """Set a certificate as PDF, as `domain.certificate.certificate` made it.

    A character for which there is no type is printed as its code, such as `[U+6771]`.

    Raises:
        CertificateUnprintable: The template is at fault.
    """
    sheet, written_at = _sheet(certificate), int(datetime.fromisoformat(certificate["generated_at"]).timestamp())
    try:
        return typeset(__package__, "certificate", sheet, written_at)
    except typst.TypstError:
        sheet = _printable(sheet)
    try:
        return typeset(__package__, "certificate", sheet, written_at)
    except typst.TypstError as error:
        raise CertificateUnprintable(
            f"The certificate cannot be set: {error.message}.", "Use its JSON, and report it: the template is at fault."
        ) from error


def _sheet(one: Mapping[str, Any]) -> dict[str, Any]:
    """What the template prints: finished words, apart from their places."""
    order, parties = one["order"], one["parties"]
    count = len(one["numbers"])
    return {
        "title": f"Certificate of port order {order['order_id']}",
        "order_id": order["order_id"],
        "customer": parties["customer"],
        "summary": f"{count} {order['country']} {order['number_class'].replace('_', '-')} "
        f"number{'' if count == 1 else 's'}, {parties['losing_carrier']} to {parties['gaining_carrier']}",
        "state": order["state"].replace("_", " "),
        "meaning": STATES[State(order["state"])].meaning,
        "outcome": _short(order["outcome"]),
        "safe": one["old_service"]["may_be_cancelled"],
        "old_service": one["old_service"]["why"],
        "facts": _order_rows(one),
        "when": [[words, _moment(one["when"][key])] for key, words in _WHEN.items() if one["when"][key]],
        "authority": _authority_rows(one["authority"]),
        "numbers": [_number_row(number) for number in one["numbers"][:MOST_NUMBERS]],
        "more_numbers": _more(one["numbers"], MOST_NUMBERS, "numbers"),
        "proofs": _proof_rows(one),
        "sign_offs": [
            [done["title"] + (" (gate)" if done["gate"] else ""), done["by"], _moment(done["at"])]
            for done in one["runbook"][:MOST_SIGN_OFFS]
        ],
        "more_sign_offs": _more(one["runbook"], MOST_SIGN_OFFS, "sign-offs"),
        "undone": [
            [what["what"].capitalize(), f"{_moment(what['at'])}{_because(what['why'])}"] for what in one["undone"]
        ],
        "documents": [
            [document["kind"].replace("_", " "), document["filename"], document["sha256"]]
            for document in one["documents"][:MOST_DOCUMENTS]
        ],
        "more_documents": _more(one["documents"], MOST_DOCUMENTS, "documents"),
        "digest": one["digest"],
        "generated": _moment(one["generated_at"]),
    }


def _order_rows(one: Mapping[str, Any]) -> list[list[str]]:
    order, parties = one["order"], one["parties"]
    account = parties["account"]
    rows = {
        "Customer": parties["customer"],
        "Account": f"{account['entity_name']}, {account['service_address']}, {account['postal_code']}",
        "Account number": account["account_number"],
        "Losing carrier": parties["losing_carrier"],
        "Gaining carrier": parties["gaining_carrier"],
        "Order at the carrier": order["carrier_order_id"]
        and f"{order['carrier_order_id']}, sending {order['attempts']}",
        "Reference": order["reference"],
        "Split out of": order["split_from"],
        "Split out into": ", ".join(order["splits"]),
        "Rules": order["playbook"],
    }
    return [[label, value] for label, value in rows.items() if value]


def _authority_rows(authority: Mapping[str, Any]) -> list[list[str]]:
    rows: list[list[str]] = []
    if letter := authority["letter"]:
        rows.append(["Letter of authorization", f"signed by {letter['signed_by']}, dated {letter['signed_on']}"])
    if approval := authority["approval"]:
        rows.append(["Sending", f"approved by {approval['by']}{_on(approval['at'])}"])
    if by := authority["cutover"]["by"]:
        rows.append(["Cutover", f"{by} ({authority['cutover']['how'].replace('_', ' ')})"])
    if given := authority["override"]:
        items = "; ".join(ITEMS[item].title if item in ITEMS else item for item in given["items"]) or "no item"
        said = f"{given['by']}{_on(given['at'])}: {items}{_because(given['reason'])}"
        rows.append(["Gates overridden", _short(said)])
    for asked in authority["returns"]:
        who = " and ".join(filter(None, (asked["by"], asked["second"])))
        said = f"{who}{_on(asked['decided_at'])}{_because(asked['reason'])}; {asked['consent'] or 'no answer yet'}"
        rows.append([f"Return ({asked['stage'].replace('_', '-')})", _short(said)])
    return rows


def _number_row(number: Mapping[str, Any]) -> list[str]:
    routed = number["routed_to"] or {True: "gaining carrier", False: "not at the gaining carrier"}.get(
        number["at_gaining"], "not looked up"
    )
    codes = ", ".join(f"{name} {number[key]}" for key, name in (("spid", "SPID"), ("lrn", "LRN")) if number[key])
    return [number["number"], number["status"], f"{routed} ({codes})" if codes else routed, number["messaging"] or ""]


def _proof_rows(one: Mapping[str, Any]) -> list[list[str]]:
    proofs = one["proofs"]
    rows = [["In service", "; ".join(proofs["found"]) or "not proven"]]
    if proofs["routing"]:
        there = sum(look["at_gaining"] is True for look in proofs["routing"])
        rows.append(["Routing look-ups", f"{there} of {len(proofs['routing'])} numbers at the gaining carrier"])
    if proofs["test_slots"]:
        counted = Counter(slot["status"] for slot in proofs["test_slots"])
        told = ", ".join(f"{counted[status]} {status}" for status in sorted(counted))
        rows.append(["Test call slots", f"{len(proofs['test_slots'])}: {told}"])
    if calls := proofs["test_calls"]:
        passed = sum(call["passed"] for call in calls)
        origins = ", ".join(sorted({call["origin"].replace("_", " ") for call in calls}))
        rows.append(["Test calls", f"{passed} of {len(calls)} passed; from {origins}"])
    if proofs["messaging_settled"] is not None:
        rows.append(["Messaging", "settled" if proofs["messaging_settled"] else "not settled"])
    return rows


def _moment(text: str | None) -> str:
    """`2026-11-17T16:00:00Z` as people read it; a date stays one."""
    return f"{text[:10]} {text[11:16]} UTC" if text and "T" in text else text or ""


def _on(moment: str | None) -> str:
    return f" on {_moment(moment)}" if moment else ""


def _because(why: str | None) -> str:
    return f" ({why.strip().rstrip('.')})" if why else ""


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 2].rstrip() + " \u2026"


def _more(rows: Sequence[Any], shown: int, what: str) -> str:
    left = len(rows) - shown
    return f"and {left} more {what}, listed in the JSON certificate of the same digest" if left > 0 else ""


def _printable(value: Any) -> Any:
    """The sheet with each character that has no type as its code."""
    if isinstance(value, str):
        return "".join(char if not _missing(char) else f"[U+{ord(char):04X}]" for char in value)
    if isinstance(value, Mapping):
        return {key: _printable(part) for key, part in value.items()}
    return [_printable(part) for part in value] if isinstance(value, list) else value


@cache
def _missing(char: str) -> bool:
    return lacking(char)
