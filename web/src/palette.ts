// The map's own colours, for what stands beside the map: the legend's lines and classes, and the ground under the tiles.

import { day, night } from '../../styles/palettes.mjs';
import type { Style } from './session.svelte';

/** What a legend has to know of a palette. */
export interface MapColours {
  border: Record<string, string>;
  villageDash: number[] | null;
  ramp: string[];
  noData: string;
}

export const paletteOf = (style: Style) => (style === 'day' ? day : night);

export function paint(root: HTMLElement, style: Style): void {
  const palette = paletteOf(style);
  const set = (name: string, color: string) => root.style.setProperty(`--${name}`, color);
  root.dataset.style = style;
  set('paper', palette.paper);
  set('no-data', palette.noData);
  set('place-ink', palette.placeInk);
  for (const [level, color] of Object.entries(palette.border)) set(`border-${level}`, color);
  for (const [group, color] of Object.entries(palette.places)) set(`place-${group}`, color);
  palette.ramp.forEach((color, i) => set(`ramp-${i}`, color));
}
