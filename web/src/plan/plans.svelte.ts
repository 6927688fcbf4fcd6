// The plans: their list, the one that the address opens with what it does, and every step with it. What others did
// meanwhile is loaded and said, and nothing that the reader drew is lost by it.

import type * as GeoJSON from 'geojson';
import { untrack } from 'svelte';
import { Doing } from '../doing.svelte';
import { Latest } from '../latest.svelte';
import { route } from '../route.svelte';
import { get, Refused, type Unit } from '../server';
import type { PlanEvent } from '../stream';
import { geometryPath, unit } from '../units';
import * as api from './api';
import { isLeaf, isMoved } from './figures';
import { ghosts } from './ghosts';
import { nameFor } from './tools';

/** The most units whose old borders are looked at. */
const MOST_GHOSTS = 60;

export class Plans {
  readonly list: Latest<api.Listed[]>;
  readonly open: Latest<api.Plan>;
  readonly review: Latest<api.Review>;
  readonly changes: Latest<api.Changes>;
  readonly doing = new Doing();
  /** Whether others changed the plan under the reader's hands. */
  overtaken = $state(false);
  /** Edits that others are in the way of, until they are gone or the plan is moved. */
  conflicts = $state.raw<api.Conflict[]>([]);
  /** The version that the reader has just published from it. */
  published = $state.raw<number | null>(null);
  /** Borders of the version below that are none any more. */
  ghosts = $state.raw<GeoJSON.FeatureCollection>({ type: 'FeatureCollection', features: [] });
  /** Names of units that stand in the edits, by code. */
  #names = $state.raw(new Map<string, string>());
  #asked = new Set<string>();

  /** Made while a component starts. */
  constructor(silent: () => void) {
    this.list = new Latest(silent);
    this.open = new Latest(silent);
    this.review = new Latest(silent);
    this.changes = new Latest(silent);
    $effect(() => {
      void route.plan;
      untrack(() => this.#turn());
    });
  }

  get plan(): api.Plan | null {
    return this.open.answer;
  }

  /** Whether it can be drawn in. */
  get editable(): boolean {
    return this.plan?.status === 'draft' || this.plan?.status === 'rejected';
  }

  #turn(): void {
    this.doing.problem = null;
    this.overtaken = false;
    this.published = null;
    this.conflicts = [];
    this.#heard = 0;
    this.#names = new Map();
    this.#asked.clear();
    this.review.clear();
    this.changes.clear();
    this.ghosts = { type: 'FeatureCollection', features: [] };
    this.#shapes.clear();
    if (route.plan === null) {
      this.open.clear();
      void this.list.ask(api.plans, true);
    } else void this.load(false);
  }

  /** Asks for the open plan and what it does. */
  async load(keep = true): Promise<void> {
    const id = route.plan;
    if (id === null) return;
    // Asked again in vain, it stays as it is: what is drawn in it would be lost with it.
    const same = (problem: unknown): api.Plan => {
      if (keep && this.plan?.id === id && !(problem instanceof Refused && problem.status < 429)) return this.plan;
      throw problem;
    };
    const plan = await this.open.ask((signal) => api.plan(id, signal).catch(same), keep);
    if (plan) await this.look(id);
  }

  /** Asks what it does. */
  async look(id: number): Promise<void> {
    await Promise.all([this.review.ask((signal) => api.review(id, signal), true), this.changes.ask((signal) => api.changes(id, signal), true)]);
    this.#name();
    await this.#haunt();
  }

  /** Does something on the plan as it is here. Where others were faster, what they did is loaded, and null comes back. */
  async run<T>(what: (plan: api.Plan) => Promise<T>): Promise<T | null> {
    const plan = this.plan;
    if (!plan) return null;
    this.overtaken = false;
    const done = await this.doing.run(() => what(plan));
    const { problem } = this.doing;
    if (problem instanceof Refused && [409, 412].includes(problem.status)) {
      this.overtaken = problem.status === 412;
      const conflicts = problem.problem['conflicts'];
      if (Array.isArray(conflicts)) this.conflicts = conflicts as api.Conflict[];
      if (this.overtaken || Array.isArray(conflicts)) this.doing.problem = null;
      await this.load();
    }
    return done;
  }

  async add(edit: api.Edit): Promise<api.Effect | null> {
    const done = await this.run((plan) => api.add(plan, edit));
    const plan = this.plan;
    if (!done || !plan) return null;
    this.open.answer = { ...plan, status: 'draft', revision: done.revision, can_undo: true, can_redo: false };
    void this.load();
    return done;
  }

  /** A piece that a split makes is called as its neighbours are, by the code that it would get. */
  async named(edit: api.Edit, { code, name }: Pick<Unit, 'code' | 'name'>): Promise<api.Edit> {
    const plan = this.plan;
    if (edit.op !== 'split' || edit.new?.length || !plan) return edit;
    const known = this.called(edit.unit);
    const called = edit.unit === code && known === code ? name : known;
    const tried = await api.attempt(plan.id, edit).catch(() => null);
    return tried ? { ...edit, new: tried.new.map(({ code }) => ({ name: nameFor(called, code) })) } : edit;
  }

  async drop(step: number): Promise<boolean> {
    const plan = await this.run((plan) => api.drop(plan, step));
    this.#take(plan);
    return plan !== null;
  }

  /** Adds what a file says: how many edits, and how many of its vertices were taken to borders. */
  async read(sheet: api.Sheet): Promise<{ edits: number; snapped: number } | null> {
    const before = this.plan?.edits.length ?? 0;
    const filed = await this.run((plan) => api.fromFile(plan, sheet));
    this.#take(filed);
    return filed && { edits: filed.edits.length - before, snapped: filed.snapped.length };
  }

