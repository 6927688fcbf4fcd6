// The pin's shape, 28 × 36 px, its tip at the middle of the lower edge: on the map, and on a picture of it.

export const PIN = { width: 28, height: 36, body: 'M14 35C8 26.5 2 20.6 2 13.8a12 12 0 0 1 24 0C26 20.6 20 26.5 14 35z', eye: 'M14 9.4a4.4 4.4 0 1 0 .01 0z' };
