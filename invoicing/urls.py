from django.urls import path

from invoicing import views

app_name = "invoicing"
# `ref` is an invoice's number, or a draft's public id.
urlpatterns = [
    path("", views.invoice_list, name="list"),
    path("amendments/<str:number>/", views.amendment, name="amendment"),
    path("<str:ref>/", views.invoice_detail, name="detail"),
    path("<str:ref>/pdf/", views.invoice_pdf, name="pdf"),
    path("<str:ref>/issue/", views.invoice_issue, name="issue"),
    path("<str:ref>/redraft/", views.invoice_redraft, name="redraft"),
    path("<str:ref>/send/", views.invoice_send, name="send"),
]
