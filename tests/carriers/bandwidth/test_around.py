"""Everything around the order: cancelling, activating, notes, places, messages subscribed to, changes, port-backs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from portolan.carriers.accounts import BandwidthAccount
from portolan.carriers.bandwidth import Bandwidth
from portolan.carriers.bandwidth.listening import LASTS
from portolan.domain.carrier import (
    BridgeWanted,
    CarrierStatus,
    Consent,
    MessagingStatus,
    NumberStatus,
    PortBack,
    SendKind,
)
from portolan.domain.errors import (
    CarrierInvalid,
    CarrierRefused,
    CarrierRejected,
    CarrierUnavailable,
    OutcomeUnknown,
)
from tests.carriers.bandwidth.fake import NOW, NUMBERS, Desk, Held, account, configured, ok, submission

FOC_AT = datetime(2026, 3, 13, 15, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def _foc(held: Held, **fields: str) -> None:
    held.state = "FOC"
    held.fields |= {"ActualFocDate": "2026-03-13T15:30:00Z", "PortType": "AUTOMATED", **fields}


def test_an_order_is_withdrawn_once(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    for _ in range(2):
        with pytest.raises(CarrierUnavailable, match=r"order-1 as REQUESTED_CANCEL"):
            carrier.cancel(order.carrier_order_id, "customer stays")
    assert carrier.get(order.carrier_order_id).raw_status == "REQUESTED_CANCEL"
    held.state = "CANCELLED"
    assert carrier.cancel(order.carrier_order_id, "customer stays").status is CarrierStatus.CANCELLED
    assert desk.fake.calls.count("DELETE portins/order-1") == 1


def test_a_withdrawal_that_the_losing_carrier_denied_is_asked_for_again(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    for _ in range(2):
        with pytest.raises(CarrierUnavailable):
            carrier.cancel(order.carrier_order_id, "")
        _foc(held)
    assert desk.fake.calls.count("DELETE portins/order-1") == 2


@pytest.mark.parametrize("withdrawn", [False, True])
def test_what_a_supplement_left_out_is_asked_about_and_withdrawn_with_the_order(desk: Desk, withdrawn: bool) -> None:
    desk.fake.groups = [["2125550101"], ["2125550102"]]
    carrier, order, kept = desk.submitted()
    left = desk.fake.portins[order.parts[1].carrier_order_id]
    carrier.submit(
        submission(attempt=2, kind=SendKind.SUPPLEMENT, carrier_order_id=order.carrier_order_id, numbers=NUMBERS[:1])
    )
    mine = carrier.get(order.carrier_order_id)
    assert (list(mine.numbers), mine.status) == (NUMBERS[:1], CarrierStatus.RECEIVED)
    assert order.parts[1].carrier_order_id in mine.asks
    assert NUMBERS[1] in mine.asks
    if withdrawn:
        kept.state = "CANCELLED"
        assert carrier.get(order.carrier_order_id).status is CarrierStatus.UNKNOWN
    with pytest.raises(CarrierUnavailable):
        carrier.cancel(order.carrier_order_id, "")
    assert left.state == "REQUESTED_CANCEL"
    kept.state = "CANCELLED"
    with pytest.raises(CarrierUnavailable):
        carrier.cancel(order.carrier_order_id, "")
    left.state = "CANCELLED"
    assert carrier.cancel(order.carrier_order_id, "").status is CarrierStatus.CANCELLED


def test_a_part_taken_over_is_no_longer_the_orders_to_withdraw(desk: Desk) -> None:
    desk.fake.groups = [["2125550101"], ["2125550102"]]
    carrier, order, _ = desk.submitted()
    other = desk.fake.portins[order.parts[1].carrier_order_id]
    carrier.submit(submission("acme-1-split-1", numbers=NUMBERS[1:]))
    assert carrier.get(order.carrier_order_id).asks == ""
    with pytest.raises(CarrierUnavailable):
        carrier.cancel(order.carrier_order_id, "")
    assert other.state == "REQUESTED_SUPP"


def test_a_part_let_go_by_an_order_that_broke_off_is_not_lost(desk: Desk) -> None:
    desk.fake.groups = [["2125550101"], ["2125550102"]]
    carrier, order, _ = desk.submitted()
    other = desk.fake.portins[order.parts[1].carrier_order_id]
    desk.fake.lose = desk.fake.changes + 1
    with pytest.raises(OutcomeUnknown):
        carrier.submit(submission("acme-1-split-1", numbers=NUMBERS[1:]))
    assert "BulkPortinOrderId" not in other.fields
    assert NUMBERS[1] in carrier.get(order.carrier_order_id).asks
    with pytest.raises(CarrierUnavailable):
        carrier.cancel(order.carrier_order_id, "")
    assert other.state == "REQUESTED_CANCEL"


@pytest.mark.parametrize(("before", "frozen"), [(timedelta(hours=24), False), (timedelta(hours=24) - SECOND, True)])
def test_nothing_is_withdrawn_in_the_last_24_hours(desk: Desk, before: timedelta, frozen: bool) -> None:
    carrier, order, held = desk.submitted()
    _foc(held)
    desk.now = FOC_AT - before
    if frozen:
        with pytest.raises(CarrierRefused, match="2026-03-13 11:30 New York"):
            carrier.cancel(order.carrier_order_id, "")
    else:
        with pytest.raises(CarrierUnavailable):
            carrier.cancel(order.carrier_order_id, "")
    assert ("DELETE portins/order-1" in desk.fake.calls) is not frozen


@pytest.mark.parametrize(
    ("state", "before", "frozen"),
    [
        ("REQUESTED_SUPP", timedelta(hours=1), True),
        ("SUBMITTED", timedelta(hours=1), True),
        ("EXCEPTION", timedelta(hours=1), True),
        ("EXCEPTION", -timedelta(hours=1), False),
        ("FOC", -timedelta(hours=1), True),
    ],
)
def test_the_confirmed_date_freezes_an_order_in_whatever_state(
    desk: Desk, state: str, before: timedelta, frozen: bool
) -> None:
    carrier, order, held = desk.submitted()
    _foc(held)
    held.state, desk.now = state, FOC_AT - before
    with pytest.raises(CarrierRefused if frozen else CarrierUnavailable):
        carrier.cancel(order.carrier_order_id, "")
    assert ("DELETE portins/order-1" in desk.fake.calls) is not frozen


def test_all_parts_are_withdrawn_or_none(desk: Desk) -> None:
    desk.fake.groups = [["2125550101"], ["2125550102"]]
    carrier, order, first = desk.submitted()
    _foc(first)
    desk.now = FOC_AT - timedelta(hours=2)
    with pytest.raises(CarrierRefused):
        carrier.cancel(order.parts[1].carrier_order_id, "")
    assert not [call for call in desk.fake.calls if call.startswith("DELETE")]
    desk.now = NOW
    with pytest.raises(CarrierUnavailable):
        carrier.cancel(order.carrier_order_id, "")
    assert {held.state for held in desk.fake.portins.values()} == {"REQUESTED_CANCEL"}


def test_a_draft_is_deleted_and_an_order_that_is_done_is_not(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    held.state = "COMPLETE"
    with pytest.raises(CarrierRefused, match="complete"):
        carrier.cancel(order.carrier_order_id, "")
    held.state = "DRAFT"
    assert carrier.cancel(order.carrier_order_id, "").status is CarrierStatus.CANCELLED
    assert desk.fake.portins == {}


def test_a_refused_withdrawal_gives_bandwidths_words(desk: Desk) -> None:
    carrier, order, _ = desk.submitted()
    said = "<R><Errors><Code>7304</Code><Description>already complete</Description></Errors></R>"
    desk.fake.answers["DELETE portins"] = ok(said, 400)
    with pytest.raises(CarrierRefused, match="already complete"):
        carrier.cancel(order.carrier_order_id, "")


@pytest.mark.parametrize(
    ("fields", "opens"),
    [
        ({"PortType": "AUTOMATED"}, 5),
        ({"PortType": "AUTOMATED", "VendorName": "Bandwidth CLEC"}, 5),
        ({"PortType": "AUTOMATED", "VendorName": "Level 3"}, 6),
        ({"PortType": "AUTOMATEDOFFNET"}, 6),
        ({"PortType": "INTERNAL"}, 5),
        ({"PortType": ""}, 6),
    ],
)
def test_when_an_order_may_be_moved_on_demand(desk: Desk, fields: dict[str, str], opens: int) -> None:
    carrier, order, held = desk.submitted()
    assert carrier.foc_windows(order.carrier_order_id) == []
    _foc(held, **fields)
    assert carrier.foc_windows(order.carrier_order_id) == []
    held.fields["Triggered"] = "true"
    (window,) = carrier.foc_windows(order.carrier_order_id)
    assert window.starts_at == datetime(2026, 3, 13, opens + 4, tzinfo=UTC)
    assert window.ends_at == datetime(2026, 3, 14, 2, tzinfo=UTC)


@pytest.mark.parametrize("lost", [False, True])
def test_an_order_on_demand_is_moved_once(desk: Desk, lost: bool) -> None:
    carrier, order, held = desk.submitted()
    _foc(held, Triggered="true")
    desk.now = FOC_AT
    if lost:
        desk.fake.lose = desk.fake.changes + 1
        with pytest.raises(OutcomeUnknown):
            carrier.activate(order.carrier_order_id)
    moved = carrier.activate(order.carrier_order_id)
    carrier.activate(order.carrier_order_id)
    assert set(moved.numbers.values()) == {NumberStatus.ACTIVE}
    (body,) = desk.fake.sent("PUT .*activationStatus")
    assert body.tag == "ActivationStatus"
    assert datetime.fromisoformat(body.findtext("AutoActivationDate") or "") < desk.now


def test_a_scheduled_order_moves_by_itself(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    _foc(held)
    assert carrier.activate(order.carrier_order_id).status is CarrierStatus.FOC_CONFIRMED
    assert desk.fake.sent("PUT .*activationStatus") == []


def test_an_activation_that_is_not_allowed_is_refused_unless_the_order_is_done(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    _foc(held, Triggered="true")
    said = (
        "<A><ResponseStatus><ErrorCode>7342</ErrorCode><Description>not yet allowed</Description></ResponseStatus></A>"
    )
    desk.fake.answers["PUT activationStatus$"] = ok(said, 400)
    with pytest.raises(CarrierRefused, match=r"not yet allowed.*FOC day"):
        carrier.activate(order.carrier_order_id)
    real = desk.fake.handle

    def done_meanwhile(request: httpx2.Request) -> httpx2.Response:
        if request.method == "PUT":
            held.state = "COMPLETE"
        return real(request)

    desk.fake.handle = done_meanwhile  # type: ignore[method-assign]
    assert desk.carrier().activate(order.carrier_order_id).status is CarrierStatus.PORTED


def test_what_is_said_to_the_desk_is_said_once(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    for _ in range(2):
        carrier.comment(order.carrier_order_id, "Where does it stand?\nIt has been a week.")
    held.notes.append(("lnp-desk", "We are on it.", "2026-03-02T14:00:00.000Z"))
    found = carrier.comments(order.carrier_order_id)
    assert [(note.from_carrier, note.text) for note in found] == [
        (True, "We are on it."),
        (False, "Where does it stand? It has been a week."),
    ]
    assert found[1].author == "portolan-api"


def test_a_long_text_is_several_notes(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    text = " ".join(["word"] * 240)
    desk.fake.lose = desk.fake.changes + 2
    with pytest.raises(OutcomeUnknown):
        carrier.comment(order.carrier_order_id, text)
    carrier.comment(order.carrier_order_id, text)
    assert " ".join(note for _, note, _ in held.notes) == text
    assert [len(note) <= 500 for _, note, _ in held.notes] == [True, True, True]


def test_a_refused_note_is_refused(desk: Desk) -> None:
    carrier, order, _ = desk.submitted()
    wrong = "<ErrorCode>12501</ErrorCode><Description>Username is required</Description>"
    said = f"<NoteResponse><ResponseStatus>{wrong}</ResponseStatus></NoteResponse>"
    desk.fake.answers["POST notes$"] = ok(said, 400)
    with pytest.raises(CarrierRefused, match="Username is required"):
        carrier.comment(order.carrier_order_id, "hello")


def test_an_order_in_parts_is_spoken_of_once_and_moved_as_one(desk: Desk) -> None:
    desk.fake.groups = [["2125550101"], ["2125550102"]]
    carrier, order, _ = desk.submitted()
    carrier.comment(order.carrier_order_id, "How is it?")
    first, second = desk.fake.portins.values()
    second.notes.append(("lnp-desk", "This half is stuck.", "2026-03-02T16:00:00.000Z"))
    assert [note.text for note in carrier.comments(order.carrier_order_id)] == ["How is it?", "This half is stuck."]
    carrier.comment(order.carrier_order_id, "How is it?")
    assert (len(first.notes), len(second.notes)) == (1, 1)
    for held in (first, second):
        _foc(held, Triggered="true")
    assert len(carrier.foc_windows(order.carrier_order_id)) == 1
    desk.now = FOC_AT
    moved = carrier.activate(order.carrier_order_id)
    assert (moved.status, moved.carrier_order_id) == (CarrierStatus.PORTED, order.carrier_order_id)
    assert set(moved.numbers.values()) == {NumberStatus.ACTIVE}


def test_no_notes_are_none(desk: Desk) -> None:
    carrier, order, _ = desk.submitted()
    assert carrier.comments(order.carrier_order_id) == []


def test_numbers_are_put_in_their_place_once_and_back(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    wanted = configured(contact_flow="600001", emergency_address="12 Harbor Street", messaging_profile="m-1")
    before = desk.fake.changes
    assert carrier.configure(order.carrier_order_id, wanted)
    assert carrier.configure(order.carrier_order_id, wanted)
    assert desk.fake.changes == before + 1
    assert (held.fields["PeerId"], held.fields["SiteId"], held.fields["CustomerOrderId"]) == (
        "600001",
        "743",
        "acme-1 1",
    )
    carrier.unconfigure(order.carrier_order_id)
    carrier.unconfigure(order.carrier_order_id)
    assert desk.fake.changes == before + 2
    assert held.fields["PeerId"] == "500709"


def test_places_are_numbers_and_arrived_numbers_stay(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    with pytest.raises(CarrierInvalid, match="no contact_flow 'main line'"):
        carrier.configure(order.carrier_order_id, configured(contact_flow="main line"))
    with pytest.raises(CarrierInvalid, match="number of a site"):
        carrier.configure(order.carrier_order_id, configured(routing="sales"))
    held.state = "COMPLETE"
    assert carrier.configure(order.carrier_order_id, configured(contact_flow="500709"))
    with pytest.raises(CarrierRefused, match="Dashboard"):
        carrier.configure(order.carrier_order_id, configured(contact_flow="600001"))
    carrier.unconfigure(order.carrier_order_id)
    desk.fake.refuse, held.state = [("7312", "The sippeer id is invalid.")], "SUBMITTED"
    with pytest.raises(CarrierRejected, match="sippeer"):
        carrier.configure(order.carrier_order_id, configured(contact_flow="600001"))


def test_a_foc_is_not_given_up_for_a_place(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    carrier.configure(order.carrier_order_id, configured(contact_flow="600001"))
    _foc(held)
    before = desk.fake.changes
    assert carrier.configure(order.carrier_order_id, configured(contact_flow="600001"))
    assert not carrier.configure(order.carrier_order_id, configured(contact_flow="600002"))
    carrier.unconfigure(order.carrier_order_id)
    assert desk.fake.changes == before
    assert (held.state, held.fields["PeerId"]) == ("FOC", "600001")


def test_messaging_follows_the_numbers_and_joins_no_campaign(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    assert set(carrier.messaging(order.carrier_order_id, "C1").values()) == {MessagingStatus.PENDING}
    held.state = "COMPLETE"
    assert carrier.messaging(order.carrier_order_id, "") == dict.fromkeys(NUMBERS, MessagingStatus.SETTLED)
    assert carrier.messaging(order.carrier_order_id, "C1") == dict.fromkeys(NUMBERS, MessagingStatus.PORTED)


def test_what_the_porting_interface_does_not_offer(desk: Desk) -> None:
    carrier, order, _ = desk.submitted()
    assert carrier.routing(order.carrier_order_id, NUMBERS) == []
    assert carrier.bridge("acme-1:bridge") is None
    carrier.remove_bridge("acme-1:bridge")
    with pytest.raises(CarrierRefused, match="bridge"):
        carrier.build_bridge(BridgeWanted(key="acme-1:bridge", order_id="acme-1", numbers=NUMBERS))


def test_a_port_back_is_asked_of_the_desk_and_seen_on_the_order(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    held.state = "COMPLETE"
    request = PortBack(
        key="acme-1:port-back:snapback",
        order_id="acme-1",
        carrier_order_id=order.carrier_order_id,
        decided_by="Grace",
        reason="dead air",
        decided_at=NOW,
        stage="snapback",
        not_after=NOW + timedelta(hours=24),
    )
    assert carrier.port_back(request).consent is Consent.REQUESTED
    carrier.port_back(request)
    assert [text for _, text, _ in held.notes] == ["Please return the numbers: dead air"]
    found = carrier.find("acme-1:1")
    assert found is not None
    assert found.consent is Consent.REQUESTED


def _left(desk: Desk, seconds: float) -> None:
    one = desk.fake.subscriptions["subscriptions-1"]
    one["xml"] = one["xml"].replace(
        f"<Expiry>{int(LASTS.total_seconds())}</Expiry>", f"<Expiry>{int(seconds)}</Expiry>"
    )


def test_a_subscription_is_made_with_a_long_life_and_our_credentials(desk: Desk) -> None:
    desk.carrier().listen()
    desk.carrier().listen()
    (body,) = desk.fake.sent("POST subscriptions")
    assert body.tag == "Subscription"
    assert body.findtext("OrderType") == "portins"
    assert body.findtext("CallbackSubscription/URL") == "https://hooks.example/carriers/bandwidth"
    assert int(body.findtext("CallbackSubscription/Expiry") or 0) == 31_536_000
    basic = body.find("CallbackSubscription/CallbackCredentials/BasicAuthentication")
    assert basic is not None
    assert (basic.findtext("Username"), basic.findtext("Password")) == ("bw", "open sesame")


@pytest.mark.parametrize(("left", "renewed"), [(LASTS / 2, 0), (LASTS / 2 - SECOND, 1), (timedelta(0), 1)])
def test_a_subscription_is_renewed_when_half_its_life_is_over(desk: Desk, left: timedelta, renewed: int) -> None:
    carrier = desk.carrier()
    carrier.listen()
    _left(desk, left.total_seconds())
    carrier.listen()
    assert len(desk.fake.sent("PUT subscriptions/subscriptions-1")) == renewed
    assert len(desk.fake.sent("POST subscriptions")) == 1


def test_each_process_brings_its_password_to_the_subscription_once(desk: Desk) -> None:
    desk.carrier().listen()
    carrier = desk.carrier(webhook_password=SecretStr("another"))
    desk.fake.answers["PUT ^subscriptions"] = httpx2.Response(503)
    with pytest.raises(OutcomeUnknown):
        carrier.listen()
    desk.fake.answers.clear()
    carrier.listen()
    carrier.listen()
    bodies = desk.fake.sent("PUT subscriptions/subscriptions-1")
    assert [next(body.iter("Password")).text for body in bodies] == ["another", "another"]
    assert len(desk.fake.sent("POST subscriptions")) == 1


@pytest.mark.parametrize("left", ["", "soon", "-1", "9" * 5000])
def test_a_life_that_nobody_can_read_is_renewed(desk: Desk, left: str) -> None:
    carrier = desk.carrier()
    carrier.listen()
    one = desk.fake.subscriptions["subscriptions-1"]
    one["xml"] = one["xml"].replace("<Expiry>31536000</Expiry>", f"<Expiry>{left}</Expiry>")
    carrier.listen()
    assert len(desk.fake.sent("PUT subscriptions/subscriptions-1")) == 1


def test_others_subscriptions_do_not_count(desk: Desk) -> None:
    theirs = "<OrderType>portins</OrderType><CallbackSubscription><URL>https://else.example</URL><Expiry>99999999</Expiry></CallbackSubscription>"
    ours_of_one_order = (
        theirs.replace("https://else.example", '"https://hooks.example/carriers/bandwidth"') + "<OrderId>x</OrderId>"
    )
    for name, xml in (("a", theirs), ("b", ours_of_one_order), ("c", "<OrderType>portins</OrderType>")):
        desk.fake.subscriptions[name] = {"id": name, "xml": xml}
    desk.carrier().listen()
    assert len(desk.fake.sent("POST subscriptions")) == 1


def test_without_an_address_nothing_is_subscribed_to_and_one_that_is_there_is_fine(desk: Desk) -> None:
    desk.carrier(webhook_url="").listen()
    assert desk.fake.calls == []
    desk.fake.answers["POST subscriptions"] = httpx2.Response(409)
    desk.carrier().listen()
    desk.fake.answers["POST subscriptions"] = httpx2.Response(400)
    with pytest.raises(CarrierRefused):
        desk.carrier().listen()


def test_changes_reach_back_a_little_and_the_cursor_moves_with_them(desk: Desk) -> None:
    carrier, order, held = desk.submitted()
    first = carrier.changes("")
    assert (first.carrier_order_ids, first.cursor) == ([order.carrier_order_id], NOW.isoformat())
    held.fields["LastModifiedDate"] = (NOW - timedelta(minutes=16)).isoformat()
    assert carrier.changes(first.cursor).carrier_order_ids == []
    held.fields["LastModifiedDate"] = (NOW - timedelta(minutes=15)).isoformat()
    again = carrier.changes(first.cursor)
    assert (again.carrier_order_ids, again.cursor) == ([order.carrier_order_id], first.cursor)
    held.fields["LastModifiedDate"] = "garbage"
    assert carrier.changes(first.cursor).carrier_order_ids == [order.carrier_order_id]
    assert carrier.changes("garbage").carrier_order_ids == [order.carrier_order_id]
    held.fields["LastModifiedDate"] = (NOW + timedelta(days=9)).isoformat()
    assert carrier.changes(first.cursor).cursor == NOW.isoformat()  # a clock that is ahead hides nothing


def _page(*order_ids: str, following: str = "") -> str:
    rows = "".join(
        f"<lnpPortInfoForGivenStatus><OrderId>{one}</OrderId></lnpPortInfoForGivenStatus>" for one in order_ids
    )
    link = f"Link=&lt;https://bandwidth.example/v1.0/accounts/1/portins?page={following}&amp;size=300&gt;;rel=&quot;next&quot;;"
    return (
        f"<LNPResponseWrapper><Links>{f'<next>{link}</next>' if following else ''}</Links>{rows}</LNPResponseWrapper>"
    )


def test_every_page_is_read_and_a_link_that_leads_back_ends_it(desk: Desk) -> None:
    pages = {"1": _page("a", "b", following="c"), "c": _page("c", following="d"), "d": _page("d", following="c")}
    asked: list[dict[str, Any]] = []

    def paged(request: httpx2.Request) -> httpx2.Response:
        asked.append(dict(request.url.params))
        return ok(pages[request.url.params["page"]])

    desk.fake.handle = paged  # type: ignore[method-assign]
    assert desk.carrier().changes((NOW - timedelta(days=2)).isoformat()).carrier_order_ids == ["a", "b", "c", "d"]
    assert [one["page"] for one in asked] == ["1", "c", "d"]
    assert {(one["startdate"], one["enddate"]) for one in asked} == {("2026-02-27", "2026-03-03")}


def test_verifying_looks_and_changes_nothing(desk: Desk) -> None:
    checks = {check.name: check.passed for check in desk.carrier().verify()}
    assert checks == {
        "credentials": True,
        "site": True,
        "records": True,
        "messages": True,
        "webhook": True,
        "porting": None,
    }
    assert {call.split()[0] for call in desk.fake.calls} == {"GET"}
    desk.fake.answers["GET ^portins$"] = httpx2.Response(401)
    desk.fake.answers["GET ^sites"] = httpx2.Response(404)
    desk.fake.answers["GET ^csrs"] = httpx2.Response(503)
    bad = {check.name: check for check in desk.carrier(webhook_username="").verify()}
    assert [name for name, check in bad.items() if check.passed is False] == [
        "credentials",
        "site",
        "records",
        "webhook",
    ]


def test_a_simulator_is_told_what_time_it_is(desk: Desk) -> None:
    told: list[str | None] = []

    def heard(request: httpx2.Request) -> httpx2.Response:
        told.append(request.headers.get("x-simulated-now"))
        return httpx2.Response(200)

    simulated = {"vendor": "bandwidth", "name": "bandwidth", "simulator": "http://simulator.example"}
    for one in (BandwidthAccount.model_validate(simulated), account()):
        transport = httpx2.MockTransport(heard)
        Bandwidth(one, ledger=desk.ledger, returns=desk.returns, clock=lambda: NOW, transport=transport).changes("")
    assert told == [NOW.isoformat(), None]


def test_calls_carry_the_accounts_credentials(desk: Desk) -> None:
    desk.carrier().submit(submission())
    assert {headers["authorization"] for headers in desk.fake.headers} == {
        "Basic cG9ydG9sYW4tYXBpOmh1bnRlcjItaHVudGVyMg=="
    }
