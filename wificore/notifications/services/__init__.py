"""Writes: what people are told, how they want it, what goes out, and work."""

from .channels import mail_settings_save, sms_report_token_new, sms_settings_save
from .deliveries import (
    deliveries_claim,
    deliveries_failed,
    deliveries_recover,
    deliveries_sent,
    delivery_reported,
)
from .inbox import inbox_read, notifications_create, notifications_forget
from .preferences import preference_save
from .work import (
    TaskTaken,
    task_claim,
    task_done,
    task_escalate,
    task_open,
    task_release,
    tasks_end,
    tasks_escalate,
)

__all__ = [
    "TaskTaken",
    "deliveries_claim",
    "deliveries_failed",
    "deliveries_recover",
    "deliveries_sent",
    "delivery_reported",
    "inbox_read",
    "mail_settings_save",
    "notifications_create",
    "notifications_forget",
    "preference_save",
    "sms_report_token_new",
    "sms_settings_save",
    "task_claim",
    "task_done",
    "task_escalate",
    "task_open",
    "task_release",
    "tasks_end",
    "tasks_escalate",
]
