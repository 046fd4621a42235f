"""The letters of an order: there before anybody is asked to sign, the same whenever they are wanted again."""

from __future__ import annotations

from typing import Any

import pytest

from portolan.documents import letters
from portolan.documents.keeping import Letters
from portolan.documents.store import Documents
from portolan.domain.effects import LetterWanted
from portolan.domain.states import State
from portolan.domain.tasks import TaskKind
from tests.workflows.histories import failures
from tests.workflows.scenarios import LTD
from tests.world import DAY, Port, World


def kept(port: Port) -> dict[str, str]:
    """The letters on record for an order: their SHA-256 by kind."""
    return {row.kind: row.sha256 for row in port.world.records.documents(port.order_id)}


def rendered_again(port: Port, kind: str) -> str:
    """The SHA-256 of a letter made on demand, from what is on record."""
    store = Letters(Documents(port.world.settings.documents), port.world.records)
    return store.rendered(LetterWanted.of(port.recorded(), kind))[1]


async def test_the_letter_is_there_before_anybody_is_asked_to_sign_it(
    shared_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_before: list[list[str]] = []
    render = letters.render

    def noting(form: Any) -> Any:
        asked_before.append(shared_world.mailbox(form.order_id))
        return render(form)

    monkeypatch.setattr(letters, "render", noting)
    port = await shared_world.port()
    order = await port.order()
    assert asked_before == [[]]
    assert port.mails() == ["signature_needed"]
    assert port.audit() == ["requested", "checked", "letter_rendered"]
    digest = order.letters["port"]
    assert kept(port) == {"port_letter": digest}
    assert digest in port.trail()[-1].detail
    assert Documents(shared_world.settings.documents).read(digest).startswith(b"%PDF")


async def test_the_same_bytes_come_again_whenever_they_are_wanted(shared_world: World) -> None:
    port = await shared_world.port()
    first = (await port.order()).letters["port"]
    assert rendered_again(port, "port") == first
    await port.submitted()
    await port.clock.past(DAY)
    assert rendered_again(port, "port") == first


async def test_what_is_signed_again_says_what_was_corrected(shared_world: World) -> None:
    port = await shared_world.port()
    first = (await port.order()).letters["port"]
    await port.sign()
    loa = (await port.order()).loa
    assert loa is not None
    await port.clock.to(loa.expires_at)
    order = await port.order()
    assert (order.state, order.letters["port"]) == (State.AWAITING_SIGNATURE, first)
    assert port.audit().count("letter_rendered") == 1  # the same letter: nothing new to tell

    other = await shared_world.port(LTD)
    assert (await other.order()).letters == {}
    await other.answer(TaskKind.CORRECT_DATA, "accept_suggestions")
    assert (await other.order()).letters["port"] == rendered_again(other, "port") == kept(other)["port_letter"]


@pytest.mark.parametrize(("hours", "letter"), [(72, True), (0, False)])
async def test_the_letter_of_return_is_filled_in_when_the_date_is_known(
    hours: int, letter: bool, shared_world: World
) -> None:
    port = await shared_world.port(policy={"rollback_hours": hours})
    order = await port.submitted()
    assert "rollback" not in order.letters
    await port.clock.past(2 * DAY)
    order = await port.order()
    assert order.state is State.FOC_CONFIRMED
    assert ("rollback" in order.letters) is letter
    if letter:
        assert order.letters["rollback"] != order.letters["port"]
        assert kept(port)["rollback_letter"] == order.letters["rollback"] == rendered_again(port, "rollback")


async def test_a_letter_that_cannot_be_made_holds_nothing_up(
    shared_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unprintable(form: Any) -> Any:
        raise letters.LetterUnprintable("there is no type for U+1F600")

    with monkeypatch.context() as broken:
        broken.setattr(letters, "render", unprintable)
        port = await shared_world.port()
        order = await port.order()
        assert (order.state, order.letters, order.letter_wanted) == (State.AWAITING_SIGNATURE, {}, "")
        assert port.mails() == ["signature_needed"]
        (told,) = [entry.detail for entry in port.trail() if entry.kind == "letter_not_rendered"]
        assert "there is no type for U+1F600" in told
        await port.submitted()
        assert port.sent() == [1]
        await port.clock.past(2 * DAY)
        assert await port.state() is State.FOC_CONFIRMED
    assert kept(port) == {}
    assert rendered_again(port, "port") == kept(port)["port_letter"]
    assert not failures(await port.handle.fetch_history())
