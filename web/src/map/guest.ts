// Somebody who works on the map for a while: draws over it, and has its clicks to themselves.

import type { Map, StyleSpecification } from 'maplibre-gl';
import type { Style } from '../session.svelte';

export interface Guest {
  /** Whether clicks and Enter are the guest's: nothing is located then. */
  takes(): boolean;
  /** A style that is about to be shown, with the guest's sources and layers in it. */
  over(style: StyleSpecification, look: Style): StyleSpecification;
  /** Begins to work on the map as it looks; the answer ends it. */
  enter(map: Map, look: Style): () => void;
}

/** A plan's draft, drawn in the place of what is published. */
export interface Draft {
  plan: number;
  revision: number;
}
