#!/usr/bin/env python3
"""What it costs to know who asks, and whether a sign-in tells by its time which names there are.

usage: access.py BINARY [STORE]

1. Requests a second of a server that is open and of one that is closed and asked with a key, in turn on one machine,
   for lookups and for tiles that are kept: ROUNDS pairs, the middle ratio. Needs wrk.
2. NAMES accounts and as many names that are nobody's, each tried five times with a wrong password, in random order: how
   long the answers take, and how often one of a known name takes longer than one of an unknown (0.5: no telling).

STORE is made anew; a GeoPackage in a temporary folder where none is named.
"""
import contextlib
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROUNDS, SECONDS, NAMES, TRIES = 9, 5, 120, 5
PASSWORD = "four quiet herons walk"


def command(binary, store, *args, said=""):
    done = subprocess.run([binary, *args, "--store", store], input=said, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"wangge {' '.join(args)}: {done.stderr}")
    return done.stdout


@contextlib.contextmanager
def serving(binary, store, *flags):
    server = subprocess.Popen(
        [binary, "serve", "--store", store, "--listen", "127.0.0.1:0", "--rate-locate", "0", *flags],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        for line in server.stdout:
            if found := re.search(r"http://127[0-9.]*:\d+", line):
                yield found.group()
                return
        sys.exit("the server ended before it listened")
    finally:
        server.terminate()
        server.wait()


def script(folder, name, paths, key):
    """Addresses in random order, for wrk."""
    headers = {"accept-encoding": "gzip"} | ({"authorization": f"Bearer {key}"} if key else {})
    heads = ",".join(f'["{name}"]="{value}"' for name, value in headers.items())
    path = os.path.join(folder, f"{name}-{'key' if key else 'open'}.lua")
    with open(path, "w") as file:
        file.write("local p = {" + ",".join(f'"{path}"' for path in paths) + "}\nlocal i = 0\n"
                   "request = function() i = i % #p + 1; "
                   f'return wrk.format("GET", p[i], {{{heads}}}) end\n')
    return path


def rate(url, lua):
    said = subprocess.run(["wrk", "-t1", "-c8", f"-d{SECONDS}s", "-s", lua, url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        sys.exit(said)
    return float(re.search(r"Requests/sec:\s*([\d.]+)", said).group(1))


def addresses(url):
    chance = random.Random(1)
    with urllib.request.urlopen(url + "/api/summary") as answer:
        west, south, east, north = json.load(answer)["bounds"]
    points = [f"/api/locate?lon={chance.uniform(west, east):.7f}&lat={chance.uniform(south, north):.7f}" for _ in range(20000)]
    # z12 over Sheyang, by standard tile numbers.
    tiles = [f"/tiles/grids/12/{x}/{y}.mvt" for x in range(3412, 3420) for y in range(1634, 1644)]
    chance.shuffle(tiles)
    return {"locate": points, "tile": tiles}


def cost(binary, store, folder):
    key = re.search(r"wk_[0-9a-f]{64}", command(binary, store, "key", "create", "bench", "--account", "caller")).group()
    with serving(binary, store, "--open") as opened, serving(binary, store, "--map", "accounts") as closed:
        for kind, paths in addresses(opened).items():
            sides = [(opened, script(folder, kind, paths, None)), (closed, script(folder, kind, paths, key))]
            for url, lua in sides:
                rate(url, lua)
            ratios, rates = [], []
            for turn in range(ROUNDS):
                pair = {}
                for side in (0, 1) if turn % 2 else (1, 0):
                    pair[side] = rate(*sides[side])
                ratios.append(pair[1] / pair[0])
                rates.append(pair)
            middle = statistics.median(ratios)
            print(f"{kind}: with a key {middle:.3f} of the open server's rate "
                  f"({', '.join(f'{ratio:.3f}' for ratio in ratios)}); open {statistics.median(p[0] for p in rates):.0f}/s, "
                  f"with a key {statistics.median(p[1] for p in rates):.0f}/s")


def guess(url, name, address):
    body = json.dumps({"name": name, "password": f"a wrong guess {random.random()}"}).encode()
    request = urllib.request.Request(url + "/api/session", body, {"content-type": "application/json", "x-forwarded-for": address})
    begin = time.perf_counter()
    try:
        urllib.request.urlopen(request).read()
        sys.exit("a wrong password was right")
    except urllib.error.HTTPError as refused:
        text = refused.read()
        taken = (time.perf_counter() - begin) * 1000
        if refused.code != 401:
            sys.exit(f"{refused.code}: {text}")
        return taken


def timing(binary, store):
    known = [f"known{i:03}" for i in range(NAMES)]
    for name in known:
        command(binary, store, "user", "add", name, "--role", "viewer", "--password-stdin", said=PASSWORD)
    asked = [(name, name in known) for name in known + [f"other{i:03}" for i in range(NAMES)] for _ in range(TRIES)]
    random.Random(2).shuffle(asked)
    times = {True: [], False: []}
    with serving(binary, store, "--rate-sign-in", "0", "--trusted-proxy", "127.0.0.1") as url:
        for name in ("warm", "up"):
            guess(url, name, "10.9.9.9")
        for i, (name, is_known) in enumerate(asked):
            times[is_known].append(guess(url, name, f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}"))
    for is_known, word in ((True, "known"), (False, "unknown")):
        tenths = statistics.quantiles(times[is_known], n=10)
        print(f"{word} names: {statistics.median(times[is_known]):.2f} ms in the middle, {tenths[0]:.2f} to {tenths[-1]:.2f}, {len(times[is_known])} tries")
    longer = sum((a > b) + (a == b) / 2 for a in times[True] for b in times[False])
    print(f"a known name takes longer than an unknown one in {longer / len(times[True]) / len(times[False]):.3f} of all pairs")


def main(binary, store=None):
    with tempfile.TemporaryDirectory() as folder:
        store = store or os.path.join(folder, "county.gpkg")
        command(binary, store, "synth")
        command(binary, store, "user", "add", "chief", "--admin", "--password-stdin", said=PASSWORD)
        command(binary, store, "user", "add", "caller", "--role", "dispatcher", "--password-stdin", said=PASSWORD)
        cost(binary, store, folder)
        timing(binary, store)


if __name__ == "__main__":
    main(*sys.argv[1:])
