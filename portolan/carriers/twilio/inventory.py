"""Numbers once they are in Twilio's inventory: where their calls and messages go, and their emergency address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType

from portolan.carriers.http import HttpRefused
from portolan.carriers.twilio.api import Api, each
from portolan.carriers.twilio.wire import Incoming
from portolan.domain.carrier import MessagingStatus, NumberConfiguration
from portolan.domain.errors import CarrierInvalid

_SID = MappingProxyType({kind: re.compile(rf"{kind}[0-9a-fA-F]{{32}}") for kind in ("AP", "TK", "MG", "AD")})
#: A number's fields by the name that a change gives them, with the name that it has in an answer.
_VOICE = MappingProxyType(
    {"VoiceUrl": "voice_url", "VoiceApplicationSid": "voice_application_sid", "TrunkSid": "trunk_sid"}
)
_FIELDS = MappingProxyType({**_VOICE, "EmergencyAddressSid": "emergency_address_sid"})

#: Why a sub-account's numbers join no service: the calls for it name no account, so it is that of the credentials.
OUT_OF_REACH = "messaging services of the sub-account target_account_sid are out of reach of the account's credentials"


def wanted(configuration: NumberConfiguration) -> dict[str, str]:
    """The fields that a configuration sets; of the three ways for calls the other two are emptied.

    Raises:
        CarrierInvalid: Something in it is nothing that Twilio has.
    """
    flow, fields = configuration.contact_flow, dict[str, str]()
    if configuration.routing:
        raise _unknown("routing", configuration.routing, "nothing: Twilio routes by the contact flow")
    if flow:
        kinds = (
            ("VoiceApplicationSid", _SID["AP"]),
            ("TrunkSid", _SID["TK"]),
            ("VoiceUrl", re.compile(r"https?://\S+")),
        )
        kind = next((name for name, pattern in kinds if pattern.fullmatch(flow)), None)
        if kind is None:
            raise _unknown("contact_flow", flow, "a URL, a TwiML application (AP...) or a SIP trunk (TK...)")
        fields = dict.fromkeys(_VOICE, "") | {kind: flow}
    if address := configuration.emergency_address:
        if not _SID["AD"].fullmatch(address):
            raise _unknown("emergency_address", address, "an address of the account (AD...)")
        fields["EmergencyAddressSid"] = address
    if configuration.messaging_profile:
        service(configuration.messaging_profile, "messaging_profile")
    return fields


def service(name: str, field: str) -> str:
    """A messaging service's id, as it was given.

    Raises:
        CarrierInvalid: It is none.
    """
    if not _SID["MG"].fullmatch(name):
        raise _unknown(field, name, "a messaging service (MG...)")
    return name


class Numbers:
    """The numbers of the account's inventory."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def check(self, configuration: NumberConfiguration) -> dict[str, str]:
        """The fields that a configuration sets.

        Raises:
            CarrierInvalid: Something in it is nothing that Twilio has, or a messaging service out of reach.
        """
        if configuration.messaging_profile:
            self._reach(configuration.messaging_profile)
        return wanted(configuration)

    def configure(self, numbers: Sequence[str], configuration: NumberConfiguration) -> bool:
        """Give the numbers this configuration, as far as it is not theirs already; False where one is not there."""
        fields, profile = self.check(configuration), configuration.messaging_profile
        found = each(self._api.incoming, numbers)
        each(lambda number: self._set(number, fields), [number for number in found if number])
        if profile:
            each(lambda number: self._join(profile, number), [number for number in found if number])
        return None not in found

    def unconfigure(self, numbers: Sequence[str]) -> None:
        """Empty what a configuration sets, and take the numbers out of every messaging service."""
        found = [number for number in each(self._api.incoming, numbers) if number]
        if not found:
            return
        each(lambda number: self._set(number, dict.fromkeys(_FIELDS, "")), found)
        services = self._api.services() if self._api.reaches_services else ()
        pairs = [(name, number.sid) for name in services for number in found]
        each(lambda pair: self._leave(*pair), pairs)

    def messaging(self, numbers: Sequence[str], campaign: str) -> dict[str, MessagingStatus]:
        """Where the messaging of numbers that have arrived is; they join the campaign's messaging service."""
        joins = service(campaign, "campaign") if campaign else ""
        if joins:
            self._reach(joins)

        def status(number: str) -> MessagingStatus:
            there = self._api.incoming(number)
            if there is None or not there.has_messaging:
                return MessagingStatus.ACTIVATING
            if joins:
                self._join(joins, there)
            return MessagingStatus.SETTLED

        return dict(zip(numbers, each(status, numbers), strict=True))

    def _reach(self, name: str) -> None:
        if not self._api.reaches_services:
            raise CarrierInvalid(
                f"Nothing was put into the messaging service {name}: {OUT_OF_REACH}.",
                "Put the numbers into it in the console of the sub-account, and leave it out of the request.",
            )

    def _set(self, number: Incoming, fields: dict[str, str]) -> None:
        if any(getattr(number, _FIELDS[name]) != text for name, text in fields.items()):
            self._api.update(number.sid, fields)

    def _join(self, name: str, number: Incoming) -> None:
        if not self._api.in_service(name, number.sid):
            self._api.join(name, number.sid)

    def _leave(self, name: str, sid: str) -> None:
        try:
            if self._api.in_service(name, sid):
                self._api.leave(name, sid)
        except HttpRefused as refused:
            if refused.status != 404:
                raise


def _unknown(field: str, given: str, takes: str) -> CarrierInvalid:
    return CarrierInvalid(
        f"Nothing was configured: {field} {given!r} is nothing that Twilio has.", f"It takes {takes}."
    )
