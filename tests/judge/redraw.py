#!/usr/bin/env python3
"""Redraws a served county at random: plans of a few edits each, approved and published one after the other.

usage: redraw.py URL EDITS SEED [--each N] [--only OP] [--tiles N]
Edits are split, reshape, transfer and merge, from borders as GEOS sees them. What the server refuses, or what would bar
publishing, is tried elsewhere.  Prints how many of each were published, the times of publishing and until it was told to
who listens (ms: p50, p99, max), and how many vertices others gained.  With --tiles N, of the first N versions the tiles of
zooms 8 to 16 that were named as touched are fetched before and after: how many of them are other bytes.
"""
import json, math, queue, random, sys, threading, time, urllib.error, urllib.request
from collections import Counter
import shapely
from shapely.geometry import shape

url, edits, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
option = lambda name, other: sys.argv[sys.argv.index(name) + 1] if name in sys.argv else other
each, only, compared = int(option('--each', 5)), option('--only', None), int(option('--tiles', 0))
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


told = queue.Queue()


def listen():
    """Puts each version that is told of into `told`, with when it was."""
    with urllib.request.urlopen(url + '/api/events') as stream:
        for line in stream:
            if line.startswith(b'data: ') and b'"content_hash"' in line:
                told.put((time.perf_counter(), json.loads(line[6:])))


def tile(version, z, x, y):
    with urllib.request.urlopen(f'{url}/tiles/county/{z}/{x}/{y}.mvt?v={version}') as answer:
        return answer.read()


def dropped(event):
    """How many tiles an event names, and how many of them are other bytes than in the version before."""
    named = changed = 0
    for z, rects in event['tiles'].items():
        for x0, y0, x1, y1 in rects if int(z) >= 8 else []:
            for x in range(x0, x1 + 1):
                for y in range(y0, y1 + 1):
                    named += 1
                    changed += tile(event['from'], int(z), x, y) != tile(event['version'], int(z), x, y)
    return named, changed


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


threading.Thread(target=listen, daemon=True).start()
done, refused, took, heard, noded, open_ = Counter(), Counter(), [], [], 0, 0
tiles = [0, 0]
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
    event = {'version': 0}
    while event['version'] < answer['version']:
        moment, event = told.get(timeout=60)
    heard.append((moment - begun) * 1e3)
    if len(took) <= compared and event['tiles'] is not None:
        tiles = [a + b for a, b in zip(tiles, dropped(event))]


def spread(times):
    times = sorted(times)
    share = lambda q: times[min(len(times) - 1, int(q * len(times)))]
    return f'p50 {share(0.5):.1f}  p99 {share(0.99):.1f}  max {times[-1]:.1f}'


print(f'published {dict(done)} in {len(took)} versions; refused {dict(refused)}, undone because something was open {open_}; others gained {noded} vertices')
print(f'publish ms: {spread(took)}')
print(f'until told ms: {spread(heard)}')
if compared:
    print(f'tiles named in the first {compared} versions: {tiles[0]}, of which {tiles[1]} are other bytes')
