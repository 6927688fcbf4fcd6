// The map's own colours, for what stands beside the map: the legend's lines and the ground under the tiles.

import { day, night } from '../../styles/palettes.mjs';
import type { Style } from './session.svelte';

export function paint(root: HTMLElement, style: Style): void {
  const palette = style === 'day' ? day : night;
  root.dataset.style = style;
  root.style.setProperty('--paper', palette.paper);
  for (const [level, color] of Object.entries(palette.border)) root.style.setProperty(`--border-${level}`, color);
}
