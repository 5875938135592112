"""Notes, calls, meetings and tasks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.sections import WatchedForm
from customers.models import Activity, Contact, Customer
from customers.services import Happening
from o2c.kernel import roles
from o2c.kernel.forms import DateField, OnceForm
from o2c.kernel.models import User

# Who keeps the memory of a relationship, and so can be given something to do about it.
NOT_KEEPERS = {roles.WAREHOUSE, roles.SHIPPING, roles.AUDITOR}
KEEPERS = [role for role in roles.STAFF if role not in NOT_KEEPERS]


class ActivityForm(OnceForm, WatchedForm):
    """What is to be remembered, or done."""

    field_order = ("kind", "contact", "due_on", "assignee", "text")

    kind = forms.ChoiceField(label=_("What"), choices=Activity.Kind.choices)
    text = forms.CharField(
        label=_("Text"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    contact = forms.ModelChoiceField(
        label=_("With whom"), queryset=Contact.objects.none(), required=False, empty_label="—"
    )
    due_on = DateField(label=_("Task due"), required=False)
    assignee = forms.ModelChoiceField(
        label=_("Task for"), queryset=User.objects.none(), required=False, empty_label="—"
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contacts = customer.contacts.filter(is_active=True).order_by("name", "pk")
        self.fields["contact"].queryset = contacts  # type: ignore[attr-defined]
        ours = User.objects.filter(is_active=True, groups__name__in=KEEPERS).distinct()
        self.fields["assignee"].queryset = ours.order_by("first_name", "last_name", "pk")  # type: ignore[attr-defined]

    def happening(self) -> Happening:
        """Return what was entered, as the services take it; other kinds have no due day."""
        values = self.cleaned_data
        contact, assignee = values["contact"], values["assignee"]
        is_task = values["kind"] == Activity.Kind.TASK
        return Happening(
            kind=values["kind"],
            text=values["text"],
            contact_id=contact.pk if contact else None,
            due_on=values["due_on"] if is_task else None,
            assignee_id=assignee.pk if assignee and is_task else None,
        )
