//! Zoom coverage to tile bytes.
