from portolan.domain.errors import NumberTaken
from tests.world import *
from tests.workflows.scenarios import inactive
async def test_x(shared_world, monkeypatch):
    good,bad=fresh_number(),fresh_number()
    def taken(*a): raise NumberTaken(bad,"other-1")
    monkeypatch.setattr(shared_world.records,"split",taken)
    port=await shared_world.port(inactive(bad),numbers=[good,bad])
    await port.submitted(); await port.clock.past(DAY)
    o=await port.order(); print(o.state,[t.detail for t in o.open_tasks],o.splits)
    print((await port.decide("cancel",by="C",reason="x")).status)
    await port.clock.past(2*DAY)
    print(await port.clock.running(), (await port.order()).state, port.calls("cancel"))
