"""Bandwidth as far as tests need it: keeps orders, answers in XML, and can lose the answer to any call that changes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx2
from lxml import etree
from pydantic import SecretStr

from portolan.carriers.accounts import BandwidthAccount
from portolan.carriers.bandwidth import Bandwidth
from portolan.carriers.ledger import MemoryLedger
from portolan.domain.carrier import (
    AccountData,
    CarrierOrder,
    Consent,
    NumberConfiguration,
    Paper,
    PortBack,
    SendKind,
    Submission,
)

NOW = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
NUMBERS = ["+12125550101", "+12125550102"]
ACCOUNT_ID = "9900012"
LETTER = Paper(
    kind="loa", filename="letter.pdf", media_type="application/pdf", sha256="ab" * 32, content=b"%PDF signed"
)
BILL = Paper(kind="bill", filename="bill.png", media_type="image/png", sha256="cd" * 32, content=b"png")
CUSTOMER = AccountData(
    entity_name="Harbor Tool and Die Incorporated",
    authorized_person="Ada Byron",
    service_address="12 Harbor Street, Suite 4, Boston, MA",
    postal_code="02110",
    account_number="0048-1937",
)


def account(**changed: Any) -> BandwidthAccount:
    given: dict[str, Any] = {
        "vendor": "bandwidth",
        "name": "bandwidth",
        "account_id": ACCOUNT_ID,
        "username": "portolan-api",
        "password": SecretStr("hunter2-hunter2"),
        "site_id": "743",
        "peer_id": "500709",
        "webhook_url": "https://hooks.example/carriers/bandwidth",
        "webhook_username": "bw",
        "webhook_password": SecretStr("open sesame"),
        "base_url": "https://bandwidth.example/api",
    }
    return BandwidthAccount.model_validate(given | changed)


def submission(order_id: str = "acme-1", attempt: int = 1, **changed: Any) -> Submission:
    given: dict[str, Any] = {
        "key": f"{order_id}:{attempt}",
        "order_id": order_id,
        "attempt": attempt,
        "kind": SendKind.NEW,
        "numbers": NUMBERS,
        "account": CUSTOMER,
        "losing_carrier": "Old Telco",
        "country": "US",
        "number_class": "geographic",
        "papers": [LETTER, BILL],
    }
    return Submission(**(given | changed))


def configured(**fields: str) -> NumberConfiguration:
    return NumberConfiguration(**fields)


class Asking:
    """A `Returns` that keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[PortBack] = []

    def ask(self, request: PortBack, tell: Callable[[str], None]) -> None:
        if request.key not in {one.key for one in self.asked}:
            self.asked.append(request)
            tell(f"Please return the numbers: {request.reason}")

    def seen(self, order: CarrierOrder) -> CarrierOrder:
        return order.model_copy(update={"consent": Consent.REQUESTED}) if self.asked else order


