"""Staff, their roles and their signed-in sessions."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sales_portal.accounts.permissions import Permission, Reach
from sales_portal.core.db import Base, Instant, JsonObject, Pk, UTCDateTime
from sales_portal.history.service import Actor
from sales_portal.sites.models import Site


class Team(Base):
    """People whose work a senior agent or a manager may see."""

    __tablename__ = "teams"

    id: Mapped[Pk]
    name: Mapped[str] = mapped_column(String(120), unique=True)


class Role(Base):
    """A named set of permissions."""

    __tablename__ = "roles"

    id: Mapped[Pk]
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    grants: Mapped[list["RolePermission"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class RolePermission(Base):
    """One permission of a role, and whose things it covers."""

    __tablename__ = "role_permissions"

    role_id: Mapped[int] = mapped_column(ForeignKey(Role.id), primary_key=True)
    permission: Mapped[str] = mapped_column(String(60), primary_key=True)
    reach: Mapped[str] = mapped_column(String(8))


class Staff(Base):
    """One person of the house. `preferences` keeps their last choices: theme, density, link options."""

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
    created_at: Mapped[Instant]

    role: Mapped[Role] = relationship(lazy="raise")
    site: Mapped[Site] = relationship(lazy="raise")

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
    def actor(self) -> Actor:
        """This person as the history names who acted."""
        return Actor("staff", self.name, self.id)

    def reach(self, permission: Permission) -> Reach | None:
        """Whose things `permission` covers for this person; None where it is not granted. Needs role.grants loaded."""
        for grant in self.role.grants:
            if grant.permission == permission.value:
                return Reach(grant.reach)
        return None

    def may(self, permission: Permission) -> bool:
        """Whether this person has `permission` at all."""
        return self.reach(permission) is not None


class StaffSession(Base):
    """One signed-in browser; ending the row signs it out at its next request."""

    __tablename__ = "staff_sessions"

    id: Mapped[Pk]
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id))
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
