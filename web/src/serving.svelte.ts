// Whether the server answers, and what it serves: the summary of the version that the address names.
// Asked at the start, when a version is published, every half minute, and every few seconds for as long as there is no
// answer, or the server has none from its store.

import { untrack } from 'svelte';
import { route } from './route.svelte';
import { definition, Refused, summary, type Summary } from './server';
import type { Published } from './stream';

const RETRY_MS = 4000;
const ROUND_MS = 30_000;

export class Serving {
  summary = $state.raw<Summary | null>(null);
  /** Since when there is no answer. */
  lostSince = $state.raw<Date | null>(null);
  /** What the server will not show, and why. */
  refused = $state.raw<Refused | null>(null);
  /** Since when the server has no answer from its store: what it shows may be old. */
  staleSince = $state.raw<Date | null>(null);
  /** The version that came while this one was looked at; who entered it and what it changed, where the server said. */
  published = $state.raw<Partial<Published> & { version: number } | null>(null);
  #timer = 0;

  /** Made while a component starts. `renewed`: what was fetched before may be old or, if the server was lost, missing. */
  constructor(private readonly renewed: (lost: boolean) => void) {
    $effect(() => {
      void route.version;
      untrack(() => void this.ask());
      return () => clearTimeout(this.#timer);
    });
  }

  ask = async (): Promise<void> => {
    clearTimeout(this.#timer);
    const asked = route.version;
    try {
      const { answer, stale } = await summary(asked);
      this.staleSince = stale === null ? null : new Date(Date.now() - 1000 * stale);
      if (asked === route.version) this.#take(answer, asked);
    } catch (problem) {
      if (problem instanceof Refused && problem.status < 500) this.#refuse(problem);
      else this.lostSince ??= new Date();
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.ask, this.lostSince || this.staleSince ? RETRY_MS : ROUND_MS);
  };

  #take(answer: Summary, asked: number | null): void {
    const before = this.summary;
    const wasLost = this.lostSince !== null;
    // Another definition, another version of the number, other points or lines, or fewer versions: what was fetched is not
    // right any more.
    const other =
      before !== null &&
      (before.features_at !== answer.features_at ||
        (before.version === answer.version ? before.build !== answer.build : definition(before.build) !== definition(answer.build)));
    const fallen = before !== null && asked === null && this.#current === null && answer.version < before.version;
    const grown = asked === null && before !== null && answer.version > before.version && this.#current === null;
    this.#current = asked;
    this.lostSince = null;
    this.refused = null;
    if (other || before?.version !== answer.version || before.content_hash !== answer.content_hash || before.build !== answer.build) this.summary = answer;
    if (grown) this.#say({ version: answer.version });
    if (wasLost || grown || other || fallen) this.renewed(wasLost || other || fallen);
  }

  /** A version was published: it is said, and asked for. */
  announce(event: Published): void {
    if (this.summary && event.version > this.summary.version) this.#say(event);
    void this.ask();
  }

  #say(published: Partial<Published> & { version: number }): void {
    if (this.published && this.published.version >= published.version) return;
    this.published = published;
    setTimeout(() => this.published === published && (this.published = null), 8000);
  }

  /** The version that the last answer was asked for. */
  #current: number | null = null;

  #refuse(problem: Refused): void {
    this.lostSince = null;
    this.refused = problem;
  }
}
