"""Who acts, and for which organisation."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from fieldstone.kernel.i18n import Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """An organisation and where it lives. `key` is what people type at sign-in."""

    key: str
    schema: str
    role: str
    server: str = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The acting user of one request or job. First argument of every use case."""

    tenant: Tenant
    user_id: UUID
    account: str
    user_name: str
    locale: Locale = field(default_factory=Locale)
    profile: str = ""
    permission_sets: tuple[str, ...] = ()
    is_owner: bool = False
    is_system: bool = False
    """True for the platform itself (provisioning, packs): all rights, never a request's."""
    access_epoch: int = 0
    session_id: UUID | None = None
    request_id: str = ""
    organization: str = ""
    """The tenant's name in the user's language."""
