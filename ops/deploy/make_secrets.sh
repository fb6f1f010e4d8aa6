#!/bin/sh
# Writes the secrets that compose.yaml or the units hand to their services, each once and at random; what is there stays.
#   sh ops/deploy/make_secrets.sh [FOLDER]        (default: secrets/; DATABASE_HOST: where PostgreSQL is, else «database»)
set -eu
umask 077
folder="${1:-secrets}"
host="${DATABASE_HOST:-database}"
mkdir -p "$folder"
random() { od -An -tx1 -N24 /dev/urandom | tr -d ' \n'; }
keep() { [ -s "$folder/$1" ] || printf '%s\n' "$2" > "$folder/$1"; }
for name in superuser_password owner_password app_password metrics_token; do
    keep "$name" "$(random)"
done
keep database_url "postgresql://qr_owner:$(cat "$folder/owner_password")@$host/qr"
keep app_database_url "postgresql://qr_app:$(cat "$folder/app_password")@$host/qr"
keep backup_database_url "postgresql://postgres:$(cat "$folder/superuser_password")@$host/qr"
# The containers read them as a user of their own; the folder itself lets in nobody else.
chmod 700 "$folder"
chmod 644 "$folder"/*
echo "Đã có các bí mật trong «$folder»; hãy giữ thư mục này ngoài git và sao lưu nó riêng."
