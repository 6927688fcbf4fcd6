// How plans are spoken of: edits as short sentences, authors, times, why something was refused. Pure.

import { ago as agoIn } from '../ago';
import { distance, metresBetween } from '../format';
import type { Messages } from '../i18n';
import type { Edit, Step } from './api';
import type { PlanWords } from './words';

export const ago = (time: string, m: Messages, p: PlanWords): string => agoIn(time, m.locale, p.justNow);

/** What units are called in the draft, and were in the version below. */
export interface Names {
  called: (code: string) => string;
  was: (code: string) => string;
}

/** Of units that one edit names. */
const MOST_TOLD = 2;

/** 虹亚社区第11网格 切分为 2 片 */
export function sentence({ edit, new: drawn }: Step, { called, was }: Names, m: Messages, p: PlanWords): string {
  switch (edit.op) {
    case 'split':
      return p.done.split(called(edit.unit), drawn.length + 1);
    case 'merge': {
      const kept = edit.keep ?? edit.units[0] ?? '';
      return p.done.merge(called(kept), edit.units.filter((code) => code !== kept).map(called).join(m.comma));
    }
    case 'reshape':
      return p.done.reshape(called(edit.between[0]), called(edit.between[1]));
    case 'transfer':
      return p.done.transfer(called(edit.from), called(edit.to));
    case 'move_node':
      return p.done.move_node(distance(moved(edit), m));
    case 'assign':
      return p.done.assign(called(edit.unit), called(edit.parent));
    case 'rename':
      return p.done.rename(was(edit.unit), edit.name);
    case 'create_unit':
      return p.done.create_unit(edit.name);
    case 'redraw': {
      const drawn = edit.areas.flatMap((area) => ('unit' in area ? [area.unit] : []));
      const told = drawn.length > 0 ? drawn : [...(edit.units ?? []).flatMap(({ unit, code }) => unit ?? code ?? []), ...(edit.gone ?? [])];
      return p.done.redraw(told.slice(0, MOST_TOLD).map(called).join(m.comma), Math.max(told.length, edit.areas.length));
    }
    default:
      return p.done[edit.op](called(edit.unit));
  }
}

function moved({ at, to }: Extract<Edit, { op: 'move_node' }>): number {
  return metresBetween({ lon: at[0], lat: at[1] }, { lon: to[0], lat: to[1] });
}

/** The server's words in the reader's: those of the first part that they have. */
export const saidOf = (detail: string, words: [string, string][], other: string): string => words.find(([part]) => detail.includes(part))?.[1] ?? other;

/** Why an edit cannot be. */
export const fault = (detail: string, p: PlanWords): string => saidOf(detail, p.faults, p.fault);
