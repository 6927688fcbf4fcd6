#!/usr/bin/env python3
"""QGIS draws a tileset with a style as served, and says what of the style it could not take.

usage: in_qgis.py URL [STYLE] [OUT.png] [LON LAT ZOOM]    (Debian: python3-qgis)

Exit 1 where the layer is not valid, the style is not taken, or nothing is drawn.
"""
import math
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import (  # noqa: E402
    QgsApplication, QgsCoordinateReferenceSystem, QgsMapRendererParallelJob, QgsMapSettings, QgsRectangle,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize  # noqa: E402

SIDE = 2 * math.pi * 6378137  # of the world in Web Mercator, m
WIDTH, HEIGHT = 1024, 768


def main(url, style="day", out="qgis.png", lon="120.25", lat="33.77", zoom="9.3"):
    app = QgsApplication([], False)
    app.initQgis()
    source = f"type=xyz&url={url}/tiles/county/{{z}}/{{x}}/{{y}}.mvt&zmin=0&zmax=16&styleUrl={url}/styles/{style}.json"
    layer = QgsVectorTileLayer(source, "wangge")
    if not layer.isValid():
        sys.exit(f"QGIS refuses the layer: {layer.error().message()}")
    said, taken = layer.loadDefaultStyle()
    print(f"style taken: {taken} {said}")
    renderer, labeling = layer.renderer(), layer.labeling()
    styles = renderer.styles()
    labels = labeling.styles() if labeling else []
    print(f"{len(styles)} styles, {len(labels)} of labels; the filters that QGIS made of the style's:")
    for one in [*styles, *labels]:
        print(f"  {one.styleName():20} {one.layerName():12} {one.filterExpression()[:200]}")
    settings = QgsMapSettings()
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setLayers([layer])
    settings.setOutputSize(QSize(WIDTH, HEIGHT))
    px = SIDE / 512 / 2 ** float(zoom)
    x = math.radians(float(lon)) * 6378137
    y = math.log(math.tan(math.pi / 4 + math.radians(float(lat)) / 2)) * 6378137
    settings.setExtent(QgsRectangle(x - px * WIDTH / 2, y - px * HEIGHT / 2, x + px * WIDTH / 2, y + px * HEIGHT / 2))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(out)
    colours = {image.pixel(x, y) for x in range(0, WIDTH, 7) for y in range(0, HEIGHT, 7)}
    print(f"{len(colours)} colours in {out}")
    app.exitQgis()
    return 0 if taken and len(colours) > 8 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
