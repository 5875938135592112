"""Tables shared by every stage."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes users who sign in with their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """Somebody who signs in: one of us, or somebody at a customer."""

    username = None  # type: ignore[assignment]  # Django's way to leave an inherited field out
    email = models.EmailField(_("e-mail"), unique=True)
    title = models.CharField(_("job title"), max_length=80, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    @property
    def initials(self) -> str:
        names = [self.first_name, self.last_name] if self.first_name else [self.email]
        return "".join(name[:1] for name in names).upper()


class Company(models.Model):
    """The legal entity that sells. Its calendar and time zone say when a day begins."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=200)
    street = models.CharField(max_length=200)
    postal_code = models.CharField(max_length=20)
    city = models.CharField(max_length=100)
    region = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=60)
    tax_number = models.CharField(max_length=30)
    # By which customs offices know us.
    eori = models.CharField(max_length=17, blank=True, default="", db_default="")
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    bank_name = models.CharField(max_length=100, blank=True)
    bank_account = models.CharField(max_length=40, blank=True)
    # How far a price may be from the listed one without a reason, as a fraction of it.
    price_tolerance_rate = models.DecimalField(
        max_digits=6, decimal_places=5, default=Decimal(0), db_default=Decimal(0)
    )
    # Working days between an order and its departure, on top of a product's own lead time.
    handling_days = models.PositiveSmallIntegerField(default=0, db_default=0)
    # What GS1 has given the company: its packages' SSCCs begin with it.
    gs1_prefix = models.CharField(max_length=10, blank=True, default="", db_default="")

    class Meta:
        verbose_name_plural = "companies"
        permissions = [("view_dashboard", "Can see the figures of all stages")]

    def __str__(self) -> str:
        return self.name


class OutboxMessageQuerySet(models.QuerySet["OutboxMessage"]):
    def due(self, *, at: datetime) -> "OutboxMessageQuerySet":
        return self.filter(delivered_at=None, due_at__lte=at).order_by("due_at", "pk")


class OutboxMessage(models.Model):
    """One event to be delivered to one `@after` handler."""

    event = models.CharField(max_length=200)
    handler = models.CharField(max_length=200)
    payload = models.JSONField()
    request_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    objects = OutboxMessageQuerySet.as_manager()

    class Meta:
        indexes = [
            # Serves OutboxMessageQuerySet.due(), run every few seconds.
            models.Index(
                fields=["due_at", "id"],
                name="kernel_outbox_undelivered",
                condition=Q(delivered_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.event} -> {self.handler}"


class AuditEntry(models.Model):
    """One act: a transition, or changed business fields. Append-only, by trigger.

    `changes` maps a field to [before, after]; `objects` holds the labels (`order:17`) of
    everything that the act concerns, `subject` first.
    """

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=200)
    on_behalf_of = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    subject = models.CharField(max_length=60)
    action = models.CharField(max_length=60)
    changes = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    objects_touched = ArrayField(models.CharField(max_length=60), db_column="objects")

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            # Serves audit_trail(): everything that touched one document.
            GinIndex(fields=["objects_touched"], name="kernel_audit_objects"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name}: {self.subject} {self.action}"


class NumberSeries(models.Model):
    """A gapless series of document numbers. The counter is the last row that a step locks.

    `book` keeps documents of another origin (an import, a simulation, a branch) in a series
    of their own, because dates may not go back within one.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    book = models.CharField(max_length=12, blank=True)
    prefix = models.CharField(max_length=20)
    last_number = models.PositiveBigIntegerField(default=0)
    last_on = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "number series"
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "book"], name="kernel_numberseries_once"
            ),
            models.UniqueConstraint(
                fields=["company", "prefix"], name="kernel_numberseries_prefix_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}{self.last_number}"


class IdempotencyKey(models.Model):
    """A finished request, kept so that a retry gets the same answer."""

    owner = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "key"], name="kernel_idempotencykey_once"),
        ]

    def __str__(self) -> str:
        return f"{self.owner}:{self.key}"


class StoredFile(models.Model):
    """A file kept as it came, found by the hash of its content."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    stored_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Notice(models.Model):
    """Something that one of our people is told in the portal; `key` makes it be told once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    key = models.CharField(max_length=120)
    text = models.CharField(max_length=300)
    # Where it can be solved: a path of ours.
    link = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="kernel_notice_told_once"),
        ]
        indexes = [
            # Serves the bell: what a user has not read, newest first.
            models.Index(
                fields=["user", "-id"], name="kernel_notice_unread", condition=Q(read_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.text


class JobRun(models.Model):
    """One run of a daily job for one date: what it did, or why it failed."""

    name = models.CharField(max_length=100)
    for_date = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            # Serves jobs.last_completed_day() and the job list.
            models.Index(fields=["name", "-for_date", "-id"], name="kernel_jobrun_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.for_date}"


class SystemKey(models.Model):
    """A key of a system of our own house: warehouse, purchasing. Only its hash is kept."""

    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    # What it may do: `stock:read`, `stock:write` …
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
