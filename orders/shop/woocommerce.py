"""WooCommerce: webhooks signed by HMAC-SHA256, answers through its REST API v3."""

import base64
import hashlib
import hmac
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from orders.intake.documents import ReadOrder
from orders.shop import web
from orders.shop.adapters import Buyer, Message, Status, Topic
from orders.shop.payload import moment_of, order_in, text_of
from orders.shop.stock import parts_of, whole
from orders.shop.woocommerce_orders import company_of, read_woocommerce

API = "/wp-json/wc/v3"
TOPICS = {
    "order.created": Topic.ORDER,
    "order.updated": Topic.CHANGE,
    "order.restored": Topic.CHANGE,
    "order.deleted": Topic.CANCELLATION,
}
STATES = {
    Status.CONFIRMED: "processing",
    Status.WAITING: "on-hold",
    Status.SHIPPED: "completed",
    Status.CANCELLED: "cancelled",
}
# Orders that are over are left as they are.
FINAL = {"completed", "cancelled", "refunded", "failed", "trash"}
# The REST API takes so many rows at once.
BATCH = 100
# A new webhook asks, unsigned, whether somebody is there.
PING = re.compile(rb"webhook_id=\d{1,20}")


@dataclass(frozen=True, kw_only=True)
class WooCommerce:
    """`token` is the consumer key and secret of a REST API key: `ck_…:cs_…`."""

    base_url: str
    token: str

    def read_message(self, headers: Mapping[str, str], body: bytes) -> Message:
        signature = headers.get("X-WC-Webhook-Signature", "")
        return Message(
            event_id=headers.get("X-WC-Webhook-Delivery-ID", ""),
            topic=headers.get("X-WC-Webhook-Topic", ""),
            signature=signature,
            is_ping=not signature and bool(PING.fullmatch(body)),
        )

    def signature_of(self, body: bytes, secret: str) -> str:
        digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
        return base64.b64encode(digest).decode()

    def topic_of(self, topic: str) -> Topic:
        return TOPICS.get(topic, Topic.OTHER)

    def read_order(self, content: bytes) -> ReadOrder:
        return read_woocommerce(content)

    def read_buyer(self, content: bytes) -> Buyer:
        data = order_in(content)
        names = [name for name in (text_of(data, "billing", "email"), company_of(data)) if name]
        return Buyer(names=names, changed_at=moment_of(text_of(data, "date_modified_gmt")))

    def greet(self) -> str:
        status = self._ask("/system_status", query={"_fields": "environment"})
        environment = status.get("environment") if isinstance(status, dict) else None
        return text_of(environment or {}, "site_url") or self.base_url

    def push_stock(self, levels: Mapping[str, Decimal]) -> None:
        for part in parts_of(levels, BATCH):
            query = {"sku": ",".join(part), "per_page": str(BATCH)}
            for path, rows in _by_path(_rows(self._ask("/products", query=query)), part).items():
                self._ask(path, method="POST", body={"update": rows})

    def push_status(self, reference: str, status: Status) -> None:
        order = self._ask(f"/orders/{reference}", query={"_fields": "id,status"})
        current = text_of(order if isinstance(order, dict) else {}, "status")
        if current in FINAL or current == STATES[status]:
            return
        self._ask(f"/orders/{reference}", method="PUT", body={"status": STATES[status]})

    def _ask(self, path: str, **request: Any) -> Any:
        token = base64.b64encode(self.token.encode()).decode()
        return web.call(
            self.base_url, API + path, headers={"Authorization": f"Basic {token}"}, **request
        )


def _rows(answer: Any) -> list[dict[str, Any]]:
    if not isinstance(answer, list):
        raise web.ShopRefused(_("The shop does not answer with a list of products."))
    return [row for row in answer if isinstance(row, dict)]


def _by_path(
    products: list[dict[str, Any]], levels: Mapping[str, Decimal]
) -> dict[str, list[dict[str, Any]]]:
    """Group what is to be set by where it is set: variations belong to their product."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for product in products:
        sku = str(product.get("sku"))
        if sku not in levels:
            continue
        parent = product.get("parent_id")
        path = f"/products/{parent}/variations/batch" if parent else "/products/batch"
        quantity = whole(levels[sku])
        found[path].append({"id": product["id"], "manage_stock": True, "stock_quantity": quantity})
    return found
