from __future__ import annotations

import pytest

from portolan.domain.carrier import (
    BridgeWanted,
    CarrierStatus,
    Consent,
    MessagingStatus,
    NumberConfiguration,
    NumberStatus,
    PortBack,
)
from portolan.domain.errors import CarrierInvalid, CarrierRefused, CarrierUnavailable, OutcomeUnknown
from tests.carriers.twilio.fake import (
    ACCOUNT,
    AD,
    AP,
    DAY,
    FOC,
    HOOK,
    HOUR,
    MG,
    NUMBERS,
    START,
    TK,
    TOKEN,
    Scene,
    account,
    submission,
)

N1, N2, N3 = NUMBERS
VOICE = "https://voice.example/answer"


def moved(scene: Scene, *numbers: str) -> str:
    """A request of which these numbers have moved and are in the inventory."""
    held = scene.sent(submission()).carrier_order_id
    scene.dated(held)
    scene.clock.now = FOC
    scene.completed(held, *numbers)
    for number in numbers:
        scene.twilio.arrive(number)
    return held


def test_portability_is_told_in_the_order_of_the_numbers(scene: Scene) -> None:
    scene.twilio.unportable = {N2: (22133, "MANUAL_PORTING_AVAILABLE")}
    found = scene.carrier.check_portability("o1", [N3, N2, N1])
    assert [(one.number, one.portable) for one in found] == [(N3, True), (N2, False), (N1, True)]
    assert found[1].reason.startswith("Twilio 22133 MANUAL_PORTING_AVAILABLE: ")


def test_a_number_that_twilio_refuses_by_a_known_code_is_not_portable(scene: Scene) -> None:
    scene.twilio.refusals["portability"] = (400, {"code": 22102, "message": "not E.164"})
    (found,) = scene.carrier.check_portability("o1", [N1])
    assert (found.portable, found.reason[:22]) == (False, "Twilio 22102 not E.164")
    scene.twilio.refusals["portability"] = (400, {"code": 20001, "message": "odd"})
    with pytest.raises(CarrierRefused, match="odd"):
        scene.carrier.check_portability("o1", [N1])


def test_numbers_of_the_orders_own_request_are_portable_and_anothers_are_not(scene: Scene) -> None:
    held = scene.sent(submission(numbers=[N1, N2])).carrier_order_id
    scene.twilio.unportable = dict.fromkeys(NUMBERS, (22137, "PORT_IN_PROGRESS"))
    for order_id in ("o1", "o1-split-1", "o1-split-1-split-2"):
        found = scene.carrier.check_portability(order_id, NUMBERS)
        assert [one.portable for one in found] == [True, True, False]
    assert not any(one.portable for one in scene.carrier.check_portability("o2", NUMBERS))
    scene.carrier.cancel(held, "enough")
    assert not any(one.portable for one in scene.carrier.check_portability("o1", NUMBERS))


def test_what_twilio_has_no_call_for_says_so(scene: Scene) -> None:
    held = scene.sent(submission()).carrier_order_id
    assert scene.carrier.request_csr("o1", "Old Telco", "1").record is None
    assert scene.carrier.foc_windows(held) == []
    assert scene.carrier.comments(held) == []
    with pytest.raises(CarrierRefused, match="support"):
        scene.carrier.comment(held, "hello")
    with pytest.raises(CarrierRefused, match="bridge"):
        scene.carrier.build_bridge(BridgeWanted(key="k", order_id="o1", numbers=[N1]))
    assert scene.carrier.bridge("k") is None
    scene.carrier.remove_bridge("k")
    assert scene.carrier.activate(held) == scene.carrier.get(held)


def test_a_request_that_nobody_remembers_has_no_key(scene: Scene) -> None:
    scene.sent(submission())
    sid = scene.twilio.create(scene.twilio.bodies[0])["port_in_request_sid"]
    assert (scene.carrier.get(sid).key, scene.carrier.get(sid).attempt) == ("", 0)


def test_a_request_that_is_not_there_is_a_refusal(scene: Scene) -> None:
    with pytest.raises(CarrierRefused, match="404"):
        scene.carrier.get("KW" + "0" * 32)


