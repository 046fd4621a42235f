"""Each external effect fails, loses its answer, is refused, repeated and undone twice; the world stays consistent.

The cases come from `portolan.domain.effects.EFFECTS`: an effect added there is tried here without another word.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any, get_type_hints

import pytest
import pytest_asyncio
from pydantic import TypeAdapter
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from activities.carrier import CarrierActivities
from activities.documents import DocumentActivities
from activities.notifications import NotificationActivities
from activities.records import RecordActivities
from portolan.carriers.simulated import Fault, Saying, Script
from portolan.documents.keeping import Letters
from portolan.documents.store import Documents
from portolan.domain.carrier import NumberConfiguration, PortBack, Submission
from portolan.domain.clocks import next_deadline
from portolan.domain.effects import EFFECTS, CarrierCall, Delivery, LetterWanted, Publication, Split
from portolan.domain.messaging import MessagingWanted
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.notifications.channels import MailboxFolder
from portolan.notifications.errors import DeliveryFailed
from portolan.notifications.mail import ORDER_HEADER
from portolan.records.engine import connect
from portolan.records.store import Records
from tests.workflows.histories import failures, scheduled
from tests.world import BOSS, HOUR, Port, World, fresh_number, make_world
from worker import host

#: The simulated carrier's name for the call behind an effect.
CALLS = {
    "submit_order": "submit",
    "cancel_order": "cancel",
    "activate_order": "activate",
    "port_back_order": "port_back",
}
TROUBLE = ["outage", "lost_request", "lost_answer", "refuse", "repeated"]
#: Records and mail are never refused by a person; a mail whose answer is lost is the same as one repeated.
FITS = {
    "publish_order": {"outage", "lost_answer", "repeated"},
    "send_notice": {"outage", "repeated"},
    "render_letter": {"outage", "lost_answer", "repeated"},
    "split_order": {"outage", "lost_answer", "repeated"},
}
#: What the day of the cutover brings. One order goes through all of it, and all of it goes wrong in the same way.
CUTOVER = {
    "configure_numbers": "configure",
    "unconfigure_numbers": "unconfigure",
    "build_bridge": "build_bridge",
    "remove_bridge": "remove_bridge",
    "make_test_calls": "call",
    "settle_messaging": "messaging",
    "sign_return": "",
}
QUICK = Script(sendings=[[Saying(says="foc", after_hours=1, foc_business_days=1)]])

CASES = [
    (name, trouble)
    for name, effect in EFFECTS.items()
    if effect.changes and name not in CUTOVER
    for trouble in [*TROUBLE, *(["undo repeated"] if effect.undo else [])]
    if trouble in FITS.get(name, {*TROUBLE, "undo repeated"})
]


class FaultyRecords(Records):
    """Records that fail for one order a number of times, and remember what they were told."""

    faults: dict[str, list[str]] = defaultdict(list)  # noqa: RUF012 - one test process, one world
    paper_faults: dict[str, list[str]] = defaultdict(list)  # noqa: RUF012
    split_faults: dict[str, list[str]] = defaultdict(list)  # noqa: RUF012
    told: dict[str, list[Publication]] = defaultdict(list)  # noqa: RUF012

    def publish(self, publication: Publication, *rest: Any, **more: Any) -> None:
        order_id = publication.order.order_id
        self.told[order_id].append(publication)
        fault = self.faults[order_id].pop() if self.faults[order_id] else ""
        if fault == "outage":
            raise OSError("the database is away")
        super().publish(publication, *rest, **more)
        if fault == "lost_answer":
            raise OSError("the connection broke after the commit")

    def add_document(self, order_id: str, *rest: Any, **more: Any) -> bool:
        with failing(self.paper_faults[order_id]):
            return super().add_document(order_id, *rest, **more)

    def split(self, parent: str, *rest: Any, **more: Any) -> None:
        with failing(self.split_faults[parent]):
            super().split(parent, *rest, **more)


@contextmanager
def failing(faults: list[str]) -> Iterator[None]:
    """Fail before or after the work in hand, if a fault is due."""
    fault = faults.pop() if faults else ""
    if fault == "outage":
        raise OSError("the database is away")
    yield
    if fault == "lost_answer":
        raise OSError("the connection broke after the commit")


class FaultyChannel:
    """A mailbox that fails for one order a number of times."""

    def __init__(self, folder: MailboxFolder) -> None:
        self.folder = folder
        self.faults: Counter[str] = Counter()

    def deliver(self, message: EmailMessage) -> None:
        if self.faults[message[ORDER_HEADER]] > 0:
            self.faults[message[ORDER_HEADER]] -= 1
            raise DeliveryFailed("the mail server is away")
        self.folder.deliver(message)


class Faulty:
    """A world whose carrier, records and mail can be made to fail for single orders."""

    def __init__(self, world: World, records: FaultyRecords, channel: FaultyChannel) -> None:
        self.world, self.records, self.channel = world, records, channel


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def faulty(client: Client, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Faulty]:
    world = make_world(client, tmp_path_factory.mktemp("faulty"))
    records = FaultyRecords(connect(world.settings.records_url))
    channel = FaultyChannel(MailboxFolder(world.settings.mailbox))
    world.records = records
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(host, "channel", lambda settings: channel)
        async with world.worker():
            yield Faulty(world, records, channel)


async def live(port: Port, ends: State) -> None:
    """Take an order to its end, dealing with whatever comes up as people would."""
    await port.submitted()
    for _ in range(40):
        if not await port.clock.running():
            return
        order = await port.order()
        kinds = [task.kind for task in order.open_tasks]
        deadline = next_deadline(order)
        if TaskKind.CARRIER_REFUSED in kinds:
            await port.answer(TaskKind.CARRIER_REFUSED, "retry")
        elif TaskKind.CHOOSE_DATE in kinds:
            await port.answer(TaskKind.CHOOSE_DATE, "request_new_date")
        elif order.state is State.SUBMITTED and ends is State.CANCELLED:
            await port.decide("cancel", by="Charles", reason="campaign moved")
        elif order.state is State.SUBMITTED:
            await port.clock.past(2 * HOUR)
        elif order.state is State.ROLLBACK_WINDOW:
            await port.decide("rollback", decided_by=BOSS.name, reason="dead air")
        elif deadline:
            await port.clock.to(deadline.at)
    raise AssertionError(f"{port.order_id} does not end: {await port.state()}")


async def repeat(faulty: Faulty, port: Port, effect: str) -> int:
    """Carry out an effect again exactly as it was carried out, as after a lost answer or a worker's death."""
    world, env = faulty.world, ActivityEnvironment()
    if effect == "publish_order":
        for publication in list(faulty.records.told[port.order_id]):
            faulty.records.publish(publication, "test")
        return len(faulty.records.told[port.order_id])
    if effect == "send_notice":
        notifications = NotificationActivities(faulty.records, faulty.channel, world.settings.mail_from)
        notices = [notice for told in faulty.records.told[port.order_id] for notice in told.notices]
        for notice in notices:
            env.run(notifications.send_notice, Delivery(notice=notice))
        return len(notices)
    if effect == "render_letter":
        order = faulty.records.order(port.order_id)
        letters = DocumentActivities(Letters(Documents(world.settings.documents), faulty.records))
        again = env.run(letters.render_letter, LetterWanted.of(order, "port"))
        assert again == order.letters["port"]
        return 1
    if effect == "split_order":
        notifications = NotificationActivities(faulty.records, faulty.channel, world.settings.mail_from)
        splits = scheduled(await port.handle.fetch_history(), effect)
        with_client = ActivityEnvironment(world.client)
        for args in splits:
            split = RecordActivities(faulty.records, "test", notifications).split_order
            await with_client.run(split, Split.model_validate(args[0]))
        return len(splits)
    carrier = CarrierActivities({"simulated": world.carrier})
    calls = scheduled(await port.handle.fetch_history(), effect)
    for args in calls:
        match effect:
            case "submit_order":
                env.run(carrier.submit_order, args[0], Submission.model_validate(args[1]))
            case "port_back_order":
                env.run(carrier.port_back_order, args[0], PortBack.model_validate(args[1]))
            case "cancel_order":
                env.run(carrier.cancel_order, CarrierCall.model_validate(args[0]))
            case _:
                env.run(getattr(carrier, effect), CarrierCall.model_validate(args[0]))
    return len(calls)


