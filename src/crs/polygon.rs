//! A polygon on the lattice, as every room hands it on.

use super::Point;

/// A polygon on the lattice. Rings do not repeat their first point; the shell runs counter-clockwise, holes clockwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Polygon {
    /// The outer ring, at least three points.
    pub shell: Vec<Point>,
    /// The holes, at least three points each.
    pub holes: Vec<Vec<Point>>,
}

impl Polygon {
    /// The shell, then the holes.
    pub fn rings(&self) -> impl Iterator<Item = &[Point]> {
        std::iter::once(&self.shell).chain(&self.holes).map(Vec::as_slice)
    }
}
