from django.urls import path

from orders.shop.webhook import webhook

app_name = "shops"
urlpatterns = [path("<str:public_id>/webhook", webhook, name="webhook")]
