// Night turned into day, for paper: light and dark change places, hues stay. A map cannot be drawn anew between the
// print key and the printer, so the one that is there is turned over, its legend with it.
//
//   (16, 22, 29) slate   →   (226, 232, 239) nearly white        per pixel: c + 255 − greatest − least

import type { MapColours } from './palette';

const lift = (r: number, g: number, b: number) => 255 - Math.max(r, g, b) - Math.min(r, g, b);

/** A copy of the picture. */
export function byDay(picture: HTMLCanvasElement): HTMLCanvasElement {
  const copy = document.createElement('canvas');
  copy.width = picture.width;
  copy.height = picture.height;
  const pen = copy.getContext('2d');
  if (!pen) throw new Error('no 2d canvas');
  pen.drawImage(picture, 0, 0);
  const pixels = pen.getImageData(0, 0, copy.width, copy.height);
  const { data } = pixels;
  for (let i = 0; i < data.length; i += 4) {
    const [r = 0, g = 0, b = 0] = [data[i], data[i + 1], data[i + 2]];
    const by = lift(r, g, b);
    data[i] = r + by;
    data[i + 1] = g + by;
    data[i + 2] = b + by;
  }
  pen.putImageData(pixels, 0, 0);
  return copy;
}

/** The colours that the turned picture has. */
export function coloursByDay({ border, ramp, noData, villageDash }: MapColours): MapColours {
  return {
    border: Object.fromEntries(Object.entries(border).map(([level, colour]) => [level, turned(colour)])),
    ramp: ramp.map(turned),
    noData: turned(noData),
    villageDash,
  };
}

/** `#rrggbb`, as the palettes have them. */
function turned(colour: string): string {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  const by = lift(r, g, b);
  return `rgb(${r + by} ${g + by} ${b + by})`;
}
