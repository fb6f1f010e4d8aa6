"""Ward outlines: official ones replace the approximate ones that ship, or bring a new division of the district.

Outlines are matched to known wards by code and name. Venues without a named ward are placed anew, and flags of points
well outside their ward are set anew.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from data.database.staging import stage
from data.texts.sentences import Sentence
from etl.errors import UnusableFile
from etl.loading.work import Changes, Work
from etl.locating import OWN_POINT, relocate
from etl.locating.districts import NO_WARD, district, in_metres
from etl.locating.outline_repair import MENTIONED_M2, Repaired, repair
from etl.locating.wards_of_points import place
from etl.values.ward_names import ward_key

# An outline so far from where its ward is known to be is a ward of the same name in another district.
NEAR_M = 1_000
# Share of their summed areas that the parts of a ward cover at least; repaired outlines may touch a little.
PARTS_APART = 0.95
_STAGED = {
    "code": "text", "name": "text", "vintage": "text", "valid_from": "date", "valid_to": "date",
    "outline": "text", "source_row": "integer",
}  # fmt: skip


class WrongWards(UnusableFile):
    """The outlines are not those of the district's wards, each once."""


@dataclass(frozen=True)
class _Known:
    vintage: str
    wards: pd.DataFrame  # index: code; name, outline (EPSG:32648)


def check(work: Work) -> None:
    """Match, repair and stage the outlines; raises :class:`WrongWards` where a ward is missing or twice."""
    frame = work.incoming
    stated = _stated_vintage(frame)
    rows = _new_division(frame, stated) if stated else _match(work, frame)
    first = dict.fromkeys(("name", "vintage", "valid_from", "valid_to", "_row"), "first")
    merged = rows.groupby("code", sort=True).agg({**first, "geometry": list})
    shapes: list[Any] = [
        shapely.union_all(shapely.make_valid(parts)) if len(parts) > 1 else parts[0] for parts in merged["geometry"]
    ]
    merged["geometry"] = shapes
    _say_merged(work, rows)
    repaired = repair(merged["geometry"].to_numpy())
    _say_repairs(work, merged["name"].tolist(), repaired)
    merged = merged.reset_index().rename(columns={"_row": "source_row"})
    merged["outline"] = [shapely.to_wkb(shape, hex=True) for shape in repaired.outlines]
    stage(work.conn, "outline", _STAGED, merged)


def _say_merged(work: Work, rows: pd.DataFrame) -> None:
    """Several outlines of one ward are its parts where they lie side by side; one above the other, one is wrong."""
    several = rows[rows.duplicated("code", keep=False)]
    for name, parts in several.groupby("name")["geometry"]:
        shapes = shapely.make_valid(in_metres(parts.to_numpy()))
        if shapely.area(shapely.union_all(shapes)) < PARTS_APART * shapely.area(shapes).sum():
            raise WrongWards(Sentence("refused.wards.parts", name=name, count=len(parts)))
    work.count("merged_outlines", len(several) - several["code"].nunique())
    if len(several):
        names = [f"«{name}»" for name in several["name"].unique()]
        work.sentences.append(Sentence("told.outlines.parts", names=names))


