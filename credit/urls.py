from django.urls import path

from credit import views

app_name = "credit"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("cases/<str:number>/decide/", views.decide, name="decide"),
    path("cases/<str:number>/documents/", views.documents_received, name="documents-received"),
    path("cases/<str:number>/bureau/", views.ask_bureau, name="ask-bureau"),
    path("cases/<str:number>/facts/", views.state_facts, name="state-facts"),
    path("cases/<str:number>/comment/", views.comment, name="comment"),
    path("documents/<int:document_id>/", views.document, name="document"),
    path("proposals/<int:proposal_id>/", views.proposal, name="proposal"),
    path("proposals/<int:proposal_id>/answer/", views.answer_proposal, name="answer-proposal"),
    path(
        "proposals/<int:proposal_id>/withdraw/",
        views.withdraw_proposal,
        name="withdraw-proposal",
    ),
    path("panel/", views.panel, name="panel"),
    path("amendments/<str:number>/", views.amendment, name="amendment"),
    path("orders/<int:order_id>/checks/", views.order_checks, name="order-checks"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/<str:number>/", views.account, name="account"),
    path("accounts/<str:number>/limit/", views.set_limit, name="set-limit"),
    path("accounts/<str:number>/hold/", views.place_hold, name="place-hold"),
    path("accounts/<str:number>/release/<str:kind>/", views.release_hold, name="release-hold"),
    path("guidelines/", views.guidelines, name="guidelines"),
    path("guidelines/import/", views.import_guidelines, name="import-guidelines"),
    path("guidelines/<int:version>/", views.guideline, name="guideline"),
    path("guidelines/<int:version>/edit/", views.edit_guideline, name="edit-guideline"),
    path("guidelines/<int:version>/check/", views.check_guideline, name="check-guideline"),
    path("guidelines/<int:version>/draft/", views.create_guideline, name="create-guideline"),
    path("guidelines/<int:version>/discard/", views.discard_guideline, name="discard-guideline"),
    path("guidelines/<int:version>/activate/", views.activate_guideline, name="activate-guideline"),
    path("guidelines/<int:version>/export/", views.export_guideline, name="export-guideline"),
    path("guidelines/<int:version>/flips/", views.guideline_flips, name="guideline-flips"),
    path("guidelines/<int:version>/diff/", views.compare_guidelines, name="compare-guidelines"),
]
