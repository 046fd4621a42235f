"""How long the pre-flight of a request takes."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from portolan.domain.reconciliation import Verdict
from starter.preflight import examine

NUMBERS = 1000
#: Seconds for the pre-flight of a request of so many numbers.
GOAL = 2.0
REQUEST = """
reference: BENCH
customer: Acme
contacts:
  customer: {name: Ada Byron, email: ada@acme.example}
  coordinator: {name: Charles Babbage, email: charles@acme.example}
  decision_maker: {name: Grace Hopper, email: grace@acme.example}
accounts:
  - losing_carrier: Old Telco
    country: US
    account: &account
      entity_name: Acme Manufacturing Limited
      authorized_person: Ada Byron
      service_address: 12 Harbor Street, Boston, MA
      postal_code: 02110
      account_number: 0048-1937
    csr:
      <<: *account
      numbers: [NUMBERS]
    numbers_file: numbers.csv
"""


def measure() -> list[tuple[str, float, str]]:
    """Name, value and unit of the figure: the best of three."""
    numbers = [f"+1617{2000000 + index}" for index in range(NUMBERS)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "request.yaml"
        path.write_text(REQUEST.replace("NUMBERS", ", ".join(f"'{number}'" for number in numbers)))
        (Path(folder) / "numbers.csv").write_text("number\n" + "\n".join(numbers))
        spent = []
        for _ in range(3):
            began = time.perf_counter()
            report = examine(path)
            spent.append(time.perf_counter() - began)
            if report.verdict is not Verdict.CLEAN:
                raise RuntimeError(report)
    return [(f"pre-flight of {NUMBERS} numbers", min(spent), "s")]
