from django.urls import include, path

from orders.partners.views import order_messages
from orders.views import (
    actions,
    amending,
    approvals,
    entry,
    entry_drafts,
    findings,
    rules,
)

app_name = "orders"
urlpatterns = [
    path("intake/", include("orders.intake.urls")),
    path("partners/", include("orders.partners.urls")),
    path("shops/", include("orders.shop.urls")),
    path("quotes/", include("orders.quote_urls")),
    path("blankets/", include("orders.blanket_urls")),
    path("new/", entry.new, name="new"),
    path("preview/", entry.preview, name="preview"),
    path("typed/", entry_drafts.autosave, name="autosave"),
    path("typed/discard/", entry_drafts.discard_entry, name="entry-discard"),
    path("typed/<str:screen>/restore/", entry_drafts.restore_entry, name="entry-restore"),
    path("findings/", findings.findings, name="findings"),
    path("findings/<int:finding_id>/waive/", findings.waive, name="finding-waive"),
    path("findings/<int:finding_id>/seen/", findings.seen, name="finding-seen"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("rules/", rules.rules, name="rules"),
    path("rules/settled/", rules.change_checking, name="rules-change"),
    path("rules/approvals/", rules.add_approval_rule, name="approval-rule-add"),
    path(
        "rules/approvals/<int:rule_id>/retire/",
        rules.retire_approval_rule,
        name="approval-rule-retire",
    ),
    path("<str:number>/approve/", approvals.approve, name="approve"),
    path("<str:number>/refuse/", approvals.refuse, name="refuse"),
    path("amendments/<str:number>/", amending.amendment, name="amendment"),
    path("amendments/<str:number>/apply/", amending.apply, name="apply-amendment"),
    path("amendments/<str:number>/withdraw/", amending.withdraw, name="withdraw-amendment"),
    path("<str:number>/change/", amending.change, name="change"),
    path("<str:number>/revisions/", amending.revisions, name="revisions"),
    path("<str:number>/edit/", entry.edit, name="edit"),
    path("<str:number>/submit/", actions.submit, name="submit"),
    path("<str:number>/cancel/", actions.cancel, name="cancel"),
    path("<str:number>/lines/<int:line_id>/cancel/", actions.cancel_line, name="cancel-line"),
    path("<str:number>/discard/", actions.discard, name="discard"),
    path("<str:number>/confirmation/", actions.confirmation, name="confirmation"),
    path("<str:number>/messages/", order_messages, name="order-messages"),
    path("<str:number>/quote/", actions.quote, name="quote-of"),
    path("<str:number>/again/", actions.again, name="again"),
]
