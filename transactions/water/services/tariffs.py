"""Writes: what water costs, and from when on. A version is never changed: add another one."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max

from transactions.ledger.selectors import currency_of_tenant
from wificore.kernel.changes import announce

from ..errors import Invalid, Taken
from ..models import Tariff, TariffVersion

# A litre for a million: more is a slip of the keyboard.
MAX_PRICE = 10**12


def tariff_create(*, name: str, valid_from: datetime, price_micro_per_litre: int) -> Tariff:
    """A tariff with its first version, in the tenant's currency.

    Raises:
        Invalid: a value cannot be. Taken: another tariff has this name.
    """
    tariff = Tariff(name=name, currency=currency_of_tenant())
    try:
        tariff.full_clean(validate_unique=False)
        with transaction.atomic():
            tariff.save()
            told = {"name": tariff.name, "currency": tariff.currency}
            announce("tariff.created", tariff.public_id, new=told)
            _added(tariff, valid_from, price_micro_per_litre)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid(messages[0], field=field) from None
    except IntegrityError:
        raise Taken("Another tariff has this name.", field="name") from None
    return tariff


def version_add(
    *, tariff: Tariff, valid_from: datetime, price_micro_per_litre: int
) -> TariffVersion:
    """Another price from a moment on; what is booked stays as it was.

    Raises:
        Invalid: the price cannot be.
    """
    with transaction.atomic():
        Tariff.objects.select_for_update(no_key=True).get(pk=tariff.pk)
        return _added(tariff, valid_from, price_micro_per_litre)


def _added(tariff: Tariff, valid_from: datetime, price: int) -> TariffVersion:
    if not 0 < price <= MAX_PRICE:
        raise Invalid(f"Give 1 to {MAX_PRICE}.", field="price_micro_per_litre")
    last = TariffVersion.objects.filter(tariff=tariff).aggregate(last=Max("v"))["last"]
    version = TariffVersion.objects.create(
        tariff=tariff, v=(last or 0) + 1, valid_from=valid_from, price_micro_per_litre=price
    )
    told = {
        "name": tariff.name,
        "v": version.v,
        "valid_from": version.valid_from,
        "price_micro_per_litre": version.price_micro_per_litre,
        "currency": tariff.currency,
    }
    announce("tariff.version_added", tariff.public_id, new=told)
    return version
