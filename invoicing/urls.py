from django.urls import path

from invoicing import credit_views, pro_forma_views, views

app_name = "invoicing"
# `ref` is an invoice's number, or a draft's public id.
urlpatterns = [
    path("", views.invoice_list, name="list"),
    path("amendments/<str:number>/", views.amendment, name="amendment"),
    path("pro-forma/", pro_forma_views.pro_forma_list, name="pro-formas"),
    path("pro-forma/of/<str:number>/", pro_forma_views.order_pro_formas, name="order-pro-formas"),
    path("pro-forma/ask/<str:number>/", pro_forma_views.pro_forma_ask, name="pro-forma-ask"),
    path("pro-forma/<str:number>/", pro_forma_views.pro_forma_detail, name="pro-forma"),
    path("pro-forma/<str:number>/pdf/", pro_forma_views.pro_forma_pdf, name="pro-forma-pdf"),
    path(
        "pro-forma/<str:number>/withdraw/",
        pro_forma_views.pro_forma_withdraw,
        name="pro-forma-withdraw",
    ),
    path("of-return/<str:number>/", credit_views.return_memos, name="return-memos"),
    path("<str:ref>/", views.invoice_detail, name="detail"),
    path("<str:ref>/pdf/", views.invoice_pdf, name="pdf"),
    path("<str:ref>/issue/", views.invoice_issue, name="issue"),
    path("<str:ref>/freight/", views.invoice_freight, name="freight"),
    path("<str:ref>/redraft/", views.invoice_redraft, name="redraft"),
    path("<str:ref>/send/", views.invoice_send, name="send"),
]
