"""Every clock of an order, as a list."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portolan.domain.carrier import NumberConfiguration
from portolan.domain.moments import moments, policy_clocks
from portolan.domain.order import OnHold
from portolan.domain.playbooks.model import Policy
from portolan.domain.states import State
from tests.domain.builders import DAY, FOC, HOUR, NOW, order_in
from tests.domain.standing import eventful, standing


def at(order, what):
    return [one.at for one in moments(order) if one.what == what]


@pytest.mark.parametrize("state", State)
def test_moments_are_in_order_and_name_a_rule(state):
    found = moments(standing(state))
    assert [one.at for one in found] == sorted(one.at for one in found)
    assert all(one.what and one.rule and one.at.tzinfo for one in found)


def test_the_clocks_around_the_cutover():
    order = standing(State.FOC_CONFIRMED, policy={"freeze_hours": 48}, request={"configuration": NumberConfiguration()})
    order.request.policy.configure_hours = 20
    assert at(order, "the change freeze begins") == [FOC - 48 * HOUR]
    assert at(order, "the numbers are configured") == [FOC - 20 * HOUR]
    assert at(order, "the FOC") == [FOC]
    assert at(order, "the numbers move no more without a person") == [FOC + 4 * HOUR]
    assert at(order, "the rollback window closes") == []


def test_the_clocks_after_the_activation():
    order = eventful()
    order.request.policy.closing_notice_hours = [24, 6]
    assert at(order, "test call slot 1 begins") == [FOC + timedelta(minutes=15)]
    assert at(order, "the time of a snapback ends") == [FOC + 24 * HOUR]
    assert at(order, "24 h are left of the rollback window") == [FOC + 48 * HOUR]
    assert at(order, "6 h are left of the rollback window") == [FOC + 66 * HOUR]
    assert at(order, "the rollback window closes") == [FOC + 72 * HOUR]
    assert at(order, "a return that was ordered is given up") == [FOC + 76 * HOUR]
    assert at(order, "documents have been kept long enough") == [order.since + order.policy.retention_days * DAY]


def test_without_a_window_none_of_its_clocks_is_named():
    found = {one.what for one in moments(standing(State.SETTLING, policy={"rollback_hours": 0}))}
    assert not {what for what in found if "window" in what or "snapback" in what or "return" in what}


def test_sign_offs_tasks_letters_and_holds_have_their_times():
    order = order_in(State.AWAITING_APPROVAL)
    order.hold = OnHold(by="Cora", reason="in print", since=NOW, until=NOW + DAY, review_at=NOW + 7 * DAY)
    assert order.loa is not None
    assert at(order, "the LOA is too old to be sent") == [order.loa.expires_at]
    assert at(order, "people are warned that the LOA grows too old") == [order.loa.expires_at - 5 * DAY]
    assert at(order, "the hold ends") == [NOW + DAY]
    assert at(order, "the hold is reviewed") == [NOW + 7 * DAY]
    (task,) = order.open_tasks
    assert at(order, f"task due: {task.task_id}") == [task.due_at]
    dated = standing(State.FOC_CONFIRMED)
    dated.request.policy.runbook = ["go"]
    assert at(dated, "sign-off due: go") == [FOC - 24 * HOUR]


def test_the_values_of_the_policy_that_clocks_are_made_of():
    found = policy_clocks(standing(State.CHECKING).policy)
    units = {name for name in Policy.model_fields if name.endswith(("_days", "_hours", "_minutes"))}
    assert units < set(found)
    assert (found["rollback_hours"], found["time_zone"]) == (72, "America/New_York")
    assert "portable" not in found
