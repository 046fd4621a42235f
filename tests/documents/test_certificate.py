"""The certificate on paper: all of it, on a page or two, the same bytes each time."""

from __future__ import annotations

import re
import subprocess
import sys
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from portolan.documents.certificate import LONGEST, MOST_DOCUMENTS, MOST_NUMBERS, render
from portolan.domain.certificate import certificate
from portolan.domain.order import Order
from portolan.domain.runbook import ITEMS, SignOff
from portolan.domain.states import State
from tests.documents.letters import squeezed, text_of
from tests.domain.builders import FOC, NOW
from tests.domain.standing import ISSUED, eventful, filed, proven, standing, trail

AGAIN = """\
from hashlib import sha256
from portolan.documents.certificate import render
from tests.documents.test_certificate import issued
print(sha256(render(issued())).hexdigest())
"""


def issued(order: Order | None = None, count: int = 2) -> dict[str, Any]:
    documents = [filed("port_letter", "abcdef"[index % 6], NOW, f"paper-{index}.pdf") for index in range(count)]
    return certificate(order or eventful(), trail(), documents, ISSUED)


def pages(pdf: bytes) -> int:
    return len(PdfReader(BytesIO(pdf)).pages)


def crowded() -> Order:
    """An order with more of everything than a page holds."""
    order = eventful()
    order.request.numbers = [f"+1212555{index:04d}" for index in range(5000)]
    order.request.policy.runbook = list(ITEMS)
    order.signoffs = {item: SignOff(item=item, by="Grace Hopper", at=NOW) for item in ITEMS}
    order.outcome = "calls drop " * 200
    return order


def test_it_says_what_the_json_says() -> None:
    made = issued()
    printed = squeezed(text_of(render(made)))
    for words in (
        "Certificate of port order order-1",
        "2 US geographic numbers, Old Telco to simulated",
        "Old service: may be cancelled",
        made["old_service"]["why"],
        "signed by Ada Byron, dated 2026-11-02",
        "approved by Charles on 2026-11-02 16:00 UTC",
        "Last test call on the losing carrier (line is dead)",
        "Grace Hopper on 2026-11-17 17:00 UTC (no inbound calls); refused",
        "+12125550143",
        "Bright Voice (SPID 6214, LRN +12125550000)",
        "2 of 2 numbers at the gaining carrier",
        "2: 1 failed, 1 passed",
        "1 of 2 passed; from mobile, voip",
        "Go, by the decision-maker (gate)",
        "Snapback refused",
        "a" * 64,
        "b" * 64,
        made["digest"],
    ):
        assert squeezed(words) in printed, words
    assert "0048" not in printed


def test_every_moment_that_has_come_is_printed() -> None:
    made = issued()
    printed = text_of(render(made))
    for moment in filter(None, made["when"].values()):
        shown = f"{moment[:10]} {moment[11:16]} UTC" if "T" in moment else moment
        assert shown in printed


def test_an_old_service_that_is_needed_is_said_to_be_kept() -> None:
    printed = squeezed(text_of(render(issued(standing(State.PARTIALLY_ACTIVE)))))
    assert squeezed("Old service: keep it") in printed
    assert squeezed("Do not cancel the old service") in printed
    assert "maybecancelled" not in printed


@pytest.mark.parametrize("state", State)
def test_every_order_fits_on_a_page(state: State) -> None:
    pdf = render(certificate(standing(state), [], [], FOC))
    assert pages(pdf) == 1
    assert squeezed(state.replace("_", " ").capitalize()) in squeezed(text_of(pdf))


def test_thousands_of_numbers_fit_on_two_pages_and_the_rest_is_counted() -> None:
    made = issued(crowded(), count=100)
    pdf = render(made)
    assert pages(pdf) == 2
    printed = text_of(pdf)
    assert len(re.findall(r"\+1212555\d{4}\b", printed)) == MOST_NUMBERS
    assert f"and {5000 - MOST_NUMBERS} more numbers" in printed
    assert f"and {100 - MOST_DOCUMENTS} more documents" in printed
    assert "more sign-offs" not in printed
    assert squeezed("calls drop " * 20) in squeezed(printed)
    assert printed.count("calls drop") < LONGEST / len("calls drop")


def test_exactly_as_many_as_fit_are_all_printed() -> None:
    order = proven()
    order.request.numbers = [f"+1212555{index:04d}" for index in range(MOST_NUMBERS)]
    assert "more numbers" not in text_of(render(issued(order)))


def test_the_same_certificate_gives_the_same_bytes_here_and_in_another_process() -> None:
    first = render(issued())
    assert render(issued()) == first
    told = subprocess.run([sys.executable, "-c", AGAIN], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == sha256(first).hexdigest()


def test_another_moment_gives_another_file() -> None:
    later = {**issued(), "generated_at": "2026-11-25T09:00:00Z"}
    assert render(later) != render(issued())


@pytest.mark.parametrize("name", ["#strong[x] $1 @a", "Zoë Åkesson & Søn", "<b>", "\\", "= Heading"])
def test_what_people_wrote_is_printed_and_never_obeyed(name: str) -> None:
    order = eventful()
    order.request.customer = name
    assert squeezed(name) in squeezed(text_of(render(issued(order))))


def test_a_character_without_type_is_printed_as_its_code() -> None:
    order = eventful()
    order.request.customer = "東 Łódź Ltd"
    printed = squeezed(text_of(render(issued(order))))
    assert "[U+6771]ŁódźLtd" in printed
