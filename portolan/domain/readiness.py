"""Ready or not: which items of the runbook are green, which gates are red, and whether the numbers may move.

A gate is an item without which the cutover does not begin. It is green when somebody signed it off for the present FOC,
or where Portolan itself can show that it is done. The decision-maker may override overdue gates, with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from portolan.domain.calendars import local
from portolan.domain.carrier import SendKind
from portolan.domain.foc import day_in_words, in_words
from portolan.domain.foc_guard import concerns, surroundings, window_end
from portolan.domain.moves import good_day
from portolan.domain.order import Cause, Order
from portolan.domain.runbook import BEFORE_CUTOVER, ITEMS, LEADS, Override, SignOff, Stage
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from portolan.domain.telling import NoticeKind

#: People get this long to begin, where the FOC comes sooner than an item's usual time.
GRACE = timedelta(hours=24)
#: What the last day asks for can be done at most this long before the FOC.
EARLIEST = timedelta(hours=72)
#: And what the end of the rollback window asks for, this long before it.
LAST_DAY = timedelta(hours=24)
#: A carrier that moves numbers by itself at the end of its window is asked once more after this.
LOOK_AGAIN = timedelta(hours=1)

#: Items that Portolan sees to.
_BY_ITSELF = frozenset({"foc", "rollback_letter"})
#: Items that only some orders have.
_APPLIES: Mapping[str, Callable[[Order], bool]] = MappingProxyType(
    {
        "rollback_letter": lambda order: order.policy.rollback_hours > 0,
        "fallback": lambda order: order.request.fallback or order.bridge is not None,
        "campaign": lambda order: bool(order.request.messaging and order.request.messaging.campaign),
        "hosted_messaging": lambda order: bool(
            order.request.messaging and order.request.messaging.mode == "hosted_first"
        ),
    }
)


def items(order: Order) -> list[str]:
    """The items of the runbook that this order goes through."""
    return [item for item in order.policy.runbook if item not in _APPLIES or _APPLIES[item](order)]


def due_at(order: Order, item: str) -> datetime | None:
    """When an item is due: before the FOC or after the activation; None while there is neither.

    Where the FOC was confirmed later than that, people get a day, or half of what is left.
    """
    stage = ITEMS[item].stage
    if stage not in BEFORE_CUTOVER:
        if stage is Stage.WINDOW_END and order.policy.rollback_hours:
            return order.rollback_until
        return order.activated_at and order.activated_at + LEADS[stage]
    if order.foc_at is None:
        return None
    usual, settled = order.foc_at + LEADS[stage], order.foc_settled_at
    if settled is None or settled >= order.foc_at:
        return usual
    return max(usual, settled + min(GRACE, (order.foc_at - settled) / 2))


def shown(order: Order, item: str) -> str:
    """What shows by itself that an item is done; empty where a person has to vouch for it."""
    if item == "foc" and order.foc_at:
        return f"FOC {in_words(order.foc_at)}"
    if item == "rollback_letter" and "rollback" in order.letters:
        return f"letter sha256 {order.letters['rollback']}"
    return ""


def signed(order: Order, item: str) -> SignOff | None:
    """The sign-off of an item that holds now; one for another FOC does not."""
    found = order.signoffs.get(item)
    stale = found and ITEMS[item].dated and ITEMS[item].stage in BEFORE_CUTOVER and found.round != order.foc_round
    return None if stale else found


def green(order: Order, item: str) -> bool:
    """Whether an item is done."""
    return bool(signed(order, item) or shown(order, item))


def red_gates(order: Order) -> list[str]:
    """The gates that are not green, overridden ones included."""
    return [item for item in items(order) if item in order.policy.gates and not green(order, item)]


def barred(order: Order) -> list[str]:
    """The gates that keep the numbers from moving: red, and not overridden for this FOC."""
    override = override_of(order)
    covered = override.items if override else []
    return [item for item in red_gates(order) if item not in covered]


def override_of(order: Order) -> Override | None:
    """The override that holds for the present FOC."""
    return order.override if order.override and order.override.round == order.foc_round else None


def overdue(order: Order, now: datetime) -> list[str]:
    """The barring gates whose time has come: those an override would cover."""
    return [item for item in barred(order) if (due := due_at(order, item)) is not None and due <= now]


def earliest(order: Order, item: str) -> datetime | None:
    """When what belongs to one day can be signed off at the earliest: what is said long before shows nothing."""
    stage, foc, closes = ITEMS[item].stage, order.foc_at, order.rollback_until
    if stage is Stage.DAY_BEFORE and ITEMS[item].dated and foc:
        return foc - EARLIEST
    return closes - LAST_DAY if stage is Stage.WINDOW_END and closes and order.policy.rollback_hours else None


def signable(order: Order, now: datetime) -> list[str]:
    """The items that somebody can sign off at that moment and has not."""
    moved, dated = order.activated_at is not None, order.foc_at is not None
    found = [one for one in items(order) if not green(order, one) and (ITEMS[one].stage in BEFORE_CUTOVER) is not moved]
    return [
        one for one in found if (dated or not ITEMS[one].dated) and not ((due := earliest(order, one)) and now < due)
    ]


def titles(names: Iterable[str]) -> str:
    """Items in words."""
    return "; ".join(ITEMS[name].title for name in names)


def move_until(order: Order) -> datetime:
    """The last moment at which the numbers may begin to move for the present FOC."""
    assert order.foc_at is not None  # noqa: S101 - asked for where there is one
    if order.request.activation == "on_demand":
        return window_end(order.foc_at, order.policy)
    return order.foc_at + timedelta(hours=order.policy.cutover_hours)


def activate_until(order: Order) -> datetime:
    """The last moment at which the carrier is told to move the numbers; past it, somebody looks whether they have."""
    late = timedelta(hours=order.policy.cutover_hours) if order.request.activation == "on_demand" else timedelta(0)
    return move_until(order) + late


def waits_for_word(order: Order) -> bool:
    """Whether a person still has to say that the numbers move."""
    return order.request.activation == "on_demand" and not order.go_by


def sign(order: Order, item: str, by: str, now: datetime, note: str = "", document: str = "") -> None:
    """Take a sign-off for the present FOC."""
    order.signoffs[item] = SignOff(
        item=item, by=by, at=now, note=note, document=document, foc_at=order.foc_at, round=order.foc_round
    )
    order.close_tasks(TaskKind.SIGN_OFF, by, now, item)
    if item == "calendar":
        order.close_tasks(TaskKind.CHECK_DATE, by, now)
    elif item == "hosted_messaging" and order.foc_at and order.state in {State.FOC_CONFIRMED, State.READY}:
        _guard(order, now)


def date_stands(order: Order, now: datetime) -> None:
    """A date is settled: look what speaks against it, and ask people for what is to be done until then."""
    if order.policy.runbook:
        _guard(order, now)
        ask(order, now)


def _guard(order: Order, now: datetime) -> None:
    assert order.foc_at is not None  # noqa: S101 - the caller has looked
    if signed(order, "calendar"):
        return
    found = concerns(
        order.foc_at,
        order.policy,
        freezes=order.request.freezes,
        loa_expires_at=order.loa.expires_at if order.loa else None,
        hosted_messaging_since=_hosted_since(order),
    )
    day = local(order.foc_at, order.policy.time_zone).date()
    if order.send is SendKind.NEW_DATE and order.requested_foc_on and day < order.requested_foc_on:
        asked = day_in_words(order.requested_foc_on)
        found.append(f"{day_in_words(day)} is earlier than {asked}, which was asked for.")
    if "hosted_messaging" in items(order) and not green(order, "hosted_messaging"):
        found.append("Nobody has signed off that hosted messaging was ordered, and it takes its days.")
    if not found:
        if "calendar" in order.policy.runbook:
            sign(order, "calendar", "portolan", now, surroundings(order.foc_at, order.policy))
        return
    freeze = order.foc_at - timedelta(hours=order.policy.freeze_hours)
    words = " ".join(found)
    order.record(Cause("date_at_risk", "portolan", now), now, words)
    if order.state is State.FOC_CONFIRMED and freeze > now:
        words += f" Until {in_words(freeze)} another date can be asked for, or the order cancelled."
        good = day_in_words(good_day(order, now, day))
        order.open_task(TaskKind.CHECK_DATE, f"{words} A good day to ask for: {good}.", now, freeze)
    else:
        words += f" The change freeze began on {in_words(freeze)}: what the carrier still allows, its desk says."
    order.notify(NoticeKind.ACTION_NEEDED, why=words.rstrip("."))


def _hosted_since(order: Order) -> datetime | None:
    wanted = order.request.messaging
    done = order.signoffs.get("hosted_messaging")
    return done.at if wanted and wanted.mode == "hosted_first" and done else None


def ask(order: Order, now: datetime) -> None:
    """Open a task for each item that is to be done next and has none: before the cutover, or after it."""
    before = order.state in {State.FOC_CONFIRMED, State.READY}
    for item in items(order):
        facts = ITEMS[item]
        if (facts.stage in BEFORE_CUTOVER) is not before or green(order, item):
            continue
        if item == "calendar" and order.has_task(TaskKind.CHECK_DATE):
            continue
        by_itself = item in _BY_ITSELF or (item == "configuration" and order.request.configuration)
        if by_itself:
            continue
        asked = next((task for task in order.open_tasks if (task.kind, task.item) == (TaskKind.SIGN_OFF, item)), None)
        if asked:
            asked.due_at = due_at(order, item)
        else:
            ask_for(order, item, now)


def ask_for(order: Order, item: str, now: datetime, why: str = "") -> None:
    """Ask a person for one item."""
    facts, gate = ITEMS[item], "" if item in order.policy.gates else " (no gate)"
    words = f"{facts.title}{gate}. Note: {facts.evidence}" + (f". {why}" if why else "")
    order.open_task(TaskKind.SIGN_OFF, words, now, due_at(order, item), item)


def close_before(order: Order, by: str, now: datetime) -> None:
    """The numbers have moved: what was to be done before is past."""
    for task in order.open_tasks:
        if task.kind is TaskKind.SIGN_OFF and ITEMS[task.item].stage in BEFORE_CUTOVER:
            order.close_task(task, by, now)


def tell_red(order: Order, cause: Cause, now: datetime, stage: str) -> None:
    """People hear which gates are red, and until when something else than an override is possible."""
    order.red_told.append(stage)
    red = overdue(order, now)
    if not red or order.foc_at is None:
        return
    freeze = order.foc_at - timedelta(hours=order.policy.freeze_hours)
    way = f"until {in_words(freeze)} another date can be asked for (`portolan reschedule {order.order_id}`)"
    way = way if freeze > now else "the change freeze has begun"
    words = (
        f"{len(red)} gate{'s are' if len(red) > 1 else ' is'} red: {titles(red)}. FOC {in_words(order.foc_at)}; {way}"
    )
    order.record(cause, now, words)
    order.open_task(TaskKind.RED_GATES, words, now, order.foc_at)
    order.notify(NoticeKind.RED_GATES, stage=stage, items=titles(red), foc=in_words(order.foc_at), why=words)


def try_to_go(order: Order, cause: Cause, now: datetime, detail: str) -> None:
    """Move the numbers if nothing stands against it any more; else they wait."""
    waiting = order.state is State.READY and order.held_since and not order.hold
    if not waiting or barred(order) or waits_for_word(order) or _too_late(order, cause, now):
        order.record(cause, now, detail)
        return
    order.move(State.CUTTING_OVER, cause, now, detail)


def _too_late(order: Order, cause: Cause, now: datetime) -> bool:
    """A word given in time counts as long as the carrier can still be told, however late it was heard."""
    return cause.occurred_at > move_until(order) or now > activate_until(order)


def foc_came(order: Order, cause: Cause, now: datetime) -> None:
    """The FOC has come: the numbers move, unless a gate is red or a person still has to say so."""
    bar, until = barred(order), move_until(order)
    if not bar and not waits_for_word(order):
        override = override_of(order)
        over = f", overridden by {override.by}: {', '.join(override.items)}" if red_gates(order) and override else ""
        order.move(State.CUTTING_OVER, cause, now, f"FOC {in_words(order.foc_at)}{over}")
        return
    order.held_since = now
    if bar:
        words = f"The FOC has come, and the numbers wait: {titles(bar)}. Until {in_words(until)} they can still move."
        order.record(cause, now, words)
        order.open_task(TaskKind.RED_GATES, words, now, until)
        order.notify(NoticeKind.RED_GATES, stage="window", items=titles(bar), foc=in_words(order.foc_at), why=words)
    else:
        words = f"The carrier's window is open until {in_words(until)}"
        order.record(cause, now, words)
    if waits_for_word(order):
        order.open_task(TaskKind.CUT_OVER, f"Say when the numbers move: until {in_words(until)}.", now, until)
        if not bar:
            order.notify(NoticeKind.ACTION_NEEDED, why=f"{words}. Say when the numbers move.")


def foc_lapsed(order: Order, cause: Cause, now: datetime) -> None:
    """Nobody moved the numbers in their time: another date is needed, unless the carrier has moved them by itself."""
    why = "before the last word that was waited for"
    if barred(order):
        why = f"at red gates: {titles(barred(order))}"
    elif waits_for_word(order):
        why = "with nobody's word to move the numbers"
    words = f"The FOC {in_words(order.foc_at)} passed {why}."
    order.move(State.ACTION_REQUIRED, cause, now, words)
    order.open_task(TaskKind.CHOOSE_DATE, words, now)
    order.notify(NoticeKind.ACTION_NEEDED, why=words.rstrip("."))
    order.refetch = True
    if order.policy.activates_itself:
        order.cure_at = now + LOOK_AGAIN
