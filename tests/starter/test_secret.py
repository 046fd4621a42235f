"""Giving a secret to a running order: what is taken, what is refused, and where it ends up."""

from __future__ import annotations

import pytest

from portolan.carriers.simulated import Saying, Script
from portolan.domain.carrier import SendKind, Submission
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.records.papers import Secret
from tests.world import ACCOUNT, World, fresh_number

NUMBERS = ["+447700900123", "+447700900124"]
FOC = Script(sendings=[[Saying(says="foc", after_hours=1, foc_business_days=6)]])


def submission(needs: list[str], secrets: dict[tuple[str, str], str]) -> Submission:
    return Submission(
        key="o:1",
        order_id="o",
        attempt=1,
        kind=SendKind.NEW,
        numbers=NUMBERS,
        account=ACCOUNT,
        losing_carrier="Old Telco",
        needs=needs,
        secrets=secrets,
    )


@pytest.mark.parametrize(
    ("needs", "secrets", "lacking"),
    [
        ([], {}, []),
        (["pin"], {}, ["pin"]),
        (["pin"], {("", "pin"): "4711"}, []),
        (["pac"], {}, [f"pac of {number}" for number in NUMBERS]),
        (["pac"], {("", "pac"): "ABC123456"}, []),
        (["pac"], {(NUMBERS[0], "pac"): "ABC123456"}, [f"pac of {NUMBERS[1]}"]),
        (["pin", "pac"], {(number, "pac"): "ABC123456" for number in NUMBERS}, ["pin"]),
    ],
)
def test_what_a_sending_lacks(needs: list[str], secrets: dict[tuple[str, str], str], lacking: list[str]) -> None:
    assert submission(needs, secrets).lacking() == lacking


async def test_nothing_is_sent_without_the_pin_and_all_is_with_it(shared_world: World) -> None:
    policy = {"identifiers": ["account_number", "pin"]}
    port = await shared_world.port(FOC, numbers=[fresh_number()], policy=policy)
    await port.submitted()
    order = await port.order()
    assert order.state is State.ACTION_REQUIRED
    assert port.sent() == []
    task = await port.task(TaskKind.CARRIER_REFUSED)
    assert f"portolan secret {port.order_id}" in task.detail

    shared_world.records.give_secret(port.order_id, Secret("", "pin", "4711"))
    await port.answer(TaskKind.CARRIER_REFUSED, "retry")
    assert (await port.order()).state is State.SUBMITTED
    assert port.sent() == [1]


async def test_a_date_is_asked_for_without_secrets(shared_world: World) -> None:
    policy = {"identifiers": ["account_number", "pin"]}
    late = Script(sendings=[[Saying(says="foc", after_hours=1, foc_hours=24 * 300)], *FOC.sendings])
    port = await shared_world.port(late, numbers=[fresh_number()], policy=policy)
    shared_world.records.give_secret(port.order_id, Secret("", "pin", "4711"))
    await port.submitted()
    with shared_world.records.writing() as session:
        session.connection().exec_driver_sql(f"DELETE FROM secrets WHERE order_id = '{port.order_id}'")  # noqa: S608
    await port.signal("foc_confirmed", "2027-12-01T15:00:00Z")
    await port.answer(TaskKind.CHOOSE_DATE, "request_new_date")
    assert (await port.order()).state is State.SUBMITTED
    assert port.sent() == [1, 2]
