// What the edit that is being drawn would do, asked while it is drawn: one question at a time, and after each answer
// the newest. A server that cannot say is not asked again.

import { Refused } from '../server';
import { attempt, type Changes, type Edit, type Effect, type Place } from './api';

export interface Answer {
  edit: Edit;
  effect: (Effect & { changes: Changes }) | null;
  /** Why it would be refused, and where. */
  refused: { detail: string; at: Place | null } | null;
}

const WAIT_MS = 1000;

export class Trial {
  answer = $state.raw<Answer | null>(null);
  #busy = false;
  #next: { plan: number; edit: Edit } | null = null;
  #off = false;
  #wanted = false;

  want(plan: number, edit: Edit | null): void {
    if (this.#off) return;
    this.#wanted = edit !== null;
    this.#next = edit && { plan, edit };
    if (!edit) this.answer = null;
    else if (!this.#busy) void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#busy = true;
    while (this.#next) {
      const { plan, edit } = this.#next;
      this.#next = null;
      const answer = await this.#answer(plan, edit);
      // Nothing is wanted any more where the line was given up meanwhile.
      if (answer && this.#wanted) this.answer = answer;
    }
    this.#busy = false;
  }

  async #answer(plan: number, edit: Edit): Promise<Answer | null> {
    try {
      return { edit, effect: await attempt(plan, edit), refused: null };
    } catch (problem) {
      if (!(problem instanceof Refused)) return null;
      const { status, detail, wait } = problem;
      if (status === 404 || status === 405) this.#off = true;
      if (status === 429 || status === 503) await new Promise((done) => setTimeout(done, 1000 * (wait ?? 0) || WAIT_MS));
      const at = problem.problem['at'];
      return status === 422 ? { edit, effect: null, refused: { detail, at: Array.isArray(at) ? (at as Place) : null } } : null;
    }
  }
}
