// The view as a picture on a sheet: title, map, legend, scale, and a foot that says of when, from what and
// by whom. Drawn in CSS px and the colours of the page; `ratio` px of the picture stand for one of them.
//
//   ┌─────────────────────────┐
//   │ 射阳县 · 户数密度         │
//   │ ┌─────────────────────┐ │
//   │ │ map         ┌legend┐│ │
//   │ │             └──────┘│ │
//   │ └─────────────────────┘ │
//   │ ├──┤ 5 km  版本 · 制图日期 │
//   └─────────────────────────┘

import { number, span } from './format';
import { levelWord, measureUnit, measureWord, type Messages } from './i18n';
import { roleOf } from './map/levels';
import { PIN } from './map/pin';
import { scaleBar, scaleText, type View } from './map/scale';
import { decimals, ranges, shades, type Column } from './measures';
import type { MapColours } from './palette';
import type { Summary } from './server';

export interface Subject {
  /** What the map has drawn, the pin left out. */
  map: HTMLCanvasElement;
  /** The map's width in CSS px. */
  width: number;
  view: View;
  /** Where the pin's tip is, in CSS px of the map. */
  pin: { x: number; y: number } | null;
  summary: Summary;
  column: Column | null;
  /** The chosen unit's name, for the title. */
  name: string | null;
  /** The colours in which the map is drawn. */
  palette: MapColours;
  m: Messages;
}

const MARGIN = 28;
const HEAD = 64;
const FOOT = 64;
const FONT = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";

/** A colour of the page as it is now: see app.css. */
const token = (name: 'ink' | 'ink-2' | 'panel' | 'accent') => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** The sheet, ready to be saved or printed. */
export function sheet(subject: Subject): HTMLCanvasElement {
  const { map, width } = subject;
  const ratio = map.width / width;
  const height = map.height / ratio;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round((width + 2 * MARGIN) * ratio);
  canvas.height = Math.round((HEAD + height + FOOT) * ratio);
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('no 2d canvas');
  pen.scale(ratio, ratio);
  pen.fillStyle = token('panel');
  pen.fillRect(0, 0, width + 2 * MARGIN, HEAD + height + FOOT);
  pen.drawImage(map, MARGIN, HEAD, width, height);
  pen.strokeStyle = token('ink-2');
  pen.lineWidth = 1;
  pen.strokeRect(MARGIN, HEAD, width, height);
  pin(pen, subject);
  title(pen, subject);
  legend(pen, subject, { right: MARGIN + width - 14, bottom: HEAD + height - 14 });
  foot(pen, subject, HEAD + height, width);
  return canvas;
}

export const asPng = (canvas: HTMLCanvasElement): Promise<Blob> =>
  new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error('the canvas gave no picture'))), 'image/png'));

function write(pen: CanvasRenderingContext2D, text: string, x: number, y: number, size: number, color: string, weight = 400) {
  pen.font = `${weight} ${size}px ${FONT}`;
  pen.fillStyle = color;
  pen.fillText(text, x, y);
}

function pin(pen: CanvasRenderingContext2D, { pin }: Subject) {
  if (!pin) return;
  pen.save();
  pen.translate(MARGIN + pin.x - PIN.width / 2, HEAD + pin.y - PIN.height + 1);
  pen.fillStyle = token('accent');
  pen.strokeStyle = token('panel');
  pen.lineWidth = 1.6;
  const body = new Path2D(PIN.body);
  pen.fill(body);
  pen.stroke(body);
  pen.fillStyle = token('panel');
  pen.fill(new Path2D(PIN.eye));
  pen.restore();
}

function title(pen: CanvasRenderingContext2D, { summary, column, name, m }: Subject) {
  const what = column ? m.aside(measureWord(m, column), measureUnit(m, column)) : null;
  const parts = [summary.name, name === summary.name ? null : name, what].filter((part) => part !== null);
  write(pen, parts.join(' · '), MARGIN, HEAD - 22, 24, token('ink'), 600);
}

