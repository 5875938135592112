"""Connecting web shops: who they are, their secrets, and which buyer is which customer."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock
from o2c.kernel.numbering import public_id
from o2c.kernel.sealing import seal
from o2c.kernel.text import fold
from o2c.kernel.transactions import service
from orders.models import ShopBuyer, ShopSecrets, WebShop
from orders.shop.kinds import adapter_of


@dataclass(frozen=True, kw_only=True)
class ShopDetails:
    """What an administrator says about a shop. The kind is settled when it is added."""

    name: str
    base_url: str
    currency: str
    default_customer_id: int | None = None
    is_active: bool = True


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """What is entered; empty: what is stored stays."""

    signing_secret: str = ""
    api_token: str = ""


@service
def add_shop(
    *,
    kind: str,
    details: ShopDetails,
    secrets: Secrets,
    buyers: Mapping[str, int],
    at: datetime,
    actor: Actor,
) -> WebShop:
    """Connect a shop; `buyers` maps e-mail addresses and companies to customers."""
    shop = WebShop(public_id=public_id("shop"), kind=kind, created_at=at, **asdict(details))
    audit.create(shop, at=at, actor=actor)
    ShopSecrets.objects.create(
        shop=shop,
        signing_secret=seal(secrets.signing_secret),
        api_token=seal(secrets.api_token) if secrets.api_token else "",
    )
    _map_buyers(shop, buyers)
    return shop


@service
def change_shop(
    shop_id: int,
    *,
    details: ShopDetails,
    secrets: Secrets,
    buyers: Mapping[str, int],
    at: datetime,
    actor: Actor,
) -> WebShop:
    """Change a shop. The audit trail says that a secret was changed, never to what.

    Raises:
        WebShop.DoesNotExist: no such shop.
    """
    shop = lock(WebShop, shop_id)
    for name, value in asdict(details).items():
        setattr(shop, name, value)
    audit.save(shop, at=at, actor=actor)
    entered = {name: seal(value) for name, value in asdict(secrets).items() if value}
    if entered:
        ShopSecrets.objects.filter(shop=shop).update(**entered)
        audit.record(shop.label, "change secrets", at=at, actor=actor, reason=", ".join(entered))
    if _map_buyers(shop, buyers):
        audit.record(shop.label, "change buyers", at=at, actor=actor)
    return shop


def greet(shop: WebShop) -> str:
    """Ask the shop for its name.

    Raises:
        ShopAway: it cannot be reached.
        ShopRefused: it does not let us in.
        SealBroken: the token cannot be opened.
    """
    return adapter_of(shop).greet()


def _map_buyers(shop: WebShop, buyers: Mapping[str, int]) -> bool:
    """Replace the map of buyers; say whether it differs from before."""
    wanted = {fold(name): customer_id for name, customer_id in buyers.items()}
    before = dict(shop.buyers.values_list("folded_name", "customer"))
    if wanted == before:
        return False
    shop.buyers.all().delete()
    ShopBuyer.objects.bulk_create(
        ShopBuyer(shop=shop, folded_name=name, customer_id=customer_id)
        for name, customer_id in wanted.items()
    )
    return True
