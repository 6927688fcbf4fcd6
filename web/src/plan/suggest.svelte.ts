// Ways to split a grid or to regroup a village's: asked for, looked at one after the other, and one of them taken.
//
//   unit, parts, weight ──ask──▶ 1 2 3 ──take──▶ edits of the plan, each to be undone, changed or dropped

import { Doing } from '../doing.svelte';
import { Latest } from '../latest.svelte';
import type { Unit } from '../server';
import { unit as askUnit } from '../units';
import { fill, filling, stop, suggest, wouldFill, type Job, type Taken, type Way, type Ways, type Weight } from './api';
import type { Plans } from './plans.svelte';

/** What is to be changed: one grid, the grids of one village, or every grid above a number. */
export type Of = 'grid' | 'village' | 'filter';

/** What a filter counts. */
export type Counted = 'households' | 'area_km2' | 'households_per_km2';

const EVERY_MS = 1000;

export class Suggesting {
  of = $state<Of>('grid');
  unit = $state.raw<Unit | null>(null);
  /** How many grids the village has now. */
  grids = $state<number | null>(null);
  parts = $state(2);
  weight = $state<Weight | null>(null);
  readonly ways = new Latest<Ways>();
  /** Which of the ways is looked at. */
  at = $state(0);
  shown: Way | null = $derived(this.ways.answer?.ways[this.at] ?? null);

  measure = $state<Counted>('households');
  above = $state(500);
  /** Code of the unit whose grids they are; empty: all. */
  under = $state('');
  /** Which grids it would be. */
  readonly taken = new Latest<Taken>();
  /** What the server does of that, or did last. */
  job = $state.raw<Job | null>(null);
  readonly doing = new Doing();
  #timer = 0;

  constructor(private readonly plans: Plans) {}

  turn(of: Of): void {
    this.of = of;
    this.give(null);
  }

  give(unit: Unit | null): void {
    this.unit = unit;
    this.grids = null;
    this.ways.clear();
    this.parts = 2;
    if (unit && this.of === 'village') void this.#count(unit);
  }

  /** One more grid than there are would need a split: a village is made fewer. */
  async #count({ code }: Unit): Promise<void> {
    const found = await askUnit(code, this.plans.plan?.base_version ?? null).catch(() => null);
    if (!found || this.unit?.code !== code) return;
    this.grids = found.children.length;
    this.parts = Math.max(1, found.children.length - 1);
  }

  async ask(): Promise<Way | null> {
    const [plan, unit] = [this.plans.plan, this.unit];
    if (!plan || !unit) return null;
    this.at = 0;
    const wish = { parts: this.parts, weight: this.weight };
    await this.ways.ask(() => suggest(plan.id, this.of === 'village' ? { village: unit.code, ...wish } : { grid: unit.code, ...wish }));
    return this.shown;
  }

  /** Adds the edits of the way that is looked at. Where one cannot be, those before it stay, and why is said. */
  async take(): Promise<boolean> {
    const unit = this.unit;
    for (const edit of (unit && this.shown?.edits) || []) if (!(await this.plans.add(await this.plans.named(edit, unit ?? { code: '', name: '' })))) return false;
    this.give(null);
    return true;
  }

  /** One thing back: the ways, the unit. */
  back(): boolean {
    if (this.ways.answer || this.ways.problem) this.ways.clear();
    else if (this.unit) this.give(null);
    else return false;
    return true;
  }

  get #filter() {
    return { filter: `${this.measure}>${this.above}`, ...(this.under && { under: this.under }) };
  }

  /** Asks which grids are above the number. */
  async count(): Promise<void> {
    const plan = this.plans.plan;
    if (plan && this.above > 0) await this.taken.ask(() => wouldFill(plan.id, this.#filter), true);
    else this.taken.clear();
  }

  /** Begins with every grid above the number. */
  async fill(): Promise<void> {
    const job = await this.plans.run((plan) => fill(plan, { ...this.#filter, weight: this.weight }));
    if (job) this.#follow(job);
  }

  async stop(): Promise<void> {
    const plan = this.plans.plan;
    const job = plan && (await this.doing.run(() => stop(plan.id)));
    if (job) this.#follow(job);
  }

  /** Asks how far it is: a job goes on where the page is closed. */
  async look(): Promise<void> {
    const plan = this.plans.plan;
    const job = plan && (await filling(plan.id).catch(() => null));
    if (job && plan.id === this.plans.plan?.id) this.#follow(job);
  }

  #follow(job: Job): void {
    const ended = this.job?.state === 'running' && job.state !== 'running';
    this.job = job;
    clearTimeout(this.#timer);
    if (job.state === 'running') this.#timer = setTimeout(() => void this.look(), EVERY_MS);
    else if (ended) void this.plans.load();
  }

  /** What it made of one grid goes again, and the ways for that grid are looked at. */
  async change(unit: Unit, edits: number[]): Promise<Way | null> {
    if (!(await this.remove(edits))) return null;
    this.turn('grid');
    this.give(unit);
    this.parts = edits.length + 1;
    return this.ask();
  }

  async remove(edits: number[]): Promise<boolean> {
    for (const edit of edits.toReversed()) if (!(await this.plans.drop(edit))) return false;
    return true;
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
