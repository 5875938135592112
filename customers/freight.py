"""Who pays for the way to the customer, besides the Incoterm that says who carries its risk."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FreightTerms(TextChoices):
    BORNE = "borne", _("we pay it")
    CHARGED = "charged", _("charged as the tariff says")
