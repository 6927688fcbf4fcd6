//! Which tiles two versions of one store do not share: those that a map must fetch again.
//!
//! `touched = (cells whose pieces differ ∪ boxes of units that differ ∪ labels that moved), zoom by zoom`
//!
//! ```text
//!   before  ┌──┬─────┬──┐    after  ┌──┬─────┬──┐    a tile is drawn from the pieces of nine cells: where the two
//!           ├──┼──┐  ├──┤           ├──┼─┐   ├──┤    zoom coverages have other pieces in one of them, the tile is
//!           └──┴──┴──┴──┘           └──┴─┴───┴──┘    touched, whatever made thinning or rounding choose otherwise
//! ```
//!
//! What holds: a tile that is not named has the same bytes in both versions, in every tileset whose layers are units,
//! voids, borders and labels. A tile that is named may still be the same: it lies in the box of a unit whose name, code,
//! tint, area or the like differ, and that unit does not reach into it. To [`EXACT`] tiles a zoom down to
//! [`EXACT_ZOOM`] are drawn in both versions and compared, so far out nothing is named in vain. All of this is about one
//! plane: maps drawn in GCJ-02 have other tiles, and are told of those. Points and lines are not looked at.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::atlas::Atlas;
use super::facts::Label;
use super::pieces::Pieces;
use super::plane::Plane;
use super::sides::Sides;
use super::tileset::Tileset;
use super::zooms::LAST_ZOOM;
use crate::crs::{Bounds, Point, Polygon, TileId};
use crate::unit::{Attributes, Owner, Uid};

/// Down to this zoom tiles are compared by their bytes, where few are in question.
const EXACT_ZOOM: u8 = 8;
/// How many tiles of a zoom are compared so.
const EXACT: usize = 16;
/// Rectangles a zoom; beyond, one round all of them.
const MOST: usize = 128;
/// How much of a tile's side, one part in so many, a unit may reach beyond its box: the buffer of one in 64, what
/// rounding adds, and the room made for what it would lose.
const REACH: i64 = 32;

/// How much further a box of the lattice may reach in GCJ-02 than its corners say, which bends it: in world units, some 120 m
/// here. The bends that are shorter than a county add up to less than 60 m.
const BEND: i64 = 1 << 14;

/// A rectangle of tiles: first column, first row, last column, last row.
pub type TileRect = [u32; 4];

/// The tiles that differ, by zoom, as rectangles that do not overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched(Vec<Vec<TileRect>>);

impl Touched {
    /// Zooms and their rectangles, zooms without any left out.
    pub fn zooms(&self) -> impl Iterator<Item = (u8, &[TileRect])> {
        (0..).zip(&self.0).filter(|(_, rects)| !rects.is_empty()).map(|(z, rects)| (z, rects.as_slice()))
    }

    /// Whether a tile is named.
    #[must_use]
    pub fn contains(&self, tile: TileId) -> bool {
        let within =
            |&[x0, y0, x1, y1]: &TileRect| (x0..=x1).contains(&tile.x()) && (y0..=y1).contains(&tile.y());
        self.0.get(usize::from(tile.z())).is_some_and(|rects| rects.iter().any(within))
    }
}

/// A unit or void that differs: its box, on the lattice, in both versions together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its uid.
    pub uid: Uid,
    /// Its level's name; `void` for a void.
    pub level: String,
    /// Where it is and was.
    pub bounds: Bounds,
}

/// What a unit or void is, as far as tiles tell.
#[derive(PartialEq)]
struct Shown<'a> {
    level: &'a str,
    code: &'a str,
    name: &'a str,
    parent: Option<Uid>,
    tint: u8,
    attributes: Option<&'a Attributes>,
    /// Of leaves and voids: what covers a tile whole has no border there.
    polygons: Vec<Polygon>,
}

/// Units and voids that differ between two versions, by uid. A unit above the leaves whose borders alone changed is not
/// among them: those are its leaves'.
#[must_use]
pub fn differences(before: &Atlas, after: &Atlas) -> Vec<Difference> {
    let (old, new) = (shown(before), shown(after));
    let uids: BTreeSet<Uid> = old.keys().chain(new.keys()).copied().collect();
    uids.into_iter()
        .filter_map(|uid| {
            let (a, b) = (old.get(&uid), new.get(&uid));
            if a.map(|a| &a.0) == b.map(|b| &b.0) {
                return None;
            }
            let bounds = [a, b].into_iter().flatten().fold(Bounds::EMPTY, |all, s| all.union(s.1));
            let level = b.or(a).map_or(String::new(), |s| s.0.level.to_owned());
            Some(Difference { uid, level, bounds })
        })
        .collect()
}

