from tests.world import World


async def test_a_clean_port_lives_its_whole_life(shared_world: World) -> None:
    port = await shared_world.port()
    await port.activated()
    order = await port.ended()
    assert order.state == "completed"
    print(port.audit())
