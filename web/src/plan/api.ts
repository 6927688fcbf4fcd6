// Plans as the server tells of them, and what can be done with them. A change says on which revision it is made.

import type * as GeoJSON from 'geojson';
import { asked, get, refusal, send } from '../server';

export type Status = 'draft' | 'submitted' | 'approved' | 'scheduled' | 'published' | 'rejected';
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
  | { op: 'retire_unit'; unit: string }
  | { op: 'redraw'; areas: ({ unit: string } | { void: number })[]; units?: { unit?: string; code?: string }[]; gone?: string[] };

export interface Listed {
  id: number;
  title: string;
  note: string;
  status: Status;
  revision: number;
  base_version: number;
  author: string;
  changed: string;
  /** By what decree. */
  document: string;
  /** The day from which it holds; null: that of its publishing. */
  effective_from: string | null;
  reviewer: string;
  /** Why it was sent back. */
  reason: string;
  published_version: number | null;
  can_undo: boolean;
  can_redo: boolean;
  edit_count?: number;
  /** The plan that those of its edits became which were returned. */
  returned_as?: number | null;
  /** Set while it waits for its day. */
  scheduled?: { by: string; at: string; note: string } | null;
}

/** Edits that touch the same units: decided together, and without the others. */
export interface Group {
  group: number;
  edits: number[];
  /** Codes of the units that it touches. */
  units: string[];
  decision: 'approved' | 'returned' | null;
  by: string | null;
  reason: string | null;
}

export interface Attachment {
  name: string;
  bytes: number;
  by: string;
  at: string;
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
  /** None while it is a draft. */
  groups?: Group[];
  attachments?: Attachment[];
}

export interface Measured {
  code: string;
  name: string;
  area_m2: number;
  /** Null where no dwellings are known. */
  households: number | null;
  /** Who answers for it and what is below it; null where the reader may not know, and of an edit's answer. */
  workers: number | null;
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
  /** For a draft what they would be. */
  groups?: Group[];
  /** An edit that can no longer be done, and why. */
  refused: { edit: number; detail: string } | null;
}

/** The plan with what a file says, and where its vertices were taken to. */
export interface Filed extends Plan {
  snapped: Effect['snapped'];
}

/** What an edit did, or would do. */
export interface Effect {
  units: UnitReview[];
  new: { uid: number; code: string }[];
  snapped: { from: Place; to: Place; onto: string; metres: number }[];
  defects: Defect[];
  balance: Balance;
}

export type Weight = 'households' | 'area';

/** A way to split a grid, or to regroup a village: the edits that do it, and what comes of them. */
export interface Way {
  edits: Edit[];
  /** `weight` in households or m². */
  parts: { code: string; weight: number; area_m2: number; compactness: number; geometry: GeoJSON.MultiPolygon }[];
  /** The largest, of the parts' weights from their mean, as a share of it. */
  deviation: number;
  border_m: number;
}

export interface Ways {
  weight: Weight;
  /** The best first. */
  ways: Way[];
}

/** Every grid above a number split in the best way, one after the other, on the server. */
export interface Job {
  state: 'running' | 'done' | 'stopped' | 'gave_way' | 'failed';
  /** Why it ended before it was done. */
  detail: string | null;
  filter: string;
  total: number;
  tried: number;
  done: { unit: string; edits: number[]; deviation: number }[];
  /** For which there is no way. */
  none: { unit: string; detail: string }[];
}

export interface Filter {
  filter: string;
  under?: string;
}

/** The grids that a filter takes. */
export interface Taken {
  total: number;
}

export type Wish = { parts: number; weight: Weight | null } & ({ grid: string } | { village: string });

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
export const suggest = (id: number, wish: Wish) => send<Ways>('POST', path(id, '/suggest'), wish);
export const wouldFill = (id: number, filter: Filter) => send<Taken>('POST', path(id, '/suggest'), { ...filter, dry_run: true });
export const fill = (plan: Listed, wish: Filter & { weight: Weight | null }) => send<Job>('POST', path(plan.id, '/suggest'), wish, on(plan));
export const filling = (id: number, signal?: AbortSignal) => get<Job>(path(id, '/suggest'), signal);
export const stop = (id: number) => send<Job>('DELETE', path(id, '/suggest'));
export const drop = (plan: Listed, step: number) => send<Plan>('DELETE', path(plan.id, `/edits/${step}`), undefined, on(plan));

export interface Sheet {
  file: Blob;
  kind: 'geojson' | 'gpkg';
  /** In metres: how far its vertices are taken to borders. */
  tolerance: number;
  /** The unit of which it has every grid. */
  under: string | null;
  crs: string;
}

/** Adds what an edited file says. */
export async function fromFile(plan: Listed, { file, kind, tolerance, under, crs }: Sheet): Promise<Filed> {
  const type = kind === 'gpkg' ? 'application/geopackage+sqlite3' : 'application/geo+json';
  const headers = { accept: 'application/json', 'content-type': type, ...on(plan) };
  const answer = await fetch(asked(path(plan.id, '/from-file'), { tolerance, under, crs }), { method: 'POST', headers, body: file });
  if (!answer.ok) throw await refusal(answer);
  return (await answer.json()) as Filed;
}

export type Decision = { approve: number[] } | { return: { group: number; reason: string }[] };
export const decide = (plan: Listed, decision: Decision) => send<Plan>('POST', path(plan.id, '/decide'), decision, on(plan));
export const describe = (plan: Listed, words: { document?: string; effective_from?: string }) => send<Plan>('PATCH', path(plan.id), words, on(plan));

export const attachmentPath = (id: number, name: string) => path(id, `/attachments/${encodeURIComponent(name)}`);
export const detach = (plan: Listed, name: string) => send<Plan>('DELETE', attachmentPath(plan.id, name), undefined, on(plan));

export async function attach(plan: Listed, file: File): Promise<Plan> {
  const headers = { accept: 'application/json', 'content-type': file.type || 'application/octet-stream', ...on(plan) };
  const answer = await fetch(attachmentPath(plan.id, file.name), { method: 'PUT', headers, body: file });
  if (!answer.ok) throw await refusal(answer);
  return (await answer.json()) as Plan;
}

/** What leads from one state to the next, and back. */
export type Act = 'undo' | 'redo' | 'submit' | 'approve' | 'reject' | 'publish' | 'rebase';
export const act = (plan: Listed, what: Act, body?: object) => send<Plan & { version?: number }>('POST', path(plan.id, `/${what}`), body, on(plan));
