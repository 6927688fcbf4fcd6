// Where the caller is signed in.

import { get, send } from '../server';

export interface Session {
  id: string;
  created: string;
  seen: string;
  expires: string;
  address: string;
  /** What the browser calls itself: somebody else's text. */
  agent: string;
  current: boolean;
}

export const sessions = (signal?: AbortSignal) => get<{ sessions: Session[] }>('/api/sessions', signal).then((answer) => answer.sessions);

export const endSession = (id: string) => send('DELETE', `/api/sessions/${encodeURIComponent(id)}`);

/** This one too. */
export const endAll = () => send('DELETE', '/api/sessions');
