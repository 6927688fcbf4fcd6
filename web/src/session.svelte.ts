// How this reader sees the page: language, style and size, from the address or the system.

import { route, type Lang, type Style } from './route.svelte';

export type { Lang, Style };

const dark = matchMedia('(prefers-color-scheme: dark)');

/** From this width on a window is taken for a wall. */
const WALL_PX = 2560;

class Session {
  #system: Style = $state(dark.matches ? 'night' : 'day');
  #window = $state.raw({ width: innerWidth, height: innerHeight });

  constructor() {
    dark.addEventListener('change', () => (this.#system = dark.matches ? 'night' : 'day'));
    addEventListener('resize', () => (this.#window = { width: innerWidth, height: innerHeight }));
  }

  get lang(): Lang {
    return route.lang;
  }

  get style(): Style {
    return route.style ?? this.#system;
  }

  /** Drawn to be read from ten metres. */
  get display(): boolean {
    return route.display ?? this.#wall;
  }

  get #wall(): boolean {
    return this.#window.width >= WALL_PX;
  }

  /** How much larger than on a desk everything is drawn, map and panels alike: a wall shows what 1280 × 720 would hold. */
  get scale(): number {
    const { width, height } = this.#window;
    return this.display ? Math.max(1, Math.min(width / 1280, height / 720)) : 1;
  }

  /** How wide the window is, in px of a desk. */
  get width(): number {
    return this.#window.width / this.scale;
  }

  toggleDisplay(): void {
    const next = !this.display;
    route.set({ display: next === this.#wall ? null : next ? '' : '0' });
  }

  toggleStyle(): void {
    const next = this.style === 'day' ? 'night' : 'day';
    route.set({ style: next === this.#system ? null : next });
  }

  toggleLang(): void {
    route.set({ lang: this.lang === 'zh' ? 'en' : null });
  }
}

export const session = new Session();
