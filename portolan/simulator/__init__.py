"""Carriers that are not there: one order model that speaks the porting protocols of several vendors.

One engine (`engine.Simulator`) holds the orders, each a `HeldOrder` of the simulated carrier with the vendor's fields
(`orders.PortOrder`), lets happen to them what their script says (`behaviour.Behaviour`, `steps`), and puts messages
into the outbox. A vendor's protocol is a façade (`facade.Facade`): it reads requests, calls the engine and words the
answers. To add one:

1. Subclass `Facade` beside `telnyx/`: `vendor`, `prefix`, `well_known`, `operations()` (a table of `Operation`),
   `credential`, `account`, `refusal`, `notes` (messages for a `Change`), `wire` (headers and bytes of a message;
   signed by the real clock), and where they apply `window`, `challenged`, `reference`, `draft_hours`,
   `frozen_hours`, `retry_hours`, `letter_hours`,
   `by_number`, `holds`, `order_id`. Name it in `facades.FACADES`; paths, authentication, faults, strictness, the clock,
   transactions and the delivery of messages are then seen to.
2. A handler is a plain function of a `Call` that returns a Starlette response, or raises `Refused(response)`. It runs
   in one transaction. It takes orders by `simulator.order(id, call.now, call.account)`, which moves the order to the
   caller's time and lets happen what is due, or by `simulator.orders(vendor, account, call.now, reference)`.
3. It changes them by `draft` (a new `PortOrder`; put the vendor's fields into `fields`, then `save`), `refer` (another
   reference), `send` (the first sending, or a supplement), `cancel` and `frozen`, `activate`, `split`, `remark`,
   `delete`, and keeps plain changes of `fields` by `save`. Everything else a vendor keeps goes to
   `simulator.store.keep(kind, id, json, account)`.
4. How an order stands: `order.draft`, `order.cancel_asked`, else `simulator.standing(order)`, a canonical
   `CarrierOrder`; for some of its numbers alone `standing(order, numbers=[...])`; messaging, routing and test calls by
   `portolan.carriers.simulated.standing` with `simulator.script(order)`.
5. `behaviour.vendor_code(vendor, reason)` is the vendor's code for a canonical reason, `behaviour.worded(rejection)`
   its text; `simulator.planned(reference)` the behaviour an order will have before it exists; `simulator.groups` and
   `engine.grouped` how its numbers fall apart.

For users: `serve` and `app`, and `portolan.simulator.testing.running` for tests.
"""

from portolan.simulator.facade import ServerSettings
from portolan.simulator.keys import PUBLIC_KEY
from portolan.simulator.server import PORT, app, serve

__all__ = ["PORT", "PUBLIC_KEY", "ServerSettings", "app", "serve"]
