// What the server answers, and how it is asked. Fields the page does not use are left out.

export interface LonLat {
  lon: number;
  lat: number;
}

export interface Unit {
  uid: number;
  code: string;
  name: string;
  level: string;
  kind?: string | null;
}

export interface Summary {
  version: number;
  content_hash: string;
  recorded_at: string;
  effective_from: string | null;
  /** Top level first. */
  levels: { name: string; plural: string; units: number }[];
  /** west, south, east, north in degrees */
  bounds: [number, number, number, number];
  build: string;
  /** When points or lines were replaced last. */
  features_at: string | null;
  synthetic: boolean;
  name: string;
  area_m2: number;
  /** Who is to be named beside the map; with the review number (审图号) where there is one. */
  attribution?: string | null;
  /** Of the map beneath the grids, where one is configured. */
  background?: { attribution: string };
}

export interface Location {
  version: number;
  point: LonLat;
  inside: boolean;
  leaf: Unit | null;
  /** The leaf first, the top unit last. */
  chain: Unit[];
  void: { name: string } | null;
  on_border: boolean;
  border_distance_m: number | null;
  neighbour?: Unit | null;
  /** Only outside. */
  nearest?: (Unit & { distance_m: number }) | null;
  /** Only where an accuracy was given: who else it may be, most probable first. */
  candidates?: (Unit & { probability: number })[];
}

/** A point of service near a place. */
export interface Near extends LonLat {
  kind: string;
  name: string;
  distance_m: number;
}

/** The server said no; `title` and `detail` are its own words (RFC 9457). */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    /** The whole problem document: some have members of their own. */
    readonly problem: Record<string, unknown> = {},
    /** After how many seconds another try is worth while, where the server said. */
    readonly wait: number | null = null,
  ) {
    super(`${title}: ${detail}`);
  }
}

/** Throws `Refused` if the server said no, and fetch's own error if it said nothing. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await fetch(path, { headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) });
  if (answer.ok) return (await answer.json()) as T;
  throw await refusal(answer);
}

/** Sends `body` as JSON, where there is one, with further headers; resolves to what is answered, if anything is. Throws as `get` does. */
export async function send<T = void>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, more: Record<string, string> = {}): Promise<T> {
  const headers = { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }), ...more };
  const answer = await fetch(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  if (!answer.ok) throw await refusal(answer);
  const text = await answer.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

/** Heard by the window when the server does not know the caller: perhaps a session has ended. */
export const UNKNOWN_CALLER = 'unknown-caller';

/** What a server that says no has to say. */
export async function refusal(answer: Response): Promise<Refused> {
  if (answer.status === 401) dispatchEvent(new Event(UNKNOWN_CALLER));
  const problem = (await answer.json().catch(() => ({}))) as { title?: string; detail?: string };
  const wait = Number(answer.headers.get('retry-after') ?? NaN);
  return new Refused(answer.status, problem.title ?? answer.statusText, problem.detail ?? '', problem, Number.isFinite(wait) ? wait : null);
}

/** A path with its parameters; what is null or undefined is left out. */
export function asked(path: string, params: Record<string, string | number | null | undefined>): string {
  const query = Object.entries(params).flatMap(([name, value]) => (value == null ? [] : [[name, String(value)]]));
  return query.length > 0 ? `${path}?${new URLSearchParams(query)}` : path;
}

/**
 * `v` null asks of the current version. `stale`: for how many seconds the server has had no answer from its store. A
 * kept answer would keep that as well, so none is taken.
 */
export async function summary(v: number | null): Promise<{ answer: Summary; stale: number | null }> {
  const said = await fetch(asked('/api/summary', { v }), { headers: { accept: 'application/json' }, cache: 'no-store' });
  if (!said.ok) throw await refusal(said);
  const stale = said.headers.get('wangge-stale');
  return { answer: (await said.json()) as Summary, stale: stale === null ? null : Number(stale) };
}

/** Degrees are sent on the server's lattice, 1e-7 degree. */
const degrees = ({ lon, lat }: LonLat) => ({ lon: lon.toFixed(7), lat: lat.toFixed(7) });

/** `accuracy` in metres (68 %); `v` null asks of the current version. */
export const locate = (at: LonLat, accuracy: number | null, v: number | null, signal?: AbortSignal) =>
  get<Location>(asked('/api/locate', { ...degrees(at), accuracy, v }), signal);

export const near = (at: LonLat, limit: number, v: number | null, signal?: AbortSignal) =>
  get<{ points: Near[] }>(asked('/api/near', { ...degrees(at), limit, v }), signal);

/** A build is `DEFINITION-IDENTITY`: what draws the tiles, and which version they draw. */
export const definition = (build: string): string => build.split('-')[0] ?? '';

/** The same definition, drawing another version. */
export const drawing = (build: string, version: string): string => `${definition(build)}-${version.split('-')[1] ?? ''}`;
