// The answer to the newest question. An older one that comes late is dropped.

import { Refused } from './server';

export class Latest<T> {
  answer = $state.raw<T | null>(null);
  problem = $state.raw<unknown>(null);
  /** Whether an answer is under way. */
  busy = $state(false);
  #asking: AbortController | undefined;

  /** `onsilent` is told of a server that did not answer at all. */
  constructor(private readonly onsilent: () => void = () => {}) {}

  /** Resolves to the answer, or to null if there is none or a newer question was asked meanwhile. */
  async ask(question: (signal: AbortSignal) => Promise<T>, keep = false): Promise<T | null> {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    if (!keep) this.answer = null;
    this.problem = null;
    this.busy = true;
    try {
      const answer = await question(asking.signal);
      if (asking.signal.aborted) return null;
      this.answer = answer;
      this.busy = false;
      return answer;
    } catch (problem) {
      if (asking.signal.aborted) return null;
      this.answer = null;
      this.problem = problem;
      this.busy = false;
      if (!(problem instanceof Refused)) this.onsilent();
      return null;
    }
  }

  clear(): void {
    this.#asking?.abort();
    this.answer = null;
    this.problem = null;
    this.busy = false;
  }
}
