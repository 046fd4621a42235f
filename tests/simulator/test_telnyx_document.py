"""Every answer of the simulator is one that Telnyx's own document describes."""

from __future__ import annotations

import pytest

from portolan.simulator.telnyx import TelnyxFacade
from portolan.simulator.testing import Running
from tests.simulator.customer import NUMBERS, Customer
from tests.simulator.document import SPECS, Document

NAME = "telnyx-porting.openapi.json"
pytestmark = pytest.mark.skipif(not (SPECS / NAME).exists(), reason=f"{SPECS / NAME} is not here")

#: The operations of the document that the simulator answers.
ANSWERED = {
    "ActivatePortingOrder", "CancelPortingOrder", "ConfirmPortingOrder", "CreateAdditionalDocuments", "CreateDocument",
    "CreatePhoneNumberConfigurations", "CreatePortingOrder", "CreatePortingOrderComment", "DeleteAdditionalDocument",
    "DeleteDocument", "DeletePortingOrder", "EnablePhoneNumberEmergency", "GetPhoneNumberMessagingSettings",
    "GetPhoneNumberVoiceSettings", "GetPortingOrder", "GetPortingOrdersActivationJob", "ListAdditionalDocuments",
    "ListAllowedFocWindows", "ListDocuments", "ListExceptionTypes", "ListPhoneNumberConfigurations",
    "ListPhoneNumbers", "ListPhoneNumbersWithMessagingSettings", "ListPhoneNumbersWithVoiceSettings",
    "ListPortingOrderActivationJobs", "ListPortingOrderComments", "ListPortingOrderRequirements", "ListPortingOrders",
    "ListPortingPhoneNumbers", "LookupNumber", "PostPortabilityCheck", "RetrieveDocument", "RetrievePhoneNumber",
    "UpdatePhoneNumber", "UpdatePhoneNumberMessagingSettings", "UpdatePhoneNumberVoiceSettings", "UpdatePortingOrder",
    "listPortingEvents", "republishPortingEvent", "showPortingEvent",
}  # fmt: skip


def test_a_whole_life_is_as_the_document_has_it(simulator: Running) -> None:
    document = Document(NAME, "/telnyx")
    customer = Customer(simulator.url)
    customer.http.event_hooks = {"response": [document.check]}
    script = {
        "sendings": [
            [{"says": "reject", "after_hours": 1, "reason": "PIN_INVALID"}],
            [{"says": "approve", "after_hours": 1}, {"says": "foc", "after_hours": 2, "foc_hours": 72}],
        ],
        "messaging_hours": 1,
        "desk": [{"text": "Which BTN?", "after_hours": 1}],
        "cancel_hours": 1,
    }
    simulator.script("o1", script)
    customer.call("POST", "/portability_checks", 201, json={"phone_numbers": NUMBERS})
    customer.call("GET", "/porting_orders/exception_types")
    (order,) = customer.draft()
    path = f"/porting_orders/{order}"
    windows = customer.call("GET", f"{path}/allowed_foc_windows")
    customer.call("GET", f"{path}/requirements")
    customer.complete(
        order,
        activation_settings={"foc_datetime_requested": windows[4]["started_at"]},
        misc={"type": "partial", "remaining_numbers_action": "keep"},
        messaging={"enable_messaging": True},
        phone_number_configuration={"connection_id": "77", "messaging_profile_id": "p", "tags": ["boston"]},
        webhook_url="https://customer.example/in",
        customer_group_reference="o1",
    )
    letter = customer.letter()
    customer.call("GET", f"/documents/{letter}")
    customer.call("GET", "/documents")
    body = {"additional_documents": [{"document_id": letter, "document_type": "csr"}]}
    (further,) = customer.call("POST", f"{path}/additional_documents", 201, json=body)
    customer.call("GET", f"{path}/additional_documents")
    customer.call("DELETE", f"{path}/additional_documents/{further['id']}", 204)
    customer.call("DELETE", f"/documents/{letter}")
    number = customer.get(order)["phone_numbers"][0]["id"]
    body = {"phone_number_configurations": [{"porting_phone_number_id": number, "user_bundle_id": order}]}
    customer.call("POST", "/porting_orders/phone_number_configurations", 201, json=body)
    customer.call("GET", "/porting_orders/phone_number_configurations")
    customer.confirm(order)
    simulator.advance(2)
    assert customer.status(order) == "exception"
    customer.call(
        "PATCH", path, json={"customer_reference": "o1:2", "activation_settings": {"activation_type": "on-demand"}}
    )
    customer.confirm(order)
    customer.call("POST", f"{path}/comments", 201, json={"body": "The main number."})
    customer.call("GET", f"{path}/comments")
    customer.call("GET", f"/number_lookup/{NUMBERS[0]}")
    (draft,) = customer.draft("o2:1")
    customer.call("DELETE", f"/porting_orders/{draft}", 204)
    (unwanted,) = customer.sent("o1:1")
    customer.call("POST", f"/porting_orders/{unwanted}/actions/cancel")
    simulator.say(order, "split", numbers=NUMBERS[1:])
    simulator.advance(74)
    customer.call("POST", f"{path}/actions/activate", 202)
    (job,) = customer.call("GET", f"{path}/activation_jobs")
    customer.call("GET", f"{path}/activation_jobs/{job['id']}")
    simulator.advance(2)
    assert customer.status(order) == "ported"
    customer.call("GET", "/porting_orders")
    customer.call("GET", "/porting_phone_numbers")
    customer.call("GET", f"/number_lookup/{NUMBERS[0]}")
    # The part that was split off moves at its own window's end, which may have come by now.
    (line,) = [one for one in customer.call("GET", "/phone_numbers") if one["phone_number"] == NUMBERS[0]]
    line_path = f"/phone_numbers/{line['id']}"
    customer.call("GET", line_path)
    customer.call("PATCH", line_path, json={"connection_id": "88"})
    customer.call("GET", "/phone_numbers/voice")
    customer.call("GET", f"{line_path}/voice")
    customer.call("PATCH", f"{line_path}/voice", json={"tech_prefix_enabled": True})
    customer.call("GET", "/phone_numbers/messaging")
    customer.call("GET", f"{line_path}/messaging")
    customer.call("PATCH", f"{line_path}/messaging", json={"messaging_profile_id": "q"})
    body = {"emergency_enabled": True, "emergency_address_id": "e"}
    customer.call("POST", f"{line_path}/actions/enable_emergency", json=body)
    events = customer.call("GET", "/porting/events", params={"page[size]": "250"})
    assert {event["event_type"].partition(".")[2] for event in events} == {
        "status_changed",
        "new_comment",
        "split",
        "messaging_changed",
        "deleted",
    }
    customer.call("GET", f"/porting/events/{events[0]['id']}")
    customer.call("POST", f"/porting/events/{events[0]['id']}/republish", 204)
    assert document.called == ANSWERED


def test_the_operations_are_called_as_the_document_calls_them(simulator: Running) -> None:
    operations = simulator.control("GET", "")["operations"][TelnyxFacade.vendor]
    assert set(operations) == ANSWERED
