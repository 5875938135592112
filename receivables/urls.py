from django.urls import path

from receivables import credit_views, views

app_name = "receivables"
urlpatterns = [
    path("", views.item_list, name="items"),
    path("reviews/", views.review_list, name="reviews"),
    path("reviews/<int:review_id>/", views.review_work, name="work-review"),
    path("disputes/", views.dispute_list, name="disputes"),
    path("disputes/<int:dispute_id>/investigate/", views.dispute_take, name="investigate"),
    path("disputes/<int:dispute_id>/close/", views.dispute_close, name="close-dispute"),
    path("items/<int:item_id>/dispute/", views.dispute_open, name="dispute"),
    path("panels/summary/", views.summary_panel, name="summary-panel"),
    path("panels/payment-history/", views.payment_history, name="payment-history"),
    path("panels/customer/", views.customer_panel, name="customer-panel"),
    path("panels/invoice/<int:invoice_id>/", views.invoice_panel, name="invoice-panel"),
    path("panels/credit/<int:memo_id>/", credit_views.credit_panel, name="credit-panel"),
    path("credits/<int:memo_id>/apply/", credit_views.credit_apply, name="apply-credit"),
]
