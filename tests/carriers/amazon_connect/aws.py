"""AWS Support and Connect as far as they are used, in memory: what they keep, how they page, how they fail.

Every call is checked against botocore's own model of the service, so that none has a parameter AWS does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import ClientError, ParamValidationError
from botocore.validate import ParamValidator

from portolan.carriers.accounts import AmazonConnectAccount

ARN = "arn:aws:connect:us-west-2:123456789012:instance/inst-1"
AWS = "Amazon Web Services"
SERVICES = [
    {"code": "ec2", "name": "Elastic Compute Cloud", "categories": [{"code": "other", "name": "Other"}]},
    {
        "code": "connect-numbers",
        "name": "Connect (Number Management)",
        "categories": [
            {"code": "claim", "name": "Claim Number"},
            {"code": "port-abroad", "name": "Number Porting Non-North America"},
            {"code": "port-na", "name": "Number Porting North America"},
        ],
    },
]


def account(**given: Any) -> AmazonConnectAccount:
    fields = {"region": "us-west-2", "instance_id": "inst-1", "instance_arn": ARN, "support_api": True}
    return AmazonConnectAccount.model_validate(
        {"name": "amazon_connect", "vendor": "amazon_connect", **fields, **given}
    )


@cache
def model(service: str) -> Any:
    session = boto3.session.Session("AKIATEST", "secret")
    return session.client(service, region_name="us-east-1").meta  # type: ignore[call-overload]


def failure(code: str, status: int = 400, message: str = "told so") -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "Operation",
    )


class FakeAws:
    """Both services; `clients` is what an adapter is given.

    Attributes:
        fails: By call, what is raised next; with `after_effect` once the call has done its work.
        calls: Every call with what it was given.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.services: list[Any] = SERVICES
        self.cases: dict[str, dict[str, Any]] = {}
        self.said: dict[str, list[dict[str, Any]]] = {}
        self.numbers: dict[str, dict[str, Any]] = {}
        self.flows: dict[str, str] = {}
        self.tokens: dict[str, tuple[str, str]] = {}
        self.free = [f"+12125559{number:03d}" for number in range(100)]
        self.fails: dict[str, list[Exception]] = {}
        self.after_effect = False
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.page = 100

    def clients(self, service: str) -> Any:
        return _Client(self, service)

    def count(self, call: str) -> int:
        return sum(name == call for name, _ in self.calls)

    def fail(self, call: str, *errors: Exception, after_effect: bool = False) -> None:
        self.fails[call], self.after_effect = list(errors), after_effect

    def arrive(self, number: str, status: str = "CLAIMED", description: str = "") -> None:
        """A number turns up in the instance."""
        self.numbers[number] = {
            "PhoneNumberId": f"id-{number}",
            "PhoneNumber": number,
            "PhoneNumberDescription": description,
            "PhoneNumberStatus": {"Status": status},
        }

    def write(self, case_id: str, body: str, by: str = AWS) -> None:
        """Somebody writes in a case."""
        told = {"caseId": case_id, "body": body, "submittedBy": by, "timeCreated": self.stamp()}
        self.said.setdefault(case_id, []).append(told)

    def stamp(self) -> str:
        return (self.clock() + timedelta(milliseconds=len(self.calls))).isoformat().replace("+00:00", "Z")

    def describe_services(self, **given: Any) -> dict[str, Any]:
        return {"services": self.services}

    def describe_cases(self, **given: Any) -> dict[str, Any]:
        found = list(self.cases.values())
        if wanted := given.get("caseIdList"):
            found = [self.cases[case_id] for case_id in wanted if case_id in self.cases]
            if not found:
                raise failure("CaseIdNotFound")
        if after := given.get("afterTime"):
            since = datetime.fromisoformat(after)
            found = [one for one in found if datetime.fromisoformat(one["timeCreated"]) >= since]
        if not given.get("includeResolvedCases"):
            found = [one for one in found if one["status"] != "resolved"]
        return self.paged("cases", "nextToken", found, given)

    def create_case(self, **given: Any) -> dict[str, Any]:
        case_id = f"case-{len(self.cases) + 1}"
        self.cases[case_id] = {
            "caseId": case_id,
            "displayId": f"17{len(self.cases):08d}",
            "subject": given["subject"],
            "status": "unassigned",
            "serviceCode": given["serviceCode"],
            "categoryCode": given["categoryCode"],
            "timeCreated": self.stamp(),
        }
        self.write(case_id, given["communicationBody"], "ann@acme.example")
        return {"caseId": case_id}

    def add_communication_to_case(self, **given: Any) -> dict[str, Any]:
        self.write(given["caseId"], given["communicationBody"], "ann@acme.example")
        return {"result": True}

    def describe_communications(self, **given: Any) -> dict[str, Any]:
        if given["caseId"] not in self.cases:
            raise failure("CaseIdNotFound")
        newest_first = self.said.get(given["caseId"], [])[::-1]
        return self.paged("communications", "nextToken", newest_first, given)

    def describe_instance(self, **given: Any) -> dict[str, Any]:
        return {"Instance": {"Id": "inst-1", "Arn": ARN, "InstanceStatus": "ACTIVE"}}

    def list_phone_numbers_v2(self, **given: Any) -> dict[str, Any]:
        return self.paged("ListPhoneNumbersSummaryList", "NextToken", list(self.numbers.values()), given)

    def describe_phone_number(self, **given: Any) -> dict[str, Any]:
        return {"ClaimedPhoneNumberSummary": self.held(given["PhoneNumberId"])}

    def associate_phone_number_contact_flow(self, **given: Any) -> dict[str, Any]:
        self.flows[self.held(given["PhoneNumberId"])["PhoneNumber"]] = given["ContactFlowId"]
        return {}

    def disassociate_phone_number_contact_flow(self, **given: Any) -> dict[str, Any]:
        self.flows.pop(self.held(given["PhoneNumberId"])["PhoneNumber"], None)
        return {}

    def search_available_phone_numbers(self, **given: Any) -> dict[str, Any]:
        return {"AvailableNumbersList": [{"PhoneNumber": number} for number in self.free[: given["MaxResults"]]]}

    def claim_phone_number(self, **given: Any) -> dict[str, Any]:
        number, token = given["PhoneNumber"], given["ClientToken"]
        if token in self.tokens:
            if self.tokens[token][0] != number:
                raise failure("IdempotencyException")
            return {"PhoneNumberId": self.tokens[token][1]}
        if number not in self.free:
            raise failure("ResourceNotFoundException", 404)
        self.free.remove(number)
        self.arrive(number, description=given["PhoneNumberDescription"])
        self.tokens[token] = (number, f"id-{number}")
        return {"PhoneNumberId": f"id-{number}"}

    def release_phone_number(self, **given: Any) -> dict[str, Any]:
        del self.numbers[self.held(given["PhoneNumberId"])["PhoneNumber"]]
        return {}

    def held(self, phone_number_id: str) -> dict[str, Any]:
        for held in self.numbers.values():
            if held["PhoneNumberId"] == phone_number_id:
                return held
        raise failure("ResourceNotFoundException", 404)

    def paged(self, key: str, token: str, found: list[Any], given: dict[str, Any]) -> dict[str, Any]:
        start = int(given.get(token) or 0)
        answer: dict[str, Any] = {key: found[start : start + self.page]}
        if start + self.page < len(found):
            answer[token] = str(start + self.page)
        return answer


class _Client:
    def __init__(self, aws: FakeAws, service: str) -> None:
        self._aws, self._service = aws, service

    def __getattr__(self, call: str) -> Callable[..., Any]:
        def run(**given: Any) -> Any:
            self._check(call, given)
            self._aws.calls.append((call, given))
            errors = self._aws.fails.get(call, [])
            if errors and not self._aws.after_effect:
                raise errors.pop(0)
            answer = getattr(self._aws, call)(**given)
            if errors:
                raise errors.pop(0)
            return answer

        return run

    def _check(self, call: str, given: dict[str, Any]) -> None:
        meta = model(self._service)
        operation = meta.service_model.operation_model(meta.method_to_api_mapping[call])
        report = ParamValidator().validate(given, operation.input_shape)
        if report.has_errors():
            raise ParamValidationError(report=report.generate_report())


NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
