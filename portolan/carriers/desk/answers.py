"""What a desk says, as a person enters it, and what it makes of a case. Pure: a case and an answer give a case."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from portolan.carriers.desk.book import Case, CaseKind, Verbatim
from portolan.domain.carrier import CarrierStatus, Consent, MessagingStatus, NumberStatus
from portolan.domain.errors import PortolanError
from portolan.domain.foc import in_words
from portolan.domain.rejections import Rejection
from portolan.domain.text import Plain

AnswerKind = Literal["accepted", "rejected", "foc", "ported", "cancelled", "question", "noted"]
ANSWERS: tuple[AnswerKind, ...] = get_args(AnswerKind)
ReturnKind = Literal["consented", "refused", "returned"]
RETURNS: tuple[ReturnKind, ...] = get_args(ReturnKind)

_OPEN = frozenset(
    {
        CarrierStatus.RECEIVED,
        CarrierStatus.ACCEPTED,
        CarrierStatus.REJECTED,
        CarrierStatus.FOC_CONFIRMED,
        CarrierStatus.UNKNOWN,
    }
)
#: Where a case has to stand for an answer to make sense; what moved can no longer be accepted, dated or called off.
FITS: dict[AnswerKind, frozenset[CarrierStatus]] = {
    "accepted": _OPEN - {CarrierStatus.FOC_CONFIRMED},
    "rejected": _OPEN,
    "foc": _OPEN,
    "ported": _OPEN - {CarrierStatus.REJECTED} | {CarrierStatus.PORTED},
    "cancelled": _OPEN,
    "question": _OPEN | {CarrierStatus.PORTED},
    "noted": frozenset(CarrierStatus),
}
_STATUS: dict[AnswerKind, CarrierStatus] = {
    "accepted": CarrierStatus.ACCEPTED,
    "rejected": CarrierStatus.REJECTED,
    "foc": CarrierStatus.FOC_CONFIRMED,
    "ported": CarrierStatus.PORTED,
    "cancelled": CarrierStatus.CANCELLED,
}


class DoesNotFit(PortolanError):
    """The answer makes no sense for the case as it stands."""

    code = "does_not_fit"


#: A moment in UTC, whatever zone it was written in, so that the same moment is the same answer.
Utc = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class Said(BaseModel):
    """What a desk said about an order, as a person entered it.

    Attributes:
        by: Who said it, or who entered it.
        at: When it was said.
        text: The desk's own words.
        reasons: Of a rejection.
        foc_at: Of a date.
        numbers: Of a move: those that are in service now; empty: all.
        failed: Of a move: those that did not move.
        moved_at: Of a move: when it was; `at`, if left out.
    """

    kind: AnswerKind
    by: Plain
    at: Utc
    text: Verbatim = ""
    reasons: list[Rejection] = Field(default_factory=list)
    foc_at: Utc | None = None
    numbers: list[str] = Field(default_factory=list)
    failed: list[str] = Field(default_factory=list)
    moved_at: Utc | None = None


def answered(case: Case, said: Said) -> Case:
    """The case after an answer; the same one again gives the same case.

    Raises:
        DoesNotFit: It makes no sense as the case stands; the text says why.
    """
    named = _name(case, said)
    if case.last_answer == named:
        return case
    _check(case, said)
    if said.kind == "noted":
        return case.but(touched_at=said.at)
    changes: dict[str, object] = {"touched_at": said.at, "last_answer": named}
    if said.kind == "question":
        return case.but(**changes, question=said.text)
    changes |= {
        "status": _STATUS[said.kind],
        "raw_status": said.text or said.kind,
        "answered_at": said.at,
        "rejections": said.reasons,
        "question": "",
    }
    if said.kind == "rejected":
        changes["foc_at"] = None
    elif said.kind == "foc":
        changes["foc_at"] = said.foc_at
    elif said.kind == "ported":
        changes |= _moved(case, said)
    elif said.kind == "cancelled":
        changes |= {"closed_at": said.at, "foc_at": None}
    return case.but(**changes)


def returned(case: Case, kind: ReturnKind, text: str, at: datetime) -> Case:
    """A port-back after what was said to it; the same again gives the same case.

    Raises:
        DoesNotFit: It makes no sense as the case stands.
    """
    if case.kind is not CaseKind.PORT_BACK:
        raise DoesNotFit(f"{case.case_id} is no port-back.")
    wanted = {"consented": Consent.CONSENTED, "refused": Consent.REFUSED, "returned": Consent.CONSENTED}[kind]
    back = kind == "returned"
    if (case.consent, case.status is CarrierStatus.PORTED_BACK) == (wanted, back):
        return case
    if case.status is CarrierStatus.PORTED_BACK:
        raise DoesNotFit("The numbers are entered as returned already, and stay so.")
    status = CarrierStatus.PORTED_BACK if back else CarrierStatus.RECEIVED
    closed = at if kind != "consented" else None
    return case.but(
        consent=wanted,
        consent_why=text,
        status=status,
        raw_status=text or kind,
        answered_at=at,
        touched_at=at,
        closed_at=closed,
    )


def messaging(case: Case, status: MessagingStatus, numbers: list[str], at: datetime) -> Case:
    """The case once somebody said where the messaging of these numbers is, or of all.

    Raises:
        DoesNotFit: A number is not one of the case's.
    """
    _known(case, numbers)
    told = case.messaging | dict.fromkeys(numbers or case.numbers, status)
    return case if told == case.messaging else case.but(messaging=told, touched_at=at)


def uploaded(case: Case, at: datetime) -> Case:
    """The case once a person said that the desk has the documents."""
    if all(paper.uploaded for paper in case.papers):
        return case
    papers = [paper.model_copy(update={"uploaded": True}) for paper in case.papers]
    return case.but(papers=papers, touched_at=at, spoke_at=at)


def handed_over(case: Case, external_id: str, at: datetime) -> Case:
    """The case once a person said that what waited for it was given to the desk, under the desk's own name for it."""
    named = external_id.strip() or case.external_id
    return case.but(external_id=named, touched_at=at, spoke_at=at)


