"""URL routes under /_allauth/ of single sign-on, on tenants' hosts."""

from django.urls import path

from .oidc.views import callback

urlpatterns = [path("oidc/<slug:slug>/callback/", callback, name="oidc-callback")]
