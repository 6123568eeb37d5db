"""Water: kiosks that may be offline, and every millilitre accounted for (docs/water.md, ADR 38).

    kiosk --signed request--> api.device --> authorise  --> hold in the ledger
                                         --> booking    --> claim + money + water_transactions
    staff ------------------> api        --> services   --> tariffs, kiosks, tags, leases, refunds

A record is claimed by (kiosk, epoch, seq), which no partition can double; its claim, its money and
its row are one transaction. What a device says of time is data; rows lie in the day they came.
"""
