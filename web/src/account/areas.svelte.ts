// What the units are called that grants name by their codes. Asked once each; until then, and where there is none, a code
// stands for itself.

import { SvelteMap } from 'svelte/reactivity';
import { unit } from '../units';

const names = new SvelteMap<string, string>();
const asking = new Set<string>();

export function areaName(code: string): string {
  if (!asking.has(code)) {
    asking.add(code);
    void unit(code, null).then(
      ({ name }) => names.set(code, name),
      () => null,
    );
  }
  return names.get(code) ?? '';
}

/** Where somebody knows it already. */
export function learn(code: string, name: string): void {
  asking.add(code);
  names.set(code, name);
}
