#!/usr/bin/env bash
# Random edits are published over the demo county; then GEOS judges what is left: the export as a coverage and its whole
# area, tiles as a coverage, tiles byte for byte against a server that built them all anew, and lookups.
#
#   tests/judge/redraw.sh [EDITS [SEED]]        500 edits where nothing is said; WANGGE=path takes a built program
#
# Exit 1 if anything is not as it should be.
set -euo pipefail
cd "$(dirname "$0")/../.."
edits=${1:-500} seed=${2:-1}
. tests/judge/common.sh
prepare
if [ -z "${WANGGE:-}" ]; then cargo build --release; fi
wangge=${WANGGE:-target/release/wangge}
store=$work/judge.gpkg
$wangge synth --store "$store"
$wangge export --store "$store" "$work/before.geojson"
serve --open --store "$store" --rate-locate 0 --rate-search 0 --rate-export 0
$venv/bin/python tests/judge/redraw.py "$url" "$edits" "$seed"
$wangge check --store "$store"
$wangge export --store "$store" "$work/after.geojson"

failed=0
printf '\n== the export\n'
$venv/bin/python tests/judge/whole.py "$work/before.geojson" "$work/after.geojson" || failed=1
printf '\n== tiles, as a coverage\n'
bounds=$($venv/bin/python -c '
import json, sys, urllib.request
print(",".join(map(str, json.load(urllib.request.urlopen(sys.argv[1]))["bounds"])))' "$url/tiles/county.json")
$venv/bin/python tests/judge/tiles.py "$url/tiles/county/{z}/{x}/{y}.mvt" grids code "$bounds" 8 14 "$work/after.geojson" --max 60 || failed=1
printf '\n== lookups of random points\n'
$venv/bin/python tests/judge/points.py "$url" "$work/after.geojson" 1000000 || failed=1
printf '\n== tiles, against a server that builds them anew\n'
"$wangge" serve --open --store "$store" --listen 127.0.0.1:0 >"$work/anew" 2>&1 &
other=$!
trap 'kill $other 2>/dev/null; cleanup' EXIT
anew=
for _ in $(seq 100); do
    anew=$(grep -oE 'http://127\.0\.0\.1:[1-9][0-9]*' "$work/anew" | sed -n 1p || true)
    [ -z "$anew" ] || break
    sleep 0.2
done
$venv/bin/python tests/judge/same.py "$url" "$anew" "$bounds" || failed=1
exit $failed
