"""Half-ported numbers: from what is seen after a cutover to the probable cause, who has to act, and how long it takes.

A port is done in many places, and each of them can be missed: the number database, every network's copy of it, both
switches, the range holder, messaging. Which one it was shows in who gets through and who does not. Causes are
probable, not proven: where few calls were made, more than one may fit, and all that fit are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from portolan.domain.carrier import NumberStatus, Routing
from portolan.domain.playbooks.values import PROVENANCE
from portolan.domain.testcalls import MESSAGING_CHECKS, CallResult, Heard, Origin

#: Where one number database (the NPAC) says for every network by LRN and SPID whose a number is.
NANP = ("US", "CA")


class Observation(StrEnum):
    """What is seen, of one number at least."""

    #: The gaining carrier does not have it in service.
    NOT_ACTIVE = "not_active"
    #: The independent look-up still names the losing carrier.
    ROUTED_TO_LOSING = "routed_to_losing"
    #: Every call gets through but those from the losing carrier's own network.
    LOSING_SUBSCRIBERS_FAIL = "losing_subscribers_fail"
    #: Every call gets through but those from one other network.
    ONE_NETWORK_FAILS = "one_network_fails"
    #: Several networks fail, and calls end at the old carrier.
    REACHES_OLD_CARRIER = "reaches_old_carrier"
    #: From every network: "not in service".
    NOT_IN_SERVICE = "not_in_service"
    #: From every network: silence; it rings at neither side.
    SILENCE = "silence"
    #: Calls get through, and messages do not.
    MESSAGING_FAILS = "messaging_fails"


class Diagnosis(NamedTuple):
    """A probable cause of what is seen.

    Attributes:
        key: Its name.
        observation: What it explains.
        cause: What is wrong, without a full stop.
        owner: Who has to act, in the order in which they have to.
        action: What to ask them for, a sentence.
        expected: How long it usually takes.
        provenance: How far that binds: a key of `playbooks.values.PROVENANCE`.
        source: Where it is from.
        countries: Where it applies (ISO 3166, two letters); empty: wherever no other row has that observation.
    """

    key: str
    observation: Observation
    cause: str
    owner: str
    action: str
    expected: str
    provenance: str
    source: str
    countries: tuple[str, ...] = ()

    @property
    def origin(self) -> str:
        """Provenance spelled out, and the source."""
        return f"{PROVENANCE[self.provenance]}: {self.source}"


#: What an observation points to. Of rows for the same countries, the one that says most comes first.
DIAGNOSES: tuple[Diagnosis, ...] = (
    Diagnosis(
        "version_not_active",
        Observation.ROUTED_TO_LOSING,
        "The NPAC still has the losing carrier's LRN and SPID (for a toll-free number: the registry has its RespOrg), "
        "because the subscription version is pending or in conflict",
        "gaining carrier",
        "Ask the gaining carrier's porting desk to activate the pending version, or to have its conflict resolved.",
        "minutes once it is activated; a conflict takes 6 hours or more",
        "I",
        "NPAC requirements: statuses of a subscription version, and the conflict timers",
        NANP,
    ),
    Diagnosis(
        "network_missed_update",
        Observation.ONE_NETWORK_FAILS,
        "That network's own copy of the NPAC's data did not take the update: the version has partially failed",
        "gaining carrier, then the NPAC",
        "Ask the gaining carrier's porting desk to have the NPAC audit the number and send it to that network again.",
        "1 to 3 business days",
        "I",
        "NPAC requirements: partial failure is a version that some networks did not take; the time is a usual one",
        NANP,
    ),
    Diagnosis(
        "range_holder_prefix",
        Observation.REACHES_OLD_CARRIER,
        "The range holder, through whom every call is routed, still puts the old carrier's prefix before the number",
        "losing carrier, then the range holder",
        "Ask the losing carrier to have the range holder change the number's routing prefix to the gaining carrier's.",
        "1 to 3 business days",
        "U",
        "Routing through the range holder is that of the United Kingdom's porting manual; no text gives a time",
        ("GB",),
    ),
    Diagnosis(
        "porting_code",
        Observation.REACHES_OLD_CARRIER,
        "The number still has the old carrier's porting code (Portierungskennung), or the range holder routes by it",
        "losing carrier, then the range holder",
        "Ask the losing carrier to report the new porting code, and the range holder to route by it.",
        "1 to 3 business days",
        "U",
        "BNetzA assigns each operator its code; no text gives a time",
        ("DE",),
    ),
    Diagnosis(
        "nnid_at_losing",
        Observation.MESSAGING_FAILS,
        "Messaging moves apart from voice, and its routing (NNID) still names the losing carrier",
        "gaining carrier",
        "Ask the gaining carrier's messaging desk to claim the NNID, and to escalate it once its time has passed.",
        "minutes as a rule; up to 72 hours for a local number, 5 business days for a toll-free one",
        "C",
        "Telnyx: when messaging settles after a port, and from when it is an exception",
        NANP,
    ),
    Diagnosis(
        "not_activated",
        Observation.NOT_ACTIVE,
        "The number was not activated at the gaining carrier, or its activation failed",
        "gaining carrier",
        "Have it activated again, and ask the gaining carrier's porting desk why it failed.",
        "minutes once it is activated",
        "U",
        "An activation answers number by number",
    ),
    Diagnosis(
        "still_routed_to_losing",
        Observation.ROUTED_TO_LOSING,
        "The number's routing was not changed: the networks still take it for the losing carrier's",
        "gaining carrier",
        "Ask the gaining carrier's porting desk to have the new routing published.",
        "1 working day",
        "U",
        "A number is to be active within one working day of the agreed date in the European Union; elsewhere alike",
    ),
    Diagnosis(
        "losing_switch",
        Observation.LOSING_SUBSCRIBERS_FAIL,
        "The losing carrier's switch still has the number as its own, so calls from its subscribers never leave it",
        "losing carrier",
        "Ask the losing carrier's porting desk to disconnect the number there, or to set its look-up trigger.",
        "1 to 3 business days",
        "S",
        "Talkroute: the previous carrier is the one to call; the time is a usual one",
    ),
    Diagnosis(
        "network_not_updated",
        Observation.ONE_NETWORK_FAILS,
        "That network has not taken the new routing into its own tables",
        "gaining carrier, then that network",
        "Ask the gaining carrier's porting desk to have that network take the number's routing again.",
        "1 to 3 business days",
        "U",
        "As where one number database serves every network",
    ),
    Diagnosis(
        "old_routing",
        Observation.REACHES_OLD_CARRIER,
        "Networks still route by what they knew before the cutover",
        "gaining carrier",
        "Wait half an hour from the cutover; then ask the gaining carrier's porting desk to publish the routing again.",
        "15 to 30 minutes",
        "S",
        "Amazon Connect migration practice: for so long the routing is ambiguous",
    ),
    Diagnosis(
        "not_assigned",
        Observation.NOT_IN_SERVICE,
        "The number is at the gaining carrier, and nothing there takes its calls: it has no instance, trunk or flow",
        "us",
        "Assign the number to its contact flow or trunk, and call again.",
        "minutes once it is assigned",
        "U",
        "Looked at first, because nobody else is needed for it",
    ),
    Diagnosis(
        "not_provisioned",
        Observation.NOT_IN_SERVICE,
        "The number is not set up on the gaining carrier's switch",
        "gaining carrier",
        "Ask the gaining carrier's porting desk to provision the number on the switch.",
        "1 to 3 business days",
        "U",
        "The networks deliver such calls, and the switch turns them away",
    ),
    Diagnosis(
        "transit_record",
        Observation.SILENCE,
        "A transit network routes by a record that leads nowhere: it rings at neither side",
        "both carriers",
        "Ask both porting desks to trace one call with its time and number, and to have the transit record corrected.",
        "1 to 3 business days",
        "S",
        "Amazon Connect migration practice: the numbers ring at neither side for so long",
    ),
    Diagnosis(
        "messaging_not_set_up",
        Observation.MESSAGING_FAILS,
        "Messaging moves with voice here, so it is not set up for the number at the gaining carrier",
        "us, then the gaining carrier",
        "Give the number its messaging profile; where it has one, ask the gaining carrier why it does not deliver.",
        "1 business day",
        "C",
        "Telnyx: outside the United States and Canada messaging moves with voice; the time is a usual one",
    ),
)


def diagnose(observations: Iterable[Observation], country: str) -> list[Diagnosis]:
    """The probable causes of what is seen, most specific first: those of that country, then those of any.

    Args:
        observations: What is seen.
        country: The numbers' (ISO 3166, two letters). Where it has rows of its own for an observation, the general
            ones say nothing.
    """
    seen = set(observations)
    rows = [row for row in DIAGNOSES if row.observation in seen]
    own = [row for row in rows if country in row.countries]
    explained = {row.observation for row in own}
    return own + [row for row in rows if not row.countries and row.observation not in explained]


#: What calls to a number met, by the network they came from; None: they got through.
_Met = Mapping[Origin, Heard | None]
#: What tells of another place than the right one, however much else passed on the way there.
_ELSEWHERE: tuple[Heard, ...] = ("old_carrier", "not_in_service")
_EVERYWHERE: Mapping[Heard, Observation] = MappingProxyType(
    {"not_in_service": Observation.NOT_IN_SERVICE, "silence": Observation.SILENCE}
)


def observe(
    numbers: Sequence[str],
    status: Mapping[str, NumberStatus],
    routing: Mapping[str, Routing],
    calls: Sequence[CallResult],
    country: str,
) -> list[Observation]:
    """What points to a port that is half done.

    Of several calls from a network to a number the newest counts, for voice and for messages apart. A call has got
    through when anything it tried passed, and nothing heard was the old carrier or "not in service": keys that are not
    understood are a fault, and none of the port. Calls to a number that is not active, or not routed to the gaining
    carrier, are explained by that; only outside the NANP do they also show whether the range holder still routes to
    the old carrier. Numbers that were returned are left aside.

    Args:
        numbers: The order's (E.164).
        status: Where the gaining carrier has each; nothing is concluded from one it says nothing of.
        routing: The newest independent look at each.
        calls: Test calls, in any order.
        country: The numbers' (ISO 3166, two letters).
    """
    found: set[Observation] = set()
    met: dict[str, _Met] = {}
    calls_to: dict[str, list[CallResult]] = {}
    for call in calls:
        calls_to.setdefault(call.number, []).append(call)
    for number in numbers:
        where, look = status.get(number, NumberStatus.ACTIVE), routing.get(number)
        if where is NumberStatus.RETURNED:
            continue
        astray = look is not None and look.at_gaining is False
        if astray:
            found.add(Observation.ROUTED_TO_LOSING)
        if where is not NumberStatus.ACTIVE:
            found.add(Observation.NOT_ACTIVE)
            continue
        made = calls_to.get(number, [])
        voice = {origin: _ended(call) for origin, call in _newest(made, _voice).items()}
        if astray:
            if country not in NANP and "old_carrier" in _foreign(voice):
                found.add(Observation.REACHES_OLD_CARRIER)
            continue
        met[number] = voice
        if voice and not any(voice.values()) and _messages_fail(made):
            found.add(Observation.MESSAGING_FAILS)
    found |= _from_calls(met)
    return [one for one in Observation if one in found]


def _voice(call: CallResult) -> list[Heard]:
    return [heard for check, heard in call.checks.items() if check not in MESSAGING_CHECKS]


def _messages(call: CallResult) -> list[Heard]:
    return [heard for check, heard in call.checks.items() if check in MESSAGING_CHECKS]


def _newest(calls: Iterable[CallResult], tried: Callable[[CallResult], list[Heard]]) -> dict[Origin, CallResult]:
    """The newest call from each network that tried such checks; of two at the same moment the one that came later."""
    return {call.origin: call for call in sorted(calls, key=lambda call: call.at) if tried(call)}


def _ended(call: CallResult) -> Heard | None:
    """Where a call ended instead of getting through; None where it got through."""
    heard = _voice(call)
    for elsewhere in _ELSEWHERE:
        if elsewhere in heard:
            return elsewhere
    if "passed" in heard:
        return None
    return heard[0] if len(set(heard)) == 1 else "wrong"


def _messages_fail(calls: Iterable[CallResult]) -> bool:
    return any(heard != "passed" for call in _newest(calls, _messages).values() for heard in _messages(call))


def _foreign(met: _Met) -> list[Heard]:
    """Where calls ended that did not come from the losing carrier's own network: that one ignores the new routing."""
    return [ended for origin, ended in met.items() if ended and origin != "losing_carrier"]


