// Whether plans are worked on, and what the rest of the page has to know of it. All else comes as a chunk of its own:
// see plan/PlanMode.svelte.

import type { Draft, Guest } from './map/guest';
import { reader } from './reader.svelte';
import { route } from './route.svelte';

export class Planning {
  /** Whoever draws the plan on the map. */
  guest = $state.raw<Guest | null>(null);
  /** The draft that the map shows. */
  draft = $state.raw<Draft | null>(null);
  /** Whether a tool is in hand: on a phone the map is needed whole. */
  drawing = $state(false);
  /** Whether something else stands beside the pointer than what it is over. */
  beside = $state(false);
  /** What becomes of a file that is dropped on the page; null where it is a list of points. */
  takes = $state.raw<string | null>(null);
  /** Whether the review is open, at the right. */
  reviewing = $state(false);

  get may(): boolean {
    return reader.has('read-plans');
  }

  /** Whether plans stand at the left. */
  get on(): boolean {
    return this.may && route.planning && route.version === null;
  }

  /** From looking to planning, and back. */
  toggle(on = !this.on): void {
    if (on && !this.may) return;
    route.go(on ? { plan: '', v: null, at: null, unit: null, acc: null, table: null, compare: null } : { plan: null });
  }
}