def test_a_request_is_cancelled_once(scene: Scene) -> None:
    held = scene.sent(submission()).carrier_order_id
    scene.twilio.lost = ["cancel"]
    with pytest.raises(OutcomeUnknown):
        scene.carrier.cancel(held, "enough")
    assert scene.carrier.cancel(held, "enough").status is CarrierStatus.CANCELLED
    assert scene.twilio.calls.count("cancel") == 1


def test_a_request_is_not_withdrawn_while_twilio_is_at_it(scene: Scene) -> None:
    held = scene.sent(submission()).carrier_order_id
    scene.twilio.reviews = True
    for _ in range(2):
        with pytest.raises(CarrierUnavailable, match="not cancelled 3 numbers"):
            scene.carrier.cancel(held, "enough")
    at_it = scene.carrier.get(held)
    assert (at_it.status, at_it.raw_status) == (CarrierStatus.UNKNOWN, "In Review (3 canceling)")
    scene.twilio.decided(held)
    assert scene.carrier.cancel(held, "enough").status is CarrierStatus.CANCELLED
    assert scene.twilio.calls.count("cancel") == 1


def test_the_date_of_a_number_that_was_refused_freezes_nothing(scene: Scene) -> None:
    held = scene.sent(submission()).carrier_order_id
    said = {"port_in_phone_number_status": "port_rejected", "port_date": (START - DAY).isoformat()}
    scene.twilio.say(held, "Action Required", dict.fromkeys(NUMBERS, said))
    assert scene.carrier.cancel(held, "enough").status is CarrierStatus.CANCELLED


@pytest.mark.parametrize(("before", "cancelled"), [(48 * HOUR, True), (48 * HOUR - HOUR / 60, False), (-HOUR, False)])
def test_no_request_is_cancelled_in_the_last_48_hours(scene: Scene, before: object, cancelled: bool) -> None:
    held = scene.sent(submission()).carrier_order_id
    scene.dated(held, N2)
    scene.clock.now = FOC - before  # type: ignore[operator]
    if cancelled:
        assert scene.carrier.cancel(held, "enough").status is CarrierStatus.CANCELLED
    else:
        with pytest.raises(CarrierRefused, match=r"2026-03-16 15:30 UTC.*port them back"):
            scene.carrier.cancel(held, "enough")
        assert "cancel" not in scene.twilio.calls


def test_an_expired_request_is_over_and_needs_no_cancelling(scene: Scene) -> None:
    held = scene.sent(submission()).carrier_order_id
    scene.twilio.say(held, "Expired")
    scene.carrier.cancel(held, "enough")
    assert "cancel" not in scene.twilio.calls


def test_a_request_of_which_a_number_has_moved_is_not_cancelled(scene: Scene) -> None:
    with pytest.raises(CarrierRefused, match="Port the numbers back"):
        scene.carrier.cancel(moved(scene, N1), "enough")
    assert "cancel" not in scene.twilio.calls


def test_changes_name_what_changed_since_and_every_few_hours_all_that_goes_on(scene: Scene) -> None:
    old, busy = (scene.sent(submission(order_id=o, numbers=[n])).carrier_order_id for o, n in (("o1", N1), ("o2", N2)))
    done = scene.sent(submission(order_id="o3", numbers=[N3])).carrier_order_id
    first = scene.carrier.changes("")
    assert set(first.carrier_order_ids) == {old, busy, done}
    scene.clock.now += HOUR
    scene.twilio.say(busy, "In Progress")
    second = scene.carrier.changes(first.cursor)
    assert busy in second.carrier_order_ids
    assert scene.carrier.changes(second.cursor).carrier_order_ids == [busy]  # twice does no harm
    scene.clock.now += HOUR
    scene.twilio.say(done, "Completed")
    third = scene.carrier.changes(second.cursor)
    assert set(third.carrier_order_ids) == {busy, done}
    scene.clock.now += 5 * HOUR
    assert set(scene.carrier.changes(third.cursor).carrier_order_ids) == {old, busy, done}
    assert set(scene.carrier.changes("no cursor at all").carrier_order_ids) == {old, busy, done}


