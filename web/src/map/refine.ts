// The styles as served are such that QGIS and others take them whole. What only MapLibre can draw (names that
// wait until they have room inside their borders, marks that are states of features) stands beside that in
// each layer's metadata, and is put in its place here.

import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';

type Refined = { filter?: unknown; layout?: object; paint?: object };

const refinedOf = ({ metadata }: LayerSpecification) => (metadata as { 'wangge:refined'?: Refined } | undefined)?.['wangge:refined'];

function refined(layer: LayerSpecification): LayerSpecification {
  const more = refinedOf(layer);
  if (!more) return layer;
  return { ...layer, ...more, layout: { ...layer.layout, ...more.layout }, paint: { ...layer.paint, ...more.paint } } as LayerSpecification;
}

export const refine = (style: StyleSpecification): StyleSpecification => ({ ...style, layers: style.layers.map(refined) });
