// What axe finds on a page that keeps somebody out.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function serious(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations
    .filter(({ id, impact }) => ['serious', 'critical'].includes(impact) || id === 'landmark-unique')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join(' | ')}`);
}

/** What a finger can hardly hit. */
export const small = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('button, select, input, textarea, summary, a')]
      .map((one) => ({ name: one.ariaLabel || one.title || one.innerText || one.id, hidden: one.ariaHidden === 'true', box: one.getBoundingClientRect(), cell: one.closest('tr, li, label')?.getBoundingClientRect() }))
      .filter(({ hidden, box }) => box.width > 1 && !hidden)
      .filter(({ box, cell }) => Math.max(box.height, cell?.height ?? 0) < 39.5 || Math.max(box.width, cell?.width ?? 0) < 39.5)
      .map(({ name, box }) => `${name}: ${Math.round(box.width)} × ${Math.round(box.height)}`),
  );
