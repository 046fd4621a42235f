"""Orders that fall apart, on creation and later."""

from __future__ import annotations

from portolan.simulator.testing import Running
from tests.simulator.customer import NUMBERS, Customer
from tests.simulator.inbox import Inbox

ONE, TWO = NUMBERS


def test_countries_and_types_get_an_order_each(customer: Customer) -> None:
    numbers = [ONE, "+18005550100", TWO, "+447700900123"]
    body = {"phone_numbers": numbers, "customer_reference": "o1:1", "customer_group_reference": "g"}
    made = customer.call("POST", "/porting_orders", 201, json=body)
    assert [[n["phone_number"] for n in each["phone_numbers"]] for each in made] == [
        [ONE, TWO],
        [numbers[1]],
        [numbers[3]],
    ]
    assert {(each["customer_reference"], each["customer_group_reference"]) for each in made} == {("o1:1", "g")}
    customer.complete(made[0]["id"])
    customer.complete(made[1]["id"])
    keys = {customer.confirm(each["id"])["parent_support_key"] for each in made[:2]}
    assert len(keys) == 1, "parts know each other"
    assert None not in keys


def test_a_script_divides_an_order_on_creation(simulator: Running, customer: Customer) -> None:
    foc_one = {"says": "foc", "after_hours": 1, "foc_hours": 48, "numbers": [ONE]}
    foc_two = {"says": "foc", "after_hours": 2, "foc_hours": 96, "numbers": [TWO]}
    simulator.script("o1", {"split": [[ONE], [TWO]], "sendings": [[foc_one, foc_two]]})
    first, second = customer.sent()
    simulator.advance(1)
    assert (customer.status(first), customer.status(second)) == ("foc-date-confirmed", "in-process")
    simulator.advance(1)
    dates = {customer.get(each)["activation_settings"]["foc_datetime_actual"] for each in (first, second)}
    assert len(dates) == 2
    simulator.advance(48)
    assert (customer.status(first), customer.status(second)) == ("ported", "foc-date-confirmed")


def test_a_script_divides_an_order_later(simulator: Running, customer: Customer, inbox: Inbox) -> None:
    foc = {"says": "foc", "after_hours": 10, "foc_hours": 48}
    simulator.script("o1", {"split": [[ONE], [TWO]], "split_after_hours": 5, "sendings": [[foc]]})
    (order,) = customer.sent()
    assert simulator.advance(5) == 2
    assert inbox.kinds() == ["porting_order.status_changed", "porting_order.split"]
    payload = inbox.arrived[-1].body["data"]["payload"]
    assert payload["from"]["id"] == order
    part = customer.get(payload["to"]["id"])
    assert [n["phone_number"] for n in part["phone_numbers"]] == [TWO]
    assert payload["porting_phone_numbers"] == [{"id": part["phone_numbers"][0]["id"]}]
    assert [n["phone_number"] for n in customer.get(order)["phone_numbers"]] == [ONE]
    assert part["customer_reference"] == "o1:1"
    assert part["end_user"] == customer.get(order)["end_user"]
    simulator.advance(5)
    assert inbox.statuses() == ["in-process", "foc-date-confirmed", "foc-date-confirmed"]
    simulator.advance(48)
    assert {each["status"] for each in simulator.orders("o1")} == {"ported"}


def test_a_split_by_command_sends_one_message_for_each_number(
    simulator: Running, customer: Customer, inbox: Inbox
) -> None:
    third = "+16175550152"
    (order,) = customer.sent(numbers=[ONE, TWO, third])
    simulator.say(order, "split", numbers=[TWO, third])
    assert inbox.kinds().count("porting_order.split") == 2
    assert [each["numbers"] for each in simulator.orders("o1")] == [[ONE], [TWO, third]]


def test_a_split_far_in_the_past_of_an_orders_own_clock_is_caught_up(simulator: Running, customer: Customer) -> None:
    foc = {"says": "foc", "after_hours": 10, "foc_hours": 48}
    simulator.script("o1", {"split": [[ONE], [TWO]], "split_after_hours": 5, "sendings": [[foc]]})
    customer.sent()
    simulator.advance(100, reference="o1")
    assert {each["status"] for each in simulator.orders("o1")} == {"ported"}
