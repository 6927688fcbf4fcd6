// A long press: one finger that stays where it is. It locates, as a click does; a lift soon after is no click.

const HELD_MS = 500;
const SLIP_PX = 8;

export function longPress(on: HTMLElement, pressed: (x: number, y: number) => void): void {
  let timer = 0;
  let start = { x: 0, y: 0 };
  let held = false;
  const stop = () => clearTimeout(timer);

  on.addEventListener(
    'touchstart',
    ({ touches }) => {
      stop();
      held = false;
      const [finger] = touches;
      if (!finger || touches.length > 1) return;
      start = { x: finger.clientX, y: finger.clientY };
      timer = setTimeout(() => {
        held = true;
        pressed(start.x, start.y);
      }, HELD_MS);
    },
    { passive: true },
  );
  on.addEventListener(
    'touchmove',
    ({ touches }) => {
      const [finger] = touches;
      if (finger && Math.hypot(finger.clientX - start.x, finger.clientY - start.y) > SLIP_PX) stop();
    },
    { passive: true },
  );
  on.addEventListener('touchend', (event) => {
    stop();
    if (held && event.cancelable) event.preventDefault(); // or the browser makes a click of it
  });
  on.addEventListener('touchcancel', stop);
  on.addEventListener('contextmenu', (event) => held && event.preventDefault());
}
