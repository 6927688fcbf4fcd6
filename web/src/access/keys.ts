// Keys for programs, and tokens for others' pages.

import { get, send } from '../server';
import type { Grant } from './caller';

export interface Key {
  id: number;
  kind: 'api' | 'page';
  /** How its secret begins. */
  shown: string;
  name: string;
  /** Null: a machine's. */
  owner: string | null;
  own: boolean;
  grants: Grant[];
  origins: string[];
  created: string;
  expires: string | null;
  used: string | null;
  revoked: string | null;
}

export type NewKey =
  | { kind: 'api'; name: string; owner: 'own' | 'machine'; grants?: Grant[]; expires?: string }
  | { kind: 'page'; name: string; area?: string; origins: string[]; expires: string };

export const keys = (signal?: AbortSignal) => get<{ keys: Key[] }>('/api/keys', signal).then((answer) => answer.keys);

/** The secret is told this once. */
export const createKey = (key: NewKey) => send<{ key: Key; secret: string }>('POST', '/api/keys', key);

export const revokeKey = (id: number) => send('DELETE', `/api/keys/${id}`);

export const stateOf = ({ revoked, expires }: Key): 'good' | 'ended' | 'revoked' =>
  revoked ? 'revoked' : expires && new Date(expires) <= new Date() ? 'ended' : 'good';
