"""A customer of Bandwidth, as tests need one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx2
from lxml import etree

#: A Monday, 10:00 in New York.
MONDAY = datetime(2030, 3, 4, 15, tzinfo=UTC)
NUMBERS = ["+12125550101", "+12125550102"]
ACCOUNT = "9900012"
SUBSCRIBER = (
    "<Subscriber><SubscriberType>BUSINESS</SubscriberType><BusinessName>Acme Inc</BusinessName><ServiceAddress>"
    "<HouseNumber>1</HouseNumber><StreetName>Main Street</StreetName><City>Boston</City><StateCode>MA</StateCode>"
    "<Zip>02110</Zip></ServiceAddress></Subscriber>"
)
LETTER = {"content-type": "application/pdf", "documentType": "LOA"}


def digits(number: str) -> str:
    return number.removeprefix("+1")


def tns(numbers: list[str], name: str = "Tn") -> str:
    return "".join(f"<{name}>{digits(number)}</{name}>" for number in numbers)


class Answer:
    """An answer in XML."""

    def __init__(self, response: httpx2.Response) -> None:
        self.headers = response.headers
        self.root = etree.fromstring(response.content) if response.content else etree.Element("nothing")

    def __getitem__(self, name: str) -> str:
        """The text of the first element of that name; empty if there is none."""
        return next((element.text or "" for element in self.root.iter(name)), "")

    def all(self, name: str) -> list[str]:
        return [element.text or "" for element in self.root.iter(name)]


class Customer:
    """Calls the simulator with an account."""

    def __init__(self, url: str, account: str = ACCOUNT, user: str = "me", password: str = "") -> None:
        base = f"{url}/bandwidth/api/accounts/{account}"
        self.http = httpx2.Client(base_url=base, auth=(user, password or "secret"), timeout=20)

    def call(self, method: str, path: str, status: int = 200, body: str | bytes = b"", **options: Any) -> Answer:
        content = body.encode() if isinstance(body, str) else body
        headers = {"content-type": "application/xml", **options.pop("headers", {})}
        response = self.http.request(method, path, content=content, headers=headers, **options)
        assert response.status_code == status, response.text
        return Answer(response)

    @staticmethod
    def order(reference: str = "o1 1", numbers: list[str] | None = None, more: str = "", root: str = "LnpOrder") -> str:
        name = "PhoneNumber"
        return (
            f"<{root}><CustomerOrderId>{reference}</CustomerOrderId><LoaAuthorizingPerson>Ada</LoaAuthorizingPerson>"
            f"{SUBSCRIBER}<BillingTelephoneNumber>2125550101</BillingTelephoneNumber><SiteId>743</SiteId>"
            f"<ListOfPhoneNumbers>{tns(NUMBERS if numbers is None else numbers, name)}</ListOfPhoneNumbers>{more}"
            f"</{root}>"
        )

    def create(self, reference: str = "o1 1", numbers: list[str] | None = None, more: str = "") -> str:
        return self.call("POST", "/portins", 201, self.order(reference, numbers, more))["OrderId"]

    def letter(self, order: str) -> str:
        return self.call("POST", f"/portins/{order}/loas", 201, b"%PDF", headers=LETTER)["filename"]

    def sent(self, reference: str = "o1 1", numbers: list[str] | None = None, more: str = "") -> str:
        """Created, with its letter."""
        order = self.create(reference, numbers, more)
        self.letter(order)
        return order

    def get(self, order: str) -> Answer:
        return self.call("GET", f"/portins/{order}")

    def state(self, order: str) -> str:
        return self.get(order)["ProcessingStatus"]

    def change(self, order: str, status: int = 200, more: str = "", **given: Any) -> Answer:
        """Supplement an order."""
        return self.call("PUT", f"/portins/{order}", status, self.order(more=more, root="LnpOrderSupp", **given))
