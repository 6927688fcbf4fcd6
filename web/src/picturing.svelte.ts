// The view on a sheet, saved or printed. Drawn in one go with the map, before the browser takes its pixels back.
//
// Paper is white: by night the page is put on in its day colours for as long as it prints, and the map is turned into
// day (daylight.ts). Where there is no map, or not yet the code that draws, paper shows the page's texts: see print.css.

import { download } from './download';
import { isoDay } from './format';
import { paint, paletteOf } from './palette';
import type { Subject } from './picture';
import type { Style } from './session.svelte';

export type Seen = Omit<Subject, 'palette'>;

/** After the map: what it needs comes first. */
const PAUSE_MS = 1500;
const SAID_MS = 4000;

export class Picturing {
  #drawing: typeof import('./picture') | undefined;
  #daylight: typeof import('./daylight') | undefined;
  #printed: HTMLCanvasElement | undefined;

  /** What was done, said for a moment. */
  done = $state.raw<string | null>(null);

  /** Made while a component starts. `seen`: what is on the map now; null while there is none. */
  constructor(
    private readonly seen: () => Seen | null,
    private readonly style: () => Style,
    drawn: () => boolean,
  ) {
    $effect(() => {
      if (drawn()) setTimeout(() => void this.prepare().catch(() => null), PAUSE_MS);
    });
  }

  /** Has it ready before it is wanted: a printer will not wait for a download. */
  async prepare(): Promise<void> {
    [this.#drawing, this.#daylight] = await Promise.all([import('./picture'), import('./daylight')]);
  }

  /** Hands the sheet to the reader as a file, and says so. */
  async save(): Promise<void> {
    this.done = await this.#save();
    setTimeout(() => (this.done = null), SAID_MS);
  }

  async #save(): Promise<string | null> {
    await this.prepare().catch(() => null);
    const seen = this.seen();
    if (!seen) return null;
    const { summary, m } = seen;
    try {
      if (!this.#drawing) return m.picture.failed;
      const sheet = this.#drawing.sheet({ ...seen, palette: paletteOf(this.style()) });
      download(await this.#drawing.asPng(sheet), m.picture.file(summary.name, isoDay(new Date())));
      return m.picture.taken;
    } catch {
      return m.picture.failed;
    }
  }

  /** Lays the sheet on the page, where only paper shows it. */
  print(): void {
    const palette = paletteOf(this.style());
    paint(document.documentElement, 'day');
    const seen = this.seen();
    if (!this.#drawing || !this.#daylight || !seen) return;
    const night = this.style() === 'night';
    const { byDay, coloursByDay } = this.#daylight;
    this.#printed = this.#drawing.sheet(night ? { ...seen, map: byDay(seen.map), palette: coloursByDay(palette) } : { ...seen, palette });
    this.#printed.className = 'printed';
    document.body.append(this.#printed);
  }

  printed(): void {
    paint(document.documentElement, this.style());
    this.#printed?.remove();
  }
}
