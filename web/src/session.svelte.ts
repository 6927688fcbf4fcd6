// How this reader sees the page: language and style, from the address or the system.

import { route, type Lang, type Style } from './route.svelte';

export type { Lang, Style };

const dark = matchMedia('(prefers-color-scheme: dark)');

class Session {
  #system: Style = $state(dark.matches ? 'night' : 'day');

  constructor() {
    dark.addEventListener('change', () => (this.#system = dark.matches ? 'night' : 'day'));
  }

  get lang(): Lang {
    return route.lang;
  }

  get style(): Style {
    return route.style ?? this.#system;
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
