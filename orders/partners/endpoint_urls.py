from django.urls import path

from orders.partners.endpoint import as2_message

app_name = "edi"
urlpatterns = [path("as2/<str:token>", as2_message, name="as2")]
