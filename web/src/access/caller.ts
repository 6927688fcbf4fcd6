// Who reads the page, and what they may see and do: what `/api/session` says. The server decides; the page only leaves
// out what it would refuse.

import { get, Refused, send } from '../server';

export type Role = 'viewer' | 'grid-worker' | 'dispatcher' | 'planner' | 'approver' | 'auditor' | 'administrator';

/** A role over a unit and all below it. */
export interface Grant {
  role: Role;
  /** The unit's code; left out: everywhere. */
  area?: string;
  /** For things of these categories; left out: of all. */
  categories?: string[];
}

export type Permission =
  | 'read-map'
  | 'read-measures'
  | 'read-people'
  | 'export'
  | 'read-plans'
  | 'draft-plans'
  | 'approve-plans'
  | 'publish-plans'
  | 'read-audit'
  | 'manage-accounts'
  | 'manage-tokens'
  | 'manage-own-keys'
  | 'own-account';

export interface Caller {
  signed_in: boolean;
  /** Whether the server knows no accounts: everyone may. */
  open: boolean;
  account: { name: string; display_name: string } | null;
  via: 'session' | 'key' | 'token' | 'nothing';
  grants: Grant[];
  /** What they may somewhere, and what over the whole coverage. */
  may: Permission[];
  everywhere: Permission[];
  expires: string | null;
  /** How else to sign in, where the server has it. */
  sso: { name: string; url: string } | null;
  has_password: boolean;
}

export const caller = (signal?: AbortSignal) => get<Caller>('/api/session', signal);

export const signIn = (name: string, password: string) => send<Caller>('POST', '/api/session', { name, password });

/** Resolves to where a single sign-on is to be left, if it is. A session that has ended is no reason to stay. */
export async function signOut(): Promise<string | null> {
  try {
    const { then } = await send<{ then: string | null }>('DELETE', '/api/session');
    return then && /^https?:\/\//.test(then) ? then : null;
  } catch (problem) {
    if (problem instanceof Refused && problem.status === 401) return null;
    throw problem;
  }
}

/** What somebody is called. */
export const calledOf = ({ account }: Caller): string => account?.display_name || account?.name || '';