def test_a_change_dated_ahead_hides_no_other(scene: Scene) -> None:
    ahead, other = (
        scene.sent(submission(order_id=o, numbers=[n])).carrier_order_id for o, n in (("o1", N1), ("o2", N2))
    )
    scene.twilio.requests[ahead]["_updated"] = (START + 5 * HOUR).isoformat()
    cursors = [scene.carrier.changes("").cursor, f"{(START + 5 * HOUR).isoformat()} {START.isoformat()}"]
    scene.clock.now += HOUR
    scene.twilio.say(other, "In Progress")
    for cursor in cursors:
        assert other in scene.carrier.changes(cursor).carrier_order_ids


def test_a_day_without_a_time_counts_as_all_of_that_day(scene: Scene) -> None:
    dated, newer, undated = (
        scene.sent(submission(order_id=o, numbers=[n])).carrier_order_id
        for o, n in (("o1", N1), ("o2", N2), ("o3", N3))
    )
    scene.twilio.requests[newer]["_updated"] = START.isoformat()
    cursor = scene.carrier.changes("").cursor
    scene.twilio.requests[dated]["_updated"] = "2026-03-02"
    scene.twilio.requests[newer]["_updated"] = "2026-03-01"
    scene.twilio.requests[undated]["_updated"] = None
    assert set(scene.carrier.changes(cursor).carrier_order_ids) == {dated, undated}


def test_messages_are_asked_for_once(scene: Scene) -> None:
    scene.carrier.listen()
    scene.carrier.listen()
    assert scene.twilio.hooks == {"port_in_target_url": HOOK, "notifications_of": []}
    assert scene.twilio.calls == ["hooks", "set_hooks", "hooks"]


def test_what_others_set_up_beside_the_messages_is_kept(scene: Scene) -> None:
    theirs = {"port_out_target_url": "https://other.example/out", "notifications_of": ["PortOutPhoneNumberCompleted"]}
    scene.twilio.hooks = dict(theirs)
    scene.carrier.listen()
    assert scene.twilio.hooks["port_out_target_url"] == "https://other.example/out"
    assert scene.twilio.hooks["port_in_target_url"] == HOOK
    assert {"PortOutPhoneNumberCompleted", "PortInPhoneNumberRejected"} <= set(scene.twilio.hooks["notifications_of"])
    scene.twilio.hooks["notifications_of"].remove("PortInCompleted")
    scene.carrier.listen()
    scene.carrier.listen()
    assert "PortInCompleted" in scene.twilio.hooks["notifications_of"]
    assert scene.twilio.calls.count("set_hooks") == 2


def test_messages_that_go_to_somebody_else_stay_there(scene: Scene) -> None:
    theirs = {"port_in_target_url": "https://user:secret@other.example/in?token=1", "notifications_of": []}
    scene.twilio.hooks = dict(theirs)
    with pytest.raises(CarrierRefused, match=r"https://other.example/in, ") as raised:
        scene.carrier.listen()
    assert "secret" not in str(raised.value)
    assert scene.twilio.hooks == theirs


def test_without_an_address_no_messages_are_asked_for() -> None:
    scene = Scene(webhook_url="")
    scene.carrier.listen()
    assert scene.twilio.calls == []
    assert next(check for check in scene.carrier.verify() if check.name == "messages").passed is None


def test_an_account_is_verified_without_making_anything(scene: Scene) -> None:
    checks = {check.name: check.passed for check in scene.carrier.verify()}
    assert checks == {
        "credentials": True,
        "port-in requests": True,
        "inventory": True,
        "messages": True,
        "messaging services": None,
        "look-up": None,
        "bills and requests": None,
    }
    assert scene.twilio.calls == ["account", "list", "incoming", "hooks"]


def test_what_an_account_may_not_do_is_told(scene: Scene) -> None:
    scene.twilio.refusals = {"account": (401, {}), "list": (403, {}), "incoming": (500, {})}
    scene.twilio.hooks = {"port_in_target_url": "https://other.example/in"}
    checks = {check.name: check for check in scene.carrier.verify()}
    assert [checks[name].passed for name in ("credentials", "port-in requests", "inventory", "messages")] == [False] * 4
    assert "https://other.example/in" in checks["messages"].words
    assert not any(TOKEN in check.words for check in checks.values())


