"""Who carries the goods' cost and risk how far: the ICC's Incoterms 2020."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Incoterm(TextChoices):
    """The eleven rules. The first letter tells whose the main carriage is: E and F the buyer's."""

    EXW = "EXW", _("EXW, ex works")
    FCA = "FCA", _("FCA, free carrier")
    FAS = "FAS", _("FAS, free alongside ship")
    FOB = "FOB", _("FOB, free on board")
    CFR = "CFR", _("CFR, cost and freight")
    CIF = "CIF", _("CIF, cost, insurance and freight")
    CPT = "CPT", _("CPT, carriage paid to")
    CIP = "CIP", _("CIP, carriage and insurance paid to")
    DAP = "DAP", _("DAP, delivered at place")
    DPU = "DPU", _("DPU, delivered at place unloaded")
    DDP = "DDP", _("DDP, delivered duty paid")

    @property
    def is_ours_until_there(self) -> bool:
        """Whether the seller pays the main carriage: the named place is the buyer's."""
        return self.value[0] in "CD"
