"""From a data frame into a table by COPY: binary where all columns have a fixed width, else text."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
import pandas as pd
from psycopg import sql

from data.database.connection import Connection

CHUNK_ROWS = 100_000
# NULL in text COPY: a control character that no cell holds (readers refuse it), so that no text is taken for it.
NULL = "\x02"
_EPOCH = np.datetime64("2000-01-01", "D")
_FIXED = {"smallint": ">i2", "integer": ">i4", "bigint": ">i8", "date": ">i4", "float8": ">f8"}
_SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"


def stage(
    conn: Connection, table: str, columns: Mapping[str, str], frame: pd.DataFrame, analysed: Sequence[str] = ()
) -> None:
    """Create the temporary table ``table`` and copy ``frame`` into it; it is gone at the end of the transaction.

    Parameters
    ----------
    columns
        Name -> PostgreSQL type: text, boolean, or one of smallint, integer, bigint, date, float8.
    frame
        Has these columns. Days are datetime64; missing values become NULL.
    analysed
        Columns by which the planner will have to choose; by default all.
    """
    definition = sql.SQL(", ").join(sql.SQL("{} {}").format(sql.Identifier(n), sql.SQL(t)) for n, t in columns.items())
    name = sql.Identifier(table)
    conn.execute(sql.SQL("CREATE TEMP TABLE {} ({}) ON COMMIT DROP").format(name, definition))
    copy_into(conn, table, columns, frame)
    which = sql.SQL("({})").format(sql.SQL(", ").join(map(sql.Identifier, analysed))) if analysed else sql.SQL("")
    conn.execute(sql.SQL("ANALYZE {} {}").format(name, which))


def copy_into(conn: Connection, table: str, columns: Mapping[str, str], frame: pd.DataFrame) -> None:
    """Add the rows of ``frame`` to ``table``; ``columns`` and ``frame`` as for :func:`stage`."""
    fixed = all(kind in _FIXED for kind in columns.values()) and not frame[list(columns)].isna().to_numpy().any()
    options = sql.SQL("FORMAT binary") if fixed else sql.SQL("FORMAT text, NULL {}").format(sql.Literal(NULL))
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    encode = _binary if fixed else _text
    with conn.cursor().copy(
        sql.SQL("COPY {} ({}) FROM STDIN ({})").format(sql.Identifier(table), names, options)
    ) as copy:
        if fixed:
            copy.write(_SIGNATURE)
        for start in range(0, len(frame), CHUNK_ROWS):
            copy.write(encode(columns, frame.iloc[start : start + CHUNK_ROWS]))
        if fixed:
            copy.write(_TRAILER)


@contextmanager
def dropping_temporary_tables(conn: Connection) -> Iterator[None]:
    """Temporary tables made within the block are gone after it, so that one transaction can load several files."""
    before = _temporary_tables(conn)
    yield
    for table in _temporary_tables(conn) - before:
        conn.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier("pg_temp", table)))


def _temporary_tables(conn: Connection) -> set[str]:
    rows = conn.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relkind = 'r'"
    ).fetchall()
    return {row["relname"] for row in rows}


def _binary(columns: Mapping[str, str], frame: pd.DataFrame) -> bytes:
    """Rows in PostgreSQL's binary COPY format: a count of fields, then length and big-endian value of each."""
    fields: list[tuple[str, str]] = [("count", ">i2")]
    for number, kind in enumerate(columns.values()):
        fields += [(f"length{number}", ">i4"), (f"value{number}", _FIXED[kind])]
    rows = np.zeros(len(frame), dtype=np.dtype(fields))
    rows["count"] = len(columns)
    for number, (name, kind) in enumerate(columns.items()):
        rows[f"length{number}"] = np.dtype(_FIXED[kind]).itemsize
        rows[f"value{number}"] = _days(frame[name]) if kind == "date" else frame[name].to_numpy()
    return rows.tobytes()


def _days(days: pd.Series) -> np.ndarray:
    """Days since PostgreSQL's epoch, 1/1/2000."""
    return (days.to_numpy().astype("datetime64[D]") - _EPOCH).astype(np.int64)


def _text(columns: Mapping[str, str], frame: pd.DataFrame) -> bytes:
    cells = [_words(frame[name], kind) for name, kind in columns.items()]
    return ("\n".join(map("\t".join, zip(*cells, strict=True))) + "\n").encode("utf-8")


def _words(column: pd.Series, kind: str) -> list[str]:
    """One column as words of PostgreSQL's text COPY format."""
    missing = column.isna().to_numpy()
    if kind == "text":
        words = column.astype(object).where(~missing, NULL).tolist()
        return _escaped(words)
    if kind == "boolean":
        words = ["t" if value else "f" for value in column.to_numpy()]
    elif kind == "date":
        codes, days = pd.factorize(column)
        names = [*np.datetime_as_string(np.asarray(days).astype("datetime64[D]")).tolist(), NULL]
        return [names[code] for code in codes.tolist()]
    elif kind == "float8":
        words = list(map(repr, column.to_numpy(dtype=float, na_value=np.nan).tolist()))
    else:
        words = list(map(str, column.fillna(0).astype("int64").tolist()))
    if missing.any():
        words = [NULL if gap else word for word, gap in zip(words, missing.tolist(), strict=True)]
    return words


def _escaped(words: list[str]) -> list[str]:
    """Escapes what text COPY reads as syntax. One replacement over all rows together costs a tenth of one a row."""
    together = "\x03".join(words)
    if not any(sign in together for sign in "\\\t\n\r"):
        return words
    for sign, escape in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        together = together.replace(sign, escape)
    return together.split("\x03")
