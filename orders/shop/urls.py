from django.urls import path

from orders.shop import views

urlpatterns = [
    path("", views.shop_list, name="shops"),
    path("new/", views.shop_new, name="shop-new"),
    path("<str:public_id>/", views.shop_detail, name="shop"),
    path("<str:public_id>/edit/", views.shop_edit, name="shop-edit"),
    path("<str:public_id>/test/", views.shop_test, name="shop-test"),
    path("<str:public_id>/events/<int:event_id>/replay/", views.shop_replay, name="shop-replay"),
]
