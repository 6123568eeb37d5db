"""Where stock clients ask for channels, on tenants' hosts."""

from django.urls import path

from .auth import ChannelAuthView, UserAuthView

urlpatterns = [
    path("broadcasting/auth", ChannelAuthView.as_view(), name="broadcasting-auth"),
    path("pusher/auth", ChannelAuthView.as_view(), name="pusher-auth"),
    path("pusher/user-auth", UserAuthView.as_view(), name="pusher-user-auth"),
]
