from django.urls import path

from shipping.reports.webhook import webhook

app_name = "carriers"
urlpatterns = [path("<str:code>/webhook", webhook, name="webhook")]