fn shown(atlas: &Atlas) -> BTreeMap<Uid, (Shown<'_>, Bounds)> {
    let partition = atlas.partition();
    let hierarchy = &partition.hierarchy;
    let polygons: Vec<Vec<Polygon>> = (0..hierarchy.owner_count() as u32)
        .into_par_iter()
        .map(|owner| partition.coverage.polygons(Owner(owner)))
        .collect();
    let boxes = polygons.iter().map(|p| Bounds::of(p.iter().flat_map(Polygon::rings).flatten()));
    let boxes: Vec<Bounds> = boxes.collect();
    let (leaves, voids) = boxes.split_at(hierarchy.leaves().len());
    let mut of_unit = vec![Bounds::EMPTY; hierarchy.units().len()];
    for (&leaf, &bounds) in hierarchy.leaves().iter().zip(leaves) {
        for unit in hierarchy.chain(leaf) {
            of_unit[unit as usize] = of_unit[unit as usize].union(bounds);
        }
    }
    let mut polygons: Vec<Option<Vec<Polygon>>> = polygons.into_iter().map(Some).collect();
    let mut all = BTreeMap::new();
    for (index, unit) in (0..).zip(hierarchy.units()) {
        let own = hierarchy.owner_of(index).and_then(|owner| polygons[owner.index()].take());
        let shown = Shown {
            level: hierarchy.levels().get(unit.level).map_or("", |l| l.name.as_str()),
            code: unit.code.as_str(),
            name: &unit.name,
            parent: hierarchy.parent(index).map(|p| hierarchy.unit(p).uid),
            tint: unit.tint,
            attributes: Some(&unit.attributes),
            polygons: own.unwrap_or_default(),
        };
        all.insert(unit.uid, (shown, of_unit[index as usize]));
    }
    let first = hierarchy.leaves().len();
    for (i, (void, &bounds)) in hierarchy.voids().iter().zip(voids).enumerate() {
        let polygons = polygons[first + i].take().unwrap_or_default();
        let (name, attributes) = (&void.name, None);
        let shown = Shown { level: "void", code: "", name, parent: None, tint: 0, attributes, polygons };
        all.insert(void.uid, (shown, bounds));
    }
    all
}

/// The tiles of a plane that differ between two versions whose units differ by `differences`; `None` where that cannot be told,
/// because the versions have other levels or zooms, so that every tile is another one.
#[must_use]
pub fn touched(before: &Atlas, after: &Atlas, differences: &[Difference], plane: Plane) -> Option<Touched> {
    let levels = |atlas: &Atlas| atlas.partition().hierarchy.levels().clone();
    if before.zooms() != after.zooms() || levels(before) != levels(after) {
        return None;
    }
    let (old, new) = (before.sides(), after.sides());
    let labels = moved(before, after);
    let tilesets = Tileset::built_in();
    let zoom = |z: u8| {
        if after.zooms().depth(z).is_none() {
            return Vec::new();
        }
        let mut rows = Rows::default();
        cells((before.pieces(plane, z), old), (after.pieces(plane, z), new), z, &mut rows);
        // Of levels that the zoom does not show as well: a tile without a border in it is one unit of an upper level,
        // and becomes another one's where its leaves do.
        for difference in differences {
            rows.add(reach(difference.bounds, z, plane));
        }
        for &at in &labels {
            let tile = TileId::at(plane.world(at), z);
            rows.add([tile.x(), tile.y(), tile.x(), tile.y()]);
        }
        if z <= EXACT_ZOOM && rows.count() <= EXACT {
            rows.retain(|x, y| {
                let Ok(tile) = TileId::new(z, x, y) else { return true };
                let bytes = |atlas: &Atlas, t| atlas.tile(t, tile, plane);
                tilesets.iter().filter(|t| t.draws_units()).any(|t| bytes(before, t) != bytes(after, t))
            });
        }
        rows.rects()
    };
    Some(Touched((0..=LAST_ZOOM).map(zoom).collect()))
}

/// The lattice points where labels are or were that differ.
fn moved(before: &Atlas, after: &Atlas) -> Vec<Point> {
    type Labels = BTreeMap<Uid, Label>;
    let labels = |atlas: &Atlas| -> Labels {
        let units = atlas.partition().hierarchy.units();
        units.iter().zip(atlas.labels_of_units()).filter_map(|(u, l)| Some((u.uid, (*l)?))).collect()
    };
    let (old, new) = (labels(before), labels(after));
    let other = |a: &Labels, b: &Labels| -> Vec<Point> {
        a.iter().filter(|(uid, label)| b.get(uid) != Some(label)).map(|(_, label)| label.at).collect()
    };
    [other(&old, &new), other(&new, &old)].concat()
}

/// A piece as it is drawn, whatever its number and its sides' numbers.
type Content<'a> = (&'a [Point], [bool; 2], u32, u32);