def write(work: Work) -> Changes:
    """Replace or add the wards, then place the venues anew."""
    conn = work.conn
    changed = conn.execute(
        """
        UPDATE ward AS w
        SET geom = g.geom, area_km2 = round((ST_Area(g.geom::geography) / 1e6)::numeric, 3),
            boundary_source = 'official', load_id = %s, source_sheet = 0, source_row = o.source_row
        FROM outline AS o CROSS JOIN LATERAL (SELECT ST_SetSRID(o.outline::geometry, 4326) AS geom) AS g
        WHERE w.vintage = o.vintage AND w.code = o.code
          AND (w.boundary_source <> 'official' OR NOT ST_OrderingEquals(w.geom, g.geom))
        """,
        (work.load_id,),
    ).rowcount
    new = conn.execute(
        """
        INSERT INTO ward (vintage, code, name, valid_from, valid_to, boundary_source, area_km2, geom,
                          load_id, source_sheet, source_row)
        SELECT o.vintage, o.code, o.name, o.valid_from, o.valid_to, 'official',
               round((ST_Area(g.geom::geography) / 1e6)::numeric, 3), g.geom, %s, 0, o.source_row
        FROM outline AS o CROSS JOIN LATERAL (SELECT ST_SetSRID(o.outline::geometry, 4326) AS geom) AS g
        WHERE NOT EXISTS (SELECT FROM ward AS w WHERE w.vintage = o.vintage AND w.code = o.code)
        """,
        (work.load_id,),
    ).rowcount
    if new:
        # A division holds until the next one begins.
        conn.execute(
            """
            UPDATE ward AS w SET valid_to = n.valid_from - 1
            FROM (SELECT vintage, min(valid_from) AS valid_from FROM outline GROUP BY vintage) AS n
            WHERE w.vintage <> n.vintage AND w.valid_to IS NULL AND w.valid_from < n.valid_from
            """
        )
    return Changes(new=new, changed=changed, touched=_place_venues(work))


def _stated_vintage(frame: pd.DataFrame) -> str | None:
    """The division that the file itself states, by ``vintage`` or by the year of ``valid_from``."""
    vintages = set(frame["vintage"].dropna()) or {f"{day:%Y}" for day in frame["valid_from"].dropna()}
    if len(vintages) > 1:
        raise WrongWards(Sentence("refused.wards.vintages", vintages=sorted(vintages)))
    return next(iter(vintages), None)


def _new_division(frame: pd.DataFrame, vintage: str) -> pd.DataFrame:
    """Rows of a division that the file states: each needs a code and a name; without a day it begins on 1 January."""
    incomplete = frame["code"].isna() | frame["name"].isna()
    if incomplete.any():
        row = int(frame["_row"][incomplete].iloc[0])
        raise WrongWards(Sentence("refused.wards.incomplete", place=row))
    start = frame["valid_from"].min()
    if start is pd.NaT:
        if not vintage[:4].isdigit():
            raise WrongWards(Sentence("refused.wards.no_day", vintage=vintage))
        start = pd.Timestamp(dt.date(int(vintage[:4]), 1, 1))
    return pd.DataFrame(frame).assign(vintage=vintage, valid_from=frame["valid_from"].fillna(start))