@pytest.mark.parametrize(("flow", "field"), [(VOICE, "voice_url"), (AP, "voice_application_sid"), (TK, "trunk_sid")])
def test_calls_of_numbers_that_have_arrived_go_where_they_are_wanted(scene: Scene, flow: str, field: str) -> None:
    held = moved(scene, *NUMBERS)
    wanted = NumberConfiguration(contact_flow=flow, emergency_address=AD, messaging_profile=MG)
    scene.carrier.configure(held, NumberConfiguration(contact_flow="https://before.example"))
    assert scene.carrier.configure(held, wanted)
    for number in scene.twilio.inventory.values():
        voice = {name: number[name] for name in ("voice_url", "voice_application_sid", "trunk_sid") if number[name]}
        assert (voice, number["emergency_address_sid"]) == ({field: flow}, AD)
    assert scene.twilio.services[MG] == set(scene.twilio.inventory)
    calls = len([call for call in scene.twilio.calls if call in {"update", "join"}])
    assert scene.carrier.configure(held, wanted)
    assert len([call for call in scene.twilio.calls if call in {"update", "join"}]) == calls


def test_numbers_that_have_not_arrived_are_configured_later(scene: Scene) -> None:
    held = scene.sent(submission()).carrier_order_id
    wanted = NumberConfiguration(contact_flow=VOICE)
    assert scene.carrier.configure(held, wanted) is False
    scene.completed(held, N1)
    assert scene.carrier.configure(held, wanted) is False  # it has moved, and is not in the inventory yet
    first = scene.twilio.arrive(N1)
    assert scene.carrier.configure(held, wanted) is False
    assert scene.twilio.inventory[first]["voice_url"] == VOICE
    scene.completed(held)
    scene.twilio.arrive(N2)
    assert scene.carrier.configure(held, wanted) is False
    scene.twilio.arrive(N3)
    assert scene.carrier.configure(held, wanted) is True


@pytest.mark.parametrize(
    "fields",
    [
        {"contact_flow": "Sales queue"},
        {"contact_flow": "AP12"},
        {"routing": "east"},
        {"emergency_address": "12 Harbor Street"},
        {"messaging_profile": "default"},
    ],
)
def test_a_configuration_that_twilio_does_not_have_is_refused_at_once(scene: Scene, fields: dict[str, str]) -> None:
    held = moved(scene, N1)
    calls = list(scene.twilio.calls)
    with pytest.raises(CarrierInvalid, match=next(iter(fields))):
        scene.carrier.configure(held, NumberConfiguration.model_validate(fields))
    assert scene.twilio.calls == calls


def test_a_configuration_is_taken_from_numbers_again(scene: Scene) -> None:
    held = moved(scene, *NUMBERS)
    scene.carrier.configure(held, NumberConfiguration(contact_flow=VOICE, emergency_address=AD, messaging_profile=MG))
    scene.carrier.unconfigure(held)
    for number in scene.twilio.inventory.values():
        assert not number["voice_url"]
        assert not number["emergency_address_sid"]
    assert scene.twilio.services[MG] == set()
    changes = [scene.twilio.calls.count(call) for call in ("update", "leave")]
    scene.carrier.unconfigure(held)
    assert [scene.twilio.calls.count(call) for call in ("update", "leave")] == changes


def test_numbers_leave_the_last_of_many_messaging_services(scene: Scene) -> None:
    held = moved(scene, N1)
    names = [*(f"MG{n:032x}" for n in range(250)), MG]
    scene.twilio.services = {name: set() for name in names}
    scene.carrier.configure(held, NumberConfiguration(messaging_profile=MG))
    assert scene.twilio.services[MG]
    scene.carrier.unconfigure(held)
    assert not scene.twilio.services[MG]
    assert scene.twilio.calls.count("services") == 3


