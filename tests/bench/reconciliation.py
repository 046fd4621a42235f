"""How many letters are compared with their records in a second, on one core."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from portolan.domain.reconciliation import reconcile

FORMS = 400
ROUNDS = 5
GOAL = 5_000

#: What goes wrong in one form out of five; the others are equal. The first is what carriers reject most.
_SLIPS: tuple[dict[str, Any], ...] = (
    {"service_address": "1200 N Main St., Ste 400, Springfield, IL"},
    {"entity_name": "Acme Manufacturing Ltd"},
    {"service_address": "1200 North Main Street, Springfield, IL"},
    {"authorized_person": "Smith, Jane"},
    {"account_number": "00482-1973", "postal_code": "62710"},
    {
        "entity_name": "ACME MANUFACTURING LIMITED",
        "service_address": "1200 NORTH MAIN STREET, SUITE 400, SPRINGFIELD, IL",
    },
    {"btn": "(217) 555-0100", "numbers": [f"217-555-{number:04d}" for number in range(100, 110)]},
    {"entity_name": "Аcme Manufacturing Limited"},
)
_EQUAL_FOR_EACH_SLIP = 4


def forms(count: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Letters and their records: no two accounts the same."""
    for number in range(count):
        csr = {
            "entity_name": "Acme Manufacturing Limited",
            "authorized_person": "Jane A. Smith",
            "service_address": "1200 North Main Street, Suite 400, Springfield, IL",
            "billing_address": f"PO Box {number}, Springfield, IL",
            "postal_code": "62701",
            "account_number": f"00482-1937-{number:05d}",
            "btn": "+12175550100",
            "numbers": [f"+1217555{line:04d}" for line in range(100, 110)],
        }
        slip, equal = divmod(number, _EQUAL_FOR_EACH_SLIP + 1)
        yield csr | ({} if equal else _SLIPS[slip % len(_SLIPS)]), csr


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
        ("reconciliation, one form in five differs", rate(mixed), "LOA/s"),
        ("reconciliation, equal forms", rate(equal), "LOA/s"),
        ("reconciliation, forms that differ", rate(differing), "LOA/s"),
    ]
