"""What files tell."""

from wificore.kernel.event_kinds import Kind, declare

declare(
    Kind("logo.created", "The organisation has a new logo", "access.settings.view"),
    Kind("logo.deleted", "A logo was taken away", "access.settings.view"),
    Kind("avatar.created", "Somebody has a new picture", "access.user.view"),
    Kind("avatar.deleted", "A picture was taken away", "access.user.view"),
    Kind("attachment.created", "A file was attached to a customer", "radius.subscriber.view"),
    Kind("attachment.deleted", "An attached file was removed", "radius.subscriber.view"),
)
