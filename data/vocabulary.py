"""The values that columns of the tables may have, each set said once; the tables (``data.models``) stand on it.

Without a library: what the page and the commands ask of these words must not bring SQLAlchemy along, which only
migrations use and which takes a third of the start of a command.
"""

from typing import NamedTuple

STATUSES = ("suspended", "violating", "reminded", "scanning", "registered", "unregistered")


class StatusFacts(NamedTuple):
    """What the clause of the rule says of the venues of a status (``data/sql/status_rule.sql``).

    ``is_reminded``: whether it asks for counted reminders; False: it says that there are none; None: it says neither.
    """

    is_compliant: bool
    is_reminded: bool | None


# In the order in which they are listed to a reader and drawn: what needs action first.
STATUS_FACTS = {
    "violating": StatusFacts(is_compliant=False, is_reminded=True),
    "suspended": StatusFacts(is_compliant=False, is_reminded=None),
    "reminded": StatusFacts(is_compliant=False, is_reminded=True),
    "unregistered": StatusFacts(is_compliant=False, is_reminded=False),
    "registered": StatusFacts(is_compliant=False, is_reminded=False),
    "scanning": StatusFacts(is_compliant=True, is_reminded=False),
}
BY_URGENCY = tuple(STATUS_FACTS)
COMPLIANT = tuple(status for status, facts in STATUS_FACTS.items() if facts.is_compliant)
REMINDED = tuple(status for status, facts in STATUS_FACTS.items() if facts.is_reminded)
NOT_REMINDED = tuple(status for status, facts in STATUS_FACTS.items() if facts.is_reminded is False)

# What a source says of a point; how sure a point is that was found by the address; and a person's.
SOURCE_LOCATIONS = ("given", "swapped", "projected", "none", "unusable")
DERIVED_LOCATIONS = ("exact", "interpolated", "street", "ward")
LOCATIONS = (*SOURCE_LOCATIONS, *DERIVED_LOCATIONS, "hand")
UNSURE_LOCATIONS = ("interpolated", "street")
"""Of points that are estimated and may be off by tens or hundreds of metres."""

LOAD_KINDS = ("wards", "streets", "venues", "registrations", "scans", "totals", "reminders", "suspensions")
REMINDER_REASONS = ("no_qr", "not_scanning")
APPS = ("Bluezone", "NCOVI", "Vietnam Health Declaration", "VNeID")
TEMPLATE_KINDS = ("reminder", "suspension_request", "minutes", "lifting", "referral")
"""Letters that an office may lay out itself."""
VISIT_KINDS = ("guidance", "inspection")
OUTCOMES = ("compliant", "made_on_spot", "partly", "not_compliant", "closed", "refused", "not_found")
PROCESSES = (
    "visit",
    "suspension_request",
    "suspension_decision",
    "referral",
    "publication_list",
    "publication",
)
