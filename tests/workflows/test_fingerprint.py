"""A change to what the workflow asks of Temporal is never an accident."""

from __future__ import annotations

import ast
import difflib

import pytest

from tests.workflows.fingerprint import BASELINE, commands, fingerprint

HINT = """
The durable commands of workflows/ have changed.

Orders that are running now were started with the old ones: replaying their histories with the new code stops them,
or silently gives them other time-outs. Before you go on:
  1. Added, removed, renamed or reordered commands belong behind `workflow.patched("<what changed>")`, with the old
     branch kept until no order that began before it runs any more.
  2. `pytest tests/workflows/test_replay.py` has to pass on the committed histories.
  3. Then accept the new list: python -m tests.workflows.fingerprint
"""


def test_the_commands_are_those_of_the_baseline() -> None:
    then, now = BASELINE.read_text().splitlines(), fingerprint().splitlines()
    if then != now:
        pytest.fail("\n".join(difflib.unified_diff(then, now, "baseline", "now", lineterm="", n=1)) + "\n" + HINT)


def test_the_baseline_knows_the_commands_that_matter() -> None:
    text = BASELINE.read_text()
    for command in (
        "execute_local_activity 'publish_order'",
        "execute_activity 'publish_order'",
        "execute_activity 'send_notice'",
        "_carrier 'submit_order'",
        "wait_condition",
        "upsert_search_attributes",
        "continue_as_new",
    ):
        assert command in text


BEFORE = """
async def send(order):
    await workflow.execute_activity("submit_order", order, start_to_close_timeout=timedelta(minutes=1))
    await workflow.sleep(5)
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"submit_order"', '"submit_orders"'),
        ("minutes=1", "minutes=2"),
        ("    await workflow.sleep(5)\n", ""),
        ("    await workflow.sleep(5)\n", "    if workflow.patched('x'):\n        await workflow.sleep(5)\n"),
        ("execute_activity", "execute_local_activity"),
    ],
)
def test_a_change_is_noticed(old: str, new: str) -> None:
    assert list(commands(ast.parse(BEFORE))) != list(commands(ast.parse(BEFORE.replace(old, new))))


def test_a_change_of_what_is_no_command_is_not() -> None:
    same = BEFORE.replace("order", "the_order").replace('"submit_the_order"', '"submit_order"')
    assert list(commands(ast.parse(BEFORE))) == list(commands(ast.parse(same)))
