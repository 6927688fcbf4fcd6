#!/usr/bin/env python3
"""Tiles a second, each asked for once.

usage: cold.py PORT PATHS.txt

Four connections, each with its share of all requests sent at once, so that the client's own work is reading alone and
the server answers one after another.
"""
import selectors, socket, sys, time

port, paths = int(sys.argv[1]), open(sys.argv[2]).read().split()
selector, found = selectors.DefaultSelector(), 0
start = time.monotonic()
for k in range(4):
    heads = [f"GET {path} HTTP/1.1\r\nhost: localhost\r\n" for path in paths[k::4]]
    heads[-1] += "connection: close\r\n"
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall("".join(head + "\r\n" for head in heads).encode())
    selector.register(connection, selectors.EVENT_READ, [])
while selector.get_map():
    for key, _ in selector.select():
        if chunk := key.fileobj.recv(1 << 20):
            key.data.append(chunk)
        else:
            selector.unregister(key.fileobj)
            answers = b"".join(key.data)
            found += answers.count(b"HTTP/1.1 200 OK\r\n") + answers.count(b"HTTP/1.1 204 No Content\r\n")
took = time.monotonic() - start
assert found == len(paths), f"expected {len(paths)} answers, found {found}"
print(f"{len(paths) / took:.0f}")
