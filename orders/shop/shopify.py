"""Shopify: webhooks signed by HMAC-SHA256, answers through the GraphQL Admin API."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from orders.intake.documents import ReadOrder
from orders.shop import web
from orders.shop.adapters import Buyer, Message, Status, Topic
from orders.shop.payload import moment_of, order_in, text_of
from orders.shop.shopify_orders import company_of, read_shopify
from orders.shop.stock import parts_of, whole

API = "/admin/api/2026-01/graphql.json"
TOPICS = {
    "orders/create": Topic.ORDER,
    "orders/updated": Topic.CHANGE,
    "orders/edited": Topic.OTHER,
    "orders/cancelled": Topic.CANCELLATION,
}
TAGS = {Status.CONFIRMED: "confirmed by supplier", Status.WAITING: "waiting at supplier"}
# As many SKUs as one search may name.
BATCH = 50
GREETING = "{ shop { name } }"
FIND = """query ($search: String!) {
  productVariants(first: 250, query: $search) { nodes { sku inventoryItem { id } } }
  locations(first: 1) { nodes { id } }
}"""
SET_STOCK = """mutation ($input: InventorySetQuantitiesInput!) {
  inventorySetQuantities(input: $input) { userErrors { message } }
}"""
ADD_TAG = """mutation ($id: ID!, $tags: [String!]!) {
  tagsAdd(id: $id, tags: $tags) { userErrors { message } }
}"""
ORDER = """query ($id: ID!) {
  order(id: $id) { cancelledAt fulfillmentOrders(first: 50) { nodes { id status } } }
}"""
FULFIL = """mutation ($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) { userErrors { message } }
}"""
CANCEL = """mutation ($id: ID!) {
  orderCancel(orderId: $id, reason: OTHER, refund: false, restock: false, notifyCustomer: true) {
    userErrors { message }
  }
}"""
STILL_OPEN = {"OPEN", "IN_PROGRESS"}


@dataclass(frozen=True, kw_only=True)
class Shopify:
    """`token` is the Admin API access token of a custom app."""

    base_url: str
    token: str

    def read_message(self, headers: Mapping[str, str], body: bytes) -> Message:
        return Message(
            event_id=headers.get("X-Shopify-Webhook-Id", ""),
            topic=headers.get("X-Shopify-Topic", ""),
            signature=headers.get("X-Shopify-Hmac-Sha256", ""),
        )

    def signature_of(self, body: bytes, secret: str) -> str:
        digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
        return base64.b64encode(digest).decode()

    def topic_of(self, topic: str) -> Topic:
        return TOPICS.get(topic, Topic.OTHER)

    def read_order(self, content: bytes) -> ReadOrder:
        return read_shopify(content)

    def read_buyer(self, content: bytes) -> Buyer:
        data = order_in(content)
        email = text_of(data, "email") or text_of(data, "customer", "email")
        names = [name for name in (email, company_of(data)) if name]
        return Buyer(names=names, changed_at=moment_of(text_of(data, "updated_at")))

    def greet(self) -> str:
        return str(self._ask(GREETING, {})["shop"]["name"])

    def push_stock(self, levels: Mapping[str, Decimal]) -> None:
        for part in parts_of(levels, BATCH):
            search = " OR ".join(f'sku:"{_quoted(sku)}"' for sku in part)
            found = self._ask(FIND, {"search": search})
            places = found["locations"]["nodes"]
            known = [row for row in found["productVariants"]["nodes"] if row["sku"] in part]
            if not places or not known:
                continue
            quantities = [
                {
                    "inventoryItemId": row["inventoryItem"]["id"],
                    "locationId": places[0]["id"],
                    "quantity": whole(part[row["sku"]]),
                    "changeFromQuantity": None,
                }
                for row in known
            ]
            entered = {"name": "available", "reason": "correction", "quantities": quantities}
            self._ask(SET_STOCK, {"input": entered})

    def push_status(self, reference: str, status: Status) -> None:
        key = f"gid://shopify/Order/{reference}"
        if status in TAGS:
            self._ask(ADD_TAG, {"id": key, "tags": [TAGS[status]]})
            return
        order = self._ask(ORDER, {"id": key})["order"]
        if order is None or order["cancelledAt"]:
            return
        if status == Status.CANCELLED:
            self._ask(CANCEL, {"id": key})
            return
        waiting = [
            row["id"] for row in order["fulfillmentOrders"]["nodes"] if row["status"] in STILL_OPEN
        ]
        if waiting:
            lines = [{"fulfillmentOrderId": one} for one in waiting]
            entered = {"lineItemsByFulfillmentOrder": lines, "notifyCustomer": True}
            self._ask(FULFIL, {"fulfillment": entered})

    def _ask(self, query: str, variables: Mapping[str, Any]) -> Any:
        answer = web.call(
            self.base_url,
            API,
            method="POST",
            body={"query": query, "variables": variables},
            headers={"X-Shopify-Access-Token": self.token},
        )
        errors = _errors_in(answer)
        if errors:
            message = _("The shop does not take it: %(errors)s")
            raise web.ShopRefused(message % {"errors": "; ".join(errors)[:300]})
        return answer["data"]


def _errors_in(answer: Any) -> list[str]:
    """Return what speaks against success: of the whole request, and of its parts."""
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), dict):
        errors = answer.get("errors") if isinstance(answer, dict) else None
        return [str(errors or _("no data"))]
    found = [str(error.get("message", error)) for error in answer.get("errors") or []]
    for part in answer["data"].values():
        if isinstance(part, dict):
            found += [str(error["message"]) for error in part.get("userErrors") or []]
    return found


def _quoted(sku: str) -> str:
    return sku.replace("\\", "\\\\").replace('"', '\\"')
