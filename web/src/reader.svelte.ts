// Who reads the map: asked beside the map's own parts, which do not wait for it. What they may not see is not asked for.

import { caller, type Caller, type Permission } from './access/caller';

const AGAIN_MS = 5000;
/** A page that comes to the front again asks no more often than this whether the session still holds. */
const SINCE_MS = 60_000;

class Reader {
  /** Null until the server has said. */
  caller = $state.raw<Caller | null>(null);
  /** Whether a session that was there is over. */
  ended = $state(false);
  #settled: Promise<void> | undefined;
  #asked = 0;

  /** Asks who it is; while there is no answer, every few seconds again. */
  ask(): Promise<void> {
    this.#asked = Date.now();
    const asking = this.#ask();
    if (!this.caller) this.#settled = asking;
    return asking;
  }

  async #ask(): Promise<void> {
    try {
      const now = await caller();
      const was = this.caller;
      if (was?.signed_in && !now.signed_in) this.ended = true;
      else this.#take(now);
    } catch {
      if (!this.caller) setTimeout(() => void this.ask(), AGAIN_MS);
    }
  }

  /** The same again is no other caller: nothing that is drawn follows it. */
  #take(now: Caller): void {
    this.ended = false;
    if (JSON.stringify(now) !== JSON.stringify(this.caller)) this.caller = now;
  }

  /** The page is looked at again, or the server did not know who asked. */
  doubt(): void {
    if (this.caller?.signed_in && !this.ended) void this.ask();
  }

  look(): void {
    if (document.visibilityState === 'visible' && Date.now() - this.#asked > SINCE_MS) void this.ask();
  }

  /** Whether they may, somewhere; not before the server has said who they are. */
  async may(permission: Permission): Promise<boolean> {
    await this.#settled;
    return this.has(permission);
  }

  has(permission: Permission): boolean {
    return this.caller?.may.includes(permission) ?? false;
  }
}

export const reader = new Reader();
