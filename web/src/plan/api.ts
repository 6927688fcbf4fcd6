// Plans as the server tells of them, and what can be done with them. A change says on which revision it is made.

import type * as GeoJSON from 'geojson';
import { get, send } from '../server';

export type Status = 'draft' | 'submitted' | 'approved' | 'published' | 'rejected';
export type Place = [number, number];

/** One command, as it is sent and kept. */
export type Edit =
  | { op: 'split'; unit: string; line: Place[]; new?: { name: string }[]; tolerance?: number }
  | { op: 'merge'; units: string[]; keep?: string }
  | { op: 'reshape'; between: [string, string]; line: Place[]; keep?: Place; tolerance?: number }
  | { op: 'transfer'; from: string; to: string; area: { type: 'Polygon'; coordinates: Place[][] }; tolerance?: number }
  | { op: 'move_node'; at: Place; to: Place; tolerance?: number }
  | { op: 'assign'; unit: string; parent: string }
  | { op: 'rename'; unit: string; name: string }
  | { op: 'set'; unit: string; attributes: Record<string, unknown> }
  | { op: 'create_unit'; parent?: string; name: string; code?: string }
  | { op: 'retire_unit'; unit: string };

export interface Listed {
  id: number;
  title: string;
  note: string;
  status: Status;
  revision: number;
  base_version: number;
  author: string;
  changed: string;
  reviewer: string;
  /** Why it was sent back. */
  reason: string;
  published_version: number | null;
  can_undo: boolean;
  can_redo: boolean;
}

/** An edit that was made. */
export interface Step {
  id: number;
  edit: Edit;
  new: { uid: number; code: string }[];
  author: string;
  at: string;
}

export interface Plan extends Listed {
  edits: Step[];
}

export interface Measured {
  code: string;
  name: string;
  area_m2: number;
  /** Null where no dwellings are known. */
  households: number | null;
  compactness: number;
  parts: number;
}

export interface UnitReview {
  uid: number;
  level: string;
  before: Measured | null;
  after: Measured | null;
  /** Share of the mean of the parent's parts. */
  deviation: { before: number | null; after: number | null };
}

export interface Defect {
  kind: string;
  uid: number;
  code: string | null;
  at: Place | null;
  size: number;
}

export type Balance = 'households' | 'area, estimated';
export type Changes = GeoJSON.FeatureCollection<GeoJSON.Polygon, { from: string | null; to: string | null; from_uid: number | null; to_uid: number | null; area_m2: number }>;

export interface Review extends Listed {
  units: UnitReview[];
  defects: Defect[];
  balance: Balance;
  /** An edit that can no longer be done, and why. */
  refused: { edit: number; detail: string } | null;
}

/** What an edit did, or would do. */
export interface Effect {
  units: UnitReview[];
  new: { uid: number; code: string }[];
  snapped: { from: Place; to: Place; onto: string; metres: number }[];
  defects: Defect[];
  balance: Balance;
}

/** An edit that others are in the way of. */
export interface Conflict {
  edit: number;
  units: string[];
  detail: string;
}

const path = (id: number, rest = '') => `/api/plans/${id}${rest}`;
const on = ({ revision }: Listed) => ({ 'if-match': `"${revision}"` });

export const plans = (signal?: AbortSignal) => get<{ plans: Listed[] }>('/api/plans', signal).then(({ plans }) => plans);
export const plan = (id: number, signal?: AbortSignal) => get<Plan>(path(id), signal);
export const review = (id: number, signal?: AbortSignal) => get<Review>(path(id, '/review'), signal);
export const changes = (id: number, signal?: AbortSignal) => get<Changes>(path(id, '/changes.geojson'), signal);

export const begin = (title: string, note: string) => send<Plan>('POST', '/api/plans', { title, note });
export const add = (plan: Listed, edit: Edit) => send<Effect & { id: number; revision: number }>('POST', path(plan.id, '/edits'), edit, on(plan));
export const attempt = (id: number, edit: Edit) => send<Effect & { changes: Changes }>('POST', path(id, '/try'), edit);
export const drop = (plan: Listed, step: number) => send<Plan>('DELETE', path(plan.id, `/edits/${step}`), undefined, on(plan));

/** What leads from one state to the next, and back. */
export type Act = 'undo' | 'redo' | 'submit' | 'approve' | 'reject' | 'publish' | 'rebase';
export const act = (plan: Listed, what: Act, body?: object) => send<Plan & { version?: number }>('POST', path(plan.id, `/${what}`), body, on(plan));
