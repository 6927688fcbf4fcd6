// What was pasted into the search: one coordinate among other lines is one place, several are a list.
//
//   射阳县 › 合德镇 › …                              名称,经度,纬度
//   坐标 120.251200, 33.770100 (WGS84)   →  that line      井盖,120.22,33.75        →  null
//   http://…/#at=120.251200,33.770100                     路灯,120.25,33.77

const PAIR = /(?<![\d.])(\d{1,3}\.\d+)[\s,，、;；]+(\d{1,3}\.\d+)(?![\d.])/g;

/** The first line with the coordinate; null where there is none, or more than one. */
export function onlyPlace(text: string): string | null {
  const lines = text.split('\n').map((line) => line.trim());
  const pairs = lines.flatMap((line) => [...line.matchAll(PAIR)].map(([, a, b]) => ({ line, place: `${Number(a)} ${Number(b)}` })));
  return new Set(pairs.map(({ place }) => place)).size === 1 ? (pairs[0]?.line ?? null) : null;
}
