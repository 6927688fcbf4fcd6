// Keys that stand for a step, wherever the focus is but in a field; Escape there too.

/** By `event.key`, letters small. */
export type Acts = Record<string, (event: KeyboardEvent) => void>;

export const typing = (target: EventTarget | null) => target instanceof HTMLElement && target.matches('input, textarea, select');

export function press(event: KeyboardEvent, acts: Acts): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target) && event.key !== 'Escape') return;
  acts[event.key.length === 1 ? event.key.toLowerCase() : event.key]?.(event);
}
