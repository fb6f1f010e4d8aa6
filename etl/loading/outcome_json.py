"""What became of a file, as JSON for the page: ``received_file.report`` and the results of jobs."""

from typing import Any

from data.texts.sentences import as_json as as_sentence
from etl.errors import on_screen
from etl.loading.load import Outcome
from etl.loading.report import report
from etl.store import files

MOST_REJECTS_SHOWN = 20
"""Sentences on rejected rows that the page shows; the list of rejects has them all."""


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Counts that add up, the sentences of ``python -m etl load``, and the list of rejected rows, which is kept."""
    changes = outcome.changes
    return {
        "kind": outcome.kind,
        "load": outcome.load_id,
        "loaded_before": outcome.loaded_before.isoformat() if outcome.loaded_before else None,
        "as_of": outcome.as_of.isoformat() if outcome.as_of else None,
        "rows": {
            "read": outcome.rows_read,
            "accepted": outcome.accepted,
            "new": changes.new,
            "changed": changes.changed,
            "unchanged": outcome.unchanged,
            "removed": changes.removed,
            "rejected": len(outcome.rejects),
        },
        "supersedes": changes.supersedes,
        "turned_day": [day.isoformat() for day in outcome.turned_day] if outcome.turned_day else None,
        "remarks": outcome.remarks,
        "sentences": report(outcome)[1:],
        "told": [as_sentence(on_screen(line)) for line in outcome.sentences],
        "rejects": [as_sentence(on_screen(reject.message)) for reject in outcome.rejects[:MOST_REJECTS_SHOWN]],
        "rejects_file": files.kept(outcome.rejects_file),
    }
