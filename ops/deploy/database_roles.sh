#!/bin/sh
# Runs once, when the database's volume is new: roles as the private cluster has them (data/cluster.py), each with the
# password of its secret; the page's role owns nothing. psql reads them itself: its arguments are for all to see.
set -eu
export SECRETS="${SECRETS:-/run/secrets}"
cat "$SECRETS/owner_password" "$SECRETS/app_password" > /dev/null
psql -X -q -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
\set owner_password `cat "$SECRETS/owner_password"`
\set app_password `cat "$SECRETS/app_password"`
CREATE ROLE qr_owner LOGIN BYPASSRLS PASSWORD :'owner_password';
CREATE ROLE qr_app LOGIN PASSWORD :'app_password';
GRANT qr_app TO qr_owner;
CREATE ROLE qr_public NOLOGIN;
GRANT qr_public TO qr_owner, qr_app;
SELECT format('ALTER DATABASE %I OWNER TO qr_owner', current_database()) \gexec
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
-- Distances along streets; without it they are straight lines.
SELECT 'CREATE EXTENSION pgrouting'
FROM pg_available_extensions WHERE name = 'pgrouting' AND installed_version IS NULL \gexec
ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;
SQL
