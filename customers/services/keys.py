"""Keys of customers' systems."""

from datetime import datetime

from customers.authentication import PREFIX_LENGTH, hash_of, new_secret
from customers.models import ApiKey, Customer
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock
from o2c.kernel.transactions import service


@service
def create_api_key(
    customer_id: int,
    *,
    name: str,
    scopes: list[str],
    expires_at: datetime | None = None,
    at: datetime,
    actor: Actor,
) -> tuple[ApiKey, str]:
    """Make a key for one customer's system; return it with its secret, which nobody sees again."""
    customer = lock(Customer, customer_id)
    secret = new_secret()
    key = ApiKey(
        customer=customer,
        name=name,
        prefix=secret[:PREFIX_LENGTH],
        secret_hash=hash_of(secret),
        scopes=scopes,
        created_at=at,
        expires_at=expires_at,
    )
    key.save(force_insert=True)
    audit.record(
        customer.label,
        "create API key",
        at=at,
        actor=actor,
        changes={key.prefix: ("", ", ".join(scopes))},
    )
    return key, secret


@service
def revoke_api_key(key_id: int, *, reason: str, at: datetime, actor: Actor) -> ApiKey:
    """Stop a key from working; revoking it again changes nothing.

    Raises:
        ApiKey.DoesNotExist: no such key.
    """
    key = ApiKey.objects.select_related("customer").get(pk=key_id)
    lock(Customer, key.customer_id)
    if not ApiKey.objects.filter(pk=key_id, revoked_at=None).update(revoked_at=at):
        return key
    key.revoked_at = at
    audit.record(
        key.customer.label,
        "revoke API key",
        at=at,
        actor=actor,
        changes={key.prefix: ("usable", "revoked")},
        reason=reason,
    )
    return key
