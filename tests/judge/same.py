#!/usr/bin/env python3
"""Holds the tiles of two servers against each other, byte for byte and ETag for ETag.

usage: same.py URL URL BBOX
Every tile of the tileset county to zoom 11 that meets the box, and 400 a zoom from there to 14.
"""
import math, random, sys, urllib.request

one, other = sys.argv[1:3]
w, s, e, n = map(float, sys.argv[3].split(','))
rng = random.Random(1)


def tile(url, z, x, y):
    with urllib.request.urlopen(f'{url}/tiles/county/{z}/{x}/{y}.mvt') as answer:
        return answer.status, answer.headers['ETag'], answer.read()


def mercator(lon, lat):
    return (lon + 180) / 360, (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2


differing = compared = 0
for z in range(15):
    (x0, y0), (x1, y1) = mercator(w, n), mercator(e, s)
    size = 1 << z
    tiles = [(x, y) for x in range(int(x0 * size), int(x1 * size) + 1) for y in range(int(y0 * size), int(y1 * size) + 1)]
    if z > 11:
        tiles = rng.sample(tiles, min(400, len(tiles)))
    for x, y in tiles:
        compared += 1
        if tile(one, z, x, y) != tile(other, z, x, y):
            differing += 1
            print(f'differs: {z}/{x}/{y}')
print(f'{compared} tiles compared, {differing} differ')
sys.exit(1 if differing else 0)
