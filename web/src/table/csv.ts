// The table as a file for a spreadsheet.

import type { Messages } from '../i18n';
import { spreadsheet } from '../list/sheet';
import type { Field, Row } from './rows';

export function csv(rows: Row[], fields: Field[], m: Messages): Blob {
  const cell = (value: string | number | null) => (typeof value === 'number' ? String(Number(value.toFixed(4))) : (value ?? ''));
  return spreadsheet([fields.map((field) => m.table.columns[field]), ...rows.map((row) => fields.map((field) => cell(row[field])))]);
}