  /** Decides groups of its edits, says something else of it, keeps a paper with it or drops one: what answers with the plan. */
  async change(what: (plan: api.Plan) => Promise<api.Plan>): Promise<boolean> {
    const plan = await this.run(what);
    this.#take(plan);
    return plan !== null;
  }

  async act(what: api.Act, body?: object): Promise<boolean> {
    const done = await this.run((plan) => api.act(plan, what, body));
    this.#take(done);
    if (done) this.conflicts = [];
    if (done?.version) this.published = done.version;
    return done !== null;
  }

  #take(plan: api.Plan | null): void {
    if (!plan || plan.id !== route.plan) return;
    this.open.answer = plan;
    this.conflicts = this.conflicts.filter(({ edit }) => plan.edits.some(({ id }) => id === edit));
    void this.look(plan.id);
  }

  async begin(title: string, note: string): Promise<boolean> {
    const plan = await this.doing.run(() => api.begin(title, note));
    if (plan) route.go({ plan: String(plan.id) });
    return plan !== null;
  }

  /** Drops the edits that others are in the way of, the last first, and moves the rest to the current version. */
  async yield(): Promise<void> {
    for (const { edit } of this.conflicts.toSorted((a, b) => b.edit - a.edit)) if (!(await this.drop(edit))) return;
    await this.act('rebase');
  }

  /** What became of a plan, here or elsewhere. Of many edits in a row each is not asked for. */
  hear({ plan, revision }: PlanEvent): void {
    if (route.plan === null) void this.list.ask(api.plans, true);
    const open = this.plan;
    if (!open || open.id !== plan || open.revision >= revision || this.doing.busy) return;
    this.#heard = Math.max(this.#heard, revision);
    if (!this.#hearing) void this.#catchUp();
  }
  #heard = 0;
  #hearing = false;

  async #catchUp(): Promise<void> {
    this.#hearing = true;
    while (this.plan && this.plan.revision < this.#heard && !this.doing.busy && !this.open.problem) await this.load();
    this.#hearing = false;
  }

  /** All is asked for again: something may have been missed. */
  renew(): void {
    if (route.plan === null) void this.list.ask(api.plans, true);
    else if (!this.doing.busy) void this.load();
  }

  /** What the unit is called: as it is in the draft, or was in the version below. */
  called(code: string): string {
    const units = this.review.answer?.units ?? [];
    const found = units.find(({ after }) => after?.code === code)?.after ?? units.find(({ before }) => before?.code === code)?.before;
    return found?.name || this.#names.get(code) || code;
  }

  /** The uids of units that the plan changes, by their codes before or after. */
  uidsOf(codes: string[]): number[] {
    const units = this.review.answer?.units ?? [];
    return units.filter(({ before, after }) => codes.some((code) => code === after?.code || code === before?.code)).map(({ uid }) => uid);
  }

  /** Asks how the units that change were bounded: each once, and no more than are told apart. */
  async #haunt(): Promise<void> {
    const plan = this.plan;
    const changed = (this.review.answer?.units ?? []).filter((unit) => isLeaf(unit) && isMoved(unit));
    const were = changed.flatMap(({ uid, before }) => (before ? [{ uid, code: before.code }] : [])).slice(0, MOST_GHOSTS);
    if (!plan) return;
    for (const { code } of were) if (!this.#shapes.has(code)) this.#shapes.set(code, get<GeoJSON.Feature>(geometryPath(code, plan.base_version)).catch(() => null));
    const found = await Promise.all(were.map(async ({ uid, code }) => ({ uid, shape: await this.#shapes.get(code) })));
    const old = new Map(found.flatMap(({ uid, shape }) => (shape ? [[uid, shape.geometry] as const] : [])));
    if (plan.id === this.plan?.id) this.ghosts = ghosts(this.changes.answer?.features ?? [], old);
  }
  #shapes = new Map<string, Promise<GeoJSON.Feature | null>>();

  /** What the unit was called in the version below; nothing for one that is new. */
  was(code: string): string {
    const found = this.review.answer?.units.find(({ before, after }) => before?.code === code || after?.code === code);
    return found ? (found.before?.name ?? '') : this.called(code);
  }

  /** Asks what units are called that the review does not name. Those drawn in the plan the version below has not got. */
  #name(): void {
    const plan = this.plan;
    if (!plan) return;
    const drawn = new Set(plan.edits.flatMap((step) => step.new.map(({ code }) => code)));
    this.learn(plan.edits.flatMap(({ edit }) => codesOf(edit)).filter((code) => !drawn.has(code)));
  }

  /** Asks what units of the version below are called, of those not known yet. */
  learn(codes: string[]): void {
    const plan = this.plan;
    const missing = plan ? untrack(() => codes.filter((code) => this.called(code) === code && !this.#asked.has(code))) : [];
    for (const code of new Set(missing)) {
      this.#asked.add(code);
      this.#learning = this.#learning.then(async () => {
        const found = plan && plan.id === this.plan?.id ? await unit(code, plan.base_version).catch(() => null) : null;
        if (found && plan?.id === this.plan?.id) this.#names = new Map(this.#names).set(code, found.name);
      });
    }
  }
  #learning = Promise.resolve();
}

/** The units that an edit speaks of. */
export function codesOf(edit: api.Edit): string[] {
  switch (edit.op) {
    case 'merge':
      return edit.units;
    case 'reshape':
      return edit.between;
    case 'transfer':
      return [edit.from, edit.to];
    case 'assign':
      return [edit.unit, edit.parent];
    case 'move_node':
      return [];
    case 'create_unit':
      return edit.parent ? [edit.parent] : [];
    case 'redraw':
      return edit.areas.flatMap((area) => ('unit' in area ? [area.unit] : []));
    default:
      return [edit.unit];
  }
}
