"""What the router registry tells; whoever may not see a router's site hears nothing of it."""

from wificore.kernel.event_kinds import declare, written

declare(*written("nas", "A router", view="radius.nas.view", site="site_id"))
