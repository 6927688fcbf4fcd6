// The ways between the pages. What a reader chose, language and style, goes along in the address; where they came
// from is `to`, and never leads to another host.

import { route } from '../route.svelte';

/** A path, with the reader's language and style where it has none of its own. */
export function dressed(path: string): string {
  const hash = new URLSearchParams(path.split('#')[1] ?? '');
  const more = [
    route.lang === 'en' && !hash.has('lang') ? 'lang=en' : '',
    route.style && !hash.has('style') ? `style=${route.style}` : '',
  ].filter(Boolean);
  return more.length > 0 ? `${path}${path.includes('#') ? '&' : '#'}${more.join('&')}` : path;
}

/** `text`, if it is a path of this server's and not the page to sign in; else the map. */
export function ownPath(text: string | null): string {
  // A browser takes `//host`, `/\host` and a path with a tab in it for another host.
  if (!text || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(text)) return '/';
  const { origin, pathname, search, hash } = new URL(text, location.origin);
  const own = origin === location.origin && !pathname.startsWith('//') && pathname !== '/sign-in';
  return own ? pathname + search + hash : '/';
}

/** Where to sign in; from there it goes on to `to`, by itself to what is shown now. */
export const signInAt = (to = location.pathname + location.search + location.hash): string => dressed(`/sign-in?to=${encodeURIComponent(to)}`);
