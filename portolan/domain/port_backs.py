"""A port-back: asked for in stages, each with the losing carrier's consent, which nobody can promise."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, Field

from portolan.domain.carrier import Consent


class ReturnStage(StrEnum):
    """What a return would be."""

    SNAPBACK = "snapback"
    WIN_BACK = "win_back"
    NEW_PORT = "new_port"


class Asked(BaseModel):
    """A return that was ordered: at which stage, on whose authority, and what the losing carrier said.

    Attributes:
        decided_at: The moment of the decision, which counts; with two persons, the second one's.
        inadvertent: Nobody wanted this port: both carriers restore service, however long ago it was.
        evidence: What failed when it was ordered.
        letter: SHA-256 of the signed letter of return.
        told_at: When the losing carrier was first asked.
    """

    stage: ReturnStage
    by: str
    second: str = ""
    reason: str
    decided_at: AwareDatetime
    inadvertent: bool = False
    evidence: list[str] = Field(default_factory=list)
    letter: str = ""
    told_at: AwareDatetime | None = None
    consent: Consent | None = None
    why: str = ""


class Proposal(BaseModel):
    """A decision that waits for its second person: what was asked for, by whom, when."""

    kind: str
    by: str
    reason: str
    at: AwareDatetime
    inadvertent: bool = False
