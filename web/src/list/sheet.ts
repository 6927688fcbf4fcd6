// A table of text: from a file or the clipboard to rows of cells, and back to CSV.
//
//   "a, b";120,3      separator ;   →   [['a, b', '120,3']]

export type Rows = string[][];

/** UTF-8, and where it is not that, GB 18030: what Excel writes in China (GBK is a part of it). */
export function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

const SEPARATORS = ['\t', ',', ';', '，', '；', ' '];

/** The first separator that every one of the first lines has. */
function separator(text: string): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim()).slice(0, 20);
  return SEPARATORS.find((mark) => lines.every((line) => line.trim().includes(mark))) ?? ',';
}

/** Rows without the empty ones; quotes as RFC 4180 has them. */
export function rowsOf(text: string): Rows {
  const mark = separator(text);
  const rows: Rows = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endCell = () => {
    row.push(cell.trim());
    cell = '';
  };
  const endRow = () => {
    endCell();
    // Columns that were lined up with blanks.
    if (mark === ' ') row = row.filter((part) => part !== '');
    if (row.some((part) => part !== '')) rows.push(row);
    row = [];
  };
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (char === '"' && cell.trim() === '') {
      quoted = true;
      cell = '';
    } else if (char === mark) endCell();
    else if (char === '\n') endRow();
    else if (char !== '\r' && char !== '\uFEFF') cell += char;
  }
  endRow();
  return rows;
}

const quote = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export const csvOf = (rows: Rows): string => rows.map((row) => `${row.map(quote).join(',')}\n`).join('');
