"""Web shops learn what can be sold: what has changed since they were last told, in sets."""

import logging
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from fulfillment import selectors
from o2c.kernel.errors import DomainError
from o2c.kernel.transactions import service
from orders.models import WebShop
from orders.shop.kinds import adapter_of

logger = logging.getLogger(__name__)

# As many products as one run tells one shop; the next run tells the next ones.
MOST = 1000
# A shop counts whole units, and never below zero. What is sold no more is told as none.
CHANGED = """
    SELECT p.id, p.sku, now.available
      FROM catalog_product AS p
      LEFT JOIN fulfillment_shopstock AS s ON s.product_id = p.id AND s.shop_id = %(shop)s
     CROSS JOIN LATERAL (
        SELECT CASE WHEN p.status = 'active' THEN greatest(floor(
               coalesce((SELECT sum(l.on_hand - l.allocated)
                           FROM fulfillment_stocklevel AS l
                           JOIN fulfillment_location AS c ON c.id = l.location_id
                           LEFT JOIN fulfillment_lot AS o ON o.id = l.lot_id
                          WHERE l.product_id = p.id AND c.kind = 'storage' AND c.is_active
                            AND (l.lot_id IS NULL OR o.blocked_reason = '')
                            AND (o.expires_on IS NULL OR o.expires_on >= %(on)s)
                            AND NOT EXISTS (SELECT FROM fulfillment_counttask AS t
                                             WHERE t.level_id = l.id AND t.state = 'open'
                                               AND t.blocks)), 0)
               - coalesce((SELECT sum(r.quantity) FROM fulfillment_reservation AS r
                            WHERE r.product_id = p.id AND r.state = 'live'
                              AND r.expires_at > %(at)s), 0)), 0) ELSE 0 END AS available
        ) AS now
     WHERE s.told IS DISTINCT FROM now.available AND (p.status = 'active' OR s.id IS NOT NULL)
     ORDER BY p.id LIMIT %(most)s
"""
NOTE = """
    INSERT INTO fulfillment_shopstock (shop_id, product_id, told, told_at)
    SELECT %(shop)s, new.product_id, new.told, %(at)s
      FROM unnest(%(products)s::bigint[], %(levels)s::numeric[]) AS new (product_id, told)
        ON CONFLICT (shop_id, product_id) DO UPDATE
       SET told = excluded.told, told_at = excluded.told_at
"""


def tell_shops(*, at: datetime) -> dict[str, int]:
    """Tell every shop that takes orders what has changed; return how many levels by shop.

    A shop that is away is told the next time: what it was told is noted only when it took it.
    """
    told = {}
    shops = WebShop.objects.filter(is_active=True).exclude(secrets__api_token="")
    for shop in shops.select_related("secrets").order_by("pk"):
        try:
            told[shop.public_id] = tell_shop(shop, at=at)
        except DomainError as error:
            logger.warning("%s was not told about stock: %s", shop.public_id, error)
            told[shop.public_id] = 0
    return told


@service
def tell_shop(shop: WebShop, *, at: datetime) -> int:
    """Tell one shop, unless that is going on at this moment; return how many levels.

    Raises:
        ShopAway: it cannot be reached.
        ShopRefused: it does not take the levels.
    """
    with connection.cursor() as cursor:
        key = f"stock:{shop.public_id}"
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [key])
        if not cursor.fetchone()[0]:
            return 0
        asked: dict[str, Any] = {
            "shop": shop.pk,
            "most": MOST,
            "on": selectors.today_of(at),
            "at": at,
        }
        cursor.execute(CHANGED, asked)
        changed: list[tuple[int, str, Decimal]] = cursor.fetchall()
        if not changed:
            return 0
        adapter_of(shop).push_stock({sku: level for _product, sku, level in changed})
        noted: dict[str, Any] = {
            "shop": shop.pk,
            "products": [product for product, _sku, _level in changed],
            "levels": [level for _product, _sku, level in changed],
            "at": at,
        }
        cursor.execute(NOTE, noted)
    return len(changed)
