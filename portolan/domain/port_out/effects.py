"""What a port-out does to the world outside: the activities, their arguments, and what names each effect once."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, Field

from portolan.domain.effects import Effect
from portolan.domain.port_out.case import Case, PortOutEntry, PortOutRequest
from portolan.domain.port_out.grounds import Refused, Released
from portolan.domain.port_out.policy import Compared
from portolan.domain.telling import Notice

#: Beside `send_notice`, which a port-out shares with port orders.
PORT_OUT_EFFECTS: dict[str, Effect] = {
    effect.name: effect
    for effect in (
        Effect("validate_port_out", False, "read only"),
        Effect("answer_port_out", True, "the port-out, looked for before the answer is given; an answer stays"),
        Effect("publish_port_out", True, "port-out and sequence of each audit entry"),
    )
}


class Validating(BaseModel):
    """What is compared with the records; the codes themselves are found there."""

    port_out_id: str
    numbers: list[str]
    code: Compared | None

    @classmethod
    def of(cls, request: PortOutRequest) -> Validating:
        """A request's."""
        return cls(port_out_id=request.port_out_id, numbers=request.numbers, code=request.policy.code)


class DeskAnswer(BaseModel):
    """The answer as it goes to the requesting carrier, once for each key.

    Attributes:
        carrier_reference: Their name for the request.
        foc: The moment they asked for, which a release confirms; None: they named none.
    """

    key: str
    requesting_carrier: str
    carrier_reference: str
    numbers: list[str]
    answer: Released | Refused = Field(discriminator="kind")
    foc: AwareDatetime | None = None

    @classmethod
    def of(cls, case: Case) -> DeskAnswer:
        """The answer that was decided.

        Raises:
            ValueError: None was.
        """
        if case.answer is None:
            raise ValueError(f"{case.port_out_id} has no answer yet")
        request = case.request
        return cls(
            key=case.port_out_id,
            requesting_carrier=request.requesting_carrier,
            carrier_reference=request.carrier_reference,
            numbers=request.numbers,
            answer=case.answer,
            foc=request.requested_foc if isinstance(case.answer, Released) else None,
        )


class PortOutPublication(BaseModel):
    """The port-out as it stands, the audit entries not yet on record, and the notices nobody has yet."""

    case: Case
    entries: list[PortOutEntry]
    notices: list[Notice] = Field(default_factory=list)
