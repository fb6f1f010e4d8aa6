"""The roles of the order, what each may do, and which of them must show a second factor.

A role's rights are the same in every ward; its wards or units are the account's own (``data.access.caller``).
"""

from dataclasses import dataclass
from typing import Literal

Right = Literal[
    "view",  # map, table, figures, drawer and posters of the venues that one may see
    "export",  # lists and documents of them
    "quality",  # how good the data are
    "contacts",  # owner and telephone of a venue that one may see
    "load",
    "undo",
    "review",
    "move",
    "download",
    "remind",
    "confirm",  # what ward officers propose; withdraw reminders of other days
    "inspect",  # plan visits, record inspections
    "suspend",
    "publish",
    "approve",
    "weigh",  # the weights by which visits are put in order
    "report",  # write and send the weekly report of a ward
    "aggregate",  # gather the wards' reports, report to the Command, annotate days, say who is sent what
    "guide",  # guidance and the words of loudspeakers
    "templates",  # the office's own layout of letters
    "accounts",
    "audit",
]
AT_CASES: tuple[Right, ...] = ("inspect", "suspend", "confirm", "remind", "approve", "publish")
"""Any of which lets an account see cases: whoever may take a step of one (``data/sql/access.sql``)."""
Scope = Literal["wards", "district", "units", "none"]
DESK = "/desk/"
"""Where it says what waits for whoever asks."""


@dataclass(frozen=True)
class Role:
    """What a role may do and where.

    Attributes
    ----------
    rights
        What its accounts may do, within ``scope``.
    scope
        ``wards``: venues of the account's wards; ``district``: all; ``units``: the account's venues in whatever ward
        they lie; ``none``: no venue.
    start
        Address where its work begins.
    map
        Its view of the map, which is a press away from there.
    """

    rights: frozenset[Right]
    scope: Scope
    start: str = DESK
    map: str = "/"

    @property
    def needs_second_factor(self) -> bool:
        """Whoever may publish, suspend or administer shows an authenticator's code besides the password."""
        return bool(self.rights & {"publish", "approve", "suspend", "accounts"})


def _role(scope: Scope, *rights: Right, start: str = DESK, at: str = "/") -> Role:
    return Role(frozenset(rights), scope, start, at)


ROLES: dict[str, Role] = {
    "ward_officer": _role("wards", "view", "contacts", "remind", start="/field/"),
    "ward_chair": _role("wards", "view", "export", "contacts", "remind", "confirm", "report"),
    "police": _role(
        "district",
        "view",
        "export",
        "contacts",
        "remind",
        "inspect",
        "suspend",
        "weigh",
        "templates",
        at="/?status=violating",
    ),
    "culture_office": _role(
        "district", "view", "export", "quality", "load", "undo", "review", "move", "download", "aggregate", "templates"
    ),
    "culture_centre": _role("district", "view", "export", "publish", "guide", "templates", at="/?status=violating"),
    "economy_office": _role("district", "view", "export", at="/?category=point_of_sale"),
    "district_command": _role("district", "view", "export", "quality", "approve", "weigh"),
    "managing_body": _role("units", "view", "export"),
    "admin": _role("none", "accounts", "audit", start="/accounts/"),
}
"""By the role's name in the database (``account.role``), in the order in which screens list them."""
