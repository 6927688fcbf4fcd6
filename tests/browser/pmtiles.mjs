// Writes PMTiles archives (version 3, one directory, nothing compressed) for tests.

import { writeFileSync } from 'node:fs';

export const MVT = 1, PNG = 2;

/** Zooms in their order, and within one the Hilbert curve. */
export function tileId(z, x, y) {
  let id = (4 ** z - 1) / 3;
  for (let s = 2 ** (z - 1); s >= 1; s /= 2) {
    const rx = x & s ? 1 : 0, ry = y & s ? 1 : 0;
    id += s * s * ((3 * rx) ^ ry);
    if (ry === 0) {
      if (rx === 1) [x, y] = [2 ** z - 1 - x, 2 ** z - 1 - y];
      [x, y] = [y, x];
    }
  }
  return id;
}

function varint(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}

/** `tiles`: [{id, run, bytes}], where `run` tiles from `id` on are the same. */
export function archive(path, { type, zooms: [first, last], metadata, tiles }) {
  const sorted = tiles.toSorted((a, b) => a.id - b.id);
  const column = (of) => sorted.flatMap((tile, i) => varint(of(tile, i)));
  const root = Buffer.from([
    ...varint(sorted.length),
    ...column(({ id }, i) => id - (i ? sorted[i - 1].id : 0)),
    ...column(({ run = 1 }) => run),
    ...column(({ bytes }) => bytes.length),
    ...column((_, i) => (i ? 0 : 1)), // 0: right behind the one before
  ]);
  const json = Buffer.from(JSON.stringify(metadata));
  const data = Buffer.concat(sorted.map(({ bytes }) => bytes));
  const header = Buffer.alloc(127);
  header.write('PMTiles\x03', 'latin1');
  const at = [127, 127 + root.length, 127 + root.length + json.length];
  const places = [at[0], root.length, at[1], json.length, at[2], 0, at[2], data.length];
  places.forEach((value, i) => header.writeBigUInt64LE(BigInt(value), 8 + i * 8));
  header.set([1, 1, 1, type, first, last], 96);
  [-180, -85, 180, 85].forEach((degrees, i) => header.writeInt32LE(degrees * 1e7, 102 + i * 4));
  writeFileSync(path, Buffer.concat([header, root, json, data]));
  return path;
}
