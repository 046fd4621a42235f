"""What people are told of a request to release numbers. `losing_carrier` is us, `gaining_carrier` whoever asks."""

from __future__ import annotations

from portolan.domain.telling import NoticeKind
from portolan.notifications.template import Audience, Template

_CUSTOMER, _COORDINATOR = Audience.CUSTOMER, Audience.COORDINATOR

PORT_OUTS: dict[NoticeKind, Template] = {
    NoticeKind.PORT_OUT_REQUESTED: Template(
        "{gaining_carrier} asks for {numbers} of {customer}: is that right?",
        "{gaining_carrier} says that {customer} wants to move {numbers} there, and asks {losing_carrier} to release "
        "them.",
        "Once released, the numbers can be moved within hours, and calls and codes sent to them arrive elsewhere. If "
        "nobody says anything, the request is {by_itself} on {until}.",
        {
            _CUSTOMER: "If you did not ask for this, tell {coordinator} at once, before {until}: somebody may be out "
            "for your numbers. If you did ask for it there is nothing to do; to have it sooner, tell {coordinator} "
            "so.",
            _COORDINATOR: "Expect the customer's word. A no is entered with `portolan port-out deny {order_id}`, a yes "
            "with `portolan port-out confirm {order_id}`; say with `--verified` how you recognised the account holder.",
        },
    ),
    NoticeKind.PORT_OUT_HELD: Template(
        "The request of {gaining_carrier} for {numbers} is being looked into",
        "The answer to {gaining_carrier} is held back: {why}.",
        "A person looks into it. If nobody settles it, the request is {by_itself} on {until}. Rules allow no longer "
        "wait.",
        {
            _CUSTOMER: "If you know anything about this request, tell {coordinator} before {until}. If you think "
            "that somebody else uses your account, change its password now.",
            _COORDINATOR: "Look at it now (`portolan port-out show {order_id}`) and settle it before {until}.",
        },
    ),
    NoticeKind.PORT_OUT_RELEASED: Template(
        "{numbers} are released to {gaining_carrier}",
        "{losing_carrier} has released {numbers} to {gaining_carrier}: {why}. It wants to move them on {foc}.",
        "{gaining_carrier} decides when the numbers move; from then on calls arrive there. Other services on the "
        "account stay as they are.",
        {
            _CUSTOMER: "If you did not want this, tell {coordinator} at once: until the numbers have moved it may "
            "still be stopped. Otherwise arrange the day with {gaining_carrier}.",
            _COORDINATOR: "Enter the move when it is reported (`portolan port-out done {order_id}`).",
        },
    ),
    NoticeKind.PORT_OUT_REFUSED: Template(
        "The request of {gaining_carrier} for {numbers} was refused",
        "{losing_carrier} did not release the numbers to {gaining_carrier}: {why}.",
        "The numbers stay where they are. {gaining_carrier} can ask again once that is put right.",
        {
            _CUSTOMER: "If you want to move the numbers, give {gaining_carrier} the right data or code and have it ask "
            "again; {coordinator} can tell you what was missing. If you did not ask for this, tell {coordinator}.",
            _COORDINATOR: "If the customer wants the move, help with what was missing: each request is judged anew.",
        },
    ),
    NoticeKind.PORT_OUT_CLOSED: Template(
        "The request of {gaining_carrier} for {numbers} is closed",
        "{why}.",
        "Nothing more happens to this request.",
        {
            _CUSTOMER: "If this is not what you expected, tell {coordinator} today.",
            _COORDINATOR: "See that our record of the account says the same, and that what has moved is not billed on.",
        },
    ),
    NoticeKind.PORT_OUT_ATTENTION: Template(
        "Look at the request of {gaining_carrier} for {numbers}",
        "There is something to know about the request of {gaining_carrier}: {why}.",
        "It is no ground to refuse, and the answer goes out in time by itself.",
        {
            _COORDINATOR: "Open it (`portolan port-out show {order_id}`) and settle what can be settled by telephone.",
        },
    ),
}
