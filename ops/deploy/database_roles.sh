#!/bin/sh
# Runs once, when the database's volume is new: roles as the private cluster has them (data/cluster.py), each with the
# password of its secret; the page's role owns nothing.
set -eu
secret() { cat "${SECRETS:-/run/secrets}/$1"; }
psql -X -q -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
    -v owner_password="$(secret owner_password)" -v app_password="$(secret app_password)" <<'SQL'
CREATE ROLE qr_owner LOGIN BYPASSRLS PASSWORD :'owner_password';
CREATE ROLE qr_app LOGIN PASSWORD :'app_password';
GRANT qr_app TO qr_owner;
SELECT format('ALTER DATABASE %I OWNER TO qr_owner', current_database()) \gexec
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;
SQL
