// The accounts that the caller manages. What they may not do, the server says.

import { get, send } from '../server';
import type { Grant } from './caller';

export interface Account {
  id: number;
  name: string;
  display_name: string;
  disabled: boolean;
  has_password: boolean;
  single_sign_on: boolean;
  grants: Grant[];
  created: string;
  changed: string;
}

export const accounts = (signal?: AbortSignal) => get<{ accounts: Account[] }>('/api/accounts', signal).then((answer) => answer.accounts);

export const createAccount = (name: string, display_name: string, grants: Grant[]) =>
  send<{ account: Account; link: string }>('POST', '/api/accounts', { name, ...(display_name && { display_name }), grants });

const path = (name: string) => `/api/accounts/${encodeURIComponent(name)}`;

export const changeAccount = (name: string, change: Partial<Pick<Account, 'display_name' | 'grants' | 'disabled'>>) =>
  send<{ account: Account }>('PATCH', path(name), change).then(({ account }) => account);

export const newLink = (name: string) => send<{ link: string }>('POST', `${path(name)}/link`).then(({ link }) => link);

export const endSessionsOf = (name: string) => send('DELETE', `${path(name)}/sessions`);

/** A link as its owner opens it: the secret stands behind `#`, and so in nobody's log. */
export const linkAddress = (link: string): string => `${location.origin}/sign-in#link=${link}`;
