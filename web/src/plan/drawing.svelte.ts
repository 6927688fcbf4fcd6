// The tool in hand and what it has been given. Points come from the pointer, a finger, or the cross in the middle of
// the map; units from the map, the search or a list. Every step can be taken back.

import type { LonLat, Unit } from '../server';
import type { Edit } from './api';
import { due, edit, TOOLS, type Due, type Given, type Tool, type ToolName } from './tools';

/** Where the next point would be. */
export interface Aim {
  at: LonLat;
  /** In px of the map; null where a finger leaves no pointer. */
  x: number;
  y: number;
  /** In metres: how near a border draws it. */
  tolerance: number;
  /** A finger covers what it points at: nothing stands beside it, and its last point may be put right. */
  finger: boolean;
}

export class Drawing {
  tool = $state.raw<Tool | null>(null);
  units = $state.raw<Unit[]>([]);
  points = $state.raw<LonLat[]>([]);
  parent = $state.raw<Unit | null>(null);
  name = $state('');
  aim = $state.raw<Aim | null>(null);
  /** Of the last point that was placed. */
  tolerance = $state(0);

  given: Given = $derived({ units: this.units, points: this.points, parent: this.parent, name: this.name });
  due: Due | null = $derived(this.tool && due(this.tool, this.given));
  /** Whether points are drawn now. */
  drawing = $derived(this.due === 'first' || this.due === 'point');
  /** Whether no more points are taken: another takes the place of the last. */
  full = $derived(this.tool !== null && this.tool.points[1] > 0 && this.points.length >= this.tool.points[1]);
  /** The edit that Enter makes. */
  edit: Edit | null = $derived(this.tool && edit(this.tool, this.given, this.tolerance));
  /** The edit with the next point where the pointer is. */
  tried: Edit | null = $derived.by(() => {
    const { tool, aim } = this;
    if (!tool) return null;
    if (!this.drawing || !aim || this.full) return this.edit;
    return edit(tool, { ...this.given, points: [...this.points, aim.at] }, aim.tolerance);
  });

  take(name: ToolName | null): void {
    const kept = this.tool === null && name !== 'move' ? this.units.slice(0, 1) : [];
    this.clear();
    this.tool = TOOLS.find((tool) => tool.name === name) ?? null;
    this.units = kept;
    this.name = kept[0]?.name ?? '';
  }

  clear(): void {
    this.units = [];
    this.points = [];
    this.parent = null;
    this.name = '';
  }

  /** Whether a unit is what is due. */
  get wantsUnit(): boolean {
    return this.tool === null || this.due === 'unit' || this.due === 'second' || this.due === 'more';
  }

  /** A unit was pointed at: taken, or in a merge given back. */
  give(unit: Unit): void {
    if (this.due === 'parent') {
      this.parent = unit;
      return;
    }
    if (!this.wantsUnit) return;
    if (this.units.some(({ uid }) => uid === unit.uid)) {
      if (this.tool?.name === 'merge' || !this.tool) this.units = this.units.filter(({ uid }) => uid !== unit.uid);
      return;
    }
    this.units = this.tool ? [...this.units, unit] : [unit];
    this.name = this.units[0]?.name ?? '';
  }

  /** A point; true where there is enough for the edit and no more is taken. */
  put({ at, tolerance }: Pick<Aim, 'at' | 'tolerance'>): boolean {
    if (!this.tool || !this.drawing) return false;
    this.points = [...(this.full ? this.points.slice(0, -1) : this.points), at];
    this.tolerance = tolerance;
    return this.full;
  }

  /** Takes the last point back, or the last unit. */
  drop(): boolean {
    if (this.points.length > 0) this.points = this.points.slice(0, -1);
    else if (this.tool && this.units.length > 0) this.units = this.units.slice(0, -1);
    else return false;
    return true;
  }

  /** One thing back: the line, the units, the tool. */
  back(): boolean {
    if (this.points.length > 0) this.points = [];
    else if (this.parent) this.parent = null;
    else if (this.tool && this.units.length > 0) this.units = [];
    else if (this.tool) this.tool = null;
    else if (this.units.length > 0) this.units = [];
    else return false;
    return true;
  }

  /** The edit was made: the tool stays in hand. */
  made(): void {
    this.clear();
  }
}
