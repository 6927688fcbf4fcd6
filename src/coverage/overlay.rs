//! What owners have of a drawn area, and how far a drawn line runs through each of them.
//!
//! ```text
//!   ┌────┬────┐      the area's rings and the borders near them are noded into one arrangement;
//!   │ a ┌┼─┐b │      a face is a's, and within the rings or not: a has so many m² of the area
//!   └───┼┴─┼──┘
//!       └──┘
//! ```

use std::collections::BTreeMap;

use super::Coverage;
use super::arrangement::{Bins, Segment, faces, node, tangle};
use crate::crs::{Bounds, LonLat, Point, length_m, ring_area_m2};
use crate::unit::Owner;

/// The drawn area among owners.
const DRAWN: Owner = Owner(u32::MAX - 1);

/// How often the sides of a drawing may cross each other, and the borders.
const MOST_CROSSINGS: usize = 100_000;

/// A drawing whose sides cross more often than is worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a drawing whose sides cross each other and borders at most {MOST_CROSSINGS} times, found more"
)]
pub struct Tangled {
    /// Where the first crossing too many lies.
    pub at: Point,
}

impl Tangled {
    /// What is expected and found, and where.
    #[must_use]
    pub fn with_place(self) -> String {
        let place = LonLat::from_lattice(self.at);
        format!("{self} (the last at {:.7}, {:.7})", place.lon(), place.lat())
    }
}

/// Whether lines can be noded: a few drawn points may cross each other millions of times.
///
/// # Errors
/// [`Tangled`].
pub fn untangled(lines: &[Vec<Point>]) -> Result<(), Tangled> {
    let pieces = lines.iter().flat_map(|line| line.windows(2)).filter(|w| w[0] != w[1]);
    let drawn: Vec<Segment> = pieces.map(|w| drawn(w[0], w[1])).collect();
    tangle(&drawn, &[], MOST_CROSSINGS).map_or(Ok(()), |at| Err(Tangled { at }))
}

const fn drawn(a: Point, b: Point) -> Segment {
    Segment { a, b, left: DRAWN, right: Owner::OUTSIDE }
}

impl Coverage {
    /// How many m² of an area each owner has, on the ellipsoid, of those that have any. The area is what an odd number of
    /// the rings go round; no ring repeats its first point. Exact but for the half lattice unit by which crossings are
    /// rounded.
    ///
    /// # Errors
    /// [`Tangled`].
    pub fn areas_within(&self, rings: &[Vec<Point>]) -> Result<BTreeMap<Owner, f64>, Tangled> {
        let all = self.bounds();
        if all.is_empty() {
            return Ok(BTreeMap::new());
        }
        // What lies farther out says nothing, and would be compared with everything.
        let rings: Vec<Vec<Point>> = rings.iter().map(|ring| clipped(ring, all.grown(1))).collect();
        let mut segments = self.borders_near(Bounds::of(rings.iter().flatten()));
        let sides = rings.iter().flat_map(|ring| ring.iter().zip(ring.iter().skip(1).chain(ring.first())));
        let drawn: Vec<Segment> = sides.filter(|(a, b)| a != b).map(|(&a, &b)| drawn(a, b)).collect();
        if let Some(at) = tangle(&drawn, &segments, MOST_CROSSINGS) {
            return Err(Tangled { at });
        }
        segments.extend(drawn);
        let faces = faces(&node(&segments, 0, None), &segments);
        let mut found: BTreeMap<Owner, f64> = BTreeMap::new();
        for cycle in faces.cycles.iter().filter(|cycle| cycle.face.is_some()) {
            if cycle.owners.iter().any(|&(owner, times)| owner == DRAWN && times % 2 != 0) {
                for &(owner, _) in cycle.owners.iter().filter(|w| w.0 != DRAWN) {
                    *found.entry(owner).or_default() += ring_area_m2(&faces.points(cycle));
                }
            }
        }
        found.retain(|_, m2| *m2 > 0.0);
        Ok(found)
    }

