"""GET /files/<signed>: the bytes, to whoever has an address that was signed here."""

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from wificore.kernel.audit import record_read

from .links import BadLink, opened
from .models import FileKind, StoredFile
from .services import FILES

# A picture changes its address when it changes; an hour is what an address has left at least.
KEEP_PICTURE = "private, max-age=3600"


@require_safe
def download(request: HttpRequest, token: str) -> FileResponse:
    """404 for every address that is not this tenant's, has expired or whose file is gone."""
    try:
        file = StoredFile.objects.get(public_id=opened(token))
        content = FILES.open(file.stored_name)
    except (BadLink, StoredFile.DoesNotExist, FileNotFoundError):
        raise Http404 from None
    attached = file.kind == FileKind.ATTACHMENT
    if attached:
        whose = {"of": file.subject_type, "number": file.subject_id, "name": file.name}
        record_read("attachment.downloaded", "attachment", file.public_id, whose)
    answer = FileResponse(
        content, as_attachment=attached, filename=file.name, content_type=file.content_type
    )
    answer["Cache-Control"] = "private, no-store" if attached else KEEP_PICTURE
    # Opened by itself it is a document of our host: it may do nothing.
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
