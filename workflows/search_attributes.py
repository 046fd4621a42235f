"""The registry of search attributes: read by the workflow, the embedded server, the deployment and the tests.

None holds personal data: search attributes are not encrypted.
"""

from __future__ import annotations

from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from portolan.domain.clocks import business_deadline
from portolan.domain.order import Order

PORT_STATE = SearchAttributeKey.for_keyword("PortState")
WHOSE_TURN = SearchAttributeKey.for_keyword("PortTurn")
DEADLINE = SearchAttributeKey.for_datetime("PortDeadline")
FOC_AT = SearchAttributeKey.for_datetime("PortFoc")
COUNTRY = SearchAttributeKey.for_keyword("PortCountry")
LOSING_CARRIER = SearchAttributeKey.for_keyword("PortLosingCarrier")
GAINING_CARRIER = SearchAttributeKey.for_keyword("PortGainingCarrier")
PROJECT = SearchAttributeKey.for_keyword("PortProject")

#: A keyword of 255 bytes is the longest that every store takes.
KEYWORD_LENGTH = 60

ALL = (PORT_STATE, WHOSE_TURN, DEADLINE, FOC_AT, COUNTRY, LOSING_CARRIER, GAINING_CARRIER, PROJECT)


def attributes(order: Order) -> TypedSearchAttributes:
    """What the Temporal UI can filter and sort orders by."""
    request = order.request
    pairs: list[SearchAttributePair[Any]] = [
        SearchAttributePair(PORT_STATE, f"{order.state} (on hold)" if order.hold else str(order.state)),
        SearchAttributePair(WHOSE_TURN, str(order.turn)),
        SearchAttributePair(COUNTRY, request.country),
        SearchAttributePair(LOSING_CARRIER, request.losing_carrier[:KEYWORD_LENGTH]),
        SearchAttributePair(GAINING_CARRIER, request.gaining_carrier[:KEYWORD_LENGTH]),
        SearchAttributePair(PROJECT, request.project_id),
    ]
    deadline = business_deadline(order)
    if deadline:
        pairs.append(SearchAttributePair(DEADLINE, deadline.at))
    if order.foc_at:
        pairs.append(SearchAttributePair(FOC_AT, order.foc_at))
    return TypedSearchAttributes(pairs)
