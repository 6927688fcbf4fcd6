// What has been published.

import { get } from './server';

export interface VersionList {
  current: number;
  /** Newest first. */
  versions: { version: number; recorded_at: string; effective_from: string; author: string; note: string; document: string }[];
}

export const versions = (signal?: AbortSignal) => get<VersionList>('/api/versions', signal);