function foot(pen: CanvasRenderingContext2D, { summary, view, m }: Subject, y: number, width: number) {
  const bar = scaleBar(view, 120);
  pen.strokeStyle = token('ink');
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.moveTo(MARGIN, y + 14);
  pen.lineTo(MARGIN, y + 20);
  pen.lineTo(MARGIN + bar.px, y + 20);
  pen.lineTo(MARGIN + bar.px, y + 14);
  pen.stroke();
  write(pen, scaleText(bar, m), MARGIN + bar.px + 10, y + 22, 13, token('ink'));

  const date = new Intl.DateTimeFormat(m.locale, { dateStyle: 'long' });
  const from = summary.effective_from ? m.versions.shows(summary.version, date.format(new Date(summary.effective_from))) : m.version(summary.version);
  const line = [from, m.picture.date(date.format(new Date()))].join(' · ');
  pen.textAlign = 'right';
  write(pen, line, MARGIN + width, y + 22, 13, token('ink'));
  pen.textAlign = 'left';
  const said = [summary.attribution, summary.background?.attribution, summary.synthetic ? m.syntheticLong : null].filter(Boolean).join(' · ');
  write(pen, said, MARGIN, y + 46, 12, token('ink-2'));
}

interface Line {
  /** A class's colour, or how a level's border is drawn. */
  fill?: string;
  stroke?: { color: string; width: number; dash: number[] };
  text: string;
  count: string;
}

function lines({ summary, column, palette, m }: Subject): { head: string[]; rows: Line[] } {
  if (column) {
    const places = decimals(column);
    const colours = shades(palette.ramp, column.classes.length + 1);
    const classes = ranges(column).flatMap((range, i): Line[] => {
      if (!range) return [];
      return [{ fill: colours[i] ?? '', text: span(range, m, places), count: '' }];
    });
    const head = [measureWord(m, column), measureUnit(m, column), m.measure.method(levelWord(m, column.level))];
    return { head, rows: [...classes, { fill: palette.noData, text: m.measure.noData, count: '' }] };
  }
  const widths: Record<string, number> = { county: 2.6, town: 1.8, village: 1.2, grid: 0.8 };
  const rows = summary.levels.map((level): Line => {
    const role = roleOf(summary.levels, level.name) ?? 'grid';
    const color = palette.border[role] ?? '';
    const dash = role === 'village' && palette.villageDash ? [4, 2] : [];
    return { stroke: { color, width: widths[role] ?? 0.8, dash }, text: levelWord(m, level.name), count: number(level.units, m) };
  });
  return { head: [], rows };
}

function legend(pen: CanvasRenderingContext2D, subject: Subject, corner: { right: number; bottom: number }) {
  const { head, rows } = lines(subject);
  pen.font = `400 13px ${FONT}`;
  const widest = (texts: string[]) => Math.max(0, ...texts.map((text) => pen.measureText(text).width));
  const [text, count] = [widest(rows.map((row) => row.text)), widest(rows.map((row) => row.count))];
  const width = Math.max(28 + text + 20 + count, widest(head)) + 28;
  const height = 16 + head.length * 20 + rows.length * 21;
  const [x, y] = [corner.right - width, corner.bottom - height];
  pen.fillStyle = token('panel');
  pen.beginPath();
  pen.roundRect(x, y, width, height, 8);
  pen.fill();
  head.forEach((said, i) => write(pen, said, x + 14, y + 22 + i * 20, i === 0 ? 13 : 12, i === 0 ? token('ink') : token('ink-2'), i === 0 ? 600 : 400));
  rows.forEach((row, i) => {
    const at = y + 8 + head.length * 20 + i * 21 + 11;
    sample(pen, row, x + 14, at);
    write(pen, row.text, x + 14 + 30, at + 5, 13, token('ink'));
    pen.textAlign = 'right';
    write(pen, row.count, x + width - 14, at + 5, 12, token('ink-2'));
    pen.textAlign = 'left';
  });
}

function sample(pen: CanvasRenderingContext2D, { fill, stroke }: Line, x: number, y: number) {
  pen.save();
  if (fill) {
    pen.fillStyle = fill;
    pen.fillRect(x, y - 7, 22, 14);
    pen.strokeStyle = token('ink-2');
    pen.lineWidth = 0.5;
    pen.strokeRect(x, y - 7, 22, 14);
  }
  if (stroke) {
    pen.strokeStyle = stroke.color;
    pen.lineWidth = stroke.width;
    pen.setLineDash(stroke.dash);
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(x + 22, y);
    pen.stroke();
  }
  pen.restore();
}
