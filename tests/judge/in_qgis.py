#!/usr/bin/env python3
"""QGIS draws a tileset with a style as served, and says what of the style it could not take; or the layers of a store on
PostGIS, as a reader of it would open them.

usage: in_qgis.py URL [STYLE] [OUT.png] [LON LAT ZOOM]    (Debian: python3-qgis)
       in_qgis.py "host=… dbname=… user=wangge_gis" [SCHEMA] [OUT.png]

Exit 1 where a layer is not valid, the style is not taken, nothing is drawn; where QGIS lists other tables of the schema
than the layers, finds no key, reads another feature than the one asked for, or may edit.
"""
import math
import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import (  # noqa: E402
    QgsApplication, QgsCoordinateReferenceSystem, QgsDataSourceUri, QgsFeatureRequest, QgsFillSymbol,
    QgsMapRendererParallelJob, QgsMapSettings, QgsProviderRegistry, QgsRectangle, QgsVectorLayer, QgsVectorTileLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QSize  # noqa: E402

SIDE = 2 * math.pi * 6378137  # of the world in Web Mercator, m
WIDTH, HEIGHT = 1024, 768
# Of the levels, top first: colour and millimetres.
PENS = [("#000000", "1"), ("#3366aa", "0.6"), ("#cc4444", "0.4"), ("#999999", "0.15"), ("#bbbbbb", "0.1"), ("#dddddd", "0.1")]


def draw(settings, out):
    """Writes the picture; how many colours are in it."""
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(out)
    colours = {image.pixel(x, y) for x in range(0, WIDTH, 7) for y in range(0, HEIGHT, 7)}
    print(f"{len(colours)} colours in {out}")
    return colours


def tiles(url, style="day", out="qgis.png", lon="120.25", lat="33.77", zoom="9.3"):
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
    colours = draw(settings, out)
    app.exitQgis()
    return 0 if taken and len(colours) > 8 else 1


def layers(connection, schema="wangge", out="qgis.png"):
    app = QgsApplication([], False)
    app.initQgis()
    faults = []
    provider = QgsProviderRegistry.instance().providerMetadata("postgres")
    spatial = [t for t in provider.createConnection(connection, {}).tables(schema) if t.geometryColumn()]
    opened = []
    for table in sorted(spatial, key=lambda t: t.tableName()):
        name = table.tableName()
        uri = QgsDataSourceUri(connection)
        uri.setDataSource(schema, name, table.geometryColumn(), "", "fid")
        start = time.monotonic()
        layer = QgsVectorLayer(uri.uri(False), name, "postgres")
        if not layer.isValid():
            faults.append(f"{name} is not valid: {layer.error().message()}")
            continue
        if layer.fields().indexOf("fid") < 0:
            faults.append(f"QGIS lists {name}, which is no layer")
            continue
        opened.append(layer)
        features = {f.id(): f for f in layer.getFeatures()}
        whole = time.monotonic() - start
        box = layer.extent()
        corner = QgsRectangle(box.xMinimum(), box.yMinimum(), box.center().x(), box.center().y())
        few = sum(1 for _ in layer.getFeatures(QgsFeatureRequest(corner)))
        keys = [layer.fields()[i].name() for i in layer.primaryKeyAttributes()]
        one = next(iter(features.values()))
        print(
            f"{name:10} {len(features):5} features in {whole:.2f} s, {few} in a corner; "
            f"{QgsWkbTypes.displayString(layer.wkbType())} {layer.crs().authid()}, key {keys}, "
            f"extent {box.toString(4)}, fields {[f.name() for f in layer.fields()]}"
        )
        same = all(f["uid"] == f["fid"] for f in features.values())
        if keys != ["fid"] or len(features) != layer.featureCount() or not same:
            faults.append(f"{name}: keys {keys}, {layer.featureCount()} counted, {len(features)} read")
        if layer.getFeature(one.id()).geometry().asWkb() != one.geometry().asWkb():
            faults.append(f"{name}: a feature asked for by its id is another")
        if not all(f.geometry().isGeosValid() for f in features.values()):
            faults.append(f"{name}: a geometry is not valid")
        if layer.startEditing():
            faults.append(f"{name}: may be edited")
    opened.sort(key=lambda layer: (layer.name() == "voids", layer.featureCount()))
    for layer, (colour, width) in zip(opened, PENS):
        style = {"style": "no", "outline_color": colour, "outline_width": width}
        if layer.name() == "voids":
            style = {"color": "#9cc9e6", "outline_style": "no"}
        layer.renderer().setSymbol(QgsFillSymbol.createSimple(style))
    settings = QgsMapSettings()
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setLayers(opened)
    settings.setOutputSize(QSize(WIDTH, HEIGHT))
    if not opened:
        faults.append(f"no layers in schema {schema}")
    else:
        settings.setExtent(settings.fullExtent())
        if len(draw(settings, out)) < 4:
            faults.append("nothing is drawn")
    print("\n".join(faults) or "nothing is wrong")
    app.exitQgis()
    return 1 if faults else 0


if __name__ == "__main__":
    what = layers if "dbname=" in "".join(sys.argv[1:2]) else tiles
    sys.exit(what(*sys.argv[1:]))
