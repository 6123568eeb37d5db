"""Files of a tenant that goes: into the archive, then gone.

They lie beside its archived partitions (`ts_acme/uploads/`), so that the same step of the deletion
puts them away, and the same days later they are forgotten (tenants/archives.py).
"""

from wificore.kernel.db.partitions import archive

from .services import FILES

DIRECTORY = "uploads"


def forget_tenant(schema: str, _using: str) -> None:
    """Safe to run again: what was archived before it stopped is written once more."""
    store = archive.storage()
    for name, file in FILES.all_of(schema):
        archive.save(store, f"{schema}/{DIRECTORY}/{name}", file)
    FILES.forget(schema)
