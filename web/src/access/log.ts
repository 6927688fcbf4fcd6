// What happened, as the server keeps it: a chain of records, read from its end.

import { asked, get } from '../server';

export interface Entry {
  /** From 1, without a gap. */
  seq: number;
  at: string;
  who: string;
  via: string;
  from: string;
  action: string;
  target: string;
  outcome: 'done' | 'refused';
  /** JSON as text; empty where there is none. */
  before: string;
  after: string;
  hash: string;
}

export interface Head {
  seq: number;
  hash: string;
}

export type Verification = { whole: true; head: Head } | { whole: false; breach: string; seq: number };

/** Newest first; `before` null begins at the end. */
export const entries = (before: number | null, limit: number) =>
  get<{ records: Entry[] }>(asked('/api/audit', { before, limit })).then(({ records }) => records);

export const head = (signal?: AbortSignal) => get<Head>('/api/audit/head', signal);

/** Against a head that was kept, where there is one. */
export const verify = (kept: { seq: string; hash: string } | null) => get<Verification>(asked('/api/audit/verification', { ...kept }));

export const EXPORT = '/api/audit/export';
