"""Which carriers this deployment can move numbers to, and which dialers can call them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from portolan.carriers.accounts import (
    Account,
    AmazonConnectAccount,
    BandwidthAccount,
    EmailAccount,
    TelnyxAccount,
    TwilioAccount,
    load,
)
from portolan.carriers.base import CallTester, GainingCarrier
from portolan.carriers.desk.book import DeskBook
from portolan.carriers.desk.returns import DeskReturns
from portolan.carriers.simulated import Script, SimulatedCarrier, SimulatedTester, seeded
from portolan.carriers.simulated.scripted import wall_clock
from portolan.notifications.channels import channel
from portolan.settings import Settings

SIMULATED = "simulated"


class Memory(DeskBook, Protocol):
    """What is kept for carriers between calls: the records of the deployment."""

    def link(self, carrier: str, carrier_order_id: str, key: str) -> None:
        """Keep that an order of the carrier is the sending with this key."""
        ...

    def linked_key(self, carrier: str, carrier_order_id: str) -> str | None:
        """The key of the sending that an order of the carrier is."""
        ...

    def linked_ids(self, carrier: str, key: str) -> list[str]:
        """The carrier's orders that are a sending."""
        ...


class AccountLedger:
    """The ledger of one account, in the deployment's records."""

    def __init__(self, memory: Memory, account: str) -> None:
        self._memory, self._account = memory, account

    def remember(self, key: str, carrier_order_id: str) -> None:
        """Keep it."""
        self._memory.link(self._account, carrier_order_id, key)

    def key_of(self, carrier_order_id: str) -> str | None:
        """The key, if it was kept."""
        return self._memory.linked_key(self._account, carrier_order_id)

    def ids_of(self, key: str) -> list[str]:
        """The ids kept under the key."""
        return self._memory.linked_ids(self._account, key)


def simulated(settings: Settings, clock: Callable[[], datetime] = wall_clock) -> SimulatedCarrier:
    """The simulated carrier, as every process of the deployment sees it."""
    return SimulatedCarrier(settings.simulated_carrier, clock, _script_for(settings))


def accounts(settings: Settings) -> Mapping[str, Account]:
    """The carrier accounts, by the name a request gives as its gaining carrier.

    Raises:
        ConfigurationError: The file of accounts is missing or wrong.
    """
    return load(settings.accounts_file)


def carriers(
    settings: Settings, memory: Memory, clock: Callable[[], datetime] = wall_clock
) -> Mapping[str, GainingCarrier]:
    """By the name of their account. No carrier is called for this.

    Raises:
        ConfigurationError: The file of accounts is missing or wrong.
    """
    return {name: carrier(account, settings, memory, clock) for name, account in accounts(settings).items()}


def carrier(
    account: Account, settings: Settings, memory: Memory, clock: Callable[[], datetime] = wall_clock
) -> GainingCarrier:
    """The carrier of one account; a vendor's own libraries are loaded only where it has an account."""
    ledger, returns = AccountLedger(memory, account.name), DeskReturns(memory, account.name, clock)
    match account:
        case TelnyxAccount():
            from portolan.carriers.telnyx import Telnyx

            return Telnyx(account, ledger=ledger, returns=returns, clock=clock)
        case TwilioAccount():
            from portolan.carriers.twilio import Twilio

            return Twilio(account, ledger=ledger, returns=returns, clock=clock)
        case BandwidthAccount():
            from portolan.carriers.bandwidth import Bandwidth

            return Bandwidth(account, ledger=ledger, returns=returns, clock=clock)
        case AmazonConnectAccount():
            from portolan.carriers.amazon_connect import AmazonConnect

            return AmazonConnect(account, book=memory, clock=clock)
        case EmailAccount():
            from portolan.carriers.desk import EmailDesk
            from portolan.carriers.desk.mail import post

            return EmailDesk(account, book=memory, clock=clock, mail=post(channel(settings), settings.mail_from))
    return simulated(settings, clock)


def testers(settings: Settings, clock: Callable[[], datetime]) -> Mapping[str, CallTester]:
    """By the name that test calls are asked for."""
    return {SIMULATED: SimulatedTester(settings.simulated_carrier, clock, _script_for(settings))}


def _script_for(settings: Settings) -> Callable[[str], Script]:
    seed = settings.simulated_seed
    return (lambda order_id: seeded(seed, order_id)) if seed else (lambda order_id: Script())
