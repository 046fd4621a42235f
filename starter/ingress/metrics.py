"""What the ingress counts, in a registry of its own. No label ever holds anything that a caller chose."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

#: In seconds; the carriers are to have their answer within 0.05.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10)


class Metrics:
    """The figures of one process.

    Attributes:
        kept: Genuine messages, by account and outcome: `new`, `duplicate` or `unreadable`.
        refused: Requests that were not let in, by account and reason; an account that does not exist has no name.
        failed: Genuine messages that could not be kept, by account: the carrier was told to come again.
        handed_on: Messages by outcome: `signalled`, `ended` (the order has), `early`, `unknown`, `failed`.
        planned: Messages that were tried, and are tried again.
        answered: Seconds until a carrier had its answer.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()

        def counter(name: str, words: str, *labels: str) -> Counter:
            return Counter(f"portolan_ingress_{name}", words, labels, registry=self.registry)

        self.kept = counter("messages", "Genuine messages of carriers", "account", "outcome")
        self.refused = counter("refused", "Requests that were not let in", "account", "reason")
        self.failed = counter("not_kept", "Genuine messages that could not be kept", "account")
        self.handed_on = counter("handed_on", "Tries to hand a message on", "outcome")
        self.planned = Gauge("portolan_ingress_waiting", "Messages that wait to be tried again", registry=self.registry)
        self.answered = Histogram(
            "portolan_ingress_answer_seconds",
            "Time until a carrier had its answer",
            buckets=BUCKETS,
            registry=self.registry,
        )
