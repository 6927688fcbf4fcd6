// Pages and styles newer than the binary, in front of it: for work on the page without a Rust build.
// WANGGE_PAGE names the folder of the built pages (web/dist); all else is asked of the binary, the headers of its
// pages and scripts among it (a worker goes by the policy of its own script), and the styles too where it does something to them: for a background, an overlay or another origin.

import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const styles = fileURLToPath(new URL('../../styles', import.meta.url));
const PAGES = { '/': 'index.html', '/sign-in': 'sign-in.html', '/account': 'account.html', '/api/docs': 'docs.html' };
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' };
/** Of the file that the binary has, not of ours. */
const OF_THE_FILE = /^(content-(length|encoding|type)|etag|date|transfer-encoding|connection|vary)$/;

/** Listens on a free port; resolves to its address and a way to end it. `dressed`: its styles are not the files. */
export function front(page, behind, dressed) {
  const server = createServer(async (asked, answer) => {
    const { pathname, search } = new URL(asked.url, behind);
    const style = dressed || search || asked.headers.origin ? null : /^\/styles\/(\w+\.json)$/.exec(pathname)?.[1];
    const ours = PAGES[pathname];
    const file = style ? join(styles, style) : ours ? join(page, ours) : pathname.startsWith('/assets/') ? join(page, pathname) : null;
    if (!file) return pass(asked, answer, behind);
    try {
      const bytes = await readFile(file);
      const like = ours ? pathname : extname(file) === '.js' ? '/wangge.js' : null;
      if (like) for (const [name, value] of (await fetch(new URL(like, behind))).headers) if (!OF_THE_FILE.test(name)) answer.setHeader(name, value);
      answer.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
      answer.end(style ? bytes.toString().replaceAll('{origin}', `http://${asked.headers.host}`) : bytes);
    } catch {
      answer.writeHead(404).end();
    }
  });
  return new Promise((ready) => {
    server.listen(0, '127.0.0.1', () => {
      const stop = () => (server.closeAllConnections(), new Promise((done) => server.close(done)));
      ready({ url: `http://127.0.0.1:${server.address().port}`, stop });
    });
  });
}

function pass(asked, answer, behind) {
  // A connection of its own: one that is kept may be closed by the server just as it is taken again.
  const on = request(new URL(asked.url, behind), { agent: false, method: asked.method, headers: asked.headers }, (back) => {
    answer.writeHead(back.statusCode, back.rawHeaders);
    back.pipe(answer);
  });
  on.on('error', () => answer.destroy());
  asked.pipe(on);
}
