import type { view as zh } from './view.zh';

export const view: typeof zh = {
  measure: {
    pick: 'Colour by',
    none: 'No measure',
    names: { households: 'Households', households_per_km2: 'Household density', area_km2: 'Area', grids: 'Number of grids' },
    units: { households: 'households', households_per_km2: 'per km²', area_km2: 'km²', grids: 'grids' },
    method: (level) => `by ${level.toLowerCase()} · quantiles`,
    methodWhy: 'Quantiles: every class holds about as many units',
    noData: 'No data',
    over: (from, to) => `${from} – ${to}`,
  },
  places: 'Points of service',
  table: {
    title: 'Units',
    open: 'Table',
    level: 'Level',
    columns: { code: 'Code', name: 'Name', parent: 'Parent', area: 'Area (km²)', households: 'Households', density: 'Per km²', grids: 'Grids' },
    filter: 'Filter by code or name',
    within: (name) => `Only ${name}`,
    count: (shown, all) => (shown === all ? `${all} units` : `${shown} of ${all}`),
    csv: 'Export CSV',
    none: 'No unit matches',
    noneWhy: 'Try another code or name, or clear the filter.',
    failed: 'The table did not arrive',
    sortBy: (column) => `Sort by ${column}`,
    choose: (name) => `Choose ${name}`,
  },
  picture: {
    take: 'Export picture',
    taken: 'Picture exported',
    failed: 'The picture could not be made',
    date: (date) => `drawn ${date}`,
    file: (county, date) => `${county}-${date}.png`,
  },
  versions: {
    pick: 'Versions',
    current: 'current',
    effective: (date) => `effective ${date}`,
    shows: (n, from) => `Version ${n} · effective ${from}`,
    back: 'Back to the current one',
    by: (author, date) => `${author} · recorded ${date}`,
    published: (n) => `Version ${n} is published`,
    failed: 'The versions did not arrive',
  },
  keys: {
    title: 'Keys',
    groups: [
      { title: 'Find', keys: [['/', 'search'], ['↑ ↓', 'move in the results'], ['Enter', 'open a result; on the map, locate its middle'], ['Esc', 'step back']] },
      { title: 'Map', keys: [['+ −', 'zoom in, out'], ['← ↑ → ↓', 'move the map'], ['0', 'whole county'], ['M', 'next measure']] },
      { title: 'Show', keys: [['T', 'table'], ['P', 'export picture'], ['N', 'day, night'], ['D', 'wall display'], ['L', '中文, English'], ['?', 'keys']] },
    ],
  },
  refused: {
    version: (n) => `There is no version ${n}`,
    versionWhy: 'The version in the link is not on this server, or is no longer served.',
  },
  empty: {
    title: 'No units yet',
    why: 'This store holds no unit. Import a coverage first, for example:',
  },
  noMap: {
    works: ' Search, locating by coordinate and the table work as usual.',
    table: 'Open the table',
  },
  toDisplay: 'Wall display',
};
