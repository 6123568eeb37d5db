"""URL routes of the sign-in policy, on both hosts."""

from django.urls import path

from .views import PolicyView

urlpatterns = [path("access/policy/", PolicyView.as_view(), name="sign-in-policy")]
