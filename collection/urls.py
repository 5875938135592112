from django.urls import path

from collection.views import cash, late, letters, record

app_name = "collections"
urlpatterns = [
    path("", late.overdue, name="overdue"),
    path("receipts/", cash.receipt_list, name="receipts"),
    path("receipts/new/", record.receipt_new, name="receipt-new"),
    path("receipts/<str:number>/", cash.receipt_detail, name="receipt"),
    path("receipts/<str:number>/apply/", cash.receipt_apply, name="apply-receipt"),
    path("receipts/<str:number>/identify/", cash.receipt_identify, name="identify-receipt"),
    path("receipts/<str:number>/keep/", cash.receipt_reserve, name="keep-receipt"),
    path("receipts/<str:number>/free/", cash.receipt_free, name="free-receipt"),
    path(
        "applications/<int:application_id>/take-back/",
        cash.application_take_back,
        name="take-back",
    ),
    path("dunning/", letters.dunning, name="dunning"),
    path("dunning/send/", letters.notices_send, name="send-notices"),
    path("dunning/<int:notice_id>/withhold/", letters.notice_withhold, name="withhold-notice"),
]
