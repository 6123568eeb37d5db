"""The one route of files, on tenants' hosts."""

from django.urls import path

from .views import download

urlpatterns = [path("files/<str:token>", download, name="file")]
