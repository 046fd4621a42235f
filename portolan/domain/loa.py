"""Letters of authorization: what a letter says, who may sign it how, and what proves an electronic signature.

A letter repeats the losing carrier's record code point for code point, so nothing here rewrites a value. How it looks
is for `portolan.documents.letters`; the words are in `portolan.domain.loa_wording`.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator

from portolan.domain.carrier import AccountData
from portolan.domain.errors import ConfigurationError
from portolan.domain.loa_wording import LABELS, RETURNS, WORDINGS, Wording
from portolan.domain.order_request import OrderRequest
from portolan.domain.playbooks.model import Policy

#: A drawn signature: a picture of at most so many bytes and so many pixels a side.
DRAWING_BYTES = 256 * 1024
DRAWING_SIDE = 4000
_PNG = b"\x89PNG\r\n\x1a\n"

E164 = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")]
Said = Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"\S")]


class LoaKind(StrEnum):
    """What a letter authorises: the port, or the return of the numbers to where they came from."""

    PORT = "port"
    ROLLBACK = "rollback"


class SignatureMode(StrEnum):
    """How a letter is signed: in ink, or electronically."""

    WET = "wet"
    ELECTRONIC = "electronic"


class SignatureMethod(StrEnum):
    """What an electronic signer did."""

    TYPED = "typed"
    DRAWN = "drawn"


def accepted_modes(policy: Policy) -> tuple[SignatureMode, ...]:
    """How the order's letter may be signed; empty where no signature is asked for (a French RIO can be enough).

    Raises:
        ConfigurationError: The policy names a mode that does not exist.
    """
    known = [mode.value for mode in SignatureMode]
    for mode in policy.signature_modes:
        if mode not in known:
            raise ConfigurationError(
                f"`signature_modes` of playbook {policy.playbook} has {mode!r}.", f"Use {' or '.join(known)}."
            )
    return tuple(mode for mode in SignatureMode if mode in policy.signature_modes)


class LoaForm(BaseModel):
    """Everything one letter says. The same form gives the same letter, whenever and wherever it is printed.

    Attributes:
        template: A row of `loa_wording.WORDINGS`.
        account: Printed verbatim.
        billing_address: Printed where it is not the service address.
        numbers: E.164, in the order of the request, each once.
        losing_carrier: Who gives the numbers up under this letter; in a rollback the carrier they were moved to.
        gaining_carrier: Who receives them; in a rollback the carrier they came from.
        identifiers: What is asked for beside a number (France: the RIO), by number.
        losing_resp_org: RespOrg ID: five letters or digits (Bandwidth codes 7527 and 7528). So is `gaining_resp_org`.
        porting_code: The Portierungskennung of a German gaining carrier: D and three digits (BNetzA).
        kept_numbers: UK: numbers of the account that are not moved and go on. `ceased_numbers`: that end.
        cancels_contract: Germany: whether the contract is to end, too; None leaves it to the signer.
        signature_modes: How it may be signed; empty: no signature is asked for.
        attach_over: With more numbers than this the letter says "See Attached"; None: it lists them all.
    """

    model_config = ConfigDict(frozen=True)

    kind: LoaKind = LoaKind.PORT
    template: str
    order_id: str
    reference: str
    account: AccountData
    billing_address: str = ""
    numbers: tuple[E164, ...] = Field(min_length=1)
    losing_carrier: str
    gaining_carrier: str
    country: str
    identifiers: dict[str, str] = Field(default_factory=dict)
    losing_resp_org: str = Field("", pattern=r"^([A-Z0-9]{5})?$")
    gaining_resp_org: str = Field("", pattern=r"^([A-Z0-9]{5})?$")
    porting_code: str = Field("", pattern=r"^(D[0-9]{3})?$")
    kept_numbers: tuple[E164, ...] = ()
    ceased_numbers: tuple[E164, ...] = ()
    cancels_contract: bool | None = None
    signature_modes: tuple[SignatureMode, ...] = tuple(SignatureMode)
    attach_over: int | None = Field(None, ge=0)

    @field_validator("template")
    @classmethod
    def _known(cls, template: str) -> str:
        if template not in WORDINGS:
            raise ValueError(f"there is no letter {template!r}: use {', '.join(WORDINGS)}")
        return template

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.account.entity_name.strip():
            raise ValueError("`entity_name` of the account is empty: a letter names the account holder")
        listed = [*self.numbers, *self.kept_numbers, *self.ceased_numbers]
        twice = [number for number, times in Counter(listed).items() if times > 1]
        if twice:
            raise ValueError(f"listed twice: {', '.join(twice)}; a number is moved, kept or ceased, and listed once")
        strangers = sorted(set(self.identifiers) - set(self.numbers))
        if strangers:
            raise ValueError(f"`identifiers` has {', '.join(strangers)}, which this letter does not move")
        return self

    @property
    def wording(self) -> Wording:
        """The row of the template."""
        return WORDINGS[self.template]

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of the letter's language."""
        return LABELS[self.wording.language]

    @property
    def title(self) -> str:
        """The heading."""
        return self.wording.title if self.kind is LoaKind.PORT else RETURNS[self.wording.language].title

    @property
    def void(self) -> str:
        """What a letter prepared in advance says of itself; empty for the port's own letter."""
        return "" if self.kind is LoaKind.PORT else RETURNS[self.wording.language].void

    @property
    def opening(self) -> str:
        """The request in one sentence."""
        says = self.wording if self.kind is LoaKind.PORT else RETURNS[self.wording.language]
        return self._filled(says.opening)

    @property
    def statements(self) -> list[str]:
        """What the signer declares, one sentence or two each."""
        says = self.wording if self.kind is LoaKind.PORT else RETURNS[self.wording.language]
        return [self._filled(text) for text in (*says.statements, *self.wording.always)]

    @property
    def contract_question(self) -> str:
        """Germany: whether the contract is to end; empty in other letters and in the return of numbers."""
        return self._filled(self.labels["cancels_contract"]) if self.kind is LoaKind.PORT else ""

    @property
    def signature_rule(self) -> str:
        """How to sign, where not everything goes."""
        if not self.signature_modes:
            return ""
        return self.labels["no_stamp" if SignatureMode.ELECTRONIC in self.signature_modes else "by_hand"]

    @property
    def attached(self) -> bool:
        """Whether the numbers are in a file beside the letter."""
        return self.attach_over is not None and len(self.numbers) > self.attach_over

    @property
    def first(self) -> str:
        """The first number of the list."""
        return self.numbers[0]

    @property
    def last(self) -> str:
        """The last number of the list."""
        return self.numbers[-1]

    def _filled(self, text: str) -> str:
        return text.format(losing_carrier=self.losing_carrier, gaining_carrier=self.gaining_carrier)


