// The scale bar: a round length and how long it is drawn.

const EQUATOR_M = 40_075_016.686; // Web Mercator's equator
const TILE_PX = 512;

export interface View {
  zoom: number;
  lat: number;
}

/** The longest of 1, 2, 5 × 10ⁿ metres that is drawn no longer than `most` px. */
export function scaleBar({ zoom, lat }: View, most: number): { metres: number; px: number } {
  const perPx = (EQUATOR_M * Math.cos((lat * Math.PI) / 180)) / (TILE_PX * 2 ** zoom);
  const power = 10 ** Math.floor(Math.log10(most * perPx));
  const metres = [5, 2, 1].map((step) => step * power).find((length) => length <= most * perPx) ?? power;
  return { metres, px: metres / perPx };
}

export const scaleText = ({ metres }: { metres: number }, m: { metre: string; kilometre: string }): string =>
  metres < 1000 ? `${metres} ${m.metre}` : `${metres / 1000} ${m.kilometre}`;
