"""What people keep of the lists that they look at."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class SavedView(models.Model):
    """A list of orders as somebody has filtered it, under a name of theirs.

    `query` is the page's own (`view=open&state=on_hold`); `role` shares it with everybody who
    has that role, empty: it is its author's alone.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)
    role = models.CharField(max_length=30, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="reporting_savedview_name_once"),
            models.CheckConstraint(name="reporting_savedview_named", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class ListSetting(models.Model):
    """How somebody likes lists of orders: rows close together, or far apart."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    is_roomy = models.BooleanField(default=False, db_default=False)

    def __str__(self) -> str:
        return f"{self.user_id}: {'roomy' if self.is_roomy else 'dense'}"
