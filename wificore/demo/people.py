"""Who and what the demo is made of. Every password here is public and serves loopback only."""

from dataclasses import dataclass
from datetime import time
from typing import Any

OPERATOR_EMAIL = "operator@platform.test"
OPERATOR_PASSWORD = "operator-demo-password"

# The same names in both tenants, with other passwords: tenants do not know of each other.
SUBSCRIBERS = ("amina", "brian", "+254712345678", "O'Neil")


@dataclass(frozen=True, slots=True)
class DemoTenant:
    """One demo tenant; its routers answer from their own loopback addresses.

    Attributes:
        shortcode: its paybill at M-Pesa's stand-in.
        owner: what its owner is called.
    """

    slug: str
    name: str
    network: str
    shortcode: str
    owner: str = "Owner"

    @property
    def routers(self) -> list[str]:
        return [f"{self.network}.{number}" for number in (11, 12, 13)]

    @property
    def silent_router(self) -> str:
        return f"{self.network}.20"

    @property
    def secret(self) -> str:
        return f"{self.slug}-router-secret"

    def email(self, person: str) -> str:
        return f"{person}@{self.slug}.test"

    def password(self, person: str) -> str:
        """The password of a staff member or a subscriber."""
        return f"{self.slug}-{person.strip('+').replace(chr(39), '').lower()}-password"


TENANTS = (
    DemoTenant("acme", "Acme WiFi", "127.0.1", "600638", "Wanjiku Kamau"),
    DemoTenant("blue", "Blue Lagoon Networks", "127.0.2", "600984", "Juma Ali"),
)

PLANS: tuple[dict[str, Any], ...] = (
    {
        "name": "Daily 5 Mbps",
        "price_micro": 50_000_000,
        "download_kbps": 5_000,
        "upload_kbps": 2_000,
        "session_timeout_s": 86_400,
        "devices": 1,
        "validity_s": 86_400,
    },
    {
        "name": "Family 20 Mbps",
        "price_micro": 1_500_000_000,
        "download_kbps": 20_000,
        "upload_kbps": 10_000,
        "devices": 4,
    },
    {
        "name": "Hourly 3 Mbps",
        "price_micro": 10_000_000,
        "download_kbps": 3_000,
        "upload_kbps": 1_000,
        "session_timeout_s": 3_600,
        "devices": 1,
    },
    {
        "name": "Weekly 8 Mbps",
        "price_micro": 250_000_000,
        "download_kbps": 8_000,
        "upload_kbps": 3_000,
        "devices": 2,
    },
)

ZONE = "Africa/Nairobi"
# Sites, and the departments that work there.
SITES = {"Harbour": ("Sales", "Technical"), "Hilltop": ("Technical",)}
# Titles, their department, and what they do to their holders' rights.
POSITIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "Trainee": ("Sales", {"denials": ["radius.subscriber.manage"]}),
    "Acting manager": (
        "Technical",
        {"grants": ["access.user.view", "radius.plan.manage"], "scope": "tenant"},
    ),
    "Head of finance": ("Finance", {"is_head": True}),
}
ACTING_DAYS = 30
# Name, role, department and position.
STAFF = (
    ("manager", "manager", "Sales", ""),
    ("technician", "technician", "Technical", "Acting manager"),
    ("trainee", "cashier", "Sales", "Trainee"),
    ("accountant", "viewer", "Finance", "Head of finance"),
    ("halima", "cashier", "Sales", ""),
    ("kamau", "technician", "Technical", ""),
)
# What the demo makes up: so many days, the longest that retention keeps.
HISTORY_DAYS = 90
REJECTS = ["wrong password", "too many devices"]
ALERTS = {"nas.*": "Technical", "alert.*": "Technical", "job.finished": "Sales"}
# A router that has fallen silent, at the last site: an alert and a task for whoever looks.
SILENT_ROUTER = "hilltop-relay"
SILENT_MINUTES = 40
# How people want to be told.
PREFERENCES: dict[str, dict[str, Any]] = {
    "technician": {"language": "sw"},
    "manager": {"quiet_from": time(22), "quiet_until": time(6)},
}
# Their account at the stand-in for Africa's Talking, which lets everybody in.
SMS_USER, SMS_KEY = "demo", "demo-key"
PHONES = {"owner": "+254711000001", "manager": "+254711000002", "technician": "+254711000003"}
