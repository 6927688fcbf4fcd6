#!/usr/bin/env python3
"""Redraws a served county at random: plans of a few edits each, approved and published one after the other.

usage: redraw.py URL EDITS SEED [--each N] [--only OP]
Edits are split, reshape, transfer and merge, from borders as GEOS sees them. What the server refuses, or what would bar
publishing, is tried elsewhere.  Prints how many of each were published, the times of publishing (ms: p50, p99, max), how
many tiles each version was said to touch, and how many vertices others gained.
"""
import json, math, random, sys, time, urllib.error, urllib.request
from collections import Counter
import shapely
from shapely.geometry import shape

url, edits, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
option = lambda name, other: sys.argv[sys.argv.index(name) + 1] if name in sys.argv else other
each, only = int(option('--each', 5)), option('--only', None)
rng = random.Random(seed)


def ask(path, body=None, match=None):
    headers = {'Content-Type': 'application/json'} | ({'If-Match': match} if match else {})
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data=data, headers=headers, method='GET' if body is None else 'POST')
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer), answer.headers['ETag']
    except urllib.error.HTTPError as error:
        return error.code, json.load(error), None


def polygon(code):
    status, feature, _ = ask(f'/api/units/{code}/geometry')
    return shape(feature['geometry']) if status == 200 else None


def at(point):
    return [round(point.x, 7), round(point.y, 7)]


def borders(one, other):
    """The longest run of border that two share."""
    shared = shapely.line_merge(one.intersection(other))
    runs = [g for g in getattr(shared, 'geoms', [shared]) if g.geom_type == 'LineString']
    return max(runs, key=lambda run: run.length, default=None)


def edit(codes):
    code = rng.choice(codes)
    status, unit, _ = ask(f'/api/units/{code}')
    mine = polygon(code)
    if status != 200 or mine is None or not unit['neighbours']:
        return None
    other = rng.choice(unit['neighbours'])['code']
    theirs = polygon(other)
    op = only or rng.choice(['reshape', 'reshape', 'split', 'transfer', 'merge'])
    if op == 'merge':
        return {'op': op, 'units': [code, other]}
    if op == 'split':
        (w, s, e, n), turn = mine.bounds, rng.uniform(0, math.pi)
        x, y, far = (w + e) / 2, (s + n) / 2, (e - w) + (n - s)
        dx, dy = far * math.cos(turn), far * math.sin(turn)
        line = [[x - dx, y - dy], [x + dx, y + dy]]
        return {'op': op, 'unit': code, 'line': line, 'new': [{'name': '新片'}] * 9, 'tolerance': 2}
    run = borders(mine, theirs) if theirs is not None else None
    if run is None or run.length < 2e-4:
        return None
    if op == 'transfer':
        ring = run.interpolate(0.5, normalized=True).buffer(run.length / 6, 4)
        coordinates = [[round(x, 7), round(y, 7)] for x, y in ring.exterior.coords]
        area = {'type': 'Polygon', 'coordinates': [coordinates]}
        return {'op': op, 'from': code, 'to': other, 'area': area, 'tolerance': 0}
    start, end = run.interpolate(0.3, normalized=True), run.interpolate(0.7, normalized=True)
    aside = run.length * rng.uniform(-0.15, 0.15)
    middle = run.interpolate(0.5, normalized=True)
    length = math.hypot(end.x - start.x, end.y - start.y) or 1
    line = [at(start), [middle.x - aside * (end.y - start.y) / length, middle.y + aside * (end.x - start.x) / length], at(end)]
    return {'op': 'reshape', 'between': [code, other], 'line': line}


def leaves():
    return [unit['code'] for unit in ask('/api/units?level=grid')[1]['units'] if unit['leaf']]


done, refused, took, noded, open_ = Counter(), Counter(), [], 0, 0
while sum(done.values()) < edits:
    codes = leaves()
    _, plan, match = ask('/api/plans', {'title': '随机'})
    here, kinds = f"/api/plans/{plan['id']}", Counter()
    while sum(kinds.values()) < min(each, edits - sum(done.values())):
        command = edit(codes)
        if command is None:
            continue
        status, did, now = ask(f'{here}/edits', command, match)
        if status != 201:
            assert status == 422, (status, did)
            refused[command['op']] += 1
            continue
        match = now
        if did['defects']:
            open_ += 1
            _, _, match = ask(f'{here}/undo', {}, match)
            continue
        kinds[command['op']] += 1
        noded += len(did['noded'])
    for step in ('submit', 'approve'):
        status, answer, match = ask(f'{here}/{step}', {}, match)
        assert status == 200, (step, status, answer)
    begun = time.perf_counter()
    status, answer, _ = ask(f'{here}/publish', {}, match)
    took.append((time.perf_counter() - begun) * 1e3)
    assert status == 200, (status, answer)
    done += kinds
took.sort()
share = lambda q: took[min(len(took) - 1, int(q * len(took)))]
print(f'published {dict(done)} in {len(took)} versions; refused {dict(refused)}, undone because something was open {open_}; others gained {noded} vertices')
print(f'publish ms: p50 {share(0.5):.1f}  p99 {share(0.99):.1f}  max {took[-1]:.1f}')
