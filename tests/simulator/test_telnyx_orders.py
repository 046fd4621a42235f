"""Telnyx's protocol: what it takes, refuses, and how an order goes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from portolan.carriers.http import SIMULATED_NOW
from portolan.domain.rejections.vendors import from_vendor
from portolan.simulator.testing import Running, running
from tests.simulator.customer import ADMIN, LOCATION, NUMBERS, Customer

GOOD = {"sendings": [[{"says": "approve", "after_hours": 2}, {"says": "foc", "after_hours": 4, "foc_hours": 96}]]}


def at(simulator: Running, **after: float) -> dict[str, str]:
    return {SIMULATED_NOW: (simulator.now() + timedelta(**after)).isoformat()}


def test_an_order_goes_from_draft_to_ported(simulator: Running, customer: Customer) -> None:
    simulator.script("o1", GOOD)
    (order,) = customer.draft()
    assert customer.status(order) == "draft"
    assert customer.get(order)["support_key"] is None
    customer.complete(order)
    assert customer.confirm(order)["status"] == {"value": "in-process", "details": []}
    simulator.advance(2)
    assert customer.status(order) == "submitted"
    simulator.advance(2)
    told = customer.get(order)
    assert told["status"]["value"] == "foc-date-confirmed"
    foc_at = datetime.fromisoformat(told["activation_settings"]["foc_datetime_actual"])
    simulator.move(foc_at - timedelta(seconds=5))
    assert {n["activation_status"] for n in customer.get(order)["phone_numbers"]} == {"Concurred"}
    assert customer.call("GET", "/phone_numbers") == []
    simulator.move(foc_at)
    assert customer.status(order) == "ported"
    assert {n["activation_status"] for n in customer.get(order)["phone_numbers"]} == {"Active"}
    assert {n["status"] for n in customer.call("GET", "/phone_numbers")} == {"active"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/phone_numbers"),
        ({"phone_numbers": []}, "/phone_numbers"),
        ({"phone_numbers": ["6175550150"]}, "/phone_numbers/0"),
        ({"phone_numbers": NUMBERS, "customer_reference": 7}, "/customer_reference"),
    ],
)
def test_a_faulty_order_is_refused_where_it_is_wrong(customer: Customer, body: Any, pointer: str) -> None:
    (told,) = customer.errors("POST", "/porting_orders", 422, json=body)
    assert told["source"]["pointer"] == pointer
    assert told["code"] == "10015"
    assert told["title"]
    assert told["detail"]
    assert customer.call("GET", "/porting_orders") == []


def test_no_json_is_a_bad_request(customer: Customer) -> None:
    assert customer.errors("POST", "/porting_orders", 400, content=b"{")[0]["code"] == "10015"


@pytest.mark.parametrize("header", [{}, {"authorization": "Basic a2V5"}, {"authorization": "Bearer"}])
def test_without_a_key_nobody_comes_in(simulator: Running, header: dict[str, str]) -> None:
    response = httpx2.get(f"{simulator.url}/telnyx/v2/porting_orders", headers=header)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (401, "10009")


def test_strict_takes_its_own_key_only() -> None:
    with running(strict=True) as simulator:
        assert Customer(simulator.url, "KEY-simulator").call("GET", "/porting_orders") == []
        assert Customer(simulator.url, "KEY-other").errors("GET", "/porting_orders", 401)


def test_accounts_do_not_see_each_other(simulator: Running, customer: Customer) -> None:
    (order,) = customer.draft()
    other = Customer(simulator.url, "KEY-2")
    assert other.call("GET", "/porting_orders") == []
    assert other.errors("GET", f"/porting_orders/{order}", 404)[0]["code"] == "10005"
    assert "KEY-1" not in str(simulator.orders()), "a key is nobody's business"


def test_what_it_does_not_know_is_not_found(customer: Customer) -> None:
    assert customer.errors("GET", "/porting_orders/nothing", 404)
    assert customer.errors("GET", "/no/such/path", 404)


def test_an_incomplete_draft_is_not_confirmed(customer: Customer) -> None:
    (order,) = customer.draft()
    told = customer.errors("POST", f"/porting_orders/{order}/actions/confirm", 422)
    pointers = {each["source"]["pointer"] for each in told}
    assert pointers == {
        "/documents/loa",
        *(f"/end_user/admin/{name}" for name in ADMIN),
        *(f"/end_user/location/{name}" for name in LOCATION),
    }
    assert customer.status(order) == "draft"


def test_a_document_has_to_be_there(customer: Customer) -> None:
    (order,) = customer.draft()
    body = {"documents": {"loa": "8a5b98a0-5049-47c3-96e1-aa6c8d119117"}}
    told = customer.errors("PATCH", f"/porting_orders/{order}", 422, json=body)
    assert told[0]["source"]["pointer"] == "/documents/loa"


def test_what_is_left_out_of_a_change_stays(customer: Customer) -> None:
    (order,) = customer.draft()
    customer.complete(order, webhook_url="https://customer.example/in")
    customer.call("PATCH", f"/porting_orders/{order}", json={"end_user": {"admin": {"entity_name": "Acme Ltd"}}})
    told = customer.get(order)
    assert told["end_user"]["admin"]["entity_name"] == "Acme Ltd"
    assert told["end_user"]["admin"]["account_number"] == "4711"
    assert told["webhook_url"] == "https://customer.example/in"
    customer.call("PATCH", f"/porting_orders/{order}", json={"webhook_url": None})
    assert customer.get(order)["webhook_url"] is None


def test_a_confirmed_order_is_not_confirmed_again_nor_deleted(customer: Customer) -> None:
    (order,) = customer.sent()
    assert customer.errors("POST", f"/porting_orders/{order}/actions/confirm", 422)
    assert customer.errors("DELETE", f"/porting_orders/{order}", 422)
    (draft,) = customer.draft()
    assert customer.errors("POST", f"/porting_orders/{draft}/actions/cancel", 422)
    customer.call("DELETE", f"/porting_orders/{draft}", 204)
    assert customer.errors("GET", f"/porting_orders/{draft}", 404)
    assert [each["id"] for each in customer.call("GET", "/porting_orders")] == [order]


def test_a_rejection_comes_back_as_exception_and_is_sent_again(simulator: Running, customer: Customer) -> None:
    reject = {"says": "reject", "after_hours": 3, "reason": "PIN_INVALID"}
    simulator.script("o1", {"sendings": [[reject], [{"says": "foc", "after_hours": 1, "foc_hours": 90}]]})
    (order,) = customer.sent("o1:1")
    simulator.advance(3)
    (detail,) = customer.get(order)["status"]["details"]
    assert from_vendor("telnyx", detail["code"], detail["description"]).code == "PIN_INVALID"
    simulator.advance(24)
    assert customer.status(order) == "exception"
    body = {"customer_reference": "o1:2", "end_user": {"admin": {"pin_passcode": "1234"}}}
    customer.call("PATCH", f"/porting_orders/{order}", json=body)
    assert customer.status(order) == "exception", "a change alone does not send it"
    assert customer.confirm(order)["status"] == {"value": "in-process", "details": []}
    simulator.advance(1)
    assert customer.status(order) == "foc-date-confirmed"


@pytest.mark.parametrize(
    "reason", ["NAME_MISMATCH", "ADDRESS_MISMATCH", "PENDING_ORDER", "LOA_ILLEGIBLE", "TN_INACTIVE"]
)
def test_reasons_survive_the_vendors_codes(simulator: Running, customer: Customer, reason: str) -> None:
    (order,) = customer.sent()
    simulator.say(order, "reject", reason=reason)
    (detail,) = customer.get(order)["status"]["details"]
    assert from_vendor("telnyx", detail["code"], detail["description"]).code == reason


def test_a_status_nobody_knows_is_told_as_it_is(simulator: Running, customer: Customer) -> None:
    (order,) = customer.sent()
    simulator.say(order, "puzzle", raw="held-by-gnomes")
    assert customer.status(order) == "held-by-gnomes"


def test_a_new_date_before_the_foc_is_a_new_sending(simulator: Running, customer: Customer) -> None:
    later = [{"says": "foc", "after_hours": 5, "foc_hours": 240}]
    simulator.script("o1", {"sendings": [GOOD["sendings"][0], later]})
    (order,) = customer.sent()
    simulator.advance(4)
    window = customer.call("GET", f"/porting_orders/{order}/allowed_foc_windows")[5]
    body = {"customer_reference": "o1:2", "activation_settings": {"foc_datetime_requested": window["started_at"]}}
    customer.call("PATCH", f"/porting_orders/{order}", json=body)
    assert customer.status(order) == "in-process"
    assert simulator.orders("o1")[0]["sendings"] == 2
    assert customer.errors(
        "PATCH",
        f"/porting_orders/{order}",
        422,
        json={"activation_settings": {"foc_datetime_requested": "2001-01-01T00:00:00Z"}},
    )
    simulator.advance(24 * 5)
    assert customer.status(order) == "foc-date-confirmed", "the date of the first sending does not count any more"


def test_the_account_of_a_confirmed_order_is_fixed_but_its_reference_is_not(
    simulator: Running, customer: Customer
) -> None:
    simulator.script("o1", GOOD)
    (order,) = customer.sent()
    simulator.advance(4)
    told = customer.errors("PATCH", f"/porting_orders/{order}", 422, json={"end_user": {"admin": {"entity_name": "B"}}})
    assert told[0]["source"]["pointer"] == "/end_user"
    customer.call("PATCH", f"/porting_orders/{order}", json={"customer_reference": "o1-split-1:1"})
    assert customer.status(order) == "foc-date-confirmed", "the script stays with it"
    assert simulator.orders("o1-split-1")[0]["sendings"] == 1


def test_cancelling_is_frozen_for_48_hours_before_the_foc(simulator: Running, customer: Customer) -> None:
    simulator.script("o1", GOOD)
    early, late = customer.sent()[0], customer.sent()[0]
    simulator.advance(4 + 96 - 48.1)
    assert customer.call("POST", f"/porting_orders/{early}/actions/cancel")["status"]["value"] == "cancelled"
    assert customer.errors("POST", f"/porting_orders/{early}/actions/cancel", 422)
    simulator.advance(0.2)
    assert customer.errors("POST", f"/porting_orders/{late}/actions/cancel", 422)
    simulator.advance(50)
    assert customer.status(late) == "ported"
    assert customer.status(early) == "cancelled"


def test_a_cancellation_may_be_under_review(simulator: Running, customer: Customer) -> None:
    simulator.script("o1", {**GOOD, "cancel_hours": 6})
    (order,) = customer.sent()
    assert customer.call("POST", f"/porting_orders/{order}/actions/cancel")["status"]["value"] == "cancel-pending"
    simulator.advance(5)
    assert customer.status(order) == "cancel-pending", "what the losing carrier says meanwhile changes nothing"
    simulator.advance(1)
    assert customer.status(order) == "cancelled"


def on_demand(simulator: Running, customer: Customer, **script: Any) -> str:
    simulator.script("o1", {**GOOD, **script})
    (order,) = customer.sent(activation_settings={"activation_type": "on-demand"})
    simulator.advance(4)
    return order


def test_numbers_on_demand_move_when_told_inside_the_window(simulator: Running, customer: Customer) -> None:
    order = on_demand(simulator, customer)
    (job,) = customer.call("GET", f"/porting_orders/{order}/activation_jobs")
    assert (job["status"], job["activation_type"]) == ("created", "on-demand")
    told = customer.errors("POST", f"/porting_orders/{order}/actions/activate", 422)
    assert job["activation_windows"][0]["start_at"] in told[0]["detail"], "it says when"
    foc_at = datetime.fromisoformat(customer.get(order)["activation_settings"]["foc_datetime_actual"])
    simulator.move(foc_at)
    assert customer.status(order) == "foc-date-confirmed", "they wait"
    job = customer.call("POST", f"/porting_orders/{order}/actions/activate", 202)
    assert job["status"] == "in-process"
    assert customer.call("GET", f"/porting_orders/{order}/activation_jobs/{job['id']}")["status"] == "completed"
    assert customer.status(order) == "ported"
    assert customer.errors("POST", f"/porting_orders/{order}/actions/activate", 422)


def test_numbers_on_demand_move_by_themselves_at_the_end_of_the_window(simulator: Running, customer: Customer) -> None:
    order = on_demand(simulator, customer)
    (job,) = customer.call("GET", f"/porting_orders/{order}/activation_jobs")
    ends_at = datetime.fromisoformat(job["activation_windows"][0]["end_at"])
    simulator.move(ends_at - timedelta(seconds=5))
    assert customer.status(order) == "foc-date-confirmed"
    simulator.move(ends_at)
    assert customer.status(order) == "ported"


def test_a_scheduled_order_is_not_told_to_move(simulator: Running, customer: Customer) -> None:
    simulator.script("o1", GOOD)
    (order,) = customer.sent()
    simulator.advance(4)
    told = customer.errors("POST", f"/porting_orders/{order}/actions/activate", 422)
    assert told[0]["source"]["pointer"] == "/activation_settings/activation_type"


def test_numbers_that_failed_come_up_when_activated_again(simulator: Running, customer: Customer) -> None:
    order = on_demand(simulator, customer, dead_numbers=1, activate_again=True)
    simulator.move(datetime.fromisoformat(customer.get(order)["activation_settings"]["foc_datetime_actual"]))
    customer.call("POST", f"/porting_orders/{order}/actions/activate", 202)
    assert [n["activation_status"] for n in customer.get(order)["phone_numbers"]] == ["Failed", "Active"]
    assert [n["status"] for n in customer.call("GET", "/phone_numbers")] == ["port-failed", "active"]
    customer.call("POST", f"/porting_orders/{order}/actions/activate", 202)
    assert [n["activation_status"] for n in customer.get(order)["phone_numbers"]] == ["Active", "Active"]


def test_the_requested_moment_is_confirmed_where_nothing_else_is_scripted(
    simulator: Running, customer: Customer
) -> None:
    (order,) = customer.draft("my own reference")
    window = customer.call("GET", f"/porting_orders/{order}/allowed_foc_windows")[6]
    customer.complete(order, activation_settings={"foc_datetime_requested": window["started_at"]})
    customer.confirm(order)
    simulator.advance(48)
    assert customer.get(order)["activation_settings"]["foc_datetime_actual"] == window["started_at"]


def test_lists_are_filtered_and_paged(customer: Customer) -> None:
    ids = [customer.draft(f"o{number}:1")[0] for number in range(5)]

    def listed(**params: str) -> list[str]:
        return [each["id"] for each in customer.call("GET", "/porting_orders", params=params)]

    assert listed() == ids[::-1]
    assert listed(**{"filter[customer_reference]": "o3:1"}) == [ids[3]]
    assert listed(**{"filter[phone_numbers][phone_number][contains]": "6175550151"}) == ids[::-1]
    assert listed(**{"filter[phone_numbers][phone_number][contains]": "999"}) == []
    assert listed(**{"sort[value]": "created_at", "page[size]": "2", "page[number]": "2"}) == ids[2:4]
    meta = customer.http.get("/porting_orders", params={"page[size]": "2"}).json()["meta"]
    assert meta == {"page_number": 1, "page_size": 2, "total_pages": 3, "total_results": 5}
    assert customer.errors("GET", "/porting_orders", 422, params={"page[size]": "251"})
    without = customer.call("GET", "/porting_orders", params={"include_phone_numbers": "false"})
    assert {(len(each["phone_numbers"]), each["porting_phone_numbers_count"]) for each in without} == {(0, 2)}


def test_numbers_that_cannot_be_taken_are_named(simulator: Running, customer: Customer) -> None:
    simulator.script("o1", {"not_portable": {NUMBERS[1]: "No coverage"}})
    told = customer.call("POST", "/portability_checks", 201, json={"phone_numbers": [*NUMBERS, "+447700900123"]})
    assert [(n["portable"], n["fast_portable"], n["not_portable_reason"]) for n in told] == [
        (True, True, ""),
        (False, False, "No coverage"),
        (True, False, ""),
    ]


def test_the_registry_names_whoever_serves_a_number(simulator: Running, customer: Customer) -> None:
    simulator.script("o1", {**GOOD, "routing_hours": 2})

    def served() -> str:
        looked_up: str = customer.call("GET", f"/number_lookup/{NUMBERS[0]}")["portability"]["spid_carrier_name"]
        return looked_up

    customer.sent()
    before = served()
    simulator.advance(101)
    assert served() == before, "the registry lags behind"
    simulator.advance(2)
    assert served() != before
    assert customer.errors("GET", "/number_lookup/12", 422)


def test_messaging_moves_after_voice_where_it_is_wanted(simulator: Running, customer: Customer) -> None:
    simulator.script("o1", {**GOOD, "messaging_hours": 3})
    (order,) = customer.sent(messaging={"enable_messaging": True})
    (plain,) = customer.sent("o1:1")

    def where(order: str) -> tuple[str, bool]:
        told = customer.get(order)["messaging"]
        return told["messaging_port_status"], told["messaging_port_completed"]

    assert where(order) == ("pending", False)
    simulator.advance(101)
    assert where(order) == ("activating", False)
    simulator.advance(3)
    assert where(order) == ("ported", True)
    assert where(plain) == ("not_applicable", False)


def test_numbers_arrive_configured_and_can_be_changed(simulator: Running, customer: Customer) -> None:
    simulator.script("o1", GOOD)
    customer.sent(phone_number_configuration={"connection_id": "77", "tags": ["boston"]})
    simulator.advance(101)
    line = customer.call("GET", "/phone_numbers", params={"filter[phone_number]": NUMBERS[0][1:]})[0]
    assert (line["connection_id"], line["tags"]) == ("77", ["boston"])
    customer.call("PATCH", f"/phone_numbers/{line['id']}", json={"connection_id": "88"})
    customer.call("PATCH", f"/phone_numbers/{line['id']}/messaging", json={"messaging_profile_id": "p1"})
    body = {"emergency_enabled": True, "emergency_address_id": "e1"}
    customer.call("POST", f"/phone_numbers/{line['id']}/actions/enable_emergency", json=body)
    line = customer.call("GET", f"/phone_numbers/{line['id']}")
    told = (line["connection_id"], line["messaging_profile_id"], line["emergency_address_id"], line["emergency_status"])
    assert told == ("88", "p1", "e1", "active")


def test_the_desk_and_the_customer_write_to_each_other(simulator: Running, customer: Customer) -> None:
    simulator.script("o1", {**GOOD, "desk": [{"text": "Which BTN?", "after_hours": 1}]})
    (order,) = customer.sent()
    customer.call("POST", f"/porting_orders/{order}/comments", 201, json={"body": "Please hurry."})
    simulator.advance(1)
    simulator.say(order, "comment", text="Done.")
    told = customer.call("GET", f"/porting_orders/{order}/comments")
    assert [(each["user_type"], each["body"]) for each in told] == [
        ("user", "Please hurry."),
        ("admin", "Which BTN?"),
        ("admin", "Done."),
    ]
    assert customer.errors("POST", f"/porting_orders/{order}/comments", 422, json={"body": ""})


def test_a_draft_nobody_touches_dies_after_thirty_days(simulator: Running, customer: Customer) -> None:
    (touched,), (order,) = customer.draft(), customer.draft()
    simulator.advance(29 * 24)
    customer.complete(touched)
    simulator.advance(2 * 24)
    assert customer.errors("GET", f"/porting_orders/{order}", 404)
    assert customer.status(touched) == "draft"


def test_a_supplement_may_get_its_reference_afterwards(simulator: Running, customer: Customer) -> None:
    reject = {"says": "reject", "after_hours": 1, "reason": "PIN_INVALID"}
    simulator.script("o1", {"sendings": [[reject], [reject], [{"says": "foc", "after_hours": 1, "foc_hours": 90}]]})
    (order,) = customer.sent("o1:1")
    for reference in ("o1:2", "o1:3"):
        simulator.advance(2)
        assert customer.status(order) == "exception"
        customer.confirm(order)
        customer.call("PATCH", f"/porting_orders/{order}", json={"customer_reference": reference})
        assert customer.status(order) == "in-process"
    simulator.advance(2)
    assert customer.status(order) == "foc-date-confirmed"