def took_effect(port: Port, call: str, script: Script) -> int:
    """How many calls of a kind changed something at the carrier."""
    return port.calls(call) - sum(f.times for f in script.faults if f.call == call and f.kind != "lost_answer")


def mails(world: World, order_id: str) -> list[tuple[str, str]]:
    """Who got which mail, by its Message-ID."""
    read = [message_from_bytes(path.read_bytes()) for path in world.settings.mailbox.glob("*.eml")]
    return [(mail["To"], mail["Message-ID"]) for mail in read if mail[ORDER_HEADER] == order_id]


@pytest.mark.parametrize(("effect", "trouble"), CASES, ids=lambda value: str(value))
async def test_the_world_stays_consistent(effect: str, trouble: str, faulty: Faulty) -> None:
    undo = EFFECTS[effect].undo
    to_cancel = effect == "cancel_order" or undo == "cancel_order"
    ends = State.CANCELLED if to_cancel else State.ROLLED_BACK
    script = QUICK
    if effect in CALLS and trouble in {"outage", "lost_request", "lost_answer", "refuse"}:
        times = 2 if trouble in {"outage", "lost_request"} else 1
        fault = Fault.model_validate({"call": CALLS[effect], "kind": trouble, "times": times})
        script = QUICK.model_copy(update={"faults": [fault]})
    numbers = [fresh_number(), fresh_number()]
    if effect == "split_order":
        saying = Saying(says="reject", after_hours=1, reason="TN_INACTIVE", numbers=numbers[1:])
        script = script.model_copy(update={"sendings": [[saying], *QUICK.sendings]})
    port = await faulty.world.port(script, numbers=numbers)
    if effect == "split_order" and trouble != "repeated":
        faulty.records.split_faults[port.order_id] = [trouble] * 2
    if effect == "publish_order" and trouble != "repeated":
        faulty.records.faults[port.order_id] = [trouble] * 2
    if effect == "send_notice" and trouble == "outage":
        faulty.channel.faults[port.order_id] = 3

    await live(port, ends)
    await port.result()
    if trouble == "repeated":
        # The order has ended meanwhile: what is repeated so late must not move the numbers once more.
        assert await repeat(faulty, port, effect)
    if trouble == "undo repeated":
        assert undo
        assert await repeat(faulty, port, undo)

    order = port.recorded()
    assert order.state is ends
    if effect == "split_order":
        assert order.request.numbers == numbers[:1]
        taken = faulty.records.find_live_order(numbers[1])
        assert taken
        assert order.splits == [taken.order_id]
    assert not failures(await port.handle.fetch_history())

    held = port.held()
    keys = [sending.key for sending in held.sendings]
    assert len(keys) == len(set(keys))
    assert [sending.attempt for sending in held.sendings][-1] == order.attempt
    assert took_effect(port, "submit", script) == len(keys)
    assert held.activations == took_effect(port, "activate", script) == (0 if to_cancel else 1)
    assert took_effect(port, "port_back", script) == (0 if to_cancel else 1)
    assert (held.returned_at is None) is to_cancel
    assert (held.cancelled_at is not None) is to_cancel
    assert took_effect(port, "cancel", script) == (1 if to_cancel else 0)

    trail = faulty.world.records.timeline(port.order_id, every_revision=True)
    assert [(entry.sequence, entry.revision) for entry in trail] == [(n, 1) for n in range(1, order.sequence + 1)]
    sent = mails(faulty.world, port.order_id)
    assert sent
    assert len(sent) == len(set(sent))
    assert Counter(port.mails()).most_common(1)[0][1] <= max(1, len(keys))