def _check(case: Case, said: Said) -> None:
    if case.kind is not CaseKind.PORT:
        raise DoesNotFit(f"{case.case_id} is no order.", f"`portolan desk return {case.order_id}` is for port-backs.")
    if case.sent is None and not (said.kind == "cancelled" and case.at_desk):
        raise DoesNotFit(f"Nothing was sent for {case.order_id} yet, so that nobody can have answered.")
    if case.status not in FITS[said.kind]:
        words = in_words(case.foc_at) if case.status is CarrierStatus.FOC_CONFIRMED else ""
        stands = f"{case.status.replace('_', ' ')} {words}".strip()
        raise DoesNotFit(
            f"{case.order_id} stands as {stands} at the desk: {said.kind} does not fit.",
            "Enter what the desk said as `noted` if it changes nothing, or what it really comes to.",
        )
    if said.kind == "foc" and said.foc_at is None:
        raise DoesNotFit("A date needs its moment.", "Give --at, such as 2026-12-01T09:00-05:00.")
    if said.kind == "rejected" and not said.reasons:
        raise DoesNotFit("A rejection needs a reason.", "Give --reason CODE, or the desk's own words as --text.")
    if said.kind == "question" and not said.text.strip():
        raise DoesNotFit("A question needs its words.", "Give them as --text.")
    if said.kind == "ported" and said.moved_at and said.moved_at > said.at:
        raise DoesNotFit(f"{in_words(said.moved_at)} is yet to come: nothing can have moved then.")
    _known(case, [*said.numbers, *said.failed])


def _known(case: Case, numbers: list[str]) -> None:
    strange = [number for number in numbers if number not in case.numbers]
    if strange:
        shown = ", ".join(case.numbers[:5]) + (" ..." if len(case.numbers) > 5 else "")
        raise DoesNotFit(f"{strange[0]} is no number of {case.order_id}.", f"Its numbers: {shown}.")


def _moved(case: Case, said: Said) -> dict[str, object]:
    active = said.numbers or [number for number in case.numbers if number not in said.failed]
    status = case.number_status | dict.fromkeys(active, NumberStatus.ACTIVE)
    status |= dict.fromkeys(said.failed, NumberStatus.FAILED)
    whole = all(status.get(number) is NumberStatus.ACTIVE for number in case.numbers)
    return {
        "number_status": status,
        "moved_at": case.moved_at or said.moved_at or said.at,
        "closed_at": said.at if whole else None,
        "foc_at": case.foc_at,
    }


def _name(case: Case, said: Said) -> str:
    """Names an answer to the newest sending; when and by whom it was said makes it no other one."""
    attempt = case.sent.attempt if case.sent else 0
    told = said.model_dump_json(exclude={"by", "at"})
    return sha256(f"{case.case_id}|{attempt}|{told}".encode()).hexdigest()[:24]
