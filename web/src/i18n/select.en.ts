import type { select as zh } from './select.zh';

export const select: typeof zh = {
  title: 'Select',
  kinds: { area: 'Area', line: 'Line', circle: 'Circle' },
  which: 'What to draw',
  hints: {
    area: { first: 'Click the first corner', point: 'Click on, three corners at least; double-click or finish' },
    line: { first: 'Click where the line begins', point: 'Click on; double-click or finish' },
    circle: { first: 'Click the middle', point: 'Click a place on the circle, or write its radius' },
  },
  cross: 'Arrows move the map, Space places a point at the cross',
  radius: 'Radius (m)',
  level: 'Units of level',
  finish: 'Finish',
  drop: 'Drop point',
  anew: 'Draw anew',
  asking: 'Counting',
  none: 'There are no units where you drew',
  count: (n, level) => `${n} × ${level.toLowerCase()}`,
  columns: { code: 'Code', name: 'Name', area: 'Area within (m²)', share: 'Share of its area', households: 'Households within', share_of_households: 'Share of its households', length: 'Length within (m)' },
  within: (size) => `${size} in all`,
  homes: (n) => (n === '1' ? '1 household' : `${n} households`),
  hundredths: (n) => `${n}%`,
  csv: 'Export CSV',
  file: (level, date) => `select-${level}-${date}.csv`,
  more: (shown, all) => `${shown} of ${all} are listed; the CSV has all`,
};
