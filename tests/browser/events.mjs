// What the server says of a version, and which tiles a page asked for.

/** The next event that says a version is published, from a stream of our own that is open before `act` is done. */
export async function published(url, act) {
  const gone = new AbortController();
  const { body } = await fetch(`${url}/api/events`, { signal: gone.signal });
  const done = act();
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const found = /event: published\nid: (\d+)\ndata: (.*)\n\n/.exec(text);
    if (!found) continue;
    gone.abort();
    await done;
    return { id: Number(found[1]), ...JSON.parse(found[2]) };
  }
}

/** Tiles of units that were asked for, as z/x/y, with the version each was asked for as. */
export const tilesOf = (urls) =>
  urls.filter(({ pathname }) => pathname.startsWith('/tiles/county/')).map(({ pathname, searchParams }) => ({ tile: pathname.slice('/tiles/county/'.length, -'.mvt'.length), v: searchParams.get('v') }));

/** Whether an event says that the tile was touched. */
export function isTouched(event, { tile }) {
  const [z, x, y] = tile.split('/').map(Number);
  return (event.tiles[z] ?? []).some(([x0, y0, x1, y1]) => x0 <= x && x <= x1 && y0 <= y && y <= y1);
}

/** Waits until the page has asked for nothing for a second: a stream keeps its network from ever being idle. */
export async function quiet(page, seen) {
  for (let n = -1; n !== seen.urls.length; ) {
    n = seen.urls.length;
    await page.waitForTimeout(1000);
  }
}
