"""Who of a customer comes in by themselves: people through the portal, systems by a key."""

from django.conf import settings
from django.db import models

from customers.models.customers import Customer


class CustomerUser(models.Model):
    """Somebody at a customer who signs in to the portal, for that customer alone."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="customer_user"
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="users")

    def __str__(self) -> str:
        return str(self.user)


class ApiKey(models.Model):
    """A key of one customer's system. Only the hash is kept; the key is shown once.

    `scopes` names what it may do: `orders:write`, `orders:read`, `invoices:read` …
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