async def live_the_day(faulty: Faulty, port: Port, trouble: str, ends: State) -> None:
    """Take an order with everything that the day of the cutover can bring to its end."""
    for _ in range(60):
        if not await port.clock.running():
            return
        order = await port.order()
        deadline = next_deadline(order)
        dated = order.state in {State.FOC_CONFIRMED, State.READY}
        if order.state is State.BRIDGED:
            await port.decide("release", by="Charles")
        elif order.state is State.AWAITING_SIGNATURE:
            await port.submitted()
        elif order.state is State.SUBMITTED:
            await port.clock.past(2 * HOUR)
        elif dated and ends is State.CANCELLED and order.configured:
            await port.decide("cancel", by="Charles", reason="campaign moved")
        elif order.state is State.ROLLBACK_WINDOW:
            assert order.activated_at
            await port.clock.to(order.activated_at + HOUR + HOUR / 6)
            if trouble in FITS["render_letter"] - {"repeated"}:
                faulty.records.paper_faults[port.order_id] = [trouble]
            await port.decide("rollback", decided_by=BOSS.name, reason="dead air")
        elif deadline:
            await port.clock.to(deadline.at)
    raise AssertionError(f"{port.order_id} does not end: {await port.state()}")


async def repeat_the_day(faulty: Faulty, port: Port) -> set[str]:
    """Carry out again whatever was carried out on that day; what was done, by its name."""
    env, history = ActivityEnvironment(), await port.handle.fetch_history()
    activities = {
        one.__name__: one for one in host.activities(faulty.world.settings, faulty.records, faulty.world.client)
    }
    done = set()
    for effect in CUTOVER:
        kinds = [kind for name, kind in get_type_hints(activities[effect]).items() if name != "return"]
        for args in scheduled(history, effect):
            given = [TypeAdapter(kind).validate_python(arg) for kind, arg in zip(kinds, args, strict=True)]
            env.run(activities[effect], *given)
            done.add(effect)
    return done


