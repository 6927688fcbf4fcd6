// MapLibre, loaded as a chunk of its own beside the first answer of the server.

import { prewarm, setWorkerUrl } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';

// The default worker address is next to MapLibre's own module, which a bundle has not got.
setWorkerUrl(workerUrl);
prewarm(); // the worker starts while the server is asked for the county's bounds

export { GPUInitializationError, Map, Marker } from 'maplibre-gl';
