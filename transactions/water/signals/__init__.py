"""Signals: what a kiosk's records and its health say is wrong.

    rules      what one record, or one report of health, says of each signal; pure
    episodes   a signal begins once and ends once, however many records say the same
    watch      beat, every minute: new records, silence, tags in two places

An episode tells `kiosk.signal.<signal>` when it begins and `kiosk.signal_over` when it ends; people
hear of it by their departments' alert routes (notices.py).
"""
