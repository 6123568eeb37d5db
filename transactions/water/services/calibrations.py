"""Writes: a tap is measured against a vessel, and the kiosk is told how many pulses a litre has."""

from django.db import transaction
from django.utils import timezone

from wificore.kernel.actor import current_actor
from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import announce

from ..measuring import measured
from ..models import Calibration, Kiosk, Tap


class MeasuredOtherwise(DomainError):
    """Whoever measured means another number than the measurement gives."""

    status = 409
    code = "conflict"


def calibrate(*, kiosk: Kiosk, measured_ml: int, pulses: int, confirm: int) -> Calibration:
    """Believe a measurement from now on; the kiosk learns it in `cmds`.

    Args:
        confirm: the pulses per litre that whoever measured has seen and means.

    Raises:
        MeasuredOtherwise: the measurement says something else.
        Invalid: as `measured`.
    """
    with transaction.atomic():
        locked = Kiosk.objects.select_for_update(no_key=True).get(pk=kiosk.pk)
        tap = Tap.objects.get(kiosk=locked)
        found = measured(tap=tap, measured_ml=measured_ml, pulses=pulses)
        if found.new_pulses_per_litre != confirm:
            message = f"The measurement gives {found.new_pulses_per_litre}: look, and confirm that."
            raise MeasuredOtherwise(message, field="confirm")
        row = Calibration.objects.create(
            tap=tap,
            at=timezone.now(),
            by=current_actor().label,
            measured_ml=measured_ml,
            pulses=pulses,
            old_pulses_per_litre=found.old_pulses_per_litre,
            new_pulses_per_litre=found.new_pulses_per_litre,
        )
        Tap.objects.filter(pk=tap.pk).update(
            pulses_per_litre=found.new_pulses_per_litre, calibrated_at=row.at
        )
        version = locked.config_version + 1
        Kiosk.objects.filter(pk=locked.pk).update(config_version=version)
        told = {
            "name": locked.name,
            "site": locked.site_id,
            "measured_ml": measured_ml,
            "pulses": pulses,
            "old_pulses_per_litre": found.old_pulses_per_litre,
            "new_pulses_per_litre": found.new_pulses_per_litre,
            "config_version": version,
        }
        announce("kiosk.calibrated", locked.public_id, new=told)
    return row
