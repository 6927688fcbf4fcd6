//! Rows and versions in a GeoPackage.
