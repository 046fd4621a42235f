"""Which numbers Bandwidth can take, and which of them in one order.

Source: Bandwidth's OpenAPI document (`lnpchecker`) and its guide to it, which says what may be ported together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Set
from typing import NamedTuple

from portolan.carriers.bandwidth import xml
from portolan.carriers.bandwidth.calls import Calls
from portolan.carriers.bandwidth.reading import e164
from portolan.carriers.bandwidth.submission import is_toll_free, national
from portolan.carriers.http import HttpRefused
from portolan.domain.carrier import Portability
from portolan.domain.rejections import Rejection

#: Numbers a call. Bandwidth names no limit.
BATCH = 500
_ON_ORDER = "DUPLICATE_IN_PROGRESS"
_DIGITS = re.compile(r"(?<![0-9])1?([2-9][0-9]{9})(?![0-9])")


class Groups(NamedTuple):
    """In how many port-ins numbers have to go; whether in one, automatically, on Bandwidth's own network."""

    port_ins: int
    automatic_on_net: bool


class Checker:
    """Asks whether numbers can be ported."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def check(self, numbers: Sequence[str], beside: Callable[[str], Set[str]]) -> list[Portability]:
        """Whether each number can be taken, in the order given.

        Args:
            beside: The numbers that a live order of ours, for the same purpose, holds together with a number; none
                where there is none. Bandwidth refuses to look at numbers that are on an order already.

        Toll-free numbers are looked at when an order is made: the look-up for them is an order itself, of minutes.
        """
        found: dict[str, Portability] = {}
        local: list[str] = []
        for number in numbers:
            if is_toll_free(number):
                words = "Bandwidth looks at toll-free numbers when the order is made"
                found[number] = Portability(number=number, portable=True, reason=words)
            elif national(number) is None:
                words = "Bandwidth takes ten-digit numbers of North America here"
                found[number] = Portability(number=number, portable=False, reason=words)
            else:
                local.append(number)
        for few in _batches(local):
            found |= self._check(few, beside)
        return [found[number] for number in numbers]

    def groups(self, numbers: Sequence[str]) -> Groups:
        """How the numbers have to be divided: by losing carrier, by network, and off-net by rate centre.

        Raises:
            HttpRefused: Bandwidth answers no question about these numbers.
        """
        keys: dict[str, tuple[str, str]] = {}
        types = set()
        for few in _batches(numbers):
            answer = self._ask(few)
            types.add(xml.words(answer, "PortType").upper())
            carriers = {
                number: xml.words(one, "LosingCarrierSPID") or xml.words(one, "LosingCarrierName")
                for one in _within(answer, "SupportedLosingCarriers", "LosingCarrierTnList")
                for number in _listed(one)
            }
            for one in _within(answer, "PartnerSupportedRateCenters", "RateCenterGroup"):
                place = f"{xml.words(one, 'Vendor')} {xml.words(one, 'RateCenter')} {xml.words(one, 'State')}"
                keys |= {number: (carriers.get(number, ""), place) for number in _listed(one)}
            for one in _within(answer, "SupportedRateCenters", "RateCenterGroup"):
                keys |= {number: (carriers.get(number, ""), "on-net") for number in _listed(one)}
        # What cannot be ported is in no group: Bandwidth refuses it with its own reason when it is sent.
        known = {keys[number] for number in numbers if number in keys}
        return Groups(len(known), types == {"AUTOMATED"} and {place for _, place in known} == {"on-net"})

    def _check(self, numbers: Sequence[str], beside: Callable[[str], Set[str]]) -> dict[str, Portability]:
        """One call; numbers that Bandwidth refuses to look at are left out of a second one."""
        try:
            answer = self._ask(numbers)
        except HttpRefused as error:
            reasons = self._calls.reasons(error)
            stuck = dict(_named(reasons, numbers))
            if not stuck:
                raise self._calls.refusal(error) from error
            others = [number for number in numbers if number not in stuck]
            refused = {one: Portability(number=one, portable=False, reason=why.text) for one, why in stuck.items()}
            refused |= _on_order([one for one, why in stuck.items() if why.code == _ON_ORDER], beside)
            return refused | (self._check(others, beside) if others else {})
        return {number: _judged(number, answer) for number in numbers}

    def _ask(self, numbers: Sequence[str]) -> xml.Element:
        body = xml.write("NumberPortabilityRequest", {"TnList": {"Tn": [national(one) or one for one in numbers]}})
        with self._calls.discreet("POST /lnpchecker"):
            response = self._calls.http.ask(
                "POST",
                "lnpchecker",
                params={"fullCheck": "offnetportability"},
                content=body,
                headers={"content-type": xml.MEDIA_TYPE},
            )
        with self._calls.http.understanding("the portability of numbers"):
            return xml.read(response.content)


def _judged(number: str, answer: xml.Element) -> Portability:
    """Whether an answer has a number as portable; Bandwidth cannot take what it does not mention."""
    for one in _within(answer, "UnsupportedLosingCarriers", "LosingCarrierTnList"):
        if number in _listed(one):
            name = xml.words(one, "LosingCarrierName") or "its losing carrier"
            return Portability(number=number, portable=False, reason=f"Bandwidth ports nothing from {name}")
    for one in _within(answer, "UnsupportedRateCenters", "RateCenterGroup"):
        if number in _listed(one):
            place = f"{xml.words(one, 'RateCenter')} {xml.words(one, 'State')}".strip()
            return Portability(number=number, portable=False, reason=f"Bandwidth has no coverage in {place}")
    portable = xml.child(answer, "PortableNumbers")
    covered = [
        one for name in ("SupportedRateCenters", "PartnerSupportedRateCenters") for one in xml.children(answer, name)
    ]
    lists = [portable] if portable is not None else covered
    if any(number in _listed(one) for one in lists):
        return Portability(number=number, portable=True)
    return Portability(number=number, portable=False, reason="Bandwidth does not have it among the portable numbers")


def _within(answer: xml.Element, *path: str) -> list[xml.Element]:
    return xml.children(answer, *path)


def _listed(element: xml.Element) -> set[str]:
    return {e164(text) for text in xml.texts(element, "Tn", "TN")}


def _on_order(numbers: Sequence[str], beside: Callable[[str], Set[str]]) -> dict[str, Portability]:
    """Those of the numbers that are on an order of ours: Bandwidth has shown that it takes them."""
    found: dict[str, Portability] = {}
    for number in numbers:
        if number not in found:
            words = "it is on this order at Bandwidth already"
            held = beside(number) & set(numbers)
            found |= {one: Portability(number=one, portable=True, reason=words) for one in held}
    return found


def _named(reasons: Sequence[Rejection], numbers: Sequence[str]) -> Iterator[tuple[str, Rejection]]:
    """The numbers that refusals name, in a field of their own or in words."""
    for reason in reasons:
        said = set(reason.numbers) | {f"+1{digits}" for digits in _DIGITS.findall(reason.text)}
        for number in numbers:
            if number in said:
                yield number, reason


def _batches(numbers: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(numbers), BATCH):
        yield numbers[start : start + BATCH]
