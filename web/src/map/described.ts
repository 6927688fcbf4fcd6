// A style with its sources described: the style and the TileJSON that it names are fetched while MapLibre is still on
// its way, so that the first frame can ask for tiles. What cannot be fetched stays an address: MapLibre asks for it once
// more, and tells why.
//
//   /styles/day.json            sources.wangge.url ─▶ /tiles/county.json ─▶ sources.wangge.tiles

import type { SourceSpecification, StyleSpecification, VectorSourceSpecification } from 'maplibre-gl';
import type { Style } from '../session.svelte';

export type Described = StyleSpecification | string;

async function json<T>(url: string): Promise<T | null> {
  try {
    const answer = await fetch(url);
    return answer.ok ? ((await answer.json()) as T) : null;
  } catch {
    return null;
  }
}

/** What a style's source takes from a TileJSON. */
const KEYS = ['tiles', 'bounds', 'minzoom', 'maxzoom', 'scheme', 'attribution'] as const;

async function withTiles(source: SourceSpecification): Promise<SourceSpecification> {
  if (source.type !== 'vector' || !source.url) return source;
  const { url, ...others } = source;
  const tiles = await json<VectorSourceSpecification>(url);
  if (!tiles?.tiles) return source;
  return { ...others, ...Object.fromEntries(KEYS.filter((key) => tiles[key] !== undefined).map((key) => [key, tiles[key]])) };
}

/** The style with the tiles of an older version. */
function atVersion(source: SourceSpecification, version: number | null): SourceSpecification {
  return version !== null && 'url' in source && source.url ? { ...source, url: `${source.url}?v=${version}` } : source;
}

/** Styles as they were last fetched: by day or by night the map follows the panels when the server is away. */
const known = new Map<Style, StyleSpecification>();
const addressOf = (style: Style) => `${location.origin}/styles/${style}.json`;

async function fetched(style: Style): Promise<StyleSpecification | null> {
  const found = await json<StyleSpecification>(addressOf(style));
  if (found?.sources) known.set(style, found);
  return known.get(style) ?? null;
}

/** Fetches a style that may be wanted later. */
export async function foresee(style: Style): Promise<void> {
  await fetched(style);
}

/** `version`: an older one to be shown; null is the current one. */
export async function described(style: Style, version: number | null): Promise<Described> {
  const found = await fetched(style);
  if (!found) return addressOf(style);
  const sources = Object.entries(found.sources).map(async ([name, source]) => [name, await withTiles(atVersion(source, version))] as const);
  return { ...found, sources: Object.fromEntries(await Promise.all(sources)) };
}

/** The next style over the tiles that are there: styles differ in colours only. */
export function over(next: StyleSpecification, shown: StyleSpecification | undefined): StyleSpecification {
  const kept = Object.entries(next.sources).map(([name, source]) => [name, shown?.sources[name] ?? source]);
  return { ...next, sources: Object.fromEntries(kept) as StyleSpecification['sources'] };
}
