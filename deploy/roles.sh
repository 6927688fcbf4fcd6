#!/bin/sh
# Run once by the database's container, when it makes the cluster: PostGIS and three roles. wangge_owner owns the schema,
# wangge serves, wangge_gis reads the layers.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -d county -v owner="$OWNER_PASSWORD" -v server="$WANGGE_PASSWORD" \
    -v reader="$GIS_PASSWORD" <<'SQL'
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE ROLE wangge_owner LOGIN PASSWORD :'owner';
CREATE ROLE wangge LOGIN PASSWORD :'server';
CREATE ROLE wangge_gis LOGIN PASSWORD :'reader';
GRANT CREATE ON DATABASE county TO wangge_owner;
SQL
