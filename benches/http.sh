#!/usr/bin/env bash
# Requests a second of a served county beside handlers that do nothing, on this machine: locate, warm tiles, cold
# tiles, streams; and how long a start takes. Needs wrk, curl and python3; builds nothing.
#
#   cargo build --release --examples && cargo build --release && benches/http.sh
set -euo pipefail
cd "$(dirname "$0")/.."
binary=target/release/wangge empty=target/release/examples/empty_handler
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$dir"' EXIT
port=18080 yard=18081
base=http://127.0.0.1:$port
rate() { wrk -t1 -c"${CONNECTIONS:-8}" -d"${SECONDS_EACH:-6}s" "$@" | awk '/Requests\/sec/ {print $2}'; }
until_ready() { until curl -fs "$1" >/dev/null; do sleep 0.02; done; }

$binary synth --store "$dir/county.gpkg" 2>/dev/null

echo "== start of an existing store to ready (three times), ms"
for _ in 1 2 3; do
    python3 - "$binary" "$dir/county.gpkg" <<'PY'
import subprocess, sys, time
t = time.monotonic()
p = subprocess.Popen([sys.argv[1], "serve", "--open", "--store", sys.argv[2], "--listen", "127.0.0.1:0"],
                     stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
p.stdout.readline()
print(round((time.monotonic() - t) * 1000))
p.terminate(); p.wait()
PY
done

$binary serve --open --store "$dir/county.gpkg" --listen 127.0.0.1:$port >/dev/null 2>&1 &
server=$!
until_ready $base/health/ready
sleep 4

# Addresses in random order: tiles of z9-14 over the county, points over its box.
python3 - "$dir" $base <<'PY'
import json, math, random, sys, urllib.request
random.seed(1)
out, base = sys.argv[1], sys.argv[2]
w, s, e, n = json.load(urllib.request.urlopen(base + "/api/summary"))["bounds"]
def tile(lon, lat, z):
    k = 1 << z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * k), int(y * k)
tiles = []
for z in range(9, 15):
    (x0, y1), (x1, y0) = tile(w, s, z), tile(e, n, z)
    tiles += [f"/tiles/grids/{z}/{x}/{y}.mvt" for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)]
random.shuffle(tiles)
points = [f"/api/locate?lon={random.uniform(w, e):.7f}&lat={random.uniform(s, n):.7f}" for _ in range(20000)]
for name, paths in [("tiles", tiles), ("locate", points)]:
    with open(f"{out}/{name}.lua", "w") as f:
        f.write("local p = {" + ",".join(f'"{p}"' for p in paths) + "}\nlocal i = 0\n"
                'request = function() i = i % #p + 1; return wrk.format("GET", p[i], {["accept-encoding"] = "gzip"}) end\n')
with open(f"{out}/tiles.txt", "w") as f:
    f.write("\n".join(tiles))
print(len(tiles), "tiles,", len(points), "points")
PY

echo "== tiles z9-14 of tileset grids, gzip, random order, requests/s"
echo "cold, each tile once over 4 connections, nothing kept nor compressed: $(python3 benches/cold.py $port "$dir/tiles.txt")"
rate -s "$dir/tiles.lua" $base >/dev/null
warm=$(rate -s "$dir/tiles.lua" $base)
size=$(wrk -t1 -c8 -d2s -s "$dir/tiles.lua" $base | awk '/requests in/ {n=$1; sub(",","",$5); b=$5} END {print n, b}' \
    | python3 -c 'import sys; n,b=sys.stdin.read().split(); u={"B":1,"KB":1024,"MB":1024**2,"GB":1024**3}; k=next(x for x in ("GB","MB","KB","B") if b.endswith(x)); print(int(float(b[:-len(k)])*u[k]/int(n)))')
$empty 127.0.0.1:$yard $((size > 250 ? size - 250 : 0)) & until_ready http://127.0.0.1:$yard/api/locate
yardstick=$(rate -s "$dir/tiles.lua" http://127.0.0.1:$yard)
echo "warm $warm, empty handler of the same mean size ($size bytes with head) $yardstick, ratio $(python3 -c "print(round($warm/$yardstick,2))")"

echo "== GET /api/locate, requests/s"
ours=$(rate -s "$dir/locate.lua" $base)
yardstick=$(rate -s "$dir/locate.lua" http://127.0.0.1:$yard)
echo "locate $ours, empty handler $yardstick, ratio $(python3 -c "print(round($ours/$yardstick,2))")"

echo "== POST /api/locate, one stream"
python3 - "$dir" <<'PY'
import random, struct, sys
random.seed(2)
pts = [(random.uniform(119.924, 120.576), random.uniform(33.452, 34.11)) for _ in range(500000)]
with open(sys.argv[1] + "/points.bin", "wb") as f:
    blob = b"".join(struct.pack("<dd", *p) for p in pts)
    for _ in range(20): f.write(blob)
with open(sys.argv[1] + "/points.csv", "w") as f:
    f.write("id,lon,lat\n")
    for k in range(6):
        f.writelines(f"{k}-{i},{a:.7f},{b:.7f}\n" for i, (a, b) in enumerate(pts))
PY
post() { curl -s -o /dev/null -w '%{time_total}' -T "$dir/$1" -X POST -H "content-type: $2" -H 'expect:' $base/api/locate; }
for _ in 1 2 3; do
    t=$(post points.bin application/octet-stream)
    echo "binary: $(python3 -c "print(round(10/$t,1))") M points/s"
done
for _ in 1 2 3; do
    t=$(post points.csv text/csv)
    echo "csv: $(python3 -c "print(round(3/$t,2))") M rows/s"
done
echo "== memory of the server, MB"
awk '/VmRSS|VmHWM/ {print $1, int($2/1024)}' /proc/$server/status