@dataclass
class Held:
    """A port-in as the fake keeps it: its fields are the elements of its answer, in order."""

    fields: dict[str, Any]
    errors: list[tuple[str, str, list[str]]] = field(default_factory=list)
    papers: list[dict[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str, str]] = field(default_factory=list)
    activated: list[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        return str(self.fields["ProcessingStatus"])

    @state.setter
    def state(self, value: str) -> None:
        self.fields["ProcessingStatus"] = value

    @property
    def numbers(self) -> list[str]:
        return list(self.fields.get("ListOfPhoneNumbers", []))


class Fake:
    """The server side.

    Attributes:
        lose: The number of the changing call whose answer is lost, counted from 1; it takes effect all the same.
        refuse: Errors that a PUT to SUBMITTED, or any supplement, is refused with.
        groups: How the numbers have to be divided, by ten digits; all together where empty.
        answers: Answers to give instead, by method and the end of the path.
    """

    def __init__(self) -> None:
        self.portins: dict[str, Held] = {}
        self.bulks: dict[str, dict[str, Any]] = {}
        self.csrs: dict[str, dict[str, str]] = {}
        self.subscriptions: dict[str, dict[str, str]] = {}
        self.calls: list[str] = []
        self.bodies: list[tuple[str, bytes]] = []
        self.headers: list[httpx2.Headers] = []
        self.lose = 0
        self.changes = 0
        self.refuse: list[tuple[str, str]] = []
        self.groups: list[list[str]] = []
        self.checker = ""
        self.answers: dict[str, httpx2.Response] = {}
        self.slow_bulk = 0
        self.unfit: list[tuple[str, str, list[str]]] = []
        self._ids = itertools.count(1)

    def transport(self) -> httpx2.MockTransport:
        return httpx2.MockTransport(self.handle)

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path.removeprefix(f"/api/accounts/{ACCOUNT_ID}/")
        call = f"{request.method} {path}"
        self.calls.append(call)
        self.bodies.append((call, request.content))
        self.headers.append(request.headers)
        for known, given in self.answers.items():
            method, _, end = known.partition(" ")
            if request.method == method and re.search(end, path):
                return given
        response = self._answer(request.method, path.split("/"), request)
        if request.method != "GET" and path != "lnpchecker":
            self.changes += 1
            if self.changes == self.lose:
                raise httpx2.ReadTimeout("lost", request=request)
        return response

    def sent(self, call: str) -> list[etree._Element]:
        """The bodies of the calls that match, as XML."""
        return [etree.fromstring(body) for made, body in self.bodies if re.fullmatch(call, made)]

    def live(self) -> list[Held]:
        return [held for held in self.portins.values() if held.state not in {"DRAFT", "CANCELLED"}]

    def _answer(self, method: str, path: list[str], request: httpx2.Request) -> httpx2.Response:
        body = etree.fromstring(request.content) if request.content.lstrip().startswith(b"<") else None
        query = request.url.params
        if path[0] in {"portins", "bulkPortins"} and len(path) > 1 and path[1] not in self.portins | self.bulks:
            return httpx2.Response(404)
        match method, path:
            case "GET", ["portins"]:
                return ok(self._list(query))
            case "POST", ["portins"]:
                assert body is not None
                return ok(self._create(body), 201)
            case "GET", ["portins", order_id]:
                return ok(self._shown(order_id))
            case "PUT", ["portins", order_id]:
                assert body is not None
                return self._supplement(order_id, body)
            case "DELETE", ["portins", order_id]:
                return self._delete(order_id)
            case "GET", ["portins", order_id, "loas"]:
                files = "".join(
                    f"<fileData><FileName>{one['file']}</FileName><FileMetaData><DocumentType>{one['type']}"
                    f"</DocumentType><DocumentName>{one.get('name', '')}</DocumentName></FileMetaData></fileData>"
                    for one in self.portins[order_id].papers
                )
                return ok(f"<fileListResponse>{files}<resultCode>0</resultCode></fileListResponse>")
            case "POST", ["portins", order_id, "loas"]:
                assert request.headers["documenttype"] == query["documentType"]
                file = f"{order_id}-{len(self.portins[order_id].papers)}.pdf"
                self.portins[order_id].papers.append({"file": file, "type": query["documentType"]})
                return ok(f"<fileUploadResponse><filename>{file}</filename></fileUploadResponse>", 201)
            case "PUT", ["portins", order_id, "loas", file, "metadata"]:
                assert body is not None
                found = [one for one in self.portins[order_id].papers if one["file"] == file]
                for paper in found:
                    paper["name"] = body.findtext("DocumentName") or ""
                return httpx2.Response(200 if found else 404)
            case "GET", ["portins", order_id, "notes"]:
                notes = self.portins[order_id].notes
                shown = "".join(
                    f"<Note><Id>{n}</Id><UserId>{who}</UserId><Description>{text}</Description>"
                    f"<LastDateModifier>{at}</LastDateModifier></Note>"
                    for n, (who, text, at) in enumerate(notes)
                )
                return ok(f"<Notes>{shown}</Notes>") if notes else httpx2.Response(204)
            case "POST", ["portins", order_id, "notes"]:
                assert body is not None
                text = body.findtext("Description") or ""
                self.portins[order_id].notes.append((body.findtext("UserId") or "", text, "2026-03-02T15:00:00.000Z"))
                return httpx2.Response(201)
            case "GET", ["portins", order_id, "activationStatus"]:
                moved = "".join(f"<TelephoneNumber>{n}</TelephoneNumber>" for n in self.portins[order_id].activated)
                return ok(
                    "<ActivationStatusResponse><ActivationStatus>"
                    f"<ActivatedTelephoneNumbersList>{moved}</ActivatedTelephoneNumbersList>"
                    "</ActivationStatus></ActivationStatusResponse>"
                )
            case "PUT", ["portins", order_id, "activationStatus"]:
                held = self.portins[order_id]
                held.activated = held.numbers
                return ok("<ActivationStatusResponse/>")
            case "POST", ["lnpchecker"]:
                assert body is not None
                return ok(self.checker or self._checked([tn.text or "" for tn in body.iter("Tn")]))
            case _, ["csrs", *_] | ["subscriptions", *_]:
                return self._beside(method, path, body)
            case _, ["bulkPortins", *rest]:
                return self._bulk(method, rest, body)
            case "GET", ["sites", _, "portins"]:
                return ok("<LNPResponseWrapper/>")
        raise AssertionError(f"the fake knows no {method} {'/'.join(path)}")

    def _list(self, query: httpx2.QueryParams) -> str:
        wanted_state = query.get("status", "").upper()
        rows = []
        for order_id, held in self.portins.items():
            draft = held.state.endswith(("DRAFT", "DRAFT_TFNS"))
            if (draft and not wanted_state) or (wanted_state and wanted_state != held.state):
                continue
            if query.get("customerOrderId") not in (None, held.fields.get("CustomerOrderId")):
                continue
            if query.get("orderTn") and query["orderTn"] not in held.numbers:
                continue
            rows.append(
                f"<lnpPortInfoForGivenStatus><OrderId>{order_id}</OrderId>"
                f"<CustomerOrderId>{held.fields.get('CustomerOrderId', '')}</CustomerOrderId>"
                f"<lastModifiedDate>{held.fields['LastModifiedDate']}</lastModifiedDate>"
                f"<ProcessingStatus>{held.state}</ProcessingStatus></lnpPortInfoForGivenStatus>"
            )
        return f"<LNPResponseWrapper><TotalCount>{len(rows)}</TotalCount>{''.join(rows)}</LNPResponseWrapper>"

    def _create(self, body: etree._Element) -> str:
        order_id = f"order-{next(self._ids)}"
        self.portins[order_id] = Held({"LastModifiedDate": "2026-03-02T14:30:00.000Z", "ProcessingStatus": "SUBMITTED"})
        self._take(order_id, body)
        return f"<LnpOrderResponse><OrderId>{order_id}</OrderId></LnpOrderResponse>"

    def _take(self, order_id: str, body: etree._Element) -> None:
        held = self.portins[order_id]
        held.fields.pop("CustomerOrderId", None)
        for element in body:
            if element.tag == "ListOfPhoneNumbers":
                held.fields["ListOfPhoneNumbers"] = [one.text or "" for one in element]
            else:
                held.fields[element.tag] = element if len(element) else (element.text or "")

    def _supplement(self, order_id: str, body: etree._Element) -> httpx2.Response:
        held = self.portins[order_id]
        before = held.state
        if self.refuse:
            found = "".join(f"<Errors><Code>{c}</Code><Description>{d}</Description></Errors>" for c, d in self.refuse)
            return ok(f"<LnpOrderResponse><Status><Code>400</Code></Status>{found}</LnpOrderResponse>", 400)
        self._take(order_id, body)
        if before != "DRAFT":
            held.state = "REQUESTED_SUPP"
        return ok("<LnpOrderResponse><ProcessingStatus>REQUESTED_SUPP</ProcessingStatus></LnpOrderResponse>")

    def _delete(self, order_id: str) -> httpx2.Response:
        if self.portins[order_id].state.startswith(("DRAFT", "INVALID_DRAFT")):
            del self.portins[order_id]
        else:
            self.portins[order_id].state = "REQUESTED_CANCEL"
        return httpx2.Response(200)

    def _shown(self, order_id: str) -> bytes:
        held = self.portins[order_id]
        root = etree.Element("LnpOrderResponse")
        for code, said, numbers in held.errors:
            error = etree.SubElement(root, "Errors")
            etree.SubElement(error, "Code").text = code
            etree.SubElement(error, "Description").text = said
            for number in numbers:
                etree.SubElement(error, "Tn").text = number
        for name, value in held.fields.items():
            if isinstance(value, etree._Element):
                root.append(etree.fromstring(etree.tostring(value)))
            elif isinstance(value, list):
                listed = etree.SubElement(root, name)
                for one in value:
                    etree.SubElement(listed, "PhoneNumber").text = one
            else:
                etree.SubElement(root, name).text = str(value)
        return etree.tostring(root)

    def _checked(self, digits: list[str]) -> str:
        groups = self.groups or [digits]
        centers = "".join(
            f"<RateCenterGroup><RateCenter>PLACE{n}</RateCenter><State>NY</State><TnList>"
            + "".join(f"<Tn>{one}</Tn>" for one in group)
            + "</TnList></RateCenterGroup>"
            for n, group in enumerate(groups)
        )
        return (
            "<NumberPortabilityResponse><PortType>AUTOMATED</PortType>"
            f"<PartnerSupportedRateCenters>{centers}</PartnerSupportedRateCenters></NumberPortabilityResponse>"
        )

    def _beside(self, method: str, path: list[str], body: etree._Element | None) -> httpx2.Response:
        kind, *rest = path
        kept = self.csrs if kind == "csrs" else self.subscriptions
        entry = "CsrResponse" if kind == "csrs" else "Subscription"
        if method in {"POST", "PUT"}:
            assert body is not None
            name = rest[0] if rest else f"{kind}-{len(kept) + 1}"
            kept[name] = {"id": name, "xml": "".join(etree.tostring(one, encoding="unicode") for one in body)}
            return ok(f"<{entry}><OrderId>{name}</OrderId><Status>RECEIVED</Status></{entry}>", 200 if rest else 201)
        if rest and rest[0] not in kept:
            return httpx2.Response(404)
        tag = "OrderId" if kind == "csrs" else "SubscriptionId"
        shown = [
            f"<{entry}><{tag}>{one['id']}</{tag}><Status>{one.get('state', 'RECEIVED')}</Status>{one['xml']}"
            f"{one.get('data', '')}</{entry}>"
            for one in kept.values()
            if not rest or one["id"] == rest[0]
        ]
        return ok(shown[0] if rest else f"<List>{''.join(shown)}</List>")

    def _bulk(self, method: str, path: list[str], body: etree._Element | None) -> httpx2.Response:
        match method, path:
            case "POST", []:
                assert body is not None
                bulk_id = f"bulk-{next(self._ids)}"
                self.bulks[bulk_id] = {
                    "reference": body.findtext("CustomerOrderId"),
                    "state": "DRAFT",
                    "children": [],
                    "body": body,
                }
                return ok(
                    f"<BulkPortinResponse><BulkPortin><OrderId>{bulk_id}</OrderId></BulkPortin></BulkPortinResponse>",
                    201,
                )
            case "GET", []:
                rows = "".join(
                    f"<BulkPortinResponse><OrderId>{name}</OrderId><CustomerOrderId>{one['reference']}</CustomerOrderId>"
                    "</BulkPortinResponse>"
                    for name, one in self.bulks.items()
                    if "DRAFT" in one["state"]
                )
                return ok(f"<BulkPortinResponses>{rows}</BulkPortinResponses>")
            case "DELETE", [bulk_id]:
                for child in self.bulks.pop(bulk_id)["children"]:
                    del self.portins[child]
                return httpx2.Response(200)
            case "PATCH", [bulk_id]:
                if self.refuse:
                    code, said = self.refuse[0]
                    return ok(
                        f"<R><Error><ErrorCode>{code}</ErrorCode><Description>{said}</Description></Error></R>", 400
                    )
                self.bulks[bulk_id]["state"] = "IN_PROGRESS"
                for child in self.bulks[bulk_id]["children"]:
                    self.portins[child].state = "SUBMITTED"
                return ok("<BulkPortinResponse/>")
            case "PUT", [bulk_id, "portinList"]:
                assert body is not None
                kept = [one.text or "" for one in body]
                for child in set(self.bulks[bulk_id]["children"]) - set(kept):
                    del self.portins[child].fields["BulkPortinOrderId"]
                self.bulks[bulk_id]["children"] = kept
                return ok("<PortinListResponse/>")
            case "GET", [bulk_id, "portinList"]:
                rows = "".join(f"<PortinOrderId>{one}</PortinOrderId>" for one in self.bulks[bulk_id]["children"])
                return ok(f"<PortinListResponse><PortinList>{rows}</PortinList></PortinListResponse>")
            case "PUT", [bulk_id, "tnList"]:
                assert body is not None
                self._divide(bulk_id, [one.text or "" for one in body])
                return ok("<TnListResponse/>", 202)
            case "GET", [bulk_id, "tnList"]:
                return ok(self._divided(bulk_id))
        raise AssertionError(f"the fake knows no {method} bulkPortins/{'/'.join(path)}")

    def _divide(self, bulk_id: str, digits: list[str]) -> None:
        bulk = self.bulks[bulk_id]
        bulk["state"] = "INVALID_DRAFT_TNS" if self.unfit else "VALID_DRAFT_TNS"
        for group in [] if self.unfit else self.groups:
            order_id = f"order-{next(self._ids)}"
            fields = {one.tag: one.text or "" for one in bulk["body"]}
            self.portins[order_id] = Held(
                fields
                | {
                    "ProcessingStatus": "DRAFT",
                    "ListOfPhoneNumbers": [one for one in group if one in digits],
                    "BulkPortinOrderId": bulk_id,
                    "LastModifiedDate": "2026-03-02T14:30:00.000Z",
                }
            )
            bulk["children"].append(order_id)

    def _divided(self, bulk_id: str) -> str:
        bulk = self.bulks[bulk_id]
        state = bulk["state"]
        if state == "VALID_DRAFT_TNS" and self.slow_bulk:
            self.slow_bulk -= 1
            state = "VALIDATE_DRAFT_TNS"
        children = "".join(
            f"<ChildPortinOrder><OrderId>{one}</OrderId><TnList>"
            + "".join(f"<Tn>{number}</Tn>" for number in self.portins[one].numbers)
            + "</TnList></ChildPortinOrder>"
            for one in bulk["children"]
        )
        wrong = "".join(
            f"<Error><Code>{code}</Code><Description>{said}</Description><TnList>"
            + "".join(f"<Tn>{one}</Tn>" for one in numbers)
            + "</TnList></Error>"
            for code, said, numbers in self.unfit
        )
        return (
            f"<TnListResponse><ProcessingStatus>{state}</ProcessingStatus><OrderId>{bulk_id}</OrderId>"
            f"<ChildPortinOrderList>{children}</ChildPortinOrderList><ErrorList>{wrong}</ErrorList></TnListResponse>"
        )


class Desk:
    """The adapter in front of the fake, with a clock that tests move."""

    def __init__(self) -> None:
        self.fake, self.returns, self.ledger, self.now = Fake(), Asking(), MemoryLedger(), NOW

    def carrier(self, **changed: Any) -> Bandwidth:
        """The adapter; made again it is another process's."""
        return Bandwidth(
            account(**changed),
            ledger=self.ledger,
            returns=self.returns,
            clock=lambda: self.now,
            transport=self.fake.transport(),
        )

    def submitted(self, one: Submission | None = None) -> tuple[Bandwidth, CarrierOrder, Held]:
        """An order that has gone out, with the (first) port-in that holds it."""
        carrier = self.carrier()
        order = carrier.submit(one or submission())
        first = order.parts[0].carrier_order_id if order.parts else order.carrier_order_id
        return carrier, order, self.fake.portins[first]


def ok(body: str | bytes, status: int = 200) -> httpx2.Response:
    return httpx2.Response(status, content=body, headers={"content-type": "application/xml"})
