// What this reader has set: language and style. Kept in the address, so that a link shows the same.

import * as address from './address';

export type Lang = 'zh' | 'en';
export type Style = 'day' | 'night';

const dark = matchMedia('(prefers-color-scheme: dark)');

class Session {
  lang: Lang = $state(address.read('lang') === 'en' ? 'en' : 'zh');
  /** Null follows the system. */
  #asked: Style | null = $state(asStyle(address.read('style')));
  #system: Style = $state(dark.matches ? 'night' : 'day');

  constructor() {
    dark.addEventListener('change', () => (this.#system = dark.matches ? 'night' : 'day'));
    addEventListener('hashchange', () => {
      this.lang = address.read('lang') === 'en' ? 'en' : 'zh';
      this.#asked = asStyle(address.read('style'));
    });
  }

  get style(): Style {
    return this.#asked ?? this.#system;
  }

  toggleStyle(): void {
    const next = this.style === 'day' ? 'night' : 'day';
    this.#asked = next === this.#system ? null : next;
    address.write('style', this.#asked);
  }

  toggleLang(): void {
    this.lang = this.lang === 'zh' ? 'en' : 'zh';
    address.write('lang', this.lang === 'zh' ? null : this.lang);
  }
}

function asStyle(text: string | null): Style | null {
  return text === 'day' || text === 'night' ? text : null;
}

export const session = new Session();
