"""Trust stores: the roots of private CAs, and where their revocation lists are."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.editing import EditAdmin, EditForm
from accounts.requests import person
from certs.admin import display
from certs.forms import CertificateInput
from certs.models import RevocationList, TrustRoot, TrustStore
from certs.pki import roots
from certs.pki.x509 import FileContents
from certs.services import trust


class TrustStoreForm(EditForm[TrustStore], CertificateInput):
    """A store, and certificates to put into it."""

    class Meta:
        model = TrustStore
        fields = ("name", "teams", "with_public", "is_active")

    def read(self, data: bytes) -> FileContents:
        """Refuse what holds a private key: nobody has to send one here."""
        contents = super().read(data)
        if contents.private_keys:
            raise ValidationError(
                "There is a private key in it. Nothing was kept: send certificates"
                " alone, and replace the key if others can have seen it.",
                code="private_key",
            )
        return contents

    def clean(self) -> dict[str, Any] | None:
        """Raise ValidationError for each certificate that can be nobody's root."""
        self.forget_private_keys()
        cleaned = super().clean()
        reasons = [roots.refusal(parsed.der) for parsed in self.certificates()]
        if any(reasons):
            raise ValidationError(list(filter(None, dict.fromkeys(reasons))))
        return cleaned


class TrustRootInline(admin.StackedInline[TrustRoot, TrustStore]):
    """The roots of a store: looked at, or taken out."""

    model = TrustRoot
    verbose_name_plural = "roots"
    fields = ("certificate_link", "begins", "ends", "added_by", "added_at")
    readonly_fields = fields
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrustRoot]:
        rows = super().get_queryset(request)
        return rows.select_related("certificate", "added_by").defer("certificate__der")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Roots come as files or text, through the store's own form."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="Certificate")
    def certificate_link(self, root: TrustRoot) -> str:
        url = reverse("admin:certs_certificate_change", args=[root.certificate_id])
        return format_html('<a href="{}">{}</a>', url, root.certificate.subject)

    @admin.display(description="Valid from")
    def begins(self, root: TrustRoot) -> str:
        return display.moment(root.certificate.not_before)

    @admin.display(description="Ends")
    def ends(self, root: TrustRoot) -> str:
        return display.moment(root.certificate.not_after)


class RevocationListInline(admin.StackedInline[RevocationList, TrustStore]):
    """Where clients find the revocation lists of a store's CAs, and what they find."""

    model = RevocationList
    fields = ("url", "condition", "issuer", "contents")
    readonly_fields = ("condition", "issuer", "contents")
    extra = 0

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: what was read belongs to its address, another has another list."""
        return False

    @admin.display(description="State")
    def condition(self, row: RevocationList) -> str:
        if trouble := row.trouble(timezone.now()):
            return f"{trouble.label.capitalize()}. {row.error}".rstrip()
        is_known = row.next_update is not None
        if row.error:
            words = "Good, but the last try failed" if is_known else "The try failed"
            return f"{words}; the next one is in an hour at most. {row.error}"
        return "Good" if is_known else "Not fetched yet: due within ten minutes."

    @admin.display(description="Contents")
    def contents(self, row: RevocationList) -> str:
        if row.next_update is None:
            return "-"
        return format_html(
            "Number {}, {} revoked, made {}, good until {}, fetched {}",
            row.number or "none",
            row.revoked,
            display.moment(row.this_update),
            display.moment(row.next_update),
            display.moment(row.fetched_at),
        )


@admin.register(TrustStore)
class TrustStoreAdmin(EditAdmin[TrustStore]):
    """Private CAs. The public ones come with each release; the list says so."""

    form = TrustStoreForm
    list_display = ("name", "number_of_roots", "of_teams", "with_public", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)
    autocomplete_fields = ("teams",)
    inlines = (TrustRootInline, RevocationListInline)
    fieldsets = (
        (None, {"fields": ("name", "teams", "with_public", "is_active")}),
        ("Add roots", {"fields": ("pem", "file")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrustStore]:
        rows = super().get_queryset(request).prefetch_related("teams")
        return rows.annotate(root_count=Count("roots"))

    def get_fieldsets(self, request: HttpRequest, obj: TrustStore | None = None) -> Any:
        """Leave out what adds roots for people who may only look."""
        may_write = (
            self.has_change_permission(request, obj)
            if obj
            else self.has_add_permission(request)
        )
        return self.fieldsets if may_write else self.fieldsets[:1]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), "public_store": roots.certifi_store()}
        return super().changelist_view(request, context)

    def save_related(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Add the roots after the others have been taken out: what was sent, is in."""
        super().save_related(request, form, formsets, change)
        now = timezone.now()
        added = trust.add_roots(
            form.instance, form.certificates(), user=person(request), now=now
        )
        for root in added:
            if root.certificate.not_after < now:
                text = f"“{root}” has expired: nothing that it issued is trusted."
                self.message_user(request, text, messages.WARNING)

    def construct_change_message(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        add: bool = False,  # noqa: FBT001, FBT002 - Django's signature
    ) -> Any:
        """Name the roots in the change log, not the box they came in."""
        messages_ = super().construct_change_message(request, form, formsets, add)
        return [
            *messages_,
            *(
                {"added": {"name": "root", "object": parsed.subject[:200]}}
                for parsed in form.certificates()
            ),
        ]

    @admin.display(description="Roots", ordering="root_count")
    def number_of_roots(self, store: TrustStore) -> int:
        number: int = getattr(store, "root_count")  # noqa: B009 - annotated above
        return number

    @admin.display(description="Default of")
    def of_teams(self, store: TrustStore) -> str:
        return ", ".join(str(team) for team in store.teams.all()) or "everybody else"
