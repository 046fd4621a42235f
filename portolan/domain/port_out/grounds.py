"""The grounds on which numbers may be kept: a closed list. What is not in it cannot be said to another carrier.

A debt, a running contract, an early termination fee or the wish to win the customer back have no name here, so that no
refusal for them can be built, sent or typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from portolan.domain.errors import PortolanError

if TYPE_CHECKING:
    from portolan.domain.port_out.policy import PortOutPolicy


class Ground(StrEnum):
    """Why numbers are kept."""

    ACCOUNT_NUMBER_MISSING = "account_number_missing"
    ACCOUNT_NUMBER_WRONG = "account_number_wrong"
    POSTAL_CODE_MISSING = "postal_code_missing"
    POSTAL_CODE_WRONG = "postal_code_wrong"
    CODE_MISSING = "code_missing"
    CODE_WRONG = "code_wrong"
    CODE_EXPIRED = "code_expired"
    NUMBER_NOT_OURS = "number_not_ours"
    NUMBER_NOT_ACTIVE = "number_not_active"
    LOCKED = "locked"
    CUSTOMER_DENIES = "customer_denies"
    FRAUD_CONFIRMED = "fraud_confirmed"


class GroundFacts(NamedTuple):
    """What a ground means.

    Attributes:
        code: The canonical reason (`rejections.REASONS`) that the requesting carrier will read it as.
        meaning: What stands against the port.
        cure: What makes it go through next time.
    """

    code: str
    meaning: str
    cure: str


GROUNDS: dict[Ground, GroundFacts] = {
    Ground.ACCOUNT_NUMBER_MISSING: GroundFacts(
        "ACCOUNT_NUMBER_MISMATCH", "the account number is missing", "send it as it stands on the customer's bill"
    ),
    Ground.ACCOUNT_NUMBER_WRONG: GroundFacts(
        "ACCOUNT_NUMBER_MISMATCH", "the account number is not the one on file", "send the one on the customer's bill"
    ),
    Ground.POSTAL_CODE_MISSING: GroundFacts(
        "POSTCODE_MISMATCH", "the postal code is missing", "send the one of the service address on file"
    ),
    Ground.POSTAL_CODE_WRONG: GroundFacts(
        "POSTCODE_MISMATCH", "the postal code is not the one on file", "send the one of the service address on file"
    ),
    Ground.CODE_MISSING: GroundFacts(
        "PIN_MISSING", "the code that protects the number is missing", "the customer has it, or gets it from us"
    ),
    Ground.CODE_WRONG: GroundFacts(
        "PIN_INVALID", "the code that protects the number is wrong", "the customer has it, or gets it from us"
    ),
    Ground.CODE_EXPIRED: GroundFacts(
        "PIN_INVALID", "the code had expired when the request was made", "the customer gets a new one from us"
    ),
    Ground.NUMBER_NOT_OURS: GroundFacts(
        "TN_NOT_ON_ACCOUNT", "the number is not with us", "ask the carrier that serves it"
    ),
    Ground.NUMBER_NOT_ACTIVE: GroundFacts("TN_INACTIVE", "the number is not in service", "leave it out"),
    Ground.LOCKED: GroundFacts(
        "PORT_LOCK", "the customer has locked the number against ports", "the customer lifts the lock with us"
    ),
    Ground.CUSTOMER_DENIES: GroundFacts(
        "NOT_AUTHORISED", "the account holder says that they did not ask for this", "settle it with the account holder"
    ),
    Ground.FRAUD_CONFIRMED: GroundFacts(
        "NOT_AUTHORISED",
        "two people here hold the request for a fraudulent one, on evidence",
        "settle it with our fraud desk and the account holder",
    ),
}


class UnlawfulRefusal(PortolanError):
    """The rules of this port do not have the ground; nothing was refused."""

    code = "unlawful_refusal"

    def __init__(self, ground: Ground, playbook: str) -> None:
        self.ground = ground
        super().__init__(f"{playbook} has no rule by which a port may be refused as {ground}.", "Release the numbers.")


class Basis(BaseModel):
    """The rule that allows a ground, and where it comes from: a letter of `values.PROVENANCE` and the source."""

    model_config = ConfigDict(frozen=True)

    rule: str = Field(min_length=1)
    provenance: str
    source: str


class Finding(BaseModel):
    """One ground that was found; `numbers` (E.164) are those concerned, none: the whole account."""

    model_config = ConfigDict(frozen=True)

    ground: Ground
    numbers: list[str] = Field(default_factory=list)

    def in_words(self) -> str:
        """One phrase, with the numbers where they are few."""
        few = f" ({', '.join(self.numbers[:3])}{' ...' if len(self.numbers) > 3 else ''})" if self.numbers else ""
        return f"{GROUNDS[self.ground].meaning}{few}"


class Released(BaseModel):
    """The answer yes. `by_default`: nobody said no, and the time was up."""

    kind: Literal["released"] = "released"
    by_default: bool = False

    def in_words(self) -> str:
        """Why, in one phrase."""
        return "no ground against it was on record in time" if self.by_default else "the customer confirmed it"


class Refused(BaseModel):
    """The answer no: what was found, and for each ground the rule. Made by `Refused.of` alone."""

    kind: Literal["refused"] = "refused"
    findings: list[Finding] = Field(min_length=1)
    basis: dict[Ground, Basis]

    @model_validator(mode="after")
    def _has_a_rule_for_each_ground(self) -> Self:
        missing = [finding.ground for finding in self.findings if finding.ground not in self.basis]
        if missing:
            raise ValueError(f"there is no rule for {', '.join(missing)}")
        return self

    @classmethod
    def of(cls, policy: PortOutPolicy, findings: Sequence[Finding]) -> Refused:
        """Refuse by a policy's own rules.

        Raises:
            UnlawfulRefusal: The policy has no rule for one of the grounds.
            ValueError: Nothing was found.
        """
        for finding in findings:
            if finding.ground not in policy.grounds:
                raise UnlawfulRefusal(finding.ground, policy.playbook)
        return cls(findings=list(findings), basis={found.ground: policy.grounds[found.ground] for found in findings})

    def in_words(self) -> str:
        """Every finding, in one line."""
        return "; ".join(finding.in_words() for finding in self.findings)
