"""How fast letters are printed, checked and sealed; `python -m tests.bench.letters` prints it alone."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from portolan.documents.inspection import inspect
from portolan.documents.letters.render import render
from portolan.documents.sealing import SealingKey, sign_electronically, verify
from portolan.domain.carrier import AccountData
from portolan.domain.loa import ElectronicSignature, LoaForm

#: Letters of ten numbers each a second, at least.
GOAL = 10.0
_ROUNDS = 50
_ACCOUNT = AccountData(
    entity_name="Acme Manufacturing Limited",
    authorized_person="Ada Byron",
    service_address="12 Harbor Street, Boston, MA",
    postal_code="02110",
    account_number="0048-1937",
)


def _form(order: int, numbers: int = 10, attach_over: int | None = None) -> LoaForm:
    return LoaForm(
        template="us_toll_free",
        order_id=f"bench-{order}",
        reference="bench",
        account=_ACCOUNT,
        numbers=tuple(f"+1800{index:07d}" for index in range(2_000_000, 2_000_000 + numbers)),
        losing_carrier="Old Telco",
        gaining_carrier="Bright Voice",
        country="US",
        attach_over=attach_over,
    )


def _rate(once: Callable[[int], object], rounds: int) -> float:
    began = time.perf_counter()
    for index in range(rounds):
        once(index)
    return rounds / (time.perf_counter() - began)


def _sign(form: LoaForm, key: SealingKey) -> bytes:
    now = datetime.now(UTC)
    signature = ElectronicSignature(
        signer="Ada Byron",
        signed_on=now.date(),
        signed_at=now,
        consent="I sign this letter.",
        form_sha256=sha256(render(form).pdf).hexdigest(),
    )
    return sign_electronically(form, signature, key)


def measure() -> list[tuple[str, float, str]]:
    """Name, value and unit of each figure; the first call, which loads the fonts, is reported apart."""
    began = time.perf_counter()
    letter = render(_form(0))
    first = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as folder:
        key = SealingKey.generate(Path(folder))
    sealed = _sign(_form(0), key)
    return [
        ("first letter of a process", first * 1000, "ms"),
        ("letters of 10 numbers", _rate(lambda index: render(_form(index + 1)), _ROUNDS), "/s"),
        ("letters of 1,000 numbers", _rate(lambda index: render(_form(index, 1000)), 5), "/s"),
        ("letters with 1,000 numbers attached", _rate(lambda index: render(_form(index, 1000, 15)), 5), "/s"),
        ("letters signed and sealed", _rate(lambda index: _sign(_form(index), key), 5), "/s"),
        ("seals verified", _rate(lambda _: verify(sealed), 10), "/s"),
        ("signed copies inspected", _rate(lambda _: inspect(sealed, _form(0)), 10), "/s"),
        ("size of a letter", len(letter.pdf) / 1024, "KiB"),
    ]


def main() -> int:
    """Print the figures, and say whether the goal is met."""
    figures = measure()
    for name, value, unit in figures:
        print(f"  {name:<40} {value:>8.1f} {unit}")
    met = {name: value for name, value, _ in figures}["letters of 10 numbers"] >= GOAL
    print(f"goal (at least {GOAL:.0f} letters a second): {'met' if met else 'NOT met'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
