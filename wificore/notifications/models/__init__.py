"""What people are told, how they want it, what went out, and work that waits to be done.

Users and sites are of `access`, which `public` has too: their foreign keys are the database's own
(migration 0002), so that Django looks for no notification of a platform operator.
"""

from .channels import MailSecurity, MailSettings, SmsDay, SmsSettings
from .inbox import Channel, Delivery, DeliveryState, Notification
from .preferences import LANGUAGES, Preference
from .work import Task, TaskState

__all__ = [
    "LANGUAGES",
    "Channel",
    "Delivery",
    "DeliveryState",
    "MailSecurity",
    "MailSettings",
    "Notification",
    "Preference",
    "SmsDay",
    "SmsSettings",
    "Task",
    "TaskState",
]
