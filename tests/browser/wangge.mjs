// The real binary, over a store of its own, on a free port.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const binary = resolve(root, process.env.WANGGE_BIN ?? 'target/debug/wangge');
const START_MS = 120_000; // a debug build makes the county and its store first

/** Starts `wangge demo`, with `more` arguments; resolves to its address and a way to end it, once it says where it listens. */
export function start(more = []) {
  const dir = mkdtempSync(join(tmpdir(), 'wangge-browser-'));
  const child = spawn(binary, ['demo', '--store', join(dir, 'x.gpkg'), '--listen', '127.0.0.1:0', ...more], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await gone;
    }
    rmSync(dir, { recursive: true, force: true });
  };
  return new Promise((ready, refuse) => {
    let said = '';
    const fail = (why) => {
      clearTimeout(timer);
      void stop();
      refuse(new Error(`${binary}: ${why}\n${said}`));
    };
    const timer = setTimeout(() => fail(`no address within ${START_MS} ms`), START_MS);
    const listen = (chunk) => {
      said += chunk;
      const url = said.match(/http:\/\/127\.0\.0\.1:[1-9]\d*/)?.[0];
      if (!url) return;
      clearTimeout(timer);
      ready({ url, stop });
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`ended with ${code} before it listened`));
  });
}
