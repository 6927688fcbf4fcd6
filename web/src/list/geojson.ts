// The points of a GeoJSON file as a table: its properties are the columns.

import type { Rows } from './sheet';

interface Feature {
  geometry?: { type?: string; coordinates?: unknown } | null;
  properties?: Record<string, unknown> | null;
}

/** Null where `text` is no GeoJSON. What is no point becomes a row without coordinates. */
export function rowsOfGeoJson(text: string): Rows | null {
  if (!/^[\s\uFEFF]*\{/.test(text)) return null;
  let parsed: { type?: string; features?: Feature[] } & Feature;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return null;
  }
  const features = parsed.type === 'FeatureCollection' ? (parsed.features ?? []) : [parsed];
  const names = [...new Set(features.flatMap((feature) => Object.keys(feature.properties ?? {})))].filter((name) => !/^(lon|lat)$/.test(name));
  const rows = features.map((feature) => {
    const place = feature.geometry?.type === 'Point' && Array.isArray(feature.geometry.coordinates) ? feature.geometry.coordinates : [];
    return [cell(place[0]), cell(place[1]), ...names.map((name) => cell(feature.properties?.[name]))];
  });
  return [['lon', 'lat', ...names], ...rows];
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
