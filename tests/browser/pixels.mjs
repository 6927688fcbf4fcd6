// What a picture of the map shows, told from its pixels.

import assert from 'node:assert/strict';
import { PNG } from 'pngjs';
import { eventually } from './browser.mjs';

/** The map as it stands, without the panels over it. */
export async function picture(page, clip) {
  const panels = (visibility) =>
    page.evaluate((value) => document.querySelectorAll('.panel').forEach((panel) => (panel.style.visibility = value)), visibility);
  await panels('hidden');
  const bytes = await page.screenshot(clip ? { clip } : {});
  await panels('');
  return PNG.sync.read(bytes);
}

/**
 * `colours`: how many stand out (5 bits a channel, each at least 0.05 % of the picture).
 * `ground`: the share of the commonest; `edges`: the share of pixels that differ clearly from the one to their left;
 * `light`: mean lightness, 0 to 255.
 */
export function measure({ width, height, data }) {
  const counts = new Map();
  let edges = 0;
  let light = 0;
  for (let i = 0; i < data.length; i += 4) {
    const key = ((data[i] >> 3) << 10) | ((data[i + 1] >> 3) << 5) | (data[i + 2] >> 3);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    light += (data[i] + data[i + 1] + data[i + 2]) / 3;
    if ((i / 4) % width === 0) continue;
    const step = Math.abs(data[i] - data[i - 4]) + Math.abs(data[i + 1] - data[i - 3]) + Math.abs(data[i + 2] - data[i - 2]);
    if (step > 24) edges += 1;
  }
  const all = width * height;
  const sizes = [...counts.values()].sort((a, b) => b - a);
  return {
    colours: sizes.filter((size) => size / all > 0.0005).length,
    ground: sizes[0] / all,
    edges: edges / all,
    light: light / all,
  };
}

/** Tints, borders and labels, or only the ground? */
export const blank = (seen) => seen.colours < 12 || seen.edges < 0.01 || seen.ground > 0.9;

/** Waits until the map shows more than its ground; resolves to how it looks. */
export const shows = (page) =>
  eventually(async () => {
    const look = measure(await picture(page));
    assert.ok(!blank(look), `blank map: ${JSON.stringify(look)}`);
    return look;
  });

/** [r, g, b] at x, y. */
export const at = ({ width, data }, x, y) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)];
