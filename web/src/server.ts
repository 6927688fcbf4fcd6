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
  synthetic: boolean;
  name: string;
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
}

/** The server said no; `title` and `detail` are its own words (RFC 9457). */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
  ) {
    super(`${title}: ${detail}`);
  }
}

/** Throws `Refused` if the server said no, and fetch's own error if it said nothing. */
async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await fetch(path, { headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) });
  if (answer.ok) return (await answer.json()) as T;
  const problem = (await answer.json().catch(() => ({}))) as { title?: string; detail?: string };
  throw new Refused(answer.status, problem.title ?? answer.statusText, problem.detail ?? '');
}

export const summary = (signal?: AbortSignal) => get<Summary>('/api/summary', signal);

/** Degrees are sent on the server's lattice, 1e-7 degree. */
export const locate = ({ lon, lat }: LonLat, signal?: AbortSignal) =>
  get<Location>(`/api/locate?lon=${lon.toFixed(7)}&lat=${lat.toFixed(7)}`, signal);
