"""The queue is away or does not answer: people go on working, and the sweep delivers later."""

import time
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from django.core import mail

from o2c.kernel import outbox, roles
from o2c.kernel.models import OutboxMessage
from orders.models import Order
from tests.factories import ProductFactory, StockLevelFactory
from tests.faults.mail_server import mail_server
from tests.faults.programs import free_port, start_web

PATIENCE = 10
SECRET = "s" * 32


class Browser:
    """Somebody who is signed in, at a server of its own process."""

    def __init__(self, address, client):
        session = client.cookies["sessionid"].value
        self.address = address
        self.headers = {"Cookie": f"sessionid={session}; csrftoken={SECRET}"}

    def open(self, path, **entries):
        """Return the address that was arrived at, and the seconds until then."""
        entries = urlencode(entries | {"csrfmiddlewaretoken": SECRET}).encode() if entries else None
        request = Request(f"{self.address}{path}", data=entries, headers=self.headers)  # noqa: S310
        started = time.monotonic()
        with urlopen(request, timeout=30) as response:  # noqa: S310  our own address
            response.read()
        return response.url.removeprefix(self.address), time.monotonic() - started


@pytest.fixture(params=["away", "silent"])
def redis_url(request):
    """A queue where nobody listens, and one that takes calls and never answers."""
    if request.param == "away":
        yield f"redis://127.0.0.1:{free_port()}/0"
        return
    with mail_server(mood="silent") as silent:
        yield f"redis://127.0.0.1:{silent.port}/0"


def test_orders_are_placed_and_pages_load_without_the_queue(
    redis_url, customer, children, browser_of, tmp_path
):
    product = ProductFactory.create(sku="VLV-1")
    StockLevelFactory.create(product=product)
    address = start_web(children, tmp_path / "web.log", REDIS_URL=redis_url)
    browser = Browser(address, browser_of(roles.SALES_REP))
    browser.open("/")
    entries = {"customer": customer.pk, "customer_name": customer.name, "do": "submit"}
    line = {"lines-count": 1, "lines-0-sku": "VLV-1", "lines-0-quantity": "2"}

    place, placing = browser.open(
        "/orders/new/", token=uuid4(), requested_on="2030-11-25", **entries, **line
    )
    _, looking = browser.open("/")

    order = Order.objects.get()
    assert place == f"/orders/{order.number}/"
    assert order.state == Order.State.RELEASED
    assert (placing < PATIENCE, looking < PATIENCE) == (True, True), (placing, looking)
    assert not OutboxMessage.objects.exclude(delivered_at=None).exists()

    assert outbox.deliver_due(limit=10) == OutboxMessage.objects.count()
    assert [message.subject for message in mail.outbox] == [
        f"Your order {order.number} is confirmed"
    ]
