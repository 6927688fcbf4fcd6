// The table as a file for a spreadsheet.

import type { Messages } from '../i18n';
import type { Field, Row } from './rows';

/** CSV in UTF-8 with the mark by which Excel knows it, lines as RFC 4180 has them. */
export function csv(rows: Row[], fields: Field[], m: Messages): Blob {
  const cell = (value: string | number | null) => {
    const text = typeof value === 'number' ? String(Number(value.toFixed(4))) : (value ?? '');
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [fields.map((field) => cell(m.table.columns[field])), ...rows.map((row) => fields.map((field) => cell(row[field])))];
  return new Blob(['\ufeff', lines.map((line) => `${line.join(',')}\r\n`).join('')], { type: 'text/csv;charset=utf-8' });
}