/// Adds the tiles of cells whose pieces differ.
fn cells(old: (&Pieces, &Sides), new: (&Pieces, &Sides), z: u8, rows: &mut Rows) {
    let all: BTreeSet<(i32, i32)> = old.0.cells().chain(new.0.cells()).collect();
    for cell in all {
        let same = old.0.cell(cell).len() == new.0.cell(cell).len()
            && old
                .0
                .cell(cell)
                .zip(new.0.cell(cell))
                .all(|(i, j)| piece(old.0, old.1, i) == piece(new.0, new.1, j));
        if !same && content(old, cell) != content(new, cell) {
            let last = (1_i64 << z) - 1;
            // An even column is the seam of two tiles, an odd one is the middle of one.
            let tiles = |c: i32| {
                let first = (c - 1).div_euclid(2);
                let tile = |t: i32| i64::from(t).clamp(0, last) as u32;
                (tile(first), tile(c.div_euclid(2)))
            };
            let ((y0, y1), (x0, x1)) = (tiles(cell.0), tiles(cell.1));
            rows.add([x0, y0, x1, y1]);
        }
    }
}

fn content<'a>((pieces, sides): (&'a Pieces, &Sides), cell: (i32, i32)) -> Vec<Content<'a>> {
    let mut content: Vec<Content> = pieces.cell(cell).map(|i| piece(pieces, sides, i)).collect();
    content.sort_unstable();
    content
}

fn piece<'a>(pieces: &'a Pieces, sides: &Sides, i: u32) -> Content<'a> {
    let (left, right) = pieces.sides(i);
    let seams = [pieces.starts_at_seam(2 * i), pieces.starts_at_seam(2 * i + 1)];
    (pieces.line(i), seams, sides.uid(left), sides.uid(right))
}

/// The tiles of a zoom that what lies in a box of the lattice may reach.
fn reach(bounds: Bounds, z: u8, plane: Plane) -> TileRect {
    if bounds.is_empty() {
        return [1, 1, 0, 0];
    }
    let Bounds { min, max } = bounds;
    let corners = [min, max, Point::new(min.x, max.y), Point::new(max.x, min.y)].map(|p| plane.world(p));
    let bend = if plane == Plane::Wgs84 { 0 } else { BEND };
    let side = 1_i64 << (32 - u32::from(z));
    let last = (1_i64 << z) - 1;
    let tile = |v: i64| ((v + (1 << 31)).div_euclid(side)).clamp(0, last) as u32;
    let span = |of: fn(&Point) -> i32| {
        let all = corners.iter().map(|p| i64::from(of(p)));
        let (low, high) = all.fold((i64::MAX, i64::MIN), |(low, high), v| (low.min(v), high.max(v)));
        (tile(low - side / REACH - bend), tile(high + side / REACH + bend))
    };
    let ((x0, x1), (y0, y1)) = (span(|p| p.x), span(|p| p.y));
    [x0, y0, x1, y1]
}

/// The tiles of a zoom, row by row.
#[derive(Default)]
struct Rows(BTreeMap<u32, Vec<(u32, u32)>>);

impl Rows {
    fn add(&mut self, [x0, y0, x1, y1]: TileRect) {
        if x0 <= x1 {
            for y in y0..=y1 {
                self.0.entry(y).or_default().push((x0, x1));
            }
        }
    }

    /// Joins what overlaps or touches.
    fn join(&mut self) {
        for runs in self.0.values_mut() {
            runs.sort_unstable();
            let mut joined: Vec<(u32, u32)> = Vec::with_capacity(runs.len());
            for &(from, to) in &*runs {
                match joined.last_mut() {
                    Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
                    _ => joined.push((from, to)),
                }
            }
            *runs = joined;
        }
    }

    fn count(&mut self) -> usize {
        self.join();
        self.0.values().flatten().map(|&(from, to)| (to - from) as usize + 1).sum()
    }

    fn retain(&mut self, keep: impl Fn(u32, u32) -> bool) {
        for (&y, runs) in &mut self.0 {
            *runs = runs
                .iter()
                .flat_map(|&(from, to)| from..=to)
                .filter(|&x| keep(x, y))
                .map(|x| (x, x))
                .collect();
        }
    }

    /// Rows of the same runs under each other are one rectangle a run.
    fn rects(mut self) -> Vec<TileRect> {
        self.join();
        let mut rects: Vec<TileRect> = Vec::new();
        let mut open: Vec<TileRect> = Vec::new();
        for (y, runs) in self.0 {
            let grow = open.iter().all(|r| r[3] + 1 == y)
                && open.iter().map(|r| (r[0], r[2])).eq(runs.iter().copied());
            if grow {
                for rect in &mut open {
                    rect[3] = y;
                }
            } else {
                rects.append(&mut open);
                open = runs.into_iter().map(|(from, to)| [from, y, to, y]).collect();
            }
        }
        rects.append(&mut open);
        if rects.len() > MOST {
            let round =
                |a: TileRect, b: &TileRect| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])];
            rects = vec![rects.iter().skip(1).fold(rects[0], round)];
        }
        rects
    }
}
