#!/bin/sh
# Run once by the database's container: the owner of the schema, who may log in with WANGGE_PASSWORD, and PostGIS.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -d county -v password="$WANGGE_PASSWORD" <<'SQL'
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE ROLE wangge_owner LOGIN PASSWORD :'password';
GRANT CREATE ON DATABASE county TO wangge_owner;
SQL
