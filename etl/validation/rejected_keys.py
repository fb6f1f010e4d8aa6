"""What rejected rows speak of: their natural keys, as far as they can be read.

A corrected file takes back what it no longer has; a row of it that was rejected still has it, only not in a way that
can be loaded.
"""

import datetime as dt
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from etl.recognition.columns import column, reject_columns
from etl.validation.frames import text_column
from etl.validation.limits import day_limits
from etl.validation.table import Reject
from etl.values import cell_values
from etl.values import days as dates


def rejected_keys(
    kind: str, rejects: Sequence[Reject], key: Collection[str], nullable: Collection[str], today: dt.date
) -> pd.DataFrame:
    """``venue_code`` and the columns of ``key`` of each of ``rejects``, typed as ``SourceTable`` states.

    What is empty or faulty (a day to come, words that are no reason) is missing: it could have been anything. An empty
    cell of a ``nullable`` column says that there is nothing, and gives "".
    """
    cells = pd.DataFrame([reject.cells for reject in rejects], columns=list(reject_columns(kind)), dtype=object)
    read: dict[str, pd.Series] = {}
    for name in ("venue_code", *key):
        found, faulty = _read(kind, name, cells[name], today)
        if name in nullable:
            found = np.where(pd.isna(found), "", found)
        read[name] = pd.Series(found).mask(faulty)
    return pd.DataFrame(read)


def _read(kind: str, name: str, cells: pd.Series, today: dt.date) -> tuple[np.ndarray, np.ndarray]:
    """A column's values and the mask of faulty ones, by the same readers and limits as of a row that is accepted."""
    of_type = column(kind, name).type
    if of_type == "day":
        days = dates.days(cells)
        first, last = day_limits(kind, name, today)
        outside = (days.values < np.datetime64(first)) | (days.values > np.datetime64(last))
        return days.values, days.faulty | outside
    readers = {"code": cell_values.codes, "reason": cell_values.reasons, "text": text_column}
    return readers[of_type](cells)
