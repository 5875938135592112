"""Orders and their lines, and what they come from: documents, quotes, blanket orders."""

from orders.models.acknowledgements import Acknowledgement
from orders.models.amendments import Amendment, OrderRevision
from orders.models.approvals import ApprovalRule, OrderApproval
from orders.models.blankets import BlanketLine, BlanketOrder
from orders.models.entries import EntryDraft
from orders.models.findings import OrderFinding
from orders.models.intake import IntakeDocument
from orders.models.learning import IntakeCorrection
from orders.models.lines import OrderLine
from orders.models.orders import Channel, Order
from orders.models.partners import PartnerMessage, TradingPartner
from orders.models.quotes import Quote, QuoteLine
from orders.models.shops import ShopBuyer, ShopEvent, ShopSecrets, WebShop

__all__ = [
    "Acknowledgement",
    "Amendment",
    "ApprovalRule",
    "BlanketLine",
    "BlanketOrder",
    "Channel",
    "EntryDraft",
    "IntakeCorrection",
    "IntakeDocument",
    "Order",
    "OrderApproval",
    "OrderFinding",
    "OrderLine",
    "OrderRevision",
    "PartnerMessage",
    "Quote",
    "QuoteLine",
    "ShopBuyer",
    "ShopEvent",
    "ShopSecrets",
    "TradingPartner",
    "WebShop",
]
