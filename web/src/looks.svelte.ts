// How every page is dressed: the reader's language and style, and its title.

import { paint } from './palette';
import { session } from './session.svelte';

/** Called while a component starts. */
export function dress(title: () => string): void {
  $effect(() => paint(document.documentElement, session.style));
  $effect(() => {
    document.documentElement.lang = session.lang === 'zh' ? 'zh-CN' : 'en';
    document.title = title();
  });
}
