//! A leaf split into parts: a chord that leaves some of the parts on either side, then the two sides alike.

use super::alone::alone;
use super::chord::DIRECTIONS;
use super::course::{Course, Piece, lefts};
use super::name::named;
use super::{Way, Weight, chosen};
use crate::coverage::Partition;
use crate::crs::Point;
use crate::plan::{Allotment, Pool, Refused};
use crate::unit::UnitIndex;

/// How many first chords are carried through when there are two parts; fewer where there are more, which take longer.
const TRIED: usize = 9;
/// First chords of two ways differ by this many directions at least (25 degrees).
const APART: usize = 5;
/// How many first chords are carried through whose directions differ less.
const ALIKE: usize = 2;
/// A split whose parts deviate more is none, unless households cannot be told apart so finely.
const LOOSEST: f64 = 0.5;

/// The best ways to split a leaf into `parts` parts along straight lines, at most three, the best first. `dwellings` are
/// places inside the leaf with their households; they are not looked at where area is balanced. `pool` is what new units
/// draw from; nothing is drawn for good.
///
/// # Errors
/// [`Refused`] where there is none, and why: not a leaf, a leaf in pieces, no households, all of them at one place, no codes left.
pub fn split_ways(
    partition: &Partition,
    leaf: UnitIndex,
    parts: usize,
    weight: Weight,
    dwellings: &[(Point, u32)],
    pool: &Pool,
) -> Result<Vec<Way>, Refused> {
    let unit = partition.hierarchy.unit(leaf);
    let refused = |detail: String| Refused::new(detail).of([unit.code.clone()]);
    let parted = || refused(format!("expected a unit without parts, found {}, which has some", unit.code));
    let owner = partition.hierarchy.owner_of(leaf).ok_or_else(parted)?;
    super::check_parts(parts).map_err(|refused| refused.of([unit.code.clone()]))?;
    let pieces = partition.coverage.polygons(owner).len();
    if pieces != 1 {
        return Err(refused(format!("expected a unit in one piece, found {} in {pieces}", unit.code)));
    }
    let mut dwellings: Vec<(Point, u32)> = dwellings.iter().copied().filter(|d| d.1 > 0).collect();
    dwellings.sort_unstable_by_key(|&(p, households)| (p.y, p.x, households));
    if weight == Weight::Households {
        tell_apart(&dwellings, parts).map_err(|detail| refused(format!("{}: {detail}", unit.code)))?;
    }
    codes_left(partition, leaf, parts, pool)?;
    let near = alone(partition, leaf)?;
    let whole = Piece { uid: unit.uid, parts, dwellings };
    let ways = ways(&near, &whole, weight, pool);
    let best = ways.iter().map(|(way, _)| way.deviation).min_by(f64::total_cmp);
    let allowed = loosest(weight, ways.first(), parts);
    match best {
        None => {
            Err(refused(format!("found no straight line that cuts {} into parts of one piece", unit.code)))
        }
        Some(best) if best > allowed => Err(refused(format!(
            "expected parts within {:.0} % of their mean, found {:.0} % at best along straight lines: {}",
            allowed * 100.0,
            best * 100.0,
            heaviest(&ways)
        ))),
        Some(_) => Ok(named(chosen(ways, |&p, &q| apart(p, q)), &partition.hierarchy, leaf)),
    }
}

/// Whether two directions differ enough for two ways.
fn apart(p: usize, q: usize) -> bool {
    let far = p.abs_diff(q);
    far.min(DIRECTIONS - far) >= APART
}

/// That dwellings are at as many places as there are to be parts.
fn tell_apart(dwellings: &[(Point, u32)], parts: usize) -> Result<(), String> {
    let mut places: Vec<Point> = dwellings.iter().map(|d| d.0).collect();
    places.sort_unstable();
    places.dedup();
    let households: u64 = dwellings.iter().map(|d| u64::from(d.1)).sum();
    match places.len() {
        0 => Err("there are no households: weigh by area".to_owned()),
        1 => Err(format!("all {households} households are at one place")),
        n if n < parts => {
            Err(format!("all {households} households are at {n} places, fewer than {parts} parts"))
        }
        _ => Ok(()),
    }
}

/// That there are codes left for all parts but the one that keeps its own.
fn codes_left(partition: &Partition, leaf: UnitIndex, parts: usize, pool: &Pool) -> Result<(), Refused> {
    let hierarchy = &partition.hierarchy;
    let parent = hierarchy.parent(leaf).map(|parent| &hierarchy.unit(parent).code);
    let digits = hierarchy.levels().get(hierarchy.unit(leaf).level).map_or(0, |level| level.digits);
    let mut pool = pool.clone();
    let mut allotment = Allotment::new(&[], &mut pool);
    (1..parts).try_for_each(|_| allotment.draw(parent, digits, None).map(|_| ()))
}

/// The deviation up to which there is a way at all.
fn loosest(weight: Weight, way: Option<&(Way, usize)>, parts: usize) -> f64 {
    let total: f64 = way.map_or(0.0, |(way, _)| way.parts.iter().map(|part| part.weight).sum());
    if weight == Weight::Area || total <= 0.0 {
        return LOOSEST;
    }
    let mean = total / parts as f64;
    // Households are whole.
    LOOSEST.max((mean.ceil() / mean - 1.0).max(1.0 - mean.floor() / mean))
}

fn heaviest(ways: &[(Way, usize)]) -> String {
    let best = ways.iter().map(|(way, _)| way).min_by(|p, q| p.deviation.total_cmp(&q.deviation));
    let weights = best.map_or(&[][..], |way| &way.parts).iter().map(|part| part.weight);
    let said: Vec<String> = weights.map(|weight| format!("{weight:.0}")).collect();
    format!("the parts would have {}", said.join(", "))
}

/// Every way that was carried through, with the direction of its first chord.
fn ways(near: &Partition, whole: &Piece, weight: Weight, pool: &Pool) -> Vec<(Way, usize)> {
    let parts = whole.parts;
    let start = Course::new(near.clone(), pool.clone());
    let most = (2 * TRIED / parts).max(super::MOST_WAYS);
    let mut tried: Vec<usize> = Vec::new();
    let mut found = Vec::new();
    let candidates = start.chords(whole, weight, &lefts(parts, true));
    for chord in candidates {
        if found.len() >= most {
            break;
        }
        // Chords of nearly one direction are one way.
        if tried.iter().filter(|&&direction| !apart(direction, chord.direction)).count() >= ALIKE {
            continue;
        }
        let Some((course, sides)) = start.cut(whole, &chord, weight) else { continue };
        tried.push(chord.direction);
        let carried = sides.into_iter().try_fold(course, |course, side| course.divide(side, weight));
        found.extend(carried.and_then(|course| course.way(whole, weight)).map(|way| (way, chord.direction)));
    }
    found
}
