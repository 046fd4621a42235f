"""The carrier accounts of a deployment: which vendor, which credentials, how fast.

They are in one YAML file. A secret is never written there: it is named, as `env:TELNYX_API_KEY` or
`file:/run/secrets/telnyx`, and read when the file is loaded.

    accounts:
      telnyx:
        vendor: telnyx
        api_key: env:TELNYX_API_KEY
        public_key: env:TELNYX_PUBLIC_KEY
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from portolan.domain.errors import ConfigurationError

#: Names that are part of task queues, addresses and search attributes.
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def _named(value: object) -> object:
    """What is named as `env:NAME` or `file:/path`; anything else as it is."""
    kind, _, name = value.partition(":") if isinstance(value, str) else ("", "", "")
    if kind == "env" and name:
        found = os.environ.get(name, "").strip()
        if not found:
            raise ValueError(f"the environment has no {name}")
        if not found.isprintable():
            raise ValueError(f"{name} has more than one line, or a sign that cannot be printed")
        return found
    if kind == "file" and name:
        try:
            found = Path(name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"{name} cannot be read: {getattr(error, 'strerror', 'no text')}") from error
        if not found:
            raise ValueError(f"{name} is empty")
        if not found.isprintable():
            raise ValueError(f"{name} has more than one line, or a sign that cannot be printed")
        return found
    return value


def _read(value: object) -> object:
    found = _named(value)
    if isinstance(value, str) and found is value:
        raise ValueError("a secret is not written here: name it as env:NAME or file:/path")
    return found


#: A secret named in the file, and read.
Secret = Annotated[SecretStr, BeforeValidator(_read)]


class Account(BaseModel):
    """What every account has.

    Attributes:
        per_second: Calls a second over all workers together; Temporal's server sees to it.
        at_once: Calls at once in each worker.
        simulator: Address of a `portolan simulator` to use in place of the vendor: credentials are then its own.
        webhook_url: Where the vendor is told to send its messages: the ingress as the vendor sees it.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    #: What a simulator takes in place of credentials.
    AT_SIMULATOR: ClassVar[Mapping[str, Any]] = {}

    name: str = Field(exclude=True)
    per_second: float = Field(5, gt=0)
    at_once: int = Field(5, ge=1, le=50)
    simulator: str = ""
    webhook_url: str = ""

    @model_validator(mode="before")
    @classmethod
    def _simulated(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("simulator"):
            own = sorted(set(given) & set(cls.AT_SIMULATOR))
            if own:
                raise ValueError(f"at a simulator credentials and addresses are its own: leave out {', '.join(own)}")
            base = str(given["simulator"]).rstrip("/")
            filled = {
                name: value.format(simulator=base) if isinstance(value, str) else value
                for name, value in cls.AT_SIMULATOR.items()
            }
            return given | filled
        return given


class SimulatedAccount(Account):
    """The simulated carrier of the embedded deployment, without any protocol."""

    vendor: Literal["simulated"] = "simulated"
    per_second: float = Field(100, gt=0)
    at_once: int = Field(10, ge=1, le=50)


class TelnyxAccount(Account):
    """An account at Telnyx.

    Attributes:
        public_key: Verifies its webhooks: Ed25519, base64, from the portal.
    """

    AT_SIMULATOR: ClassVar[Mapping[str, Any]] = {
        "api_key": SecretStr("KEY-simulator"),
        "public_key": "ChPQzbhqg2bA6fEOcpPUTy9Uk0+bd6pJ9r5j5JsHLBg=",
        "base_url": "{simulator}/telnyx/v2",
    }

    vendor: Literal["telnyx"]
    api_key: Secret
    public_key: Annotated[str, BeforeValidator(_named)] = ""
    base_url: str = "https://api.telnyx.com/v2"


class TwilioAccount(Account):
    """An account at Twilio.

    Attributes:
        auth_token: Also what its webhooks are signed with.
        target_account_sid: The sub-account the numbers go to; empty: the account itself.
    """

    AT_SIMULATOR: ClassVar[Mapping[str, Any]] = {
        "account_sid": "AC" + "0" * 32,
        "auth_token": SecretStr("simulator"),
        "numbers_url": "{simulator}/twilio/numbers",
        "api_url": "{simulator}/twilio/api",
        "upload_url": "{simulator}/twilio/upload",
        "lookups_url": "{simulator}/twilio/lookups",
        "messaging_url": "{simulator}/twilio/messaging",
    }

    vendor: Literal["twilio"]
    account_sid: str = Field(pattern="^AC[0-9a-fA-F]{32}$")
    auth_token: Secret
    target_account_sid: str = Field("", pattern="^(AC[0-9a-fA-F]{32})?$")
    numbers_url: str = "https://numbers.twilio.com"
    api_url: str = "https://api.twilio.com"
    upload_url: str = "https://numbers-upload.twilio.com"
    lookups_url: str = "https://lookups.twilio.com"
    messaging_url: str = "https://messaging.twilio.com"


class BandwidthAccount(Account):
    """An account at Bandwidth.

    Attributes:
        site_id: The sub-account numbers go to; `peer_id` the location in it.
        webhook_username: What Bandwidth answers the Basic challenge of the ingress with; with the password.
        client_certificate: SHA-256 of the certificate its callbacks come with, as the proxy in front of the ingress
            passes it on in `x-client-cert-sha256`; instead of user and password.
    """

    AT_SIMULATOR: ClassVar[Mapping[str, Any]] = {
        "account_id": "9999999",
        "username": "simulator",
        "password": SecretStr("simulator"),
        "site_id": "1",
        "peer_id": "1",
        "webhook_username": "simulator",
        "webhook_password": SecretStr("simulator"),
        "base_url": "{simulator}/bandwidth/api",
    }

    vendor: Literal["bandwidth"]
    account_id: str
    username: str
    password: Secret
    site_id: str
    peer_id: str = ""
    webhook_username: str = ""
    webhook_password: Secret | None = None
    client_certificate: str = Field("", pattern="^([0-9a-fA-F]{64})?$")
    base_url: str = "https://dashboard.bandwidth.com/api"


class AmazonConnectAccount(Account):
    """Amazon Connect: people and AWS Support move the numbers; Connect itself is asked and configured.

    Attributes:
        instance_id: The Connect instance the numbers go to; `instance_arn` names it in the case.
        support_api: Whether the account's plan has the AWS Support API (Business and above); without it the case is
            written for a person to paste.
        access_key_id: With the secret key; empty: boto3 finds credentials in its usual places.
    """

    vendor: Literal["amazon_connect"]
    region: str
    instance_id: str
    instance_arn: str
    support_api: bool = False
    access_key_id: str = ""
    secret_access_key: Secret | None = None


class EmailAccount(Account):
    """Any other carrier, reached by mail: letters go out, and people enter what comes back.

    Attributes:
        carrier: What the carrier is called in mails and tasks.
        desk: The mail address of its porting desk.
    """

    vendor: Literal["email"]
    carrier: str
    desk: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")


AnyAccount = Annotated[
    SimulatedAccount | TelnyxAccount | TwilioAccount | BandwidthAccount | AmazonConnectAccount | EmailAccount,
    Field(discriminator="vendor"),
]
_ACCOUNT: TypeAdapter[Any] = TypeAdapter(AnyAccount)
VENDORS_BY_NAME = ("simulated", "telnyx", "twilio", "bandwidth", "amazon_connect")


def load(path: Path | None) -> dict[str, Account]:
    """The accounts in a file, by name; the simulated carrier is always among them.

    Raises:
        ConfigurationError: The file cannot be read, or something in it is wrong; every fault is named, no value.
    """
    found: dict[str, Account] = {"simulated": SimulatedAccount(name="simulated")}
    if path is None:
        return found
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"The carrier accounts {path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        raise ConfigurationError(f"{path}{where} is no YAML.", "See docs/carriers/README.md for an example.") from error
    accounts = given.get("accounts") if isinstance(given, dict) else None
    if not isinstance(accounts, dict) or set(given) != {"accounts"}:
        raise ConfigurationError(f"{path} has to hold `accounts:` and nothing else beside it.")
    faults: list[str] = []
    for name, fields in accounts.items():
        faults += _faults(str(name), fields, found)
    if faults:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        raise ConfigurationError(f"{path} has {len(faults)} fault(s):\n{lines}\n", "No carrier was called.")
    return found


def _faults(name: str, fields: object, found: dict[str, Account]) -> list[str]:
    """Read one account into `found`; what is wrong with it."""
    if not NAME.fullmatch(name):
        return [f"{name!r}: a name has lower-case letters, digits, _ and - only, at most 40"]
    if not isinstance(fields, dict):
        return [f"{name}: has to be a mapping with `vendor:`"]
    vendor = str(fields.get("vendor", ""))
    if vendor in VENDORS_BY_NAME and name != vendor and not name.startswith(f"{vendor}-"):
        return [f"{name}: an account of {vendor} is called {vendor}, or {vendor}- and a word of your own"]
    if vendor == "email" and any(name == known or name.startswith(f"{known}-") for known in VENDORS_BY_NAME):
        return [f"{name}: that name belongs to an account of its own vendor"]
    try:
        found[name] = _ACCOUNT.validate_python({"name": name, **fields})
    except ValidationError as error:
        return [f"{name}.{'.'.join(map(str, fault['loc'][1:]))}: {fault['msg']}" for fault in error.errors()]
    return []
