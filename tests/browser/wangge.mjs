// The real binary, over a store of its own, on a free port.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { front } from './front.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const binary = resolve(root, process.env.WANGGE_BIN ?? 'target/debug/wangge');
const START_MS = 120_000; // a debug build makes the county and its store first

/**
 * Starts `wangge demo`, or takes the server at WANGGE_URL; resolves to its address and a way to end it, once it
 * says where it listens. `versions: 2` publishes a second version first, in which 合德镇 is 合德街道. `coverage` is
 * another county: `{features, levels}`, GeoJSON features with a `code`, and what `--levels` takes; `notes` are texts
 * of versions after its first, each of which calls its first feature by the text too; `flags` are the server's. `accounts`: with them the server is not open to everyone; each is
 * `{name, called, role, area}` and has the password PASSWORD.
 */
export async function start({ versions = 1, coverage, accounts, flags = [] } = {}) {
  if (process.env.WANGGE_URL && versions === 1 && !coverage && !accounts && flags.length === 0) return { url: process.env.WANGGE_URL, stop: async () => {} };
  const dir = mkdtempSync(join(tmpdir(), 'wangge-browser-'));
  if (versions > 1) second(dir);
  if (coverage) other(dir, coverage);
  if (accounts && versions === 1 && !coverage) commands(dir)('synth');
  for (const account of accounts ?? []) admit(dir, account);
  const made = versions > 1 || coverage || accounts;
  const server = await run(dir, made ? ['serve', ...(accounts ? [] : ['--open']), ...flags] : ['demo', ...flags]);
  if (!process.env.WANGGE_PAGE) return server;
  const before = await front(resolve(root, process.env.WANGGE_PAGE), server.url, flags.length > 0);
  return { url: before.url, stop: () => before.stop().then(server.stop) };
}

/** A server that can be taken away and brought back, with its store beside it. */
export async function startOver() {
  const dir = mkdtempSync(join(tmpdir(), 'wangge-browser-'));
  let server = await run(dir, ['demo']);
  const { url } = server;
  return {
    url,
    publish: (change, said) => publish(dir, change, said),
    halt: () => server.halt(),
    resume: async () => void (server = await run(dir, ['serve', '--open'], new URL(url).port)),
    stop: () => server.stop(),
  };
}

/** Of every account that tests make. */
export const PASSWORD = 'seven quiet herons wade';

function admit(dir, { name, called = '', role, area }) {
  const args = ['user', 'add', name, '--role', role, ...(area ? ['--area', area] : []), '--display-name', called, '--password-stdin'];
  execFileSync(binary, args, { cwd: dir, input: `${PASSWORD}\n`, stdio: ['pipe', 'ignore', 'inherit'], env: { ...process.env, WANGGE_STORE: 'x.gpkg' } });
}

const commands = (dir) => (...args) =>
  execFileSync(binary, args, { cwd: dir, stdio: 'ignore', env: { ...process.env, WANGGE_STORE: 'x.gpkg' } });

function other(dir, { features, levels, notes = [] }) {
  const enter = (features, ...said) => {
    writeFileSync(join(dir, 'other.geojson'), JSON.stringify({ type: 'FeatureCollection', features }));
    commands(dir)('import', '--code', 'code', '--name', 'name', '--levels', levels, ...said, 'other.geojson');
  };
  enter(features);
  const [first, ...others] = features;
  const called = (name) => [{ ...first, properties: { ...first.properties, name } }, ...others];
  for (const text of notes) enter(called(text), `--note=${text}`, `--author=${text}`, `--document=${text}`);
}

/** A store with two versions. */
function second(dir) {
  commands(dir)('synth');
  publish(dir, (text) => text.replace('"name":"合德镇"', '"name":"合德街道"'), { author: '民政科', note: '合德镇改设街道' });
}

/** Enters a version beside whoever serves the store: its grids as they were, with their text changed. */
function publish(dir, change, { author, note }) {
  const wangge = commands(dir);
  wangge('export', 'grids.geojson');
  const file = join(dir, 'grids.geojson');
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  wangge('import', '--code', 'code', '--name', 'name', '--author', author, '--note', note, 'grids.geojson');
}

function run(dir, command, port = 0) {
  const child = spawn(binary, [...command, '--store', join(dir, 'x.gpkg'), '--listen', `127.0.0.1:${port}`], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  /** How many ms it took to end. */
  const halt = async () => {
    const start = Date.now();
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await gone;
    }
    return Date.now() - start;
  };
  const stop = async () => {
    await halt();
    rmSync(dir, { recursive: true, force: true });
  };
  return new Promise((ready, refuse) => {
    let said = '';
    const fail = (why) => {
      clearTimeout(timer);
      void stop();
      refuse(new Error(`${binary}: ${why}\n${said}`));
    };
    const ended = (code) => fail(`ended with ${code} before it listened`);
    const timer = setTimeout(() => fail(`no address within ${START_MS} ms`), START_MS);
    const listen = (chunk) => {
      said += chunk;
      const url = said.match(/http:\/\/127\.0\.0\.1:[1-9]\d*/)?.[0];
      if (!url) return;
      clearTimeout(timer);
      child.off('exit', ended);
      ready({ url, stop, halt, dir });
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', (error) => fail(error.message));
    child.once('exit', ended);
  });
}
