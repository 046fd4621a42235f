"""What goes with Bandwidth's port-ins: letters, notes, checks, records, bulk orders, and the shapes of its answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from portolan.simulator.testing import Running, running
from tests.simulator.bandwidth_customer import LETTER, MONDAY, NUMBERS, Customer, digits, tns

SPEC = Path(__file__).parents[3] / "shared" / "specs" / "bandwidth-porting.openapi.json"
MORE = [*NUMBERS, "+13035550103"]
SPLIT: dict[str, Any] = {
    "split": [MORE[:2], MORE[2:]],
    "sendings": [[{"says": "foc", "after_hours": 5, "foc_hours": 96}]],
}


@pytest.fixture
def simulator() -> Iterator[Running]:
    with running(start=MONDAY) as made:
        yield made


@pytest.fixture
def client(simulator: Running) -> Customer:
    return Customer(simulator.url)


def test_letters_are_listed_described_replaced_and_taken_away(client: Customer) -> None:
    order = client.create()
    file = client.letter(order)
    path = f"/portins/{order}/loas"
    said = "<FileMetaData><DocumentName>signed</DocumentName><DocumentType>INVOICE</DocumentType></FileMetaData>"
    client.call("PUT", f"{path}/{file}/metadata", 200, said)
    assert client.call("GET", f"{path}/{file}/metadata")["DocumentName"] == "signed"
    assert client.call("GET", path).all("DocumentName") == []
    assert client.call("GET", f"{path}?metadata=true").all("DocumentType") == ["INVOICE"]
    client.call("PUT", f"{path}/{file}", 200, b"%PDF 2", headers=LETTER)
    client.call("DELETE", f"{path}/{file}")
    assert client.call("GET", path)["fileCount"] == "0"
    client.call("DELETE", f"{path}/{file}", 404)


@pytest.mark.parametrize(
    ("content", "media_type", "kind"),
    [(b"", "application/pdf", "LOA"), (b"x" * 3_000_001, "application/pdf", "LOA"), (b"x", "audio/x-odd", "LOA"),
     (b"x", "application/pdf", "POEM")],
)  # fmt: skip
def test_letters_have_limits(client: Customer, content: bytes, media_type: str, kind: str) -> None:
    path = f"/portins/{client.create()}/loas"
    client.call("POST", f"{path}?documentType={kind}", 400, content, headers={"content-type": media_type})


def test_toll_free_letters_are_pdf_or_tiff(client: Customer) -> None:
    path = f"/portins/{client.create(numbers=['+18005550123'])}/loas"
    client.call("POST", path, 400, b"png", headers={"content-type": "image/png"})
    client.call("POST", path, 201, b"tiff", headers={"content-type": "image/tiff"})


def test_an_invoice_is_not_the_letter(client: Customer) -> None:
    order = client.create()
    client.call(
        "POST", f"/portins/{order}/loas?documentType=INVOICE", 201, b"%PDF", headers={"content-type": "application/pdf"}
    )
    assert client.state(order) == "PENDING_DOCUMENTS"


def test_notes_both_ways(simulator: Running, client: Customer) -> None:
    order = client.sent()
    path = f"/portins/{order}/notes"
    client.call("GET", path, 204)
    client.call("POST", path, 201, "<Note><UserId>me</UserId><Description>Please hurry</Description></Note>")
    simulator.say(order, "comment", text="We do")
    notes = client.call("GET", path)
    assert list(zip(notes.all("UserId"), notes.all("Description"), strict=True)) == [
        ("me", "Please hurry"),
        ("porting-desk", "We do"),
    ]
    nobody = client.call("POST", path, 400, "<Note><Description>Hm</Description></Note>")
    assert nobody["ErrorCode"] == "12501"
    client.call("POST", path, 400, f"<Note><UserId>me</UserId><Description>{'x' * 501}</Description></Note>")


def check(client: Customer, numbers: list[str], status: int = 200) -> Any:
    body = f"<NumberPortabilityRequest><TnList>{tns(numbers)}</TnList></NumberPortabilityRequest>"
    return client.call("POST", "/lnpchecker?fullCheck=offnetportability", status, body)


def test_the_check_tells_what_goes_together_and_what_cannot(simulator: Running, client: Customer) -> None:
    stuck = {"+12125550104": "RATE_CENTER", "+12125550105": "TN_NOT_PORTABLE"}
    simulator.script("o1", SPLIT | {"not_portable": stuck})
    answer = check(client, [*MORE, *stuck])

    def tns_in(name: str) -> list[list[str | None]]:
        found = answer.root.findall(f"{name}/*")
        return [[tn.text for tn in group.iter("Tn")] for group in found]

    plain = [digits(number) for number in MORE]
    assert tns_in("SupportedRateCenters") == [plain[:2]]
    assert tns_in("PartnerSupportedRateCenters") == [plain[2:]]
    assert tns_in("UnsupportedRateCenters") == [["2125550104"]]
    assert tns_in("UnsupportedLosingCarriers") == [["2125550105"]]


def test_the_check_refuses_strange_and_busy_numbers(client: Customer) -> None:
    assert check(client, ["+442079460123"], 400)["Code"] == "7201"
    client.sent()
    busy = check(client, NUMBERS, 400)
    assert (busy["Code"], busy.all("Tn")) == ("7205", [digits(number) for number in NUMBERS])


def test_numbers_that_do_not_go_together_are_no_single_order(simulator: Running, client: Customer) -> None:
    simulator.script("o1", SPLIT)
    answer = client.call("POST", "/portins", 201, client.order(numbers=MORE))
    assert (answer["ProcessingStatus"], answer.all("Code")[-1]) == ("EXCEPTION", "7363")


def bulk(client: Customer) -> str:
    body = "<BulkPortin><CustomerOrderId>o1 1</CustomerOrderId><SiteId>743</SiteId></BulkPortin>"
    return str(client.call("POST", "/bulkPortins", 201, body)["OrderId"])


def divided(client: Customer, name: str, numbers: list[str]) -> Any:
    accepted = client.call("PUT", f"/bulkPortins/{name}/tnList", 202, f"<TnList>{tns(numbers)}</TnList>")
    assert accepted["ProcessingStatus"] == "VALIDATE_DRAFT_TNS"
    return client.call("GET", f"/bulkPortins/{name}/tnList")


GO = "<BulkPortin><ProcessingStatus>IN_PROGRESS</ProcessingStatus></BulkPortin>"


def test_a_bulk_order_divides_numbers_and_sends_their_port_ins(simulator: Running, client: Customer) -> None:
    simulator.script("o1", SPLIT)
    name = bulk(client)
    assert client.call("GET", f"/bulkPortins/{name}/tnList")["ProcessingStatus"] == "DRAFT"
    client.call("PATCH", f"/bulkPortins/{name}", 400, GO)
    answer = divided(client, name, MORE)
    assert answer["ProcessingStatus"] == "VALID_DRAFT_TNS"
    groups = [[tn.text for tn in child.iter("Tn")] for child in answer.root.iter("ChildPortinOrder")]
    assert groups == [[digits(n) for n in MORE[:2]], [digits(n) for n in MORE[2:]]]
    children = client.call("GET", f"/bulkPortins/{name}/portinList").all("PortinOrderId")
    submit = "<LnpOrderSupp><ProcessingStatus>SUBMITTED</ProcessingStatus></LnpOrderSupp>"
    assert client.call("PUT", f"/portins/{children[0]}", 409, submit).all("Code")[-1] == "7717"
    client.call("PATCH", f"/bulkPortins/{name}", 400, GO)
    for child, group in zip(children, (MORE[:2], MORE[2:]), strict=True):
        client.change(child, numbers=group)
        client.letter(child)
    assert client.call("PATCH", f"/bulkPortins/{name}", 200, GO)["ProcessingStatus"] == "IN_PROGRESS"
    assert [client.get(child)["BulkPortinOrderId"] for child in children] == [name, name]
    simulator.advance(6)
    assert [client.state(child) for child in children] == ["FOC", "FOC"]
    assert client.call("DELETE", f"/bulkPortins/{name}", 400)["ErrorCode"] == "7709"
    simulator.advance(130)
    assert client.call("GET", f"/bulkPortins/{name}")["ProcessingStatus"] == "COMPLETED"


def test_a_port_in_leaves_its_bulk_order(simulator: Running, client: Customer) -> None:
    simulator.script("o1", SPLIT)
    name = bulk(client)
    divided(client, name, MORE)
    first, second = client.call("GET", f"/bulkPortins/{name}/portinList").all("PortinOrderId")
    left = f"<PortinList><PortinOrderId>{first}</PortinOrderId></PortinList>"
    assert client.call("PUT", f"/bulkPortins/{name}/portinList", 200, left).all("PortinOrderId") == [first]
    assert client.get(second)["BulkPortinOrderId"] == ""
    strange = "<PortinList><PortinOrderId>nobody</PortinOrderId></PortinList>"
    client.call("PUT", f"/bulkPortins/{name}/portinList", 400, strange)


def test_a_bulk_order_with_numbers_that_cannot_be_ported_has_no_port_ins(simulator: Running, client: Customer) -> None:
    simulator.script("o1", SPLIT | {"not_portable": {MORE[2]: "RATE_CENTER"}})
    name = bulk(client)
    answer = divided(client, name, MORE)
    assert (answer["ProcessingStatus"], answer["Code"], answer.all("Tn")) == (
        "INVALID_DRAFT_TNS",
        "7004",
        ["3035550103"],
    )
    assert client.call("GET", f"/bulkPortins/{name}/portinList").all("PortinOrderId") == []
    assert divided(client, name, MORE[:2])["ProcessingStatus"] == "VALID_DRAFT_TNS"
    assert client.call("GET", "/bulkPortins?status=draft").all("CustomerOrderId") == ["o1 1"]
    client.call("DELETE", f"/bulkPortins/{name}")
    client.call("GET", f"/bulkPortins/{name}", 404)
    client.call("GET", "/bulkPortins", 204)
    client.call("PUT", f"/bulkPortins/{bulk(client)}/tnList", 400, "<TnList><Tn>123</Tn></TnList>")


def test_records_come_by_script(simulator: Running, client: Customer) -> None:
    record = {"entity_name": "Acme", "service_address": "1 Main Street, Suite 4, Boston, MA", "numbers": NUMBERS}
    simulator.script("o1", {"csr": record})
    number = "<WorkingOrBillingTelephoneNumber>2125550101</WorkingOrBillingTelephoneNumber>"
    asked = f"<Csr><CustomerOrderId>o1</CustomerOrderId>{number}</Csr>"
    first = client.call("POST", "/csrs", 201, asked)
    assert first["Status"] == "RECEIVED"
    shown = client.call("GET", f"/csrs/{first['OrderId']}")
    told = [shown[name] for name in ("Status", "CustomerName", "UnparsedAddress", "AddressLine2", "City", "State")]
    assert told == ["COMPLETE", "Acme", "1 Main Street", "Suite 4", "Boston", "MA"]
    assert shown.all("TelephoneNumber") == [digits(number) for number in NUMBERS]
    other = client.call("POST", "/csrs", 201, asked.replace("o1", "o2"))["OrderId"]
    assert client.call("GET", f"/csrs/{other}")["Status"] == "FAILED"
    assert client.call("GET", "/csrs?modifiedDateFrom=2000-01-01T00:00:00.000Z").all("OrderId") == [
        first["OrderId"],
        other,
    ]
    client.call("POST", "/csrs", 400, "<Csr/>")
    client.call("GET", "/csrs/nobody", 404)


def names(element: etree._Element, where: str = "") -> set[str]:
    """The paths of all elements below one."""
    found = set()
    for each in element:
        if isinstance(each.tag, str):
            path = f"{where}/{each.tag}"
            found |= {path, *names(each, path)}
    return found


def test_answers_have_elements_of_the_documents_examples(simulator: Running, client: Customer) -> None:
    if not SPEC.exists():
        pytest.skip("the vendor's document is not beside the project")
    paths = json.loads(SPEC.read_text())["paths"]

    def examples(path: str, method: str, status: str) -> set[str]:
        content = paths[f"/accounts/{{accountId}}{path}"][method]["responses"][status]["content"]["application/xml"]
        texts = [content["example"]] if "example" in content else [e["value"] for e in content["examples"].values()]
        roots = [etree.fromstring(text.replace('\\"', '"').strip().encode()) for text in texts if text]
        return {path for root in roots for path in {f"/{root.tag}", *names(root, f"/{root.tag}")}}

    simulator.script("o1", {"sendings": [[{"says": "foc", "after_hours": 1, "foc_hours": 96}]]})
    order = client.sent(more="<PeerId>1</PeerId>")
    client.call("POST", f"/portins/{order}/notes", 201, "<Note><UserId>me</UserId><Description>x</Description></Note>")
    simulator.advance(2)
    one = "/portins/{orderId}"
    checked = {
        "/portins": client.call("GET", "/portins"),
        one: client.get(order),
        f"{one}/loas": client.call("GET", f"/portins/{order}/loas?metadata=true"),
        f"{one}/notes": client.call("GET", f"/portins/{order}/notes"),
        f"{one}/history": client.call("GET", f"/portins/{order}/history"),
        f"{one}/tns": client.call("GET", f"/portins/{order}/tns"),
        f"{one}/totals": client.call("GET", f"/portins/{order}/totals"),
        "/portins/totals": client.call("GET", "/portins/totals"),
    }
    #: In its schemas, and in none of its examples.
    besides = {
        "/LNPResponseWrapper/lnpPortInfoForGivenStatus/CustomerOrderId",
        "/LnpOrderResponse/Subscriber/BusinessName",
        "/LnpOrderResponse/ActualFocDate",
        "/fileListResponse/fileData/FileMetaData/DocumentName",
    }
    unknown = {
        path
        for where, answer in checked.items()
        for path in {f"/{answer.root.tag}", *names(answer.root, f"/{answer.root.tag}")} - examples(where, "get", "200")
    }
    assert unknown - besides == set()
