// What the server says as it happens (`/api/events`). One stream serves all pages of a browser: over HTTP/1.1 a host
// gives a browser six connections, and a stream holds one for as long as it is open. Where there are no shared
// workers, each page has its own.
//
//   published  a version that others entered is served now; which tiles it touched
//   features   points or lines were replaced
//   plan       a plan was begun or changed: told to those who read plans
//   reset      what was missed cannot be told, or what was told is no longer so
//   open       the stream is there (again): what happened before may have been missed
//   closed     it is not; the browser tries again

/** First column, first row, last column, last row. */
export type TileRect = [number, number, number, number];

export interface Published {
  version: number;
  /** The version served when this was said; a later one has an event of its own. */
  served: number;
  /** The version that `tiles` counts from; null where the server cannot tell. */
  from: number | null;
  build: string;
  /** Units and voids that differ, by level. */
  counts: Record<string, number> | null;
  /** By zoom; null: any may differ. */
  tiles: Record<string, TileRect[]> | null;
  author: string;
  note: string;
}

/** What became of a plan. */
export interface PlanEvent {
  plan: number;
  revision: number;
  status: string;
}

export type Said = { kind: 'published'; event: Published } | { kind: 'plan'; event: PlanEvent } | { kind: 'features' | 'reset' | 'open' | 'closed' };

const AGAIN_MS = 5000;

/** Opens the stream and keeps it open. */
export function openStream(tell: (said: Said) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource;
  const start = () => {
    source = new EventSource('/api/events');
    source.onopen = () => tell({ kind: 'open' });
    source.onerror = () => {
      tell({ kind: 'closed' });
      // It comes again by itself, unless the server refused.
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(start, AGAIN_MS);
    };
    source.addEventListener('features', () => tell({ kind: 'features' }));
    source.addEventListener('reset', () => tell({ kind: 'reset' }));
    source.addEventListener('plan', ({ data }) => tell({ kind: 'plan', event: JSON.parse(data) as PlanEvent }));
    source.addEventListener('published', ({ data }) => tell({ kind: 'published', event: JSON.parse(data) as Published }));
  };
  start();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

/** Hears what the server says, for as long as the page is open. */
export function listen(hear: (said: Said) => void): void {
  if (typeof SharedWorker === 'undefined') return void openStream(hear);
  const join = () => {
    const { port } = new SharedWorker(new URL('./stream.worker.ts', import.meta.url), { type: 'module' });
    port.onmessage = ({ data }: MessageEvent<Said>) => hear(data);
    addEventListener('pagehide', () => port.postMessage('gone'), { once: true });
  };
  join();
  // A page that Back brings out of the browser's memory has left the stream.
  addEventListener('pageshow', ({ persisted }) => persisted && join());
}
