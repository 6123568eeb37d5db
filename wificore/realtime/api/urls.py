"""URL routes of the tenant's realtime app."""

from django.urls import path

from .views import AppView, SecretsView, SecretView

urlpatterns = [
    path("app/", AppView.as_view(), name="realtime-app"),
    path("app/secrets/", SecretsView.as_view(), name="realtime-secrets"),
    path("app/secrets/<str:id>/", SecretView.as_view(), name="realtime-secret"),
]
