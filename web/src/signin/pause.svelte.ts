// How long the server wants nobody to try again: counted down, so that the reader need not guess.

import type { Words } from './words';

export class Pause {
  seconds = $state(0);
  #timer = 0;

  begin(seconds: number): void {
    clearInterval(this.#timer);
    const end = Date.now() + 1000 * Math.max(1, Math.ceil(seconds));
    const tick = () => {
      this.seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      if (this.seconds === 0) clearInterval(this.#timer);
    };
    this.#timer = setInterval(tick, 250);
    tick();
  }

  /** In whole minutes while there are several. */
  text(m: Words): string {
    return this.seconds > 120 ? m.in.minutes(Math.ceil(this.seconds / 60)) : m.in.seconds(this.seconds);
  }
}
