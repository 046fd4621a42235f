"""What a desk is told: the porting request and what follows it, in lines that a person can read and paste."""

from __future__ import annotations

from collections.abc import Iterable

from portolan.domain.carrier import SendKind, Submission
from portolan.domain.errors import CarrierRefused

_OPENINGS = {
    SendKind.NEW: "Please port the numbers below to {to}.",
    SendKind.SUPPLEMENT: "Please take these data for the porting request {first} in place of the earlier ones.",
    SendKind.NEW_DATE: "Please ask the losing carrier for another date for the porting request {first}.",
}
_CODES = {"pin": "PIN", "nif": "NIF", "rio": "RIO", "pac": "PAC", "migration_code": "Migration code"}
_REMAINING = {"keep": "Numbers that stay on the account: keep them", "cease": "Numbers that stay on the account: cease"}


def needs_letter(submission: Submission) -> None:
    """See that the signed letter goes along; a new date needs none.

    Raises:
        CarrierRefused: It is not there.
    """
    if submission.kind is SendKind.NEW_DATE or any(paper.kind == "loa" for paper in submission.papers):
        return
    order_id = submission.order_id
    raise CarrierRefused(
        "Nothing was sent: the desk needs the signed letter, and there is none on file.",
        f"Attach it with `portolan sign {order_id} --by NAME --on DATE --file SCAN`, then answer retry.",
    )


def request_text(submission: Submission, *, to: str, first: str, own: Iterable[str] = (), codes: bool = True) -> str:
    """A sending in words.

    Args:
        submission: What is sent.
        to: Where the numbers go.
        first: Our reference of the first sending, under which the desk knows the request.
        own: Lines that only this carrier wants.
        codes: Whether PIN, RIO and the like are written out, or only named.
    """
    account = submission.account
    lines = [
        f"Our reference: {submission.key}. Please name it in every answer.",
        "",
        _OPENINGS[submission.kind].format(to=to, first=first),
        "",
    ]
    told = {
        "Losing carrier": submission.losing_carrier,
        "Country": submission.country,
        "Account holder": account.entity_name,
        "Authorized person": account.authorized_person,
        "Service address": account.service_address,
        "Postal code": account.postal_code,
        "Account number": account.account_number,
        "Billing telephone number": account.btn,
        "New billing telephone number": submission.new_btn,
        "RespOrg": submission.resp_org,
        "Letter of authorization signed on": str(submission.loa_signed_on or ""),
        "Date wanted": str(submission.requested_foc_on or "the earliest that is possible"),
    }
    lines += [f"{label}: {value}" for label, value in told.items() if value]
    lines += [_REMAINING[submission.remaining]] if submission.remaining in _REMAINING else []
    lines += _codes(submission, codes)
    lines += own
    lines += ["", f"Numbers ({len(submission.numbers)}):", *submission.numbers]
    if submission.papers:
        lines += ["", "Documents:", *(f"- {paper.filename} ({paper.kind})" for paper in submission.papers)]
    return "\n".join(lines)


def _codes(submission: Submission, shown: bool) -> list[str]:
    return [
        f"{_CODES.get(kind, kind)}{f' of {number}' if number else ''}: "
        f"{value if shown else 'kept apart; give it where the desk asks for it'}"
        for (number, kind), value in sorted(submission.secrets.items())
    ]


def withdrawal_text(first: str, reason: str) -> str:
    """The request to withdraw an order."""
    return (
        f"Our reference: {first}.\n\nPlease withdraw this porting request, so that no number of it moves, and confirm "
        f"that you have.\nReason: {reason}"
    )