def _match(work: Work, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows that are wards of the known division that they fit best, with its codes and names."""
    best: pd.DataFrame | None = None
    fewest: list[str] = []
    for known in _known(work):
        codes = _codes_in(known, frame)
        missing = [str(name) for code, name in known.wards["name"].items() if code not in set(codes.dropna())]
        if best is None or len(missing) < len(fewest):
            fewest = missing
            names = codes.map(known.wards["name"])
            best = pd.DataFrame(frame).assign(code=codes, name=names, vintage=known.vintage)[codes.notna()]
    if best is None or fewest:
        found = [f"«{name}»" for name in frame["name"].fillna(frame["code"]).dropna().unique()[:20]]
        lacking = fewest or Sentence("refused.wards.all")
        raise WrongWards(Sentence("refused.wards.missing", missing=lacking, found=found))
    _reject_others(work, frame.drop(best.index))
    return best.assign(valid_from=None, valid_to=None)


def _reject_others(work: Work, others: pd.DataFrame) -> None:
    """A file of the whole city holds other districts' wards, too; they count as rejected."""
    for name, code, row in zip(others["name"], others["code"], others["_row"], strict=True):
        value = str(name if isinstance(name, str) else code or "")
        heading, expected = Sentence("column.ward_name"), Sentence("row.expected.ward")
        work.rejects.append(work.map.reject(int(row), heading, value, expected))


def _codes_in(known: _Known, frame: pd.DataFrame) -> pd.Series:
    """Code of the known ward that each outline is: by code with a name that does not contradict, else by name."""
    by_code = {str(code).lstrip("0"): str(code) for code in known.wards.index}
    by_name = {ward_key(name): str(code) for code, name in known.wards["name"].items()}
    metric = in_metres(shapely.make_valid(frame.geometry.to_numpy()))
    codes: list[str | None] = []
    for code, name, outline in zip(frame["code"], frame["name"], metric, strict=True):
        named = by_name.get(ward_key(name)) if isinstance(name, str) else None
        numbered = by_code.get(str(code).lstrip("0")) if isinstance(code, str) else None
        # Codes were given new meanings (09552 was Phú La, is Kiến Hưng): a name that is another ward's wins.
        found = named or (numbered if not isinstance(name, str) or named == numbered else None)
        near = found is not None and shapely.dwithin(known.wards["outline"][found], outline, NEAR_M)
        codes.append(found if near else None)
    return pd.Series(codes, index=frame.index, dtype=object)


def _known(work: Work) -> list[_Known]:
    rows = work.conn.execute("SELECT vintage, code, name, ST_AsBinary(geom) AS geom FROM ward ORDER BY vintage DESC")
    wards = pd.DataFrame(rows.fetchall(), columns=["vintage", "code", "name", "geom"])
    wards["outline"] = in_metres(np.array([shapely.from_wkb(geom) for geom in wards["geom"]], dtype=object))
    groups = wards.groupby("vintage", sort=False)
    return [_Known(str(vintage), group.set_index("code")) for vintage, group in groups]


def _say_repairs(work: Work, names: list[str], repaired: Repaired) -> None:
    if repaired.contradictions:
        pairs = [
            Sentence("refused.wards.pair", one=names[a], other=names[b], area=f"{area / 1e4:.1f}")
            for a, b, area in repaired.contradictions
        ]
        raise WrongWards(Sentence("refused.wards.overlap", pairs=pairs))
    if repaired.made_valid:
        work.count("outlines_made_valid", len(repaired.made_valid))
        work.sentences.append(Sentence("told.outlines.valid", names=[names[i] for i in repaired.made_valid]))
    for first, second, area in repaired.overlaps:
        pair = {"one": names[first], "other": names[second], "area": f"{area:.0f}"}
        work.sentences.append(Sentence("told.outlines.overlap", **pair))
    work.count("overlaps_removed", len(repaired.overlaps))
    if repaired.gaps_m2 >= MENTIONED_M2:
        work.count("gaps_filled_m2", round(repaired.gaps_m2))
        work.sentences.append(Sentence("told.outlines.gaps", area=f"{repaired.gaps_m2:.0f}"))


def _place_venues(work: Work) -> set[int]:
    """Place every venue anew, by points of its own only; then locate the others. Returns those whose ward changed."""
    conn = work.conn
    rows = conn.execute(
        "SELECT id, ward_named, ST_X(own) AS lon, ST_Y(own) AS lat, ward_id, outside_ward FROM venue"
        " CROSS JOIN LATERAL (SELECT CASE WHEN location = ANY(%s) THEN geom END AS own) AS point",
        (list(OWN_POINT),),
    )
    venues = pd.DataFrame(rows.fetchall(), columns=["id", "ward_named", "lon", "lat", "ward_id", "outside_ward"])
    if venues.empty:
        return set()
    lon, lat = (venues[name].to_numpy(dtype=float, na_value=np.nan) for name in ("lon", "lat"))
    placed = place(conn, district(conn, work.today), venues["ward_named"], lon, lat)
    moved = placed.ward != venues["ward_id"].fillna(NO_WARD).to_numpy(dtype=np.int64)
    flagged = placed.outside != venues["outside_ward"].to_numpy(dtype=bool)
    differing = moved | flagged
    wards = pd.Series(placed.ward).where(placed.ward != NO_WARD)
    stage(
        conn,
        "placed",
        {"venue_id": "integer", "ward_id": "integer", "outside_ward": "boolean"},
        pd.DataFrame({"venue_id": venues["id"], "ward_id": wards, "outside_ward": placed.outside})[differing],
    )
    conn.execute(
        "UPDATE venue AS v SET ward_id = p.ward_id, outside_ward = p.outside_ward"
        " FROM placed AS p WHERE v.id = p.venue_id"
    )
    relocate(conn, day=work.today)
    work.count("venues_moved", int(moved.sum()))
    work.remarks["unmatched_wards"] = int(placed.unmatched.sum())
    return set(venues["id"][moved].tolist())
