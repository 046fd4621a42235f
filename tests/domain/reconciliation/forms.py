"""A form and its record, equal until a test says otherwise."""

from __future__ import annotations

from typing import Any

from portolan.domain.reconciliation import Difference, reconcile

NUMBERS = ["+12175550100", "+12175550101", "+12175550102"]
CSR: dict[str, Any] = {
    "entity_name": "Acme UK Limited",
    "authorized_person": "Jane A. Smith",
    "service_address": "1200 North Main Street, Suite 400, Springfield, IL",
    "billing_address": "9 Elm Road, Springfield, IL",
    "postal_code": "62701",
    "account_number": "00482-1937",
    "btn": "+12175550100",
    "numbers": NUMBERS,
}
LOA = {field: value for field, value in CSR.items() if field != "billing_address"}


def differences(field: str, loa: Any, csr: Any, **record: Any) -> list[Difference]:
    """What is found where only one field may differ."""
    return reconcile({**LOA, field: loa}, {**CSR, **record, field: csr})


def told(field: str, loa: Any, csr: Any, **record: Any) -> tuple[str, str] | None:
    """Category and severity of the one difference; None for none."""
    found = differences(field, loa, csr, **record)
    assert [one.field for one in found] in ([], [field])
    return (found[0].category, found[0].severity) if found else None


def only(field: str, loa: Any, csr: Any, **record: Any) -> Difference:
    """The one difference there is."""
    (found,) = differences(field, loa, csr, **record)
    assert found.field == field
    return found


def marked(found: Difference) -> tuple[str, str]:
    """The texts under the two spans."""
    return found.loa_value[slice(*found.loa_span)], found.csr_value[slice(*found.csr_span)]


def beside(found: Difference) -> list[tuple[str, str, str]]:
    """What else differs: the category, and the texts under its two spans."""
    return [
        (other.category, found.loa_value[slice(*other.loa_span)], found.csr_value[slice(*other.csr_span)])
        for other in found.also
    ]
