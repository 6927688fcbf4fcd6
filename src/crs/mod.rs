//! Integer points, lon/lat, datums, projections, Web Mercator and tile addresses.

mod point;

pub use point::{Bounds, Point, cross, ring_area2};
