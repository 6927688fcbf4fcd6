// The view on a sheet, saved or printed. Drawn in one go with the map, before the browser takes its pixels back.

import { download } from './download';
import type { Subject } from './picture';

type Drawing = typeof import('./picture');

export class Picturing {
  #drawing: Drawing | undefined;
  #printed: HTMLCanvasElement | undefined;

  /** `subject`: what is to be seen now; null while there is no map. */
  constructor(private readonly subject: () => Subject | null) {}

  /** Has it ready before it is wanted: a printer will not wait for a download. */
  async prepare(): Promise<Drawing> {
    return (this.#drawing ??= await import('./picture'));
  }

  /** Hands the sheet to the reader as a file; resolves to the words for what became of it, or to null without a map. */
  async save(): Promise<string | null> {
    const drawing = await this.prepare().catch(() => null);
    const subject = this.subject();
    if (!subject) return null;
    const { summary, m } = subject;
    try {
      if (!drawing) return m.picture.failed;
      download(await drawing.asPng(drawing.sheet(subject)), m.picture.file(summary.name, new Date().toISOString().slice(0, 10)));
      return m.picture.taken;
    } catch {
      return m.picture.failed;
    }
  }

  /** Lays the sheet on the page, where only paper shows it. */
  print(): void {
    const subject = this.subject();
    if (!this.#drawing || !subject) return;
    this.#printed = this.#drawing.sheet(subject);
    this.#printed.className = 'printed';
    document.body.append(this.#printed);
  }

  printed(): void {
    this.#printed?.remove();
  }
}
