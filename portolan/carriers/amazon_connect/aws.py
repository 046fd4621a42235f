"""Calls to AWS: one try, bounded in time, every way of failing told in the words of the house.

boto3 is loaded with the first call: it takes a while, and most deployments have no account at AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from portolan.carriers.accounts import AmazonConnectAccount
from portolan.carriers.http import DEFAULT_WAIT
from portolan.domain.errors import (
    CarrierError,
    CarrierInvalid,
    CarrierRateLimited,
    CarrierRefused,
    CarrierUnauthorised,
    CarrierUnavailable,
    OutcomeUnknown,
)

#: AWS Support is one for all regions of a partition, and its interface is here (AWS Support user guide).
SUPPORT_REGION = "us-east-1"
#: No plan with the AWS Support API: Business, Enterprise and their successors have it (AWS Support API reference).
NO_PLAN = "SubscriptionRequiredException"

_SLOW_DOWN = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
    }
)
_NOT_LET = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "NotAuthorized",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "UnauthorizedOperation",
        "UnrecognizedClientException",
        NO_PLAN,
    }
)
_NOT_TAKEN = frozenset(
    {"InvalidParameterException", "InvalidParameterValue", "InvalidRequestException", "ValidationException"}
)
#: Failed before anything was sent.
_NOT_SENT = frozenset({"EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError", "SSLError"})
_NO_CREDENTIALS = frozenset(
    {"NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "TokenRetrievalError"}
)
_VERIFY = "Check the account's credentials and permissions: portolan carrier verify."


class AwsRefused(CarrierRefused):
    """AWS answered that it will not; `aws_code` is its own code."""

    def __init__(self, message: str, aws_code: str) -> None:
        self.aws_code = aws_code
        super().__init__(message)


class NotAllowed(CarrierUnauthorised):
    """AWS does not let this account do that; `aws_code` is its own code."""

    def __init__(self, message: str, aws_code: str) -> None:
        self.aws_code = aws_code
        super().__init__(message, _VERIFY)


class Aws:
    """The clients of one account, by service name.

    Args:
        account: Region and credentials; without a key boto3 finds them in its usual places.
        clients: Another way to get a client, for tests.
    """

    def __init__(self, account: AmazonConnectAccount, clients: Callable[[str], Any] | None = None) -> None:
        self.carrier = account.name
        self._account, self._make = account, clients or self._client
        self._clients: dict[str, Any] = {}

    def _client(self, service: str) -> Any:
        import boto3
        from botocore.config import Config

        account = self._account
        secret = account.secret_access_key.get_secret_value() if account.secret_access_key else None
        region = SUPPORT_REGION if service == "support" else account.region
        once = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=30)
        return boto3.session.Session(account.access_key_id or None, secret).client(
            cast(Any, service), region_name=region, config=once
        )

    def look(self, service: str, call: str, **given: Any) -> Mapping[str, Any]:
        """Look at something: whatever goes wrong, nothing happened.

        Raises:
            AwsRefused: AWS said no.
            CarrierInvalid, CarrierRateLimited, CarrierUnavailable, NotAllowed: As their names say.
        """
        return self._call(service, call, False, given)

    def act(self, service: str, call: str, **given: Any) -> Mapping[str, Any]:
        """Change something: once it was sent and no proper answer came back, nobody knows whether it happened.

        Raises:
            OutcomeUnknown: It may have happened.
            AwsRefused, CarrierInvalid, CarrierRateLimited, CarrierUnavailable, NotAllowed: It did not happen.
        """
        return self._call(service, call, True, given)

    def _call(self, service: str, call: str, changes: bool, given: Mapping[str, Any]) -> Mapping[str, Any]:
        name = f"{service} {call}"
        try:
            if service not in self._clients:
                self._clients[service] = self._make(service)
            answer = getattr(self._clients[service], call)(**given)
        except CarrierError:
            raise
        except Exception as error:
            raise self._failed(name, changes, error) from error
        if not isinstance(answer, Mapping):
            raise self.lost(changes, f"{name}: an answer nobody can read")
        return answer

    def _failed(self, name: str, changes: bool, error: Exception) -> CarrierError:
        """What an exception of botocore means; its own texts are left out where they may hold what was sent."""
        kinds = {kind.__name__ for kind in type(error).__mro__}
        kind = type(error).__name__
        if kinds & _NOT_SENT:
            return CarrierUnavailable(f"{self.carrier} cannot be reached: {kind}.")
        if kinds & _NO_CREDENTIALS:
            return NotAllowed(f"{self.carrier} has no credentials for AWS: {kind}.", kind)
        if "ParamValidationError" in kinds:
            return CarrierInvalid(f"{self.carrier}: {name} takes no such data.")
        if "ClientError" in kinds:
            return self._answered(name, changes, getattr(error, "response", None))
        return self.lost(changes, f"{name}: {kind}")

    def _answered(self, name: str, changes: bool, response: Any) -> CarrierError:
        told = response if isinstance(response, dict) else {}
        said, meta = told.get("Error"), told.get("ResponseMetadata")
        said, meta = said if isinstance(said, dict) else {}, meta if isinstance(meta, dict) else {}
        code, status = str(said.get("Code", "")), meta.get("HTTPStatusCode")
        words = " ".join(str(said.get("Message", "")).split())[:300]
        told_words = f"{code}{f': {words}' if words else ''}"
        if code in _SLOW_DOWN or status == 429:
            return CarrierRateLimited(f"{self.carrier} asks to slow down ({name}).", DEFAULT_WAIT)
        if code in _NOT_LET or status in {401, 403}:
            return NotAllowed(f"{self.carrier} does not let this account do {name}: {told_words}.", code)
        if code in _NOT_TAKEN:
            return CarrierInvalid(f"{self.carrier} does not take {name}: {told_words}.")
        if isinstance(status, int) and 400 <= status < 500 and code:
            return AwsRefused(f"{self.carrier} refused {name}: {told_words}.", code)
        return self.lost(changes, f"{name}: {code or 'an error without a name'}")

    def lost(self, changes: bool, why: str) -> CarrierUnavailable | OutcomeUnknown:
        """What it means that no proper answer came back."""
        if changes:
            return OutcomeUnknown(f"{self.carrier} gave no proper answer to {why}: it may have happened.")
        return CarrierUnavailable(f"{self.carrier} gave no proper answer to {why}.")

    @contextmanager
    def understanding(self, what: str, changes: bool = False) -> Iterator[None]:
        """Turn whatever goes wrong in reading an answer into the error that fits; wrap parsing in it, nothing else."""
        try:
            yield
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError, OverflowError) as error:
            raise self.lost(changes, f"{what}: an answer nobody can read ({type(error).__name__})") from error

    def pages(self, service: str, call: str, key: str, token: str, **given: Any) -> Iterator[Mapping[str, Any]]:
        """All items of a list, over its pages.

        Args:
            service: As boto3 names it.
            call: A method of its client.
            key: Where the items are in an answer.
            token: What the answer calls the next page, and the request too, case of the first letter included.
            given: The call's other arguments.
        """
        following: dict[str, Any] = {}
        for _ in range(_MOST_PAGES):
            answer = self.look(service, call, **given, **following)
            with self.understanding(f"{service} {call}"):
                items = [_mapping(item) for item in answer.get(key) or []]
                following = {token: _text(answer[token])} if answer.get(token) else {}
            yield from items
            if not following:
                return
        raise self.lost(False, f"{service} {call}: a list without end")


#: More pages than this nobody has.
_MOST_PAGES = 200


def _mapping(item: Any) -> Mapping[str, Any]:
    if not isinstance(item, Mapping):
        raise TypeError
    return item


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


#: Reading one value of an answer as what it has to be; `TypeError` where it is not.
text, mapping = _text, _mapping
