#!/usr/bin/env python3
"""How long a server takes from its start until it is ready, over each of some stores, in turn.

usage: start.py BINARY STORE [STORE …]

Starts each five times and prints the middle one, with all of them.
"""
import re
import statistics
import subprocess
import sys
import time
import urllib.request

RUNS = 5


def once(binary, store):
    begin = time.monotonic()
    server = subprocess.Popen(
        [binary, "serve", "--open", "--store", store, "--listen", "127.0.0.1:0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        for line in server.stdout:
            if found := re.search(r"http://\S+", line):
                urllib.request.urlopen(found.group() + "/health/ready").read()
                return (time.monotonic() - begin) * 1000
        sys.exit(f"{store}: the server ended before it listened")
    finally:
        server.terminate()
        server.wait()


def main(binary, *stores):
    taken = {store: [] for store in stores}
    for _ in range(RUNS):
        for store in stores:
            taken[store].append(once(binary, store))
    for store, times in taken.items():
        kind = "PostGIS" if store.startswith("postgres") else "GeoPackage"
        print(f"{kind}: ready after {statistics.median(times):.0f} ms ({', '.join(f'{t:.0f}' for t in times)})")


if __name__ == "__main__":
    main(*sys.argv[1:])
