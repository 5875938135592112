"""Web shops: orders come in by signed webhooks, stock and order status go back.

webhook -> ShopEvent (kept as it came) -> outbox -> receiving -> the one intake pipeline
order status, stock levels -> outbox -> adapter (shopify, woocommerce) -> the shop's own API
"""
