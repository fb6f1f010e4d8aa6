"""The route that one writes first: a connection a request, ST_Intersects, all columns, no thinning, no ETag."""

import os

import psycopg
from flask import Flask, Response

app = Flask(__name__)

SQL = """
    SELECT ST_AsMVT(tile) FROM (
        SELECT v.id, v.status::text, v.category, w.code AS ward,
               ST_AsMVTGeom(ST_Transform(v.geom, 3857), ST_TileEnvelope(%(z)s, %(x)s, %(y)s)) AS geom
        FROM venue AS v LEFT JOIN ward AS w ON w.id = v.ward_id
        WHERE ST_Intersects(v.geom, ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4326))
    ) AS tile
"""


@app.get("/<int:z>/<int:x>/<int:y>")
def tile(z: int, x: int, y: int) -> Response:
    """One tile, straight from the table."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as conn:
        row = conn.execute(SQL, {"z": z, "x": x, "y": y}).fetchone()
    return Response(bytes(row[0]) if row else b"", mimetype="application/vnd.mapbox-vector-tile")
