from django.urls import path

from invoicing import credit_views

app_name = "portal-credit-memos"
urlpatterns = [
    path("", credit_views.own_memos, name="list"),
    path("of-return/<str:number>/", credit_views.own_return_memos, name="of-return"),
    path("<str:number>/", credit_views.own_memo, name="pdf"),
]
