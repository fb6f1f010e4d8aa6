# The page with its worker; the database and the proxy are services of their own (compose.yaml).
FROM python:3.11-slim-bookworm AS libraries
WORKDIR /app
COPY requirements.lock .
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir --disable-pip-version-check \
        --require-hashes -r requirements.lock

FROM python:3.11-slim-bookworm
# pg_dump and pg_restore of the database's major version, for backups.
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client-15 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home qr \
    && install -d -o qr -g qr -m 0700 /data /data/files /data/backups /data/keys
WORKDIR /app
COPY --from=libraries /app/.venv .venv
COPY app.py LICENSE NOTICE ./
COPY assets assets
COPY callbacks callbacks
COPY data data
COPY documents documents
COPY etl etl
COPY layers layers
COPY ops ops
COPY planning planning
COPY proof proof
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    FILE_STORE=/data/files BACKUP_FOLDER=/data/backups PUBLICATION_KEYS=/data/keys
USER qr
EXPOSE 8050
CMD ["python", "-m", "gunicorn", "--config", "ops/gunicorn_conf.py", "app:server"]
