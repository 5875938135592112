import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client

from o2c.kernel.outbox import deliver_due
from orders.shop import services
from orders.shop.services import Secrets, ShopDetails
from tests.factories import NOW
from tests.orders.intake.conftest import books
from tests.orders.shop.payloads import shopify_headers, woocommerce_headers

__all__ = ["books"]


class Handler(BaseHTTPRequestHandler):
    """The shop's side of the wire: it notes each call and answers as it was told to."""

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        call = {
            "method": self.command,
            "path": self.path,
            "token": self.headers.get("X-Shopify-Access-Token") or self.headers["Authorization"],
            "body": json.loads(body) if body else None,
        }
        self.server.calls.append(call)
        status, reply, headers = self.server.reply(call)
        content = json.dumps(reply).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = answer  # noqa: N815  names of the standard library

    def log_message(self, *args):
        pass


@pytest.fixture
def far_side(settings):
    """A real HTTP server in the shop's place; `replies` maps a part of a call to an answer."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.calls, server.replies = [], {}

    def reply(call):
        text = f"{call['method']} {call['path']} {json.dumps(call['body'])}"
        found = (answer for mark, answer in server.replies.items() if mark in text)
        status, body, *headers = next(found, (404, {"message": "unknown"}))
        return status, body, headers[0] if headers else {}

    server.reply = reply
    server.url = f"http://127.0.0.1:{server.server_port}"
    settings.SHOP_PRIVATE_HOSTS = ["127.0.0.1"]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def connect(books, actor):
    """Connect a shop: `connect("shopify", base_url=…)`."""

    def make(kind, *, base_url="https://shop.example", token="", **known):
        return services.add_shop(
            kind=kind,
            details=ShopDetails(
                name="Hollis Shop",
                base_url=base_url,
                currency="EUR",
                default_customer_id=known.get("default_customer"),
            ),
            secrets=Secrets(signing_secret="hush-hush", api_token=token),
            buyers=known.get("buyers", {"jo@hollis.example": books.pk}),
            at=NOW,
            actor=actor,
        )

    return make


@pytest.fixture
def shop(connect):
    return connect("shopify")


@pytest.fixture
def send():
    """Post a message to our door as a shop does; then let the worker take it in."""

    def post(shop, body, *, taken=True, headers=None, **envelope):
        make = shopify_headers if shop.kind == "shopify" else woocommerce_headers
        sent = make(body, **envelope) if headers is None else headers
        client = Client(enforce_csrf_checks=True)
        response = client.post(
            f"/shops/{shop.public_id}/webhook",
            data=body,
            content_type="application/json",
            headers=sent,
        )
        if taken:
            deliver_due(limit=50)
        return response

    return post
