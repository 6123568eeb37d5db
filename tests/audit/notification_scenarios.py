"""One use of every service of notifications that people use."""

from django.utils import timezone

from tests.audit.registering import SECRETS, inside, of
from tests.conftest import World
from wificore.access.models import AlertRoute, Department, User
from wificore.access.services import (
    Placement,
    alert_route_save,
    department_save,
    user_create,
    user_update,
)
from wificore.notifications import services
from wificore.notifications.incident import incident_of
from wificore.notifications.models import MailSettings, Preference, SmsSettings, Task


@of("wificore.notifications.services.channels.mail_settings_save")
def mail_settings_save(world: World) -> None:
    with inside(world):
        row = MailSettings(host="mail.alpha.test", username="alpha", from_address="a@alpha.test")
        services.mail_settings_save(row=row, password=SECRETS[0])


@of("wificore.notifications.services.channels.sms_settings_save")
def sms_settings_save(world: World) -> None:
    with inside(world):
        services.sms_settings_save(row=SmsSettings(username="alpha"), api_key=SECRETS[2])


@of("wificore.notifications.services.channels.sms_report_token_new")
def sms_report_token_new(world: World) -> None:
    with inside(world):
        services.sms_report_token_new()


@of("wificore.notifications.services.preferences.preference_save")
def preference_save(world: World) -> None:
    with inside(world):
        user = User.objects.get(email=world.people["owner"].email)
        services.preference_save(preference=Preference(user_id=user.pk, language="sw"))


def task(number: int = 1) -> Task:
    """Open, about a router."""
    payload = {"id": 12, "name": "tower", "address": "192.0.2.12", "site": None}
    found = incident_of(event_id=number, event_type="nas.silent", subject="12", payload=payload)
    assert found
    opened = services.task_open(incident=found)
    assert opened
    return opened


def claimed(world: World) -> tuple[Task, User]:
    user = User.objects.get(email=world.people["owner"].email)
    return services.task_claim(task=task(), user=user), user


@of("wificore.notifications.services.work.task_open")
def task_open(world: World) -> None:
    with inside(world):
        task()


@of("wificore.notifications.services.work.task_claim")
def task_claim(world: World) -> None:
    with inside(world):
        claimed(world)


@of("wificore.notifications.services.work.task_release")
def task_release(world: World) -> None:
    with inside(world):
        mine, user = claimed(world)
        services.task_release(task=mine, user=user)


@of("wificore.notifications.services.work.task_done")
def task_done(world: World) -> None:
    with inside(world):
        mine, user = claimed(world)
        services.task_done(task=mine, user=user, note="The fuse.")


@of("wificore.notifications.services.work.tasks_end")
def tasks_end(world: World) -> None:
    with inside(world):
        opened = task()
        back = incident_of(event_id=2, event_type="nas.seen", subject="12", payload=opened.context)
        assert back
        assert services.tasks_end(incident=back) == 1


@of("wificore.notifications.services.work.task_escalate")
def task_escalate(world: World) -> None:
    """The owner was told first, so that nobody is left: give the task's first circle to another."""
    with inside(world):
        user_create(email="tech@alpha.test", password=None, roles=["technician"])
        team = department_save(department=Department(name="Team"))
        user_update(
            user=User.objects.get(email="tech@alpha.test"),
            placement=Placement(primary_department=team.pk),
        )
        route = AlertRoute(event_type="nas.*")
        alert_route_save(route=route, departments=[team.pk])
        assert services.task_escalate(task=task())


@of("wificore.notifications.services.work.tasks_escalate")
def tasks_escalate(world: World) -> None:
    with inside(world):
        task()
        Task.objects.update(escalate_at=timezone.now())
        services.tasks_escalate()
