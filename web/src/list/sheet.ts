// A table of text: from a file or the clipboard to rows of cells, and back to CSV.
//
//   "a, b";120,3      separator ;   →   [['a, b', '120,3']]
//
// A paste from several hands has several separators: the one that most lines have is taken, and each row keeps the
// text it was read from, so that a row that does not read so can be read by itself (mixed.ts).

export type Rows = string[][];

/** UTF-8, and where it is not that, GB 18030: what Excel writes in China (GBK is a part of it). */
export function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

export interface Sheet {
  rows: Rows;
  /** What each row was read from. */
  lines: string[];
}

const SEPARATORS = ['\t', ',', ';', '，', '；', '、', ' '];

/** The first separator that every one of the first lines has, or else the one that most of them have. */
function separator(text: string): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim()).slice(0, 20);
  const having = (mark: string) => lines.filter((line) => line.trim().includes(mark)).length;
  return SEPARATORS.reduce((best, mark) => (having(mark) > having(best) ? mark : best));
}

/** Rows without the empty ones; quotes as RFC 4180 has them. */
export const rowsOf = (text: string, mark?: string): Rows => sheetOf(text, mark).rows;

export function sheetOf(text: string, mark = separator(text)): Sheet {
  const rows: Rows = [];
  const lines: string[] = [];
  let from = 0;
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endCell = () => {
    row.push(cell.trim());
    cell = '';
  };
  const endRow = (at: number) => {
    endCell();
    const line = text.slice(from, at).replace('\uFEFF', '').trim();
    from = at + 1;
    // Columns that were lined up with blanks.
    if (mark === ' ') row = row.filter((part) => part !== '');
    if (row.some((part) => part !== '')) {
      rows.push(row);
      lines.push(line);
    }
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
    else if (char === '\n') endRow(i);
    else if (char !== '\r' && char !== '\uFEFF') cell += char;
  }
  endRow(text.length);
  return { rows, lines };
}

const quote = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export const csvOf = (rows: Rows, end = '\n'): string => rows.map((row) => `${row.map(quote).join(',')}${end}`).join('');

/** CSV in UTF-8 with the mark by which Excel knows it, lines as RFC 4180 has them. */
export const spreadsheet = (rows: Rows): Blob => new Blob(['\uFEFF', csvOf(rows, '\r\n')], { type: 'text/csv;charset=utf-8' });
