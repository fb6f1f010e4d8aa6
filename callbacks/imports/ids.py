"""Names of the import screen's components; ``assets/imports.js`` speaks of some of them, too."""

from typing import Any
from urllib.parse import quote, unquote

PREFIX = "/imports/"

URL = "imports-url"
PULSE = "imports-pulse"  # dcc.Interval: asks whether anything has changed
SHOWN = "imports-shown"  # dcc.Store: fingerprint of what is drawn, so that nothing is drawn anew under a person's hands
PROGRESS = "imports-progress"  # dcc.Store: steps of what runs, which the browser writes into the cards
CHANGED = "imports-changed"  # dcc.Store: something was asked for from this page; look at once
ARRIVED = "imports-arrived"  # dcc.Store: assets/imports.js has sent a file or begun to
DISMISSED = "imports-dismissed"  # dcc.Store: answers about taking back that were looked at and left
MOST = "imports-most"  # dcc.Store: how many loads are listed

DROP = "imports-drop"
CHOOSE = "imports-choose"
SENDING = "imports-sending"  # list that assets/imports.js fills: files that this page is sending
OUTAGE = "imports-outage"
FILES = "imports-files"
DESK = "imports-desk"  # the bar with what can be done to all files at once
ASKED = "imports-asked"  # what a person is asked before that is done
LOADS = "imports-loads"
SAID = "imports-said"  # what has just been done, and how to take it back

# Ids of parts that are not always there are dictionaries: Dash asks for plain ones as soon as the page is drawn.


def of_desk(kind: object) -> dict[str, object]:
    """Id of a button that is for all files (``check``, ``load``)."""
    return {"imports-desk": kind}


def of_file(kind: str, number: object) -> dict[str, object]:
    """Id of a component of a file's card."""
    return {"imports": kind, "file": number}


def of_column(number: object, heading: object) -> dict[str, object]:
    """Id of the choice of a column for a heading of a file.

    The heading is quoted: Dash finds no value for an id that holds other than ASCII.
    """
    return {"imports": "column", "file": number, "heading": quote(heading) if isinstance(heading, str) else heading}


def heading_of(id_: dict[str, Any]) -> str:
    """The heading that an id of :func:`of_column` names."""
    return unquote(id_["heading"])


def of_answer(number: object, name: object) -> dict[str, object]:
    """Id of the choice that answers a question about a file."""
    return {"imports": "answer", "file": number, "name": name}


def of_load(kind: str, number: object) -> dict[str, object]:
    """Id of a component of a load's row."""
    return {"imports": kind, "load": number}


def of_more(place: object) -> dict[str, object]:
    """Id of the button for earlier loads."""
    return {"imports-more": place}
