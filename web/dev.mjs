// Only for `npm run dev`: which server answers, and the styles from their files rather than from the binary
// that has them embedded. Nothing of this is built into the page.

import { readFile } from 'node:fs/promises';

/** `make demo`'s, unless WANGGE_DEV names another. */
export const server = process.env.WANGGE_DEV ?? 'http://127.0.0.1:8080';

/** @returns {import('vite').Plugin} */
export const styles = () => ({
  name: 'wangge-styles',
  configureServer(dev) {
    dev.middlewares.use('/styles', (request, response, next) => {
      const file = /^\/(\w+\.json)/.exec(request.url ?? '')?.[1];
      if (!file) return next();
      readFile(new URL(`../styles/${file}`, import.meta.url), 'utf8').then((text) => {
        response.setHeader('content-type', 'application/json');
        response.end(text.replaceAll('{origin}', `http://${request.headers.host}`));
      }, next);
    });
  },
});

/** The pages at the addresses that the binary has them at. */
const PAGES = { '/sign-in': '/sign-in.html', '/account': '/account.html', '/api/docs': '/docs.html' };

/** @returns {import('vite').Plugin} */
export const pages = () => ({
  name: 'wangge-pages',
  configureServer(dev) {
    dev.middlewares.use((request, _, next) => {
      const [path, query] = (request.url ?? '').split('?');
      const page = PAGES[path ?? ''];
      if (page) request.url = query ? `${page}?${query}` : page;
      next();
    });
  },
});
