#!/usr/bin/env python3
"""Compare lookups with GEOS on random points.

usage: points.py BASE_URL TRUTH.geojson COUNT
Sends COUNT points, uniform in the box of TRUTH, as pairs of doubles and gets codes. GEOS says for each which polygon
of TRUTH contains it. Points within 1e-7 degree of a border are left out and counted: they are rounded to the lattice
before they are looked up. Exit 1 if any other point differs.
"""
import json, sys, urllib.request
import numpy as np, shapely

base, truth, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
features = json.load(open(truth))["features"]
polygons = np.array([shapely.geometry.shape(f["geometry"]) for f in features])
codes = np.array([int(f["properties"]["code"]) for f in features], dtype="u8")
w, s, e, n = shapely.total_bounds(polygons)
rng = np.random.default_rng(7)
points = np.c_[rng.uniform(w, e, count), rng.uniform(s, n, count)]

request = urllib.request.Request(f"{base}/api/locate", points.astype("<f8").tobytes(),
                                 {"content-type": "application/octet-stream"})
answers = np.frombuffer(urllib.request.urlopen(request).read(), dtype="<u8")
assert len(answers) == count, f"expected {count} answers, found {len(answers)}"

shapely.prepare(polygons)
tree = shapely.STRtree(polygons)
places = shapely.points(points)
at, owner = tree.query(places, predicate="within")
expected = np.zeros(count, dtype="u8")
expected[at] = codes[owner]
borders = shapely.STRtree(shapely.boundary(polygons))
close = np.zeros(count, dtype=bool)
close[np.unique(borders.query(places, predicate="dwithin", distance=1e-7)[0])] = True
differ = (answers != expected) & ~close
print(f"points={count} inside={np.count_nonzero(expected)} on_borders={close.sum()} differ={differ.sum()}")
for i in np.flatnonzero(differ)[:10]:
    print(f"  {points[i][0]!r},{points[i][1]!r}: GEOS {expected[i]}, served {answers[i]}")
sys.exit(bool(differ.any()))