def _from_calls(met: Mapping[str, _Met]) -> set[Observation]:
    """What the calls show, first of all numbers together and then of each.

    A network that fails whatever it calls explains its calls. Only where it failed a single number may it be the
    number's affair as well, if no other network got through to that.
    """
    found = _of_networks(_together(met.values()))
    failing = [one for one in met.values() if any(one.values())]
    if found and len(failing) > 1:
        return found
    for one in failing:
        found |= _of_networks(one) or _of_all(one)
    return found


def _together(views: Iterable[_Met]) -> _Met:
    """All numbers as one; nothing where a network got through to some and not to others."""
    met: dict[Origin, Heard | None] = {}
    for origin, ended in (item for view in views for item in view.items()):
        if bool(met.setdefault(origin, ended)) != bool(ended):
            return {}
    return met


def _of_networks(met: _Met) -> set[Observation]:
    """Whether it is one network that fails while another gets through, beside the losing carrier's own perhaps."""
    foreign = _foreign(met)
    if all(met.values()) or len(foreign) > 1:
        return set()
    found = {Observation.ONE_NETWORK_FAILS} if foreign else set()
    return found | ({Observation.LOSING_SUBSCRIBERS_FAIL} if met.get("losing_carrier") else set())


def _of_all(met: _Met) -> set[Observation]:
    """What several networks find, or all; the losing carrier's own proves nothing of the routing."""
    foreign = set(_foreign(met))
    if "old_carrier" in foreign:
        return {Observation.REACHES_OLD_CARRIER}
    if all(met.values()) and len(foreign) == 1:
        return {_EVERYWHERE[ended] for ended in foreign if ended in _EVERYWHERE}
    return set()