def test_messaging_services_of_a_sub_account_are_out_of_reach() -> None:
    scene = Scene(target_account_sid="AC" + "b" * 32)
    held = moved(scene, *NUMBERS)
    calls = len(scene.twilio.calls)
    with pytest.raises(CarrierInvalid, match="out of reach"):
        scene.carrier.configure(held, NumberConfiguration(contact_flow=VOICE, messaging_profile=MG))
    assert scene.twilio.calls[calls:] == []
    with pytest.raises(CarrierInvalid, match="out of reach"):
        scene.carrier.messaging(held, MG)
    assert scene.carrier.configure(held, NumberConfiguration(contact_flow=VOICE))
    scene.carrier.unconfigure(held)
    assert not {"services", "member", "join"} & set(scene.twilio.calls)
    told = next(check for check in scene.carrier.verify() if check.name == "messaging services")
    assert "out of reach" in told.words


def test_numbers_that_are_still_to_come_have_no_configuration_to_take(scene: Scene) -> None:
    held = scene.sent(submission()).carrier_order_id
    calls = len(scene.twilio.calls)
    scene.carrier.unconfigure(held)
    assert scene.twilio.calls[calls:] == ["get"]


def test_messaging_settles_in_the_service_of_the_campaign(scene: Scene) -> None:
    held = moved(scene, N1, N2)
    sids = {one["phone_number"]: sid for sid, one in scene.twilio.inventory.items()}
    scene.twilio.inventory[sids[N2]]["capabilities"]["sms"] = False
    for _ in range(2):
        assert scene.carrier.messaging(held, MG) == {
            N1: MessagingStatus.SETTLED,
            N2: MessagingStatus.ACTIVATING,
            N3: MessagingStatus.PENDING,
        }
    assert (scene.twilio.services[MG], scene.twilio.calls.count("join")) == ({sids[N1]}, 1)


def test_messaging_without_a_campaign_settles_with_the_number(scene: Scene) -> None:
    held = moved(scene, N1)
    assert scene.carrier.messaging(held, "")[N1] is MessagingStatus.SETTLED
    assert "join" not in scene.twilio.calls
    with pytest.raises(CarrierInvalid, match="campaign"):
        scene.carrier.messaging(held, "C12345")


def test_the_look_up_proves_twilio_and_nothing_else(scene: Scene) -> None:
    scene.twilio.carriers = {N1: "Twilio - SMS/MMS-SVR", N2: "Old Telco"}
    found = scene.carrier.routing("KW1", NUMBERS)
    assert [(one.number, one.at_gaining, one.carrier) for one in found] == [
        (N1, True, "Twilio - SMS/MMS-SVR"),
        (N2, None, "Old Telco"),
        (N3, None, ""),
    ]


def test_a_return_is_asked_for_by_a_person_and_its_consent_is_told(scene: Scene) -> None:
    held = moved(scene, *NUMBERS)
    request = PortBack(
        key="o1:port-back:snapback",
        order_id="o1",
        carrier_order_id=held,
        decided_by="Grace",
        reason="dead air",
        decided_at=FOC,
        stage="snapback",
        not_after=FOC + DAY,
    )
    scene.returns.consent = Consent.REQUESTED
    assert scene.carrier.port_back(request).consent is Consent.REQUESTED
    assert scene.carrier.port_back(request).numbers == dict.fromkeys(NUMBERS, NumberStatus.ACTIVE)
    assert scene.returns.asked == [request.key]
    found = scene.carrier.find("o1:1")
    assert found is not None
    assert found.consent is Consent.REQUESTED


def test_of_a_refusal_twilios_code_and_words_are_shown_and_no_more(scene: Scene) -> None:
    scene.twilio.refusals["get"] = (400, {"code": 20001, "message": "odd", "phone_numbers": [{"pin": "0042"}]})
    with pytest.raises(CarrierRefused, match=r"400: 20001 odd\.") as raised:
        scene.carrier.get("KW1")
    assert "42" not in f"{raised.value!s}{raised.value!r}{vars(raised.value)}"


def test_no_secret_is_shown(scene: Scene) -> None:
    scene.twilio.refusals["get"] = (401, {})
    with pytest.raises(Exception, match="401") as raised:
        scene.carrier.get("KW1")
    shown = f"{raised.value!r} {scene.carrier!r} {vars(scene.carrier)!r} {account()!r}"
    assert TOKEN not in shown
    assert ACCOUNT.account_number not in shown
