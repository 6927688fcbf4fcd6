// The one stream of a browser, handed on to every page that joins.

import { openStream, type Said } from './stream';

const pages = new Set<MessagePort>();
let open = false;

openStream((said: Said) => {
  if (said.kind === 'open' || said.kind === 'closed') open = said.kind === 'open';
  for (const page of pages) page.postMessage(said);
});

addEventListener('connect', (event) => {
  const [page] = (event as MessageEvent).ports;
  if (!page) return;
  pages.add(page);
  page.onmessage = () => pages.delete(page);
  if (open) page.postMessage({ kind: 'open' } satisfies Said);
});

