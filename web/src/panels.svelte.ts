// Which panels stand over the map, and what they leave free of it.
//
//   desk  ┌left┐  map  ┌right┐     phone    map
//         └────┘       └─────┘            ┌sheet┐  one of the two: what came last
//
// All in px of a desk: on a wall the panels and the map grow alike (session.scale).

import { route } from './route.svelte';
import { session } from './session.svelte';

type Left = 'results' | 'list' | 'plan' | 'select' | null;

const PHONE_PX = 640; // as in the components' styles
const GAP_PX = 12; // --gap
const TOOLS_PX = 40;
const TABLE_PX = 740;
/** From this width on the map is seen beside the table. */
const BESIDE_TABLE_PX = 1100;
/** How much of a phone's window a sheet is taken to cover, though it may be pulled higher. */
const SHEET = 0.55;

/** How wide the panels at the sides are. */
export const SIDE_PX = 344;

export class Panels {
  // As measured.
  leftHeight = $state(0);
  rightHeight = $state(0);
  bottomHeight = $state(0);
  footHeight = $state(0);
  /** Of the line that says what a tool wants. */
  hintHeight = $state(0);
  #front: 'left' | 'right' = $state('left');

  /** Made while a component starts. `of`: what is to stand at the left; `reviewing`: whether a review does at the right. */
  constructor(
    private readonly of: () => Left,
    private readonly reviewing: () => boolean,
  ) {
    $effect(() => {
      if (this.left) this.#front = 'left';
    });
    $effect(() => {
      if (route.unit || route.at || this.reviewing()) this.#front = 'right';
    });
  }

  left: Left = $derived.by(() => this.of());
  right: 'unit' | 'pin' | 'review' | null = $derived.by(() => (route.unit ? 'unit' : route.at ? 'pin' : this.reviewing() ? 'review' : null));
  phone = $derived(session.width < PHONE_PX);

  // A phone has room for one of them: what came last, and when it is closed what lies under it.
  #both = $derived(!this.phone || !this.left || !this.right);
  leftShown = $derived(this.left !== null && (this.#both || this.#front === 'left'));
  rightShown = $derived(this.right !== null && (this.#both || this.#front === 'right'));

  /** How far from the right edge the tools stand. */
  tools = $derived(this.right && !this.phone ? SIDE_PX + 2 * GAP_PX : GAP_PX);
  /** What is covered at the right where the tools stand beside a panel: low down, they reach as far as a hint. */
  low = $derived(this.right && !this.phone ? this.tools + TOOLS_PX : this.#side(null));
  /** The table leaves the card and the tools free, where it leaves anything. */
  table = $derived(
    session.width < BESIDE_TABLE_PX ? session.width - 2 * GAP_PX : Math.min(TABLE_PX, session.width - SIDE_PX - TOOLS_PX - 5 * GAP_PX),
  );

  /** What is free, in px from each edge: what is shown is fitted to it. */
  room = $derived(
    this.phone
      ? { top: 112, bottom: this.#below() + 2 * GAP_PX, left: GAP_PX, right: TOOLS_PX + 2 * GAP_PX }
      : { top: 64, bottom: this.footHeight + 2 * GAP_PX, left: this.#leftEdge(), right: this.#side(this.right) },
  );

  /** What a sheet covers of a phone's lower edge. */
  covered = $derived(!this.phone ? 0 : this.leftShown ? this.leftHeight : this.rightShown ? this.rightHeight : this.hintHeight);
  /** Whether a sheet is pulled so high that nothing has room beside it. */
  full = $derived(this.covered > innerHeight * SHEET);

  /** How much of a phone the card covers. */
  get sheet(): number {
    return Math.min(this.rightHeight, innerHeight * SHEET);
  }

  #below(): number {
    return this.left || this.right ? Math.min(this.covered, innerHeight * SHEET) : this.bottomHeight;
  }

  #side(panel: string | null): number {
    return panel ? SIDE_PX + 2 * GAP_PX : 40;
  }

  #leftEdge(): number {
    const table = route.table && session.width >= BESIDE_TABLE_PX ? this.table + 2 * GAP_PX : 0;
    return Math.max(this.#side(this.left), table);
  }
}
