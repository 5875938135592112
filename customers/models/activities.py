"""What was said, and what was promised to be done: the memory of a relationship."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.customers import Contact, Customer
from o2c.kernel.audited import Audited


class Activity(Audited):
    """A note, a call, a meeting, or a task that somebody is to do by a day.

    `at` is when it happened; of a task, when it was given.
    """

    class Kind(models.TextChoices):
        NOTE = "note", _("note")
        CALL = "call", _("call")
        MEETING = "meeting", _("meeting")
        TASK = "task", _("task")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="activities")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField(max_length=4000)
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="activities"
    )
    at = models.DateTimeField()
    author = models.CharField(max_length=200)
    due_on = models.DateField(null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "activities"
        constraints = [
            models.CheckConstraint(name="customers_activity_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="customers_activity_task_is_given",
                condition=Q(kind="task", due_on__isnull=False, assignee__isnull=False)
                | (~Q(kind="task") & Q(due_on=None, assignee=None, done_at=None)),
            ),
        ]
        indexes = [
            # Serves a customer's timeline, newest first.
            models.Index(fields=["customer", "-at", "-id"], name="customers_activity_latest"),
            # Serves the tasks that somebody has to do, soonest first.
            models.Index(
                fields=["assignee", "due_on"],
                name="customers_tasks_to_do",
                condition=Q(kind="task", done_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:60]}"
