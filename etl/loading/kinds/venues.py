"""The register of venues: what they are called, where they are, when they are open, and whom to call.

Loading never deletes a venue; one that a corrected register no longer has is reported.
"""

from typing import Any

import numpy as np
import pandas as pd
from psycopg.sql import SQL

from data.database.staging import stage
from data.texts.folding import fold_all
from data.texts.sentences import Sentence
from etl.loading import events, venue_tables
from etl.loading.steps import Known, Located
from etl.loading.work import Changes, Work
from etl.locating import OWN_POINT, hand_points, locate_incoming, write_relocated
from etl.locating.districts import NO_WARD, district
from etl.locating.points import Points, locate
from etl.locating.wards_of_points import Placed, place
from etl.values.categories import categorise
from etl.values.streets import street_of

TABLE = events.Table(name="venue", key={}, values={})
_POINT = ["lon", "lat", "x", "y"]
_DAYS = ["opened_on", "closed_on", "reopened_on"]
_SAYS = ["name", "address", "street", "ward", "category", "owner_name", "phone", *_POINT, *_DAYS]


def check(work: Work) -> None:
    """Reject codes given twice with other words and days out of order; locate, and stage the rest."""
    work.reject_repeated(["code"], _SAYS, "code")
    events.reject_disorder(work, "opened_on", "closed_on", same_day=False)
    events.reject_disorder(work, "closed_on", "reopened_on", same_day=True)
    work.reject(
        work.incoming["reopened_on"].notna() & work.incoming["closed_on"].isna() & work.has("closed_on"),
        "reopened_on",
        Sentence("row.expected.closed_before"),
    )
    _match_known(work)
    category, unknown = categorise(work.incoming["category"])
    work.count("unknown_categories", unknown)
    work.advance(Located, category=category, location=None)
    _complete(work)
    rows = work.at(Located)
    street = rows["street"].where(rows["street"].notna(), rows["address"].map(street_of, na_action="ignore"))
    work.advance(Located, street=street)
    located = _locate(work)
    rows = work.at(Located)
    stage(
        work.conn,
        events.INCOMING,
        venue_tables.STAGED,
        rows.rename(columns={"_sheet": "source_sheet", "_row": "source_row", "ward": "ward_named"}).assign(
            known_id=rows["known_id"].where(rows["known_id"] != 0),
            address=rows["address"].fillna(""),
            search_text=fold_all(
                [" ".join(texts) for texts in zip(rows["code"], rows["name"], rows["address"].fillna(""), strict=True)]
            ),
            **located,
        ),
        analysed=["known_id", "code"],
    )


def write(work: Work) -> Changes:
    """Upsert by code; openings and contacts follow the register where it speaks of them."""
    superseded = events.superseded_loads(work, TABLE, SQL("i.known_id = old.id"))
    changes = venue_tables.write(work)
    write_relocated(work.conn)
    if superseded:
        changes.supersedes = superseded[0]
        row = work.conn.execute(
            "SELECT count(*) AS missing FROM venue AS v WHERE load_id = ANY(%s)"
            " AND NOT EXISTS (SELECT FROM listed AS l WHERE l.venue_id = v.id)",
            (superseded,),
        ).fetchone()
        work.count("venues_no_longer_listed", row["missing"] if row else 0)
    return changes


def _match_known(work: Work) -> None:
    """Give ``incoming`` the id of the venue that each row means, 0 where it is new.

    "012" and "12" in one file may both resemble the one known venue "012": the exact code has it, the other is new.
    """
    rows = work.incoming
    ids = pd.Series(events.match_venues(work.conn, rows["code"]), index=rows.index)
    shared = (ids != 0) & ids.duplicated(keep=False)
    if shared.any():
        query = "SELECT id, code FROM venue WHERE id = ANY(%s)"
        known = {row["id"]: row["code"] for row in work.conn.execute(query, (ids[shared].unique().tolist(),))}
        ids = ids.where(~shared | (ids.map(known) == rows["code"]), 0)
    work.advance(Known, known_id=ids)


def _complete(work: Work) -> None:
    """Of known venues, take from the tables what the file does not speak of, so that it stays as it is."""
    apart = ("street", "lon", "lat", "location")
    silent = [name for name in venue_tables.KNOWN if name not in apart and not work.has(name)]
    if not work.has("street") and not work.has("address"):
        silent.append("street")
    if not any(work.has(name) for name in _POINT):
        silent += ["lon", "lat", "location"]
    rows = work.incoming
    ids = rows["known_id"][rows["known_id"] != 0]
    if not silent or ids.empty:
        return
    known = venue_tables.known(work, ids.tolist(), silent).reindex(ids)
    completed: dict[str, pd.Series] = {}
    for name in silent:
        column = rows[name].copy()
        # Days, and numbers where a venue has none, come as objects.
        column.loc[ids.index] = pd.Series(known[name].to_numpy()).astype(column.dtype).to_numpy()
        completed[name] = column
    work.advance(Located, **completed)


def _locate(work: Work) -> dict[str, Any]:
    """Columns of ``venue_tables.STAGED`` that say where each row of ``incoming`` is; remarks count what was found."""
    rows = work.incoming
    wards = district(work.conn, work.today)
    points = locate(rows, wards, wards.named(rows["ward"]), work.crs)
    location = np.where(rows["_point_unreadable"] & (points.location == "none"), "unusable", points.location)
    kept = rows["location"].notna().to_numpy()  # a point of the tables keeps the word for how it came there
    location = np.where(kept, rows["location"], location)
    for word, number in zip(*np.unique(location[~kept].astype(str), return_counts=True), strict=True):
        work.remarks[f"points_{word}"] = int(number)
    _say_crs(work, points)
    by_hand = hand_points(work.conn, rows)
    decided = by_hand["lon"].notna().to_numpy()
    lon = np.where(decided, by_hand["lon"], points.lon)
    lat = np.where(decided, by_hand["lat"], points.lat)
    placed = place(work.conn, wards, rows["ward"], lon, lat)
    _say_wards(work, placed)
    known = rows[["known_id", "address", "street"]].assign(ward_id=placed.ward, lon=lon, lat=lat)
    known = known.assign(location=np.where(decided, "hand", location), outside_ward=placed.outside)
    found = locate_incoming(work.conn, wards, known)
    for word, number in found["location"][~known["location"].isin(OWN_POINT).to_numpy()].value_counts().items():
        work.count(f"located_{word}", int(number))
    return {
        "ward_id": pd.Series(placed.ward, index=rows.index).where(placed.ward != NO_WARD),
        "lon": found["lon"].to_numpy(dtype=float),
        "lat": found["lat"].to_numpy(dtype=float),
        "location": found["location"].to_numpy(),
        "source_lon": points.lon,
        "source_lat": points.lat,
        "source_location": location,
        "outside_ward": placed.outside,
    }


def _say_crs(work: Work, points: Points) -> None:
    if points.crs is None:
        return
    work.remarks["crs"] = points.crs
    doubt = Sentence("told.crs.doubt", others=points.also_fits) if points.also_fits else ""
    work.sentences.append(Sentence("told.crs", crs=points.crs, doubt=doubt))


def _say_wards(work: Work, placed: Placed) -> None:
    work.remarks["unmatched_wards"] = int(placed.unmatched.sum())
    work.count("wards_by_point", int(placed.by_point.sum()))
    work.count("outside_ward", int(placed.outside.sum()))
    if placed.unmatched.any():
        names = work.incoming["ward"][placed.unmatched].value_counts().index[:5]
        work.sentences.append(Sentence("told.wards", names=[f"«{name}»" for name in names]))