def form_for(
    request: OrderRequest,
    account: AccountData,
    *,
    numbers: Sequence[str] | None = None,
    identifiers: Mapping[str, str] | None = None,
    kind: LoaKind | str = LoaKind.PORT,
    billing_address: str = "",
    losing_resp_org: str = "",
    gaining_resp_org: str = "",
    porting_code: str = "",
    kept_numbers: Sequence[str] = (),
    ceased_numbers: Sequence[str] = (),
    cancels_contract: bool | None = None,
) -> LoaForm:
    """The letter of an order, with the account as it stands now.

    Losing and gaining are the port's own in every argument; the letter of return swaps them itself, and leaves out what
    is true of the port alone: identifiers, porting code, the numbers that stay, the end of the contract.

    Args:
        numbers: Those of the order that this letter is about; all of them by default.

    Raises:
        ValueError: Something does not fit; the text names the field and says what would (`pydantic.ValidationError`).
        ConfigurationError: The policy names a signature mode that does not exist.
    """
    listed = request.numbers if numbers is None else list(numbers)
    strangers = sorted(set(listed) - set(request.numbers))
    if strangers:
        raise ValueError(f"`numbers` has {', '.join(strangers)}, which order {request.order_id} does not move")
    carriers, resp_orgs = (request.losing_carrier, request.gaining_carrier), (losing_resp_org, gaining_resp_org)
    if kind == LoaKind.ROLLBACK:
        carriers, resp_orgs = carriers[::-1], resp_orgs[::-1]
        identifiers, porting_code, kept_numbers, ceased_numbers, cancels_contract = None, "", (), (), None
    return LoaForm(
        kind=LoaKind(kind),
        template=request.policy.loa_template,
        order_id=request.order_id,
        reference=request.reference,
        account=AccountData.model_validate(account.model_dump(include=set(AccountData.model_fields))),
        billing_address=billing_address,
        numbers=tuple(listed),
        losing_carrier=carriers[0],
        gaining_carrier=carriers[1],
        country=request.country,
        identifiers=dict(identifiers or {}),
        losing_resp_org=resp_orgs[0],
        gaining_resp_org=resp_orgs[1],
        porting_code=porting_code,
        kept_numbers=tuple(kept_numbers),
        ceased_numbers=tuple(ceased_numbers),
        cancels_contract=cancels_contract,
        signature_modes=accepted_modes(request.policy),
        attach_over=request.policy.loa_attachment_over,
    )


class ElectronicSignature(BaseModel):
    """What somebody did to sign a letter on a screen, and what proves it.

    Attributes:
        signer: Their name, as printed on the letter.
        signed_on: The date on the letter, where the signer is.
        signed_at: The moment.
        consent: The whole text they agreed to.
        address: Network address they came from; `-` where there is none.
        drawing: The signature as a PNG, if it was drawn.
        form_sha256: Of the PDF of the unsigned letter that they saw, in hexadecimal.
    """

    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")

    signer: Said
    signed_on: date
    signed_at: AwareDatetime
    consent: Said
    address: Said = "-"
    method: SignatureMethod = SignatureMethod.TYPED
    drawing: bytes | None = Field(None, repr=False)
    form_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        # No place is more than a day away from UTC, so any other date was not the signer's today.
        if abs(self.signed_at.astimezone(UTC).date() - self.signed_on) > timedelta(days=1):
            raise ValueError(f"`signed_on` {self.signed_on} is not the day of `signed_at` {self.signed_at} anywhere")
        if (self.drawing is None) is not (self.method is SignatureMethod.TYPED):
            raise ValueError("`drawing` goes with the method `drawn`, and only with it")
        if self.drawing is not None:
            _check_drawing(self.drawing)
        return self


def _check_drawing(drawing: bytes) -> None:
    if len(drawing) > DRAWING_BYTES:
        raise ValueError(f"`drawing` has {len(drawing)} bytes: send a picture of at most {DRAWING_BYTES}")
    if not drawing.startswith(_PNG) or len(drawing) < 24:
        raise ValueError("`drawing` is not a PNG: send the signature as one")
    width, height = struct.unpack(">II", drawing[16:24])
    if not (0 < width <= DRAWING_SIDE and 0 < height <= DRAWING_SIDE):
        raise ValueError(f"`drawing` is {width} x {height} pixels: send at most {DRAWING_SIDE} a side")
