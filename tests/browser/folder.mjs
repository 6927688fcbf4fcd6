// The examples as their reader serves them: a folder with `node_modules` in it, on an origin of its own.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));
const MODULES = fileURLToPath(new URL('./node_modules', import.meta.url));
const TYPES = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.mjs': 'text/javascript', '.png': 'image/png' };

/** Serves the examples, and `pages` by name; resolves to its origin and a way to end it. */
export async function folder(pages = {}) {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url, 'http://here').pathname);
    const file = path.startsWith('/node_modules/') ? MODULES + path.slice('/node_modules'.length) : EXAMPLES + path;
    const body = pages[path.slice(1)] ?? (await readFile(file).catch(() => null));
    response.writeHead(body === null ? 404 : 200, { 'content-type': `${TYPES[extname(path)] ?? 'text/plain'}; charset=utf-8` });
    response.end(body ?? 'not here');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { origin: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}
