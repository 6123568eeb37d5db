"""One use of every service of notifications that people use."""

from tests.audit.registering import SECRETS, inside, of
from tests.conftest import World
from wificore.access.models import User
from wificore.notifications import services
from wificore.notifications.models import MailSettings, Preference, SmsSettings


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
