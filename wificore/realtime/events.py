"""What realtime apps tell of themselves."""

from wificore.kernel.event_kinds import declare, written

declare(*written("realtime_app", "The realtime app", view="realtime.app.view"))