    /// How many metres of lines lie in each owner, the outside among them. What runs along a border is given to the
    /// owner that `owner_of` says has its points.
    pub fn along(&self, lines: &[Vec<Point>], owner_of: impl Fn(Point) -> Owner) -> BTreeMap<Owner, f64> {
        let borders = self.borders_near(Bounds::of(lines.iter().flatten()));
        let fine = |a: Point, b: Point| ((a.x.into(), a.y.into()), (b.x.into(), b.y.into()));
        let bins = Bins::of_segments(borders.len(), |i| fine(borders[i].a, borders[i].b), 0);
        let mut found: BTreeMap<Owner, f64> = BTreeMap::new();
        for leg in lines.iter().flat_map(|line| line.windows(2)) {
            let whole = length_m(leg);
            let mut near = Vec::new();
            bins.visit(fine(leg[0], leg[1]), 0, |bin| near.extend_from_slice(bins.bin(bin)));
            near.sort_unstable();
            near.dedup();
            let sides = near.iter().map(|&i| borders[i as usize]);
            let mut cuts: Vec<f64> = sides.filter_map(|s| crossing(leg, [s.a, s.b])).collect();
            cuts.extend([0.0, 1.0]);
            cuts.sort_by(f64::total_cmp);
            for between in cuts.windows(2).filter(|w| w[1] > w[0]) {
                let owner = owner_of(at(leg, f64::midpoint(between[0], between[1])));
                *found.entry(owner).or_default() += (between[1] - between[0]) * whole;
            }
        }
        found
    }

    /// The borders of the owners whose boxes meet another; all others are the outside.
    fn borders_near(&self, bounds: Bounds) -> Vec<Segment> {
        let boxes = self.boxes();
        self.sided(|owner| if boxes[owner.index()].meets(bounds) { owner } else { Owner::OUTSIDE })
    }
}

/// What of a ring lies in a box, after Sutherland and Hodgman: what it goes round in the box stays so, an odd number of times
/// or an even one, though sides may run along the box's more often than once.
fn clipped(ring: &[Point], within: Bounds) -> Vec<Point> {
    let Bounds { min, max } = within;
    let swap = |p: Point| Point::new(p.y, p.x);
    let ring = cut_off(ring.to_vec(), min.x, max.x);
    let turned = cut_off(ring.into_iter().map(swap).collect(), min.y, max.y);
    turned.into_iter().map(swap).collect()
}

/// What of a ring lies between two meridians.
fn cut_off(ring: Vec<Point>, west: i32, east: i32) -> Vec<Point> {
    let side = |ring: Vec<Point>, at: i32, inside: fn(i32, i32) -> bool| -> Vec<Point> {
        let mut kept = Vec::with_capacity(ring.len());
        let mut last = ring.last().copied();
        for &p in &ring {
            if let Some(q) = last.filter(|q| inside(q.x, at) != inside(p.x, at)) {
                let t = (f64::from(at) - f64::from(q.x)) / (f64::from(p.x) - f64::from(q.x));
                let y = f64::from(q.y) + t * (f64::from(p.y) - f64::from(q.y));
                kept.push(Point::new(at, y.round() as i32));
            }
            if inside(p.x, at) {
                kept.push(p);
            }
            last = Some(p);
        }
        kept
    };
    side(side(ring, west, |x, at| x >= at), east, |x, at| x <= at)
}

/// Where along a leg a border crosses it, 0 to 1; `None` where it does not, or both run the same way.
fn crossing(leg: &[Point], [c, d]: [Point; 2]) -> Option<f64> {
    let of = |p: Point| (f64::from(p.x), f64::from(p.y));
    let ((ax, ay), (bx, by), (cx, cy), (dx, dy)) = (of(leg[0]), of(leg[1]), of(c), of(d));
    let det = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx);
    if det == 0.0 {
        return None;
    }
    let on_leg = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / det;
    let on_border = ((cx - ax) * (by - ay) - (cy - ay) * (bx - ax)) / det;
    ((0.0..=1.0).contains(&on_leg) && (0.0..=1.0).contains(&on_border)).then_some(on_leg)
}

fn at(leg: &[Point], t: f64) -> Point {
    let between = |a: i32, b: i32| (f64::from(a) + t * (f64::from(b) - f64::from(a))).round() as i32;
    Point::new(between(leg[0].x, leg[1].x), between(leg[0].y, leg[1].y))
}
