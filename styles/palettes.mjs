// The two palettes. Colours are mixed here, once, so that fills are opaque and never add up at a seam.

const parse = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const mix = (over, under, share) =>
  `#${parse(over).map((c, i) => Math.round(c * share + parse(under)[i] * (1 - share)).toString(16).padStart(2, '0')).join('')}`;

const HUES = ['#b98b3e', '#6f8f55', '#b0664a', '#5f7fa0', '#8f6c93'];

const attribution = '演示数据：县界以下的边界均为合成 · Demo data: every border below the county line is synthetic';

/** Ink on paper. */
export const day = {
  name: '网格 · 日 Wangge day',
  scheme: 'day',
  attribution,
  paper: '#f6f5f1',
  tints: HUES.map((hue) => mix(hue, '#f6f5f1', 0.16)),
  shade: '#8d8a80',
  shadeOpacity: 0.35,
  water: '#bfd3df',
  coast: '#86a3b5',
  road: '#ffffff',
  roadCase: '#cfcabd',
  border: { county: '#2b2f34', town: '#4b5057', village: '#73777c', grid: '#94958f' },
  villageDash: [4, 2],
  label: { town: '#22262b', village: '#3b4046', grid: '#474c52' },
  halo: '#f6f5f1',
  // Kinds of places: what settles disputes, the Party, civilisation practice, what everyone uses.
  places: { settle: '#1f6f8b', party: '#b3402f', civic: '#8a5a9c', common: '#5c6b34' },
  placeInk: '#ffffff',
  // From least to most, one hue, each step darker by about as much; read as well without colour.
  ramp: ['#f7ecd9', '#edcfa4', '#dcab72', '#c6854a', '#a65f2e'],
  noData: '#dddcd7',
  hover: '#22262b',
  accent: '#1f4fae',
};

/** Deep slate. */
export const night = {
  name: '网格 · 夜 Wangge night',
  scheme: 'night',
  attribution,
  paper: '#10161d',
  tints: HUES.map((hue) => mix(hue, '#182029', 0.23)),
  shade: '#000000',
  shadeOpacity: 0.6,
  water: '#21465d',
  coast: '#3d6178',
  road: '#3a444e',
  roadCase: '#141b22',
  border: { county: '#d5dce4', town: '#a5b1bd', village: '#76838f', grid: '#4e5a66' },
  villageDash: null,
  label: { town: '#eef2f6', village: '#c3ccd5', grid: '#9aa6b2' },
  halo: '#121920',
  places: { settle: '#7cc4dd', party: '#f0937f', civic: '#c9a3d8', common: '#b3c27c' },
  placeInk: '#10161d',
  // By night more is brighter.
  ramp: ['#2e2a27', '#4d3c2e', '#725338', '#9c7043', '#cb9650'],
  noData: '#20282f',
  hover: '#ffffff',
  accent: '#6fb0ff',
};
