"""Which adapter a shop has."""

from collections.abc import Callable

from o2c.kernel.sealing import unseal
from orders.models import WebShop
from orders.shop.adapters import ShopAdapter
from orders.shop.shopify import Shopify
from orders.shop.woocommerce import WooCommerce

KINDS: dict[str, Callable[..., ShopAdapter]] = {
    WebShop.Kind.SHOPIFY: Shopify,
    WebShop.Kind.WOOCOMMERCE: WooCommerce,
}


def reader_of(shop: WebShop) -> ShopAdapter:
    """Return the shop's adapter for reading only: it needs no token."""
    return KINDS[shop.kind](base_url=shop.base_url, token="")


def adapter_of(shop: WebShop) -> ShopAdapter:
    """Return the shop's adapter with its token.

    Raises:
        SealBroken: the token cannot be opened.
    """
    token = unseal(shop.secrets.api_token) if shop.secrets.api_token else ""
    return KINDS[shop.kind](base_url=shop.base_url, token=token)
