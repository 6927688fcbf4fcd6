// MapLibre, loaded as a chunk of its own beside the first answer of the server.

import { setWorkerUrl } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';

// The default worker address is next to MapLibre's own module, which a bundle has not got.
setWorkerUrl(workerUrl);

export { GPUInitializationError, Map, Marker } from 'maplibre-gl';
