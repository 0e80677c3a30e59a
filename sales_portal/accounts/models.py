"""Staff, their roles and their signed-in sessions."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import cast

from sqlalchemy import ForeignKey, LargeBinary, String, Table, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from sales_portal.accounts.permissions import Permission, Reach
from sales_portal.core.db import Base, Instant, JsonObject, Pk, UTCDateTime
from sales_portal.history.service import Actor
from sales_portal.sites.models import Site

MOST_SUCCESSORS = 8
"""So many may have left one after the other; a circle of them ends here."""


class Team(Base):
    """People whose work a senior agent or a manager may see."""

    __tablename__ = "teams"

    id: Mapped[Pk]
    name: Mapped[str] = mapped_column(String(120), unique=True)


class RolePermission(Base):
    """One permission of a role, and whose things it covers."""

    __tablename__ = "role_permissions"

    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id"), primary_key=True)
    permission: Mapped[str] = mapped_column(String(60), primary_key=True)
    reach: Mapped[str] = mapped_column(String(8))


_GRANTS = cast(Table, RolePermission.__table__)


class Role(Base):
    """A named set of permissions, and how far its people may lower prices without asking.

    Both limits are thousandths of a percent: `discount_limit` off the list price, `minimum_margin` left of the price.
    None is no limit. `granted` is all its grants in one value, since every page of the desk reads them.
    """

    __tablename__ = "roles"

    id: Mapped[Pk] = mapped_column()
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    discount_limit: Mapped[int | None]
    minimum_margin: Mapped[int | None]
    grants: Mapped[list[RolePermission]] = relationship(lazy="raise", cascade="all, delete-orphan")
    granted: Mapped[str | None] = column_property(
        select(func.aggregate_strings(_GRANTS.c.permission + "=" + _GRANTS.c.reach, " "))
        .where(_GRANTS.c.role_id == id)  # noqa: A003 - the column above
        .correlate_except(_GRANTS).scalar_subquery())


@lru_cache(maxsize=256)
def _reaches(granted: str) -> Mapping[str, Reach]:
    pairs = (grant.partition("=") for grant in granted.split())
    return {permission: Reach(reach) for permission, _, reach in pairs}


class Staff(Base):
    """One person of the house. `preferences` keeps their last choices: theme, density, link options.

    Limits of their own, where they have any, count instead of their role's. `photo` is the digest of their picture;
    the successor of one who has left answers their customers.
    """

    __tablename__ = "staff"

    id: Mapped[Pk]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str | None] = mapped_column(String(40))
    password_hash: Mapped[str]
    role_id: Mapped[int] = mapped_column(ForeignKey(Role.id))
    team_id: Mapped[int | None] = mapped_column(ForeignKey(Team.id))
    site_id: Mapped[int] = mapped_column(ForeignKey(Site.id))
    is_active: Mapped[bool] = mapped_column(default=True)
    preferences: Mapped[JsonObject] = mapped_column(default=dict)
    discount_limit: Mapped[int | None]
    minimum_margin: Mapped[int | None]
    photo: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[Instant]

    role: Mapped[Role] = relationship(lazy="raise")
    site: Mapped[Site] = relationship(lazy="raise")
    # Nobody reads it of the people who are here, and those who left are few.
    successor: Mapped["Staff | None"] = relationship(
        secondary="successions", primaryjoin="Staff.id == Succession.staff_id",
        secondaryjoin="Staff.id == Succession.successor_id", lazy="select")

    @property
    def first_name(self) -> str:
        """The name a customer reads: the first word of the full name."""
        return self.name.split()[0]

    @property
    def initials(self) -> str:
        """Two letters in place of a photo."""
        words = self.name.split()
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    @property
    def answering(self) -> "Staff | None":
        """Who answers this person's customers: they, or their successor once they left; None where nobody does."""
        person: Staff | None = self
        for _ in range(MOST_SUCCESSORS):
            if person is None or person.is_active:
                return person
            person = person.successor
        return None

    @property
    def price_limits(self) -> tuple[int | None, int | None]:
        """How much they may take off a list price and what margin must stay, in thousandths; needs role loaded."""
        own, role = self, self.role
        return (role.discount_limit if own.discount_limit is None else own.discount_limit,
                role.minimum_margin if own.minimum_margin is None else own.minimum_margin)

    @property
    def actor(self) -> Actor:
        """This person as the history names who acted."""
        return Actor("staff", self.name, self.id)

    def reach(self, permission: Permission) -> Reach | None:
        """Whose things `permission` covers for this person; None where it is not granted. Needs role loaded."""
        return _reaches(self.role.granted or "").get(permission.value)

    def may(self, permission: Permission) -> bool:
        """Whether this person has `permission` at all."""
        return self.reach(permission) is not None


class Succession(Base):
    """Who answers the customers of a person who left."""

    __tablename__ = "successions"

    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id), primary_key=True)
    successor_id: Mapped[int] = mapped_column(ForeignKey(Staff.id))


class StaffPhoto(Base):
    """A person's picture, small and square; `digest` names it in its address, so that browsers may keep it."""

    __tablename__ = "staff_photos"

    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id), primary_key=True)
    digest: Mapped[str] = mapped_column(String(32), index=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class StaffSession(Base):
    """One signed-in browser; ending the row signs it out at its next request."""

    __tablename__ = "staff_sessions"

    id: Mapped[Pk]
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id))
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
