// Which version the tiles on the map are of. A published version touches few tiles: only those are fetched again,
// under the new version's token; all others stay, because their bytes are the same in both.
//
//   13/6820/3310  fetched as version 12   not touched by 13   stays, and is right for 13
//   13/6821/3310  fetched as version 12   touched             fetched again as 13: now, or when it is next in view
//
// The sources were described when the style was loaded, so their addresses carry that version's token: it is replaced
// as a tile is asked for.

import type { Map as Canvas } from 'maplibre-gl';
import { definition, drawing } from '../server';
import type { Published } from '../stream';
import type { Draft } from './guest';

/** The source that units are drawn from, and the tileset behind it. */
const SOURCE = 'wangge';
const TILESET = 'county';
const TILE = /\/tiles\/([^/]+)\/(\d+)\/(\d+)\/(\d+)\.mvt$/;

const tileOf = (key: string) => {
  const [z = 0, x = 0, y = 0] = key.split('/').map(Number);
  return { z, x, y };
};

const nameOf = (draft: Draft | null) => (draft ? `${draft.plan}@${draft.revision}` : 'published');

export class Fresh {
  /** The draft that is drawn in the place of what is published. */
  #draft: Draft | null = null;
  /** What each tile was asked for as: a draft at a revision, or what is published. */
  #as = new Map<string, string>();
  /** An older version is looked at: it never changes. */
  frozen = false;
  /** The version that every tile fetched so far is right for, but those that are due; null before the first. */
  #shown: number | null = null;
  /** What is asked for instead of what the sources say. */
  #newer: { version: number; build: string } | null = null;
  #build: string | null = null;
  /** Every tile of units that was asked for. */
  #asked = new Set<string>();
  /** Those of them that were touched since. */
  #due = new Set<string>();

  /** The sources are about to be described anew. */
  reset(frozen: boolean): void {
    this.frozen = frozen;
    this.#shown = null;
    this.#newer = null;
    this.#build = null;
    this.#asked.clear();
    this.#due.clear();
    this.#as.clear();
  }

  /** Whether the map shows that version or a newer one, or is about to. */
  isAt(version: number): boolean {
    return this.frozen || (this.#newer?.version ?? this.#shown ?? Infinity) >= version;
  }

  /** The address of a tile under the newest token. */
  address = (url: string): string => {
    const asked = new URL(url);
    const [, tileset, z, x, y] = TILE.exec(asked.pathname) ?? [];
    const version = Number(asked.searchParams.get('v'));
    const key = `${z}/${x}/${y}`;
    if (tileset === TILESET) this.#as.set(key, nameOf(this.#draft));
    if (this.#draft && tileset === TILESET) {
      asked.search = '';
      asked.searchParams.set('plan', String(this.#draft.plan));
      return asked.href;
    }
    if (this.frozen || !tileset || !version) return url;
    const newer = this.#newer !== null && this.#newer.version > version ? this.#newer : null;
    if (newer) {
      asked.searchParams.set('v', String(newer.version));
      asked.searchParams.set('b', drawing(asked.searchParams.get('b') ?? '', newer.build));
    }
    if (tileset === TILESET) {
      this.#shown ??= newer?.version ?? version;
      this.#build ??= asked.searchParams.get('b');
      this.#asked.add(key);
      this.#due.delete(key);
    }
    return asked.href;
  };

  /** Goes on to a published version; false, where only fetching everything will do. */
  take({ version, from, build, tiles }: Published): boolean {
    if (this.isAt(version) && this.#shown !== null) return true;
    if (this.#shown !== null && (from !== this.#shown || !tiles || definition(build) !== definition(this.#build ?? ''))) return false;
    this.#newer = { version, build };
    this.#build = build;
    if (this.#shown === null) return true;
    this.#shown = version;
    for (const key of this.#asked) {
      const { z, x, y } = tileOf(key);
      if (tiles?.[z]?.some(([x0, y0, x1, y1]) => x0 <= x && x <= x1 && y0 <= y && y <= y1)) this.#due.add(key);
    }
    return true;
  }

  /** Fetches what is due and in view. What is still under way, or comes into view later, is fetched once it is there. */
  refresh(map: Canvas): void {
    if (!map.getSource(SOURCE)) return;
    // What was under way when the draft changed has come as something else.
    const others = [...this.#as].filter(([, as]) => as !== nameOf(this.#draft)).map(([key]) => key);
    const due = this.#draft ? others : [...this.#due, ...others];
    if (due.length > 0) map.refreshTiles(SOURCE, due.map(tileOf));
  }

  /** Draws another draft, a draft anew, or again what is published. What is there stays until the other is. */
  swap(map: Canvas, draft: Draft | null): void {
    this.#draft = draft;
    this.forget(map);
    this.refresh(map);
  }

  /** Tiles that went out of view are kept, and would come back as they were. */
  forget(map: Canvas): void {
    map.style.tileManagers[SOURCE]?._outOfViewCache.reset();
  }
}
