"""One's own messages, under /<language>/me/messages/."""

from django.urls import path

from lms.notices import views

app_name = "notices"
urlpatterns = [path("", views.mine, name="mine")]
