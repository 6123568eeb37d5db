"""URL routes of events, under /api/v1/ on a tenant's host and /api/platform/ on the platform's."""

from django.urls import path

from .views import EventsView

urlpatterns = [path("events/", EventsView.as_view(), name="events")]
