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
    default:
      return p.done[edit.op](called(edit.unit));
  }
}

function moved({ at, to }: Extract<Edit, { op: 'move_node' }>): number {
  return metresBetween({ lon: at[0], lat: at[1] }, { lon: to[0], lat: to[1] });
}

/** The server's words for why an edit cannot be, in the reader's. */
export const fault = (detail: string, p: PlanWords): string => p.faults.find(([part]) => detail.includes(part))?.[1] ?? p.fault;
