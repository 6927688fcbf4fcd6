#!/usr/bin/env python3
"""Judges an export as a coverage, and its whole area against that of one before.

usage: whole.py BEFORE.geojson AFTER.geojson
Areas are exact: integers on the lattice of 1e-7 degree.  Exit 1 where a polygon is invalid, the coverage has a broken
edge, or the area differs by more than the noding of the outline can: half a unit along it.
"""
import json, sys
import numpy as np, shapely


def read(path):
    with open(path) as file:
        return [shapely.geometry.shape(f['geometry']) for f in json.load(file)['features']]


def area2(polygons):
    def ring(coordinates):
        p = [(round(x * 1e7), round(y * 1e7)) for x, y in coordinates]
        return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(p, p[1:])))

    parts = [part for polygon in polygons for part in getattr(polygon, 'geoms', [polygon])]
    return sum(ring(part.exterior.coords) - sum(ring(hole.coords) for hole in part.interiors) for part in parts)


before, after = map(read, sys.argv[1:3])
invalid = int((~shapely.is_valid(np.array(after))).sum())
valid = bool(shapely.coverage_is_valid(after))
whole = [area2(polygons) for polygons in (before, after)]
outline = shapely.union_all(np.array(before)).length * 1e7
print(f'{len(before)} units before, {len(after)} after; invalid polygons {invalid}; coverage_is_valid {valid}')
print(f'area on the lattice, twice: {whole[0]} before, {whole[1]} after, {whole[1] - whole[0]:+d}; outline {outline:.0f} units')
sys.exit(0 if invalid == 0 and valid and abs(whole[1] - whole[0]) <= outline else 1)
