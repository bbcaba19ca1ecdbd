"""Profiles: the configuration that a session takes when it names one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import StringConstraints

from mock_dintero.core.errors import InvalidRequest
from mock_dintero.core.payment_method import DEFAULT_PROFILE, METHODS
from mock_dintero.core.record import Part, Record
from mock_dintero.core.session import Checkbox, Configuration, HttpUrl, Merchant, NewSession
from mock_dintero.core.timestamps import stamp

DEFAULT = "default"
"""New accounts own a profile of this name (sessions.md 2.2)."""

ProfileId = Annotated[
    str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\s/?#]([^/?#]*[^\s/?#])?$")
]
"""No blanks around it (schema ProfileConfiguration); no `/`, `?`, `#`, as it stands in URLs (ours)."""

TYPE, PRODUCT = "payment_type", "payment_product_type"


class ProfileUrls(Part):
    """What every session of the profile links to."""

    merchant_terms_url: HttpUrl | None = None


class NewProfile(Part):
    """Body of POST and PUT. Source: schema ProfileConfiguration of the complete specification of 2024."""

    configuration: Configuration
    profile_id: ProfileId | None = None
    description: str | None = None
    merchant: Merchant | None = None
    url: ProfileUrls | None = None
    checkboxes: tuple[Checkbox, ...] | None = None


READ_ONLY = ("id", "created_at", "created_by", "updated_at", "deleted_at", "deleted_by")


class Profile(Record):
    """A profile of an account: `name` is the merchant's `profile_id`, else the id itself."""

    kind: ClassVar[str] = "profile"

    name: str
    content: NewProfile
    created_at: str
    updated_at: str
    created_by: str

    @property
    def reference(self) -> str:
        """What sessions name it by."""
        return self.name


def new_profile(id: str, body: NewProfile, by: str, now: datetime) -> Profile:
    """A profile; without a name its id is its name."""
    return Profile(
        id=id, name=body.profile_id or id, content=_content(body),
        created_at=stamp(now), updated_at=stamp(now), created_by=by,
    )  # fmt: skip


def changed(profile: Profile, body: NewProfile, now: datetime) -> Profile:
    """The profile with this content and no other; its name stays (ours)."""
    if body.profile_id not in (None, profile.name, profile.id):
        raise InvalidRequest(
            f"profile_id: {body.profile_id!r} is another profile than {profile.name!r} of the path; "
            "make a new profile for a new name"
        )
    return profile.with_(content=_content(body), updated_at=stamp(now))


def _content(body: NewProfile) -> NewProfile:
    """What was sent, less what only Dintero sets and the marks that reading adds."""
    bare = body.without("profile_id", *READ_ONLY)
    plain = _unmarked(bare.configuration.shown())
    return bare.with_(configuration=Configuration.model_validate(plain))


def built_in(account_id: str, created_at: str) -> Profile:
    """What an account that never changed its profile owns."""
    content = NewProfile(
        configuration=Configuration.model_validate(DEFAULT_PROFILE),
        description="The profile that every account has",
    )
    return Profile(
        id=f"{account_id}.{DEFAULT}", name=DEFAULT, content=content,
        created_at=created_at, updated_at=created_at, created_by="mock-dintero",
    )  # fmt: skip


def public(profile: Profile) -> dict[str, Any]:
    """As the merchant sees it; WooCommerce looks for the `type` of each payment method."""
    content = profile.content.shown()
    return {
        **content,
        "configuration": _marked(content["configuration"]),
        "id": profile.id,
        "profile_id": profile.name,
        "created_at": profile.created_at,
        "created_by": profile.created_by,
        "updated_at": profile.updated_at,
    }


def _marked(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """With `type` on each gateway (`payment_type`) and on each method (`payment_product_type`)."""
    marked = dict(configuration)
    for method in METHODS.values():
        gateway = marked.get(method.keys[0])
        if not isinstance(gateway, Mapping):
            continue
        if len(method.keys) == 1:
            marked[method.keys[0]] = {**gateway, "type": PRODUCT}
            continue
        product = gateway.get(method.keys[1])
        told = (
            {method.keys[1]: {**product, "type": PRODUCT}} if isinstance(product, Mapping) else {}
        )
        marked[method.keys[0]] = {"type": TYPE, **gateway, **told}
    return marked


def _unmarked(value: Any) -> Any:
    """Without those marks, as they come back when what was read is written."""
    if not isinstance(value, Mapping):
        return value
    return {
        name: _unmarked(inner) for name, inner in value.items()
        if not (name == "type" and inner in (TYPE, PRODUCT))
    }  # fmt: skip


def applied(profile: Profile, body: NewSession) -> NewSession:
    """A session's request with what the profile knows and the request does not say.

    The configuration is merged by `new_session`.
    """
    content = profile.content
    missing: dict[str, Any] = {}
    if content.merchant and body.merchant is None:
        missing["merchant"] = content.merchant
    if content.checkboxes and body.checkboxes is None:
        missing["checkboxes"] = content.checkboxes
    terms = content.url.merchant_terms_url if content.url else None
    if terms and body.url.merchant_terms_url is None:
        missing["url"] = body.url.with_(merchant_terms_url=terms)
    return body.with_(**missing) if missing else body
