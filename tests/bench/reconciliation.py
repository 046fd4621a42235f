"""How many letters are compared with their records in a second, on one core."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count
from typing import Any

from portolan.domain.reconciliation import reconcile

FORMS = 600
ROUNDS = 5
GOAL = 5_000

_RECORD: dict[str, Any] = {
    "entity_name": "Acme Manufacturing Limited",
    "authorized_person": "Jane A. Smith",
    "service_address": "1200 North Main Street, Suite 400, Springfield, IL",
    "postal_code": "62701",
    "btn": "+12175550100",
    "numbers": [f"+1217555{line:04d}" for line in range(100, 110)],
}
_NUMBERS = _RECORD["numbers"]
#: The kinds of difference there are: what the LOA says, and what the record says where that is not `_RECORD`.
_SLIPS: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"entity_name": "ACME MANUFACTURING LIMITED"}, {}),
    ({"service_address": "1200 NORTH MAIN STREET, SUITE 400, SPRINGFIELD, IL"}, {}),
    ({"entity_name": "Acme\u00a0Manufacturing  Limited"}, {}),
    ({"service_address": "1200 North Main Street,  Suite 400, Springfield, IL"}, {}),
    ({"entity_name": "Acme\u200b Manufacturing Limited"}, {}),
    ({"entity_name": "Cafe\u0301 Lumière SAS"}, {"entity_name": "Café Lumière SAS"}),
    ({"entity_name": "Аcme Manufacturing Limited"}, {}),
    ({"entity_name": "Muller Spedition GmbH"}, {"entity_name": "Müller Spedition GmbH"}),
    ({"service_address": "Hauptstrasse 5, Berlin"}, {"service_address": "Hauptstraße 5, Berlin"}),
    ({"service_address": "1200 North Main Street Suite 400, Springfield, IL"}, {}),
    ({"entity_name": "Green and Daughters Ltd"}, {"entity_name": "Green & Daughters Ltd"}),
    ({"entity_name": "Acme Manufacturing Ltd"}, {}),
    ({"entity_name": "Acme Manufacturing LLC"}, {}),
    ({"entity_name": "Acme Manufacturing"}, {}),
    ({"entity_name": "Acme Manufacturing Liimted"}, {}),
    ({"entity_name": "Manufacturing Acme Limited"}, {}),
    ({"entity_name": "Acme Limited"}, {}),
    ({"entity_name": "Acme Manufacturing Midwest Limited"}, {}),
    ({"service_address": "1200 N Main St., Ste 400, Springfield, IL"}, {}),
    ({"service_address": "1200 North Main St, Suite 400, Springfield, IL"}, {}),
    ({"service_address": "1200 N. Main Street, Suite 400, Springfield, IL"}, {}),
    ({"service_address": "1200 North Main Street, #400, Springfield, IL"}, {}),
    ({"service_address": "1200 North Main Street, Springfield, IL"}, {}),
    ({"service_address": "1210 North Main Street, Suite 400, Springfield, IL"}, {}),
    ({"service_address": "PO Box 7, Springfield, IL"}, {}),
    ({"service_address": "9 Elm Road, Springfield, IL"}, {"billing_address": "9 Elm Road, Springfield, IL"}),
    ({"postal_code": "62701-1234"}, {}),
    ({"postal_code": "62704"}, {}),
    ({"account_number": "00482-1973"}, {"account_number": "00482-1937"}),
    ({"account_number": "00482-1938"}, {"account_number": "00482-1937"}),
    ({"account_number": "482-1937"}, {"account_number": "00482-1937"}),
    ({"account_number": "004821937"}, {"account_number": "00482-1937"}),
    ({"authorized_person": "Smith, Jane"}, {}),
    ({"authorized_person": "Robert Jones"}, {}),
    ({"btn": "(217) 555-0100", "numbers": [f"217-555-{line:04d}" for line in range(100, 110)]}, {}),
    ({"numbers": [*_NUMBERS[:9], "+12175550190"]}, {}),
    ({"numbers": _NUMBERS[:8]}, {}),
    ({"entity_name": "Globex", "postal_code": "90210", "service_address": "77 Sunset Boulevard, Los Angeles, CA"}, {}),
)
_EQUAL_FOR_EACH_SLIP = 2


def forms(wanted: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Letters and their records: no two accounts the same, one form in three with something wrong."""
    slips = count()
    for number in range(wanted):
        csr = {
            **_RECORD,
            "billing_address": f"PO Box {number}, Springfield, IL",
            "account_number": f"00482-1937-{number:05d}",
        }
        loa: dict[str, Any] = {}
        if number % (_EQUAL_FOR_EACH_SLIP + 1) == 0:
            loa, record = _SLIPS[next(slips) % len(_SLIPS)]
            csr |= record
        yield csr | loa, csr


def rate(pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> float:
    """Forms per second of one core, the best of some rounds: whatever else the machine does only takes away."""
    best = 0.0
    for _ in range(ROUNDS):
        began = time.process_time()
        for loa, csr in pairs:
            reconcile(loa, csr)
        best = max(best, len(pairs) / (time.process_time() - began))
    return best


def measure() -> list[tuple[str, float, str]]:
    """Name, value and unit of each measurement."""
    mixed = list(forms(FORMS))
    equal = [(csr, csr) for _, csr in mixed]
    differing = [(loa, csr) for loa, csr in mixed if loa != csr]
    return [
        ("reconciliation, one form in three differs", rate(mixed), "LOA/s"),
        ("reconciliation, equal forms", rate(equal), "LOA/s"),
        ("reconciliation, forms that differ", rate(differing), "LOA/s"),
    ]
