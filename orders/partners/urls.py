from django.urls import path

from orders.partners import views

urlpatterns = [
    path("", views.partner_list, name="partners"),
    path("new/", views.partner_new, name="partner-new"),
    path("<int:partner_id>/", views.partner_detail, name="partner"),
    path("<int:partner_id>/edit/", views.partner_edit, name="partner-edit"),
    path("messages/<int:message_id>/resend/", views.message_resend, name="message-resend"),
]
