from django.urls import path

from invoicing import pro_forma_views

app_name = "portal-pro-formas"
urlpatterns = [path("<str:number>/", pro_forma_views.own_pdf, name="pdf")]