@pytest.mark.parametrize(
    ("trouble", "ends"),
    [*((trouble, State.ROLLED_BACK) for trouble in TROUBLE), ("lost_answer", State.CANCELLED)],
    ids=lambda value: str(value),
)
async def test_what_was_set_up_for_the_cutover_is_there_once_and_gone_with_it(
    trouble: str, ends: State, faulty: Faulty
) -> None:
    """Bridge, configuration, test calls, messaging and the letter of return, with the same trouble for each."""
    script = QUICK
    if trouble != "repeated":
        times = 2 if trouble in {"outage", "lost_request"} else 1
        struck = [{"call": call, "kind": trouble, "times": times} for call in CUTOVER.values() if call]
        script = QUICK.model_copy(update={"faults": [Fault.model_validate(fault) for fault in struck]})
    numbers = [fresh_number(), fresh_number()]
    port = await faulty.world.port(
        script,
        numbers=numbers,
        by_the_book=True,
        policy={"runbook": ["rollback_letter"], "gates": [], "test_slots": [15]},
        strategy="bridge_then_port",
        configuration=NumberConfiguration(contact_flow="main"),
        messaging=MessagingWanted(campaign="C-1"),
        call_tester="simulated",
    )
    await live_the_day(faulty, port, trouble, ends)
    await port.result()
    order, moved = port.recorded(), ends is State.ROLLED_BACK
    assert order.state is ends
    if trouble == "repeated":
        assert await repeat_the_day(faulty, port) == set(CUTOVER)

    held, store = port.held(), faulty.world.carrier.store
    refused = trouble == "refuse"
    if moved and not refused:
        assert [call for call in CUTOVER.values() if call and not port.calls(call)] == []
    # What the carrier refuses to take down stays there, and people are told; it keeps no number from going back.
    assert port.audit().count("left_behind") == (2 if refused else 0)
    assert (held.configuration, held.configured_times) == (None, 0 if refused else 1)
    assert order.configured is False
    bridge = store.bridge(f"{port.order_id}:bridge")
    assert bridge
    assert (bridge.removed_at is None) is refused
    assert sorted(bridge.claimed) == sorted(numbers)
    assert order.bridge
    assert order.bridge.claimed == bridge.claimed
    assert (held.joins, len(held.campaign)) == (2 if moved else 0, 2 if refused else 0)
    references = [call.reference for call in order.calls]
    assert len(references) == len(set(references)) == (5 if moved and not refused else 0)
    letters = [row for row in faulty.records.documents(port.order_id) if row.kind == "rollback_loa"]
    assert [row.sha256 for row in letters] == [asked.letter for asked in order.returns]
    assert len(letters) == (1 if moved else 0)
    assert (held.activations, held.returned_at is not None) == ((1, True) if moved else (0, False))
    assert not failures(await port.handle.fetch_history())
    assert not order.open_tasks


def test_every_effect_of_that_day_is_known() -> None:
    assert set(CUTOVER) <= {name for name, effect in EFFECTS.items() if effect.changes}


async def test_a_mail_server_that_is_back_gets_what_was_missed(faulty: Faulty) -> None:
    port = await faulty.world.port(QUICK)
    faulty.channel.faults[port.order_id] = 4
    await port.submitted()
    assert "submitted" not in port.mails()
    await port.clock.past(timedelta(minutes=30))
    assert "submitted" in port.mails()
    sent = mails(faulty.world, port.order_id)
    assert len(sent) == len(set(sent))
