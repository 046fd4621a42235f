"""What each notice says, for people who do not port numbers for a living.

A table: what happened, what it means, and what each reader has to do. Who has something to do is who is told.
The facts in braces are those that `Order.notify` puts into a notice, and those that `rendering` adds to all.
Nothing here promises that a rollback will succeed: the losing carrier may refuse.
"""

from __future__ import annotations

from portolan.domain.telling import NoticeKind
from portolan.notifications.port_out_templates import PORT_OUTS
from portolan.notifications.template import Audience, Template

__all__ = ["TEMPLATES", "Audience", "Template"]

_CUSTOMER, _COORDINATOR, _DECIDER = Audience.CUSTOMER, Audience.COORDINATOR, Audience.DECISION_MAKER

TEMPLATES: dict[NoticeKind, Template] = {
    NoticeKind.SIGNATURE_NEEDED: Template(
        "Signature needed to move {numbers} ({reference})",
        "The letter of authorization for moving {numbers} from {losing_carrier} to {gaining_carrier} needs a "
        "signature. Where it stands: {why}.",
        "The letter is the signed permission to move the numbers. Until it is signed, nothing is sent to any carrier.",
        {
            _CUSTOMER: "Have the letter signed by {signer}, the person authorized on the account at {losing_carrier}, "
            "with the date of signing on it, and return it to {coordinator}. Please do so now: until then the move "
            "waits, and a request that nobody answers is given up.",
            _COORDINATOR: "Write the letter (`portolan letter {order_id}`), get it signed by the customer and enter it "
            "in order {order_id}. A signature of anybody but {signer} would be rejected.",
        },
    ),
    NoticeKind.LOA_EXPIRING: Template(
        "The signed letter is good only until {until} ({reference})",
        "The signed letter of authorization for moving {numbers} may be sent to {losing_carrier} only until {until}.",
        "Carriers refuse letters whose signature is too old. If the order is not sent by then, the letter has to be "
        "signed again and the move takes longer.",
        {
            _COORDINATOR: "See what order {order_id} waits for (an approval, a correction) and settle it before "
            "{until}.",
            _CUSTOMER: "If {coordinator} has asked you for something, answer before {until}. Otherwise there is "
            "nothing to do; you may be asked to sign again.",
        },
    ),
    NoticeKind.ACTION_NEEDED: Template(
        "Somebody has to act on the move of {numbers} ({reference})",
        "The move of {numbers} from {losing_carrier} to {gaining_carrier} cannot go on by itself: {why}.",
        "Nothing more happens until somebody acts. Before the numbers move, the service stays as it is. Once they "
        "have moved, do not let this wait: calls may be lost.",
        {
            _COORDINATOR: "Open order {order_id}: its tasks say who has to do what, until when, and which answers are "
            "possible. Do it today if the numbers have moved already.",
        },
    ),
    NoticeKind.RED_GATES: Template(
        "Not everything is ready to move {numbers} ({reference})",
        "Before {numbers} may move to {gaining_carrier}, these have to be done and are not: {items}.",
        "Each of them is a gate: while one is open the numbers do not move by themselves, and the date may be missed. "
        "Nothing has changed for the service.",
        {
            _COORDINATOR: "Have each of them done, and sign it off in order {order_id} (`portolan sign-off`), with "
            "what shows it.",
            _DECIDER: "Ask {coordinator} what is in the way. Only you can let the numbers move with a gate open "
            "(`portolan override`); your reason is kept.",
        },
        {
            "stage": "Stage of the preparations: {stage}.",
            "until": "They are due by {until}.",
            "foc": "The numbers are to move on {foc}.",
        },
    ),
    NoticeKind.HALF_PORTED: Template(
        "The move of {numbers} is only half done ({reference})",
        "{numbers} moved from {losing_carrier} to {gaining_carrier}, and something is not right yet: {why}.",
        "Some calls may be lost, or reach the old service. Such faults are usually found and put right in one to three "
        "business days. Keep the service at {losing_carrier} running.",
        {
            _COORDINATOR: "Open order {order_id}: its tasks say who has to be called, and about what. Call today, and "
            "make test calls from other networks after each answer.",
            _DECIDER: "Have {coordinator} tell you today how it stands: whether to wait for the repair or to ask the "
            "numbers back is yours to decide, and {losing_carrier} may refuse.",
        },
        {"until": "The numbers can be asked back until {until}; {losing_carrier} may refuse."},
    ),
    NoticeKind.ROLLBACK_ORDERED: Template(
        "{numbers} are being asked back to {losing_carrier} ({reference})",
        "It was decided that {numbers} go back from {gaining_carrier} to {losing_carrier}: {why}.",
        "{losing_carrier} is asked now. It may refuse, so it is not certain that the numbers go back; until they do "
        "they stay in service at {gaining_carrier}.",
        {
            _CUSTOMER: "Keep both services running and change nothing on either account. You are told as soon as "
            "{losing_carrier} has answered. When the numbers are back, please make test calls.",
            _COORDINATOR: "Call the emergency desk of {losing_carrier}, say that the order is on its way, and stay "
            "with it. Order {order_id} shows each answer.",
            _DECIDER: "Be within reach: if {losing_carrier} refuses, the next step is yours to decide.",
        },
        {
            "stage": "What was asked for is a {stage}.",
            "until": "It is tried until {until}.",
        },
    ),
    NoticeKind.BRIDGED: Template(
        "Calls to {numbers} go through the bridge ({reference})",
        "{losing_carrier} forwards the calls to {numbers}, and they arrive at {gaining_carrier}. The reason for the "
        "bridge: {why}.",
        "No number has moved: they stay with {losing_carrier}, and the forwarding can be ended at once. Both carriers "
        "are paid while it stands. The port itself begins when it is released.",
        {
            _CUSTOMER: "Make test calls to your numbers today and tell {coordinator} of any trouble. Keep the service "
            "and the forwarding at {losing_carrier}.",
            _COORDINATOR: "See to the test calls. When the numbers are to move, release order {order_id} (`portolan "
            "release`).",
        },
        {"forward_to": "The calls are forwarded to {forward_to}."},
    ),
    NoticeKind.UNPROVEN: Template(
        "Not every number is in service ({reference})",
        "{numbers} moved from {losing_carrier} to {gaining_carrier}, but {why}.",
        "Calls to the numbers that are not in service may be lost. A return of the numbers can be asked for until "
        "{until}; {losing_carrier} may refuse it.",
        {
            _COORDINATOR: "Open order {order_id} and have {gaining_carrier} look at the numbers now. Portolan looks at "
            "them again, too, and you are told when all are in service.",
            _DECIDER: "Speak with {coordinator} now: any return is yours to decide, before {until}.",
        },
    ),
    NoticeKind.ROLLBACK_REFUSED: Template(
        "{numbers} could not be returned ({reference})",
        "The return of {numbers} to {losing_carrier} was asked for and did not happen: {why}.",
        "The numbers stay in service at {gaining_carrier}. No carrier can be made to take numbers back.",
        {
            _COORDINATOR: "Open order {order_id}, and prepare a new port of the numbers to {losing_carrier}.",
            _DECIDER: "Decide with {coordinator} whether to order that new port; it takes the usual time.",
        },
    ),
    NoticeKind.SUBMITTED: Template(
        "The order to move {numbers} has been sent ({reference})",
        "The order to move {numbers} from {losing_carrier} is with {gaining_carrier} as {carrier_order}.",
        "{losing_carrier} now checks it. Some days of silence are normal; you are told as soon as it confirms a date "
        "or sends the order back. No number has moved.",
        {
            _CUSTOMER: "Keep the service at {losing_carrier} running and change nothing on the account: a change or a "
            "cancellation there would have the order sent back. There is no deadline for you now.",
            _COORDINATOR: "Nothing now. If {losing_carrier} stays silent past its usual time, you are told to ask.",
        },
    ),
    NoticeKind.REJECTED: Template(
        "The order to move {numbers} was sent back ({reference})",
        "{losing_carrier} sent the order back. The reason: {why}.",
        "This is common and can be put right. No number has moved, and your service stays as it is. The move waits "
        "until the order is corrected and sent again.",
        {
            _COORDINATOR: "Correct order {order_id} as said above and send it again. If printed data changes, the "
            "letter of authorization has to be signed again; its age counts too, so do not wait.",
            _CUSTOMER: "{plain} You may also be asked for data or a new signature; please answer soon.",
        },
    ),
    NoticeKind.SPLIT_OUT: Template(
        "Some numbers go on in an order of their own ({reference})",
        "Of the numbers that move from {losing_carrier}, those that held up the others now have an order of their own, "
        "{child}. The reason: {why}.",
        "The other {numbers} go on as planned. No number has moved.",
        {
            _COORDINATOR: "Open order {child}: its tasks say what has to be cured before those numbers can be sent.",
            _CUSTOMER: "Nothing yet. {coordinator} will ask you about the numbers of {child}; they stay in service at "
            "{losing_carrier} meanwhile.",
        },
    ),
    NoticeKind.FOC_CONFIRMED: Template(
        "{numbers} will move on {foc} ({reference})",
        "{losing_carrier} confirmed the date: {numbers} will move to {gaining_carrier} on {foc}.",
        "From that moment calls arrive at {gaining_carrier}. A short interruption around it is possible.",
        {
            _CUSTOMER: "Be ready to make test calls on {foc}. Keep the service at {losing_carrier} until you are told "
            "that the port is completed. If the date does not suit you, say so to {coordinator} now: shortly before "
            "it, nothing can be changed any more.",
            _COORDINATOR: "Have routing, emergency addresses and test calls at {gaining_carrier} ready before {foc}.",
            _DECIDER: "Be within reach on {foc} and in the days after: if something goes wrong, you decide whether "
            "the numbers are asked back. {losing_carrier} may refuse that.",
        },
    ),
    NoticeKind.FOC_CHANGED: Template(
        "New date: {numbers} will move on {foc} ({reference})",
        "{losing_carrier} changed the date: {numbers} will move on {foc}, no longer on {before}.",
        "The old date no longer counts. Calls arrive at {gaining_carrier} from {foc} on.",
        {
            _CUSTOMER: "Move your plans and test calls to {foc}. If that does not suit you, say so to {coordinator} "
            "now. Keep the service at {losing_carrier}.",
            _COORDINATOR: "Move the preparations from {before} to {foc} and tell everybody involved.",
            _DECIDER: "Be within reach on {foc} instead of {before}, and in the days after.",
        },
    ),
    NoticeKind.CUTOVER_DONE: Template(
        "{numbers} have moved: please test now ({reference})",
        "{numbers} moved to {gaining_carrier} on {activated}, and each is in service there.",
        "Until {until} the numbers can be asked back if something serious is wrong. Until {snapback} "
        "{losing_carrier} can take them back simply; after that it takes longer. {losing_carrier} may refuse, so a "
        "return is never certain.",
        {
            _CUSTOMER: "Make test calls to and from your numbers today: from other networks, with voice mail, text "
            "messages and fax if you use them. Tell {coordinator} of any trouble at once, well before {until}. Do "
            "not cancel the service at {losing_carrier} yet.",
            _COORDINATOR: "See to the test calls today and bring trouble to {decision_maker} well before {until}.",
            _DECIDER: "If the trouble is serious, decide on a return before {until}, better before {snapback}. Only "
            "you can decide it.",
        },
    ),
    NoticeKind.WINDOW_CLOSING: Template(
        "Last chance to ask {numbers} back: {until} ({reference})",
        "The time in which the moved {numbers} can be asked back from {gaining_carrier} ends on {until}.",
        "After {until} the numbers stay; bringing them back to {losing_carrier} would be a new order with the usual "
        "waiting time. Before {until} it can be asked for, and {losing_carrier} may refuse.",
        {
            _CUSTOMER: "If anything still does not work, tell {coordinator} now. If all is well, do nothing, and keep "
            "the service at {losing_carrier} for now.",
            _COORDINATOR: "Ask whether all test calls were good, and bring open trouble to {decision_maker} today.",
            _DECIDER: "If the numbers have to go back, decide it before {until}. If all is well, do nothing.",
        },
        {"left": "That leaves {left}.", "undo": "What can be undone now: {undo}."},
    ),
    NoticeKind.COMPLETED: Template(
        "The port of {numbers} is completed ({reference})",
        "The rollback window has closed and the port is completed. {why}.",
        "{numbers} are with {gaining_carrier}. They can no longer be asked back; a return would be a new order.",
        {
            _CUSTOMER: "The old service at {losing_carrier} may be cancelled only after your own checks: that every "
            "number is answered at {gaining_carrier}, that no other number or line depends on the old account, and "
            "what your contract says about notice. There is no hurry on our side.",
            _COORDINATOR: "Close your own papers. See that the customer checks before cancelling the old service.",
            _DECIDER: "Nothing. No decision on a return is open any more.",
        },
        {"old_service": "{old_service}"},
    ),
    NoticeKind.CANCELLED: Template(
        "The move of {numbers} was cancelled ({reference})",
        "The move of {numbers} from {losing_carrier} to {gaining_carrier} was cancelled. The reason given: {why}.",
        "No number moved. The service at {losing_carrier} goes on as before.",
        {
            _CUSTOMER: "Nothing, if that is what you wanted. If not, tell {coordinator}: a new order can be started at "
            "any time. Keep paying for the service at {losing_carrier}.",
            _COORDINATOR: "Undo what was prepared at {gaining_carrier}, and tell whoever planned for the move.",
            _DECIDER: "Nothing. You need not be within reach for this move.",
        },
    ),
    NoticeKind.ROLLED_BACK: Template(
        "{numbers} are back at {losing_carrier} ({reference})",
        "The numbers were returned to {losing_carrier}. {why}.",
        "{losing_carrier} took the numbers back; calls should arrive there again. The move to {gaining_carrier} is "
        "over.",
        {
            _CUSTOMER: "Make test calls now, at {losing_carrier}, and tell {coordinator} of any trouble today. Keep "
            "the service there.",
            _COORDINATOR: "See to the test calls today, and find out what went wrong before a new order is started.",
            _DECIDER: "Your decision was carried out. See that the test calls are good.",
        },
    ),
    NoticeKind.NOT_PORTABLE: Template(
        "{numbers} cannot be moved to {gaining_carrier} ({reference})",
        "The order cannot be carried out: {why}.",
        "No number moved: the service at {losing_carrier} goes on. One number that {gaining_carrier} cannot take stops "
        "the whole order.",
        {
            _CUSTOMER: "Keep the service at {losing_carrier}. {coordinator} will speak with you about other ways, "
            "such as forwarding calls; there is no deadline.",
            _COORDINATOR: "See order {order_id} for the numbers concerned. Order the others without them, and agree "
            "with the customer on another way for the rest.",
        },
    ),
    NoticeKind.EXPIRED: Template(
        "The move of {numbers} was given up for lack of an answer ({reference})",
        "The move of {numbers} from {losing_carrier} to {gaining_carrier} was given up: {why}.",
        "No number moved, and the service at {losing_carrier} goes on as before.",
        {
            _CUSTOMER: "If you still want to move the numbers, tell {coordinator}: a new order can be started at any "
            "time. Otherwise there is nothing to do.",
            _COORDINATOR: "Ask the customer whether the move is still wanted, and start a new order if so.",
        },
    ),
    **PORT_OUTS,
}
