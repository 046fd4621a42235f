"""The numbers of a Connect instance: which have arrived, which flow they get, and which are claimed for a bridge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from portolan.carriers.accounts import AmazonConnectAccount
from portolan.carriers.amazon_connect.aws import Aws, AwsRefused, text
from portolan.domain.errors import CarrierInvalid, CarrierRefused, CarrierUnavailable
from portolan.numbering import parse

CLAIMED = "CLAIMED"
_GONE = frozenset({"ResourceNotFoundException"})


class InInstance(NamedTuple):
    """A number as the instance lists it; `phone_number_id` is what calls about it name."""

    number: str
    phone_number_id: str
    description: str


class Instance:
    """One Connect instance."""

    def __init__(self, account: AmazonConnectAccount, aws: Aws) -> None:
        self._account, self._aws = account, aws

    def numbers(self) -> dict[str, InInstance]:
        """Every number of the instance, by E.164."""
        listed = self._aws.pages(
            "connect",
            "list_phone_numbers_v2",
            "ListPhoneNumbersSummaryList",
            "NextToken",
            TargetArn=self._account.instance_arn,
            MaxResults=1000,
        )
        return {one.number: one for one in self._read(listed)}

    def _read(self, listed: Iterator[Mapping[str, Any]]) -> Iterator[InInstance]:
        for item in listed:
            with self._aws.understanding("connect list_phone_numbers_v2"):
                one = InInstance(
                    text(item["PhoneNumber"]),
                    text(item["PhoneNumberId"]),
                    text(item.get("PhoneNumberDescription") or ""),
                )
            yield one

    def is_claimed(self, phone_number_id: str) -> bool:
        """Whether a number is the instance's for good: neither under way nor failed."""
        answer = self._aws.look("connect", "describe_phone_number", PhoneNumberId=phone_number_id)
        with self._aws.understanding("connect describe_phone_number"):
            return text(answer["ClaimedPhoneNumberSummary"]["PhoneNumberStatus"]["Status"]) == CLAIMED

    def give_flow(self, phone_number_id: str, flow: str) -> None:
        """Send a number's calls to a flow; the same flow again changes nothing."""
        self._aws.act(
            "connect",
            "associate_phone_number_contact_flow",
            PhoneNumberId=phone_number_id,
            InstanceId=self._account.instance_id,
            ContactFlowId=flow,
        )

    def take_flow(self, phone_number_id: str) -> None:
        """Take its flow from a number; one without stays so."""
        try:
            self._aws.act(
                "connect",
                "disassociate_phone_number_contact_flow",
                PhoneNumberId=phone_number_id,
                InstanceId=self._account.instance_id,
            )
        except AwsRefused as error:
            if error.aws_code not in _GONE:
                raise

    def available(self, like: str) -> str:
        """A number that could be claimed, of the same country and kind as another one.

        Raises:
            CarrierRefused: There is none.
        """
        try:
            wanted = parse(like)
        except ValueError as error:
            raise CarrierInvalid(f"{like} is no number to build a bridge for: {error}.") from error
        kind = "TOLL_FREE" if wanted.number_class == "toll_free" else "DID"
        answer = self._aws.look(
            "connect",
            "search_available_phone_numbers",
            TargetArn=self._account.instance_arn,
            PhoneNumberCountryCode=wanted.country,
            PhoneNumberType=kind,
            MaxResults=1,
        )
        with self._aws.understanding("connect search_available_phone_numbers"):
            found = [text(one["PhoneNumber"]) for one in answer.get("AvailableNumbersList") or []]
        if not found:
            raise CarrierRefused(
                f"Amazon Connect has no {kind} number of {wanted.country} to claim.",
                "Build the bridge by hand with a number of another country, or port without one.",
            )
        return found[0]

    def claim(self, number: str, description: str, token: str) -> bool:
        """Claim a number; the same token again claims nothing more.

        Returns:
            False where somebody else has it by now.
        """
        try:
            self._aws.act(
                "connect",
                "claim_phone_number",
                TargetArn=self._account.instance_arn,
                PhoneNumber=number,
                PhoneNumberDescription=description,
                ClientToken=token,
            )
        except AwsRefused as error:
            if error.aws_code not in _GONE:
                raise
            return False
        return True

    def release(self, phone_number_id: str, token: str) -> None:
        """Give a claimed number back; one that is gone stays so."""
        try:
            self._aws.act("connect", "release_phone_number", PhoneNumberId=phone_number_id, ClientToken=token)
        except AwsRefused as error:
            if error.aws_code not in _GONE:
                raise

    def check(self) -> str:
        """What the instance is called; for `verify`."""
        answer = self._aws.look("connect", "describe_instance", InstanceId=self._account.instance_id)
        with self._aws.understanding("connect describe_instance"):
            found = answer["Instance"]
            if text(found["Arn"]) != self._account.instance_arn:
                raise CarrierUnavailable(f"{self._account.instance_id} is not the instance that instance_arn names.")
            return text(found.get("InstanceStatus") or "")


def client_token(*parts: str) -> str:
    """The same for the same parts, so that AWS knows a repeated call."""
    return sha256("|".join(parts).encode()).hexdigest()
