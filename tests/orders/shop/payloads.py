"""Orders as the two shops send them, written by us after their documentation."""

import base64
import hashlib
import hmac
import json


def shopify_order(**changes):
    """Order #1001: 2 valves at 50.00 EUR and 4 pumps at 2.55 EUR, tax on top, shipping 9.90."""
    order = {
        "id": 820982911946154508,
        "admin_graphql_api_id": "gid://shopify/Order/820982911946154508",
        "name": "#1001",
        "email": "jo@hollis.example",
        "created_at": "2026-11-18T08:00:00Z",
        "updated_at": "2026-11-18T08:00:00Z",
        "cancelled_at": None,
        "currency": "EUR",
        "taxes_included": False,
        "test": False,
        "po_number": None,
        "note": "Ring twice",
        "billing_address": {"company": "Hollis Water", "city": "Hamburg"},
        "line_items": [
            {
                "id": 1,
                "sku": "85123A",
                "title": "Valve",
                "quantity": 2,
                "current_quantity": 2,
                "price": "50.00",
                "discount_allocations": [],
                "tax_lines": [{"price": "19.00", "rate": 0.19}],
            },
            {
                "id": 2,
                "sku": "71053",
                "title": "Pump",
                "quantity": 4,
                "current_quantity": 4,
                "price": "2.55",
                "discount_allocations": [],
                "tax_lines": [{"price": "1.94", "rate": 0.19}],
            },
        ],
        "shipping_lines": [{"title": "Standard", "price": "9.90"}],
    }
    return json.dumps(order | changes).encode()


def woocommerce_order(**changes):
    """Order 727: 2 valves, 100.00 EUR without tax, shown with tax in the shop."""
    order = {
        "id": 727,
        "number": "727",
        "order_key": "wc_order_58d2d042d1d",
        "status": "processing",
        "currency": "EUR",
        "prices_include_tax": True,
        "date_modified_gmt": "2026-11-18T08:00:00",
        "customer_note": "",
        "billing": {"company": "Hollis Water", "email": "jo@hollis.example"},
        "line_items": [
            {
                "id": 315,
                "name": "Valve",
                "sku": "85123A",
                "quantity": 2,
                "subtotal": "100.00",
                "total": "100.00",
                "total_tax": "19.00",
            }
        ],
        "shipping_lines": [],
        "fee_lines": [],
        "meta_data": [{"id": 1, "key": "_po_number", "value": "PO-88"}],
    }
    return json.dumps(order | changes).encode()


def lines_of(content):
    return json.loads(content)["line_items"]


def signed(body, secret):
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def shopify_headers(body, *, topic="orders/create", event="evt-1", secret="hush-hush"):
    return {
        "X-Shopify-Hmac-Sha256": signed(body, secret),
        "X-Shopify-Topic": topic,
        "X-Shopify-Webhook-Id": event,
    }


def woocommerce_headers(body, *, topic="order.created", event="dlv-1", secret="hush-hush"):
    return {
        "X-WC-Webhook-Signature": signed(body, secret),
        "X-WC-Webhook-Topic": topic,
        "X-WC-Webhook-Delivery-ID": event,
    }
