//! Rivers and trunk canals: long bent lines laid over the board before it is cut up.
//!
//! A line is walked from one face into the next. In each face that it crosses it becomes a border, if that leaves
//! two fair pieces; where it crosses another line it goes on a jog aside, as every cut does.

use super::chance::Noise;
use super::cut::{Line, Rank, Rules};
use super::ground::Ground;
use super::landscape::{Landscape, River};
use super::mesh::{Mesh, OUTSIDE};
use super::plane::{V, area, crossing, distance_to_line, holds};

/// Least sine of the angle at which a trunk meets what it ends at: 30°.
const LEAST_SINE: f64 = 0.5;
/// Distance of a river's vertices, in metres.
const RIVER_STEP_M: f64 = 55.0;
/// Distance of a trunk canal's vertices, in metres.
const TRUNK_STEP_M: f64 = 240.0;
/// Deepest meanders: sideways metres for a wavelength of metres.
const MEANDERS: [(f64, f64); 3] = [(3_900.0, 1_700.0), (1_900.0, 480.0), (800.0, 70.0)];
/// A river runs straight for its first and last metres, where it crosses the outline.
const STRAIGHT_M: f64 = 9_000.0;

/// Lays the river's two banks and gives the faces between them, and the middle of its course on the ground.
pub(super) fn lay_river(
    mesh: &mut Mesh,
    lines: &mut Vec<Line>,
    ground: &Ground,
    river: &River,
    seed: u64,
) -> (Vec<u32>, Vec<V>) {
    let given: Vec<V> = river.course.iter().map(|&p| ground.plane.metres(p)).collect();
    let course = meandering(&given, seed);
    let half_width = |i: usize| {
        let t = i as f64 / (course.len() - 1).max(1) as f64;
        0.5 * (river.width_m.0 + (river.width_m.1 - river.width_m.0) * t)
    };
    let rules = Rules { width: 20.0, jog: 20.0 };
    for side in [1.0, -1.0] {
        let bank: Vec<V> = (0..course.len())
            .map(|i| ground.unbend(course[i] + tangent(&course, i).left() * (half_width(i) * side)))
            .collect();
        lines.push(Line { rank: Rank::Bank, trunk: None });
        let line = lines.len() as u32 - 1;
        lay(mesh, &bank, Laying { line, rules, least_sine: 0.1, skip: &[] });
    }
    let widest = river.width_m.0.max(river.width_m.1);
    let faces = (1..mesh.faces() as u32).filter(|&f| is_river(mesh, f, ground, &course, widest)).collect();
    (faces, course)
}

/// Lays the trunk canals of a landscape, none within the faces of `water`.
pub(super) fn lay_trunks(
    mesh: &mut Mesh,
    lines: &mut Vec<Line>,
    ground: &Ground,
    landscape: &Landscape,
    rules: Rules,
    water: &[u32],
) {
    for (i, trunk) in landscape.canals.iter().enumerate() {
        let given: Vec<V> = trunk.course.iter().map(|&p| ground.plane.metres(p)).collect();
        let path: Vec<V> = smooth(&given, TRUNK_STEP_M).into_iter().map(|p| ground.unbend(p)).collect();
        lines.push(Line { rank: Rank::Trunk, trunk: Some(i) });
        let line = lines.len() as u32 - 1;
        lay(mesh, &path, Laying { line, rules, least_sine: LEAST_SINE, skip: water });
    }
}

/// A face is the river's where the ground beside a bank, into the face, is nearer the course than the bank is.
fn is_river(mesh: &Mesh, face: u32, ground: &Ground, course: &[V], widest: f64) -> bool {
    let ring = mesh.ring(face);
    let far = |p: V| distance_to_line(p, course);
    let votes: Vec<bool> = ring
        .iter()
        .filter(|&&h| mesh.across(h) != OUTSIDE)
        .step_by(1 + ring.len() / 24)
        .map(|&h| {
            let (a, b) = (mesh.start(h), mesh.end(h));
            let middle = a.towards(b, 0.5);
            let inward = middle + (b - a).unit().left() * 8.0;
            far(ground.bend(inward)) < far(ground.bend(middle)) && far(ground.bend(middle)) < widest
        })
        .collect();
    votes.iter().filter(|&&v| v).count() * 2 > votes.len()
}

fn tangent(course: &[V], i: usize) -> V {
    (course[(i + 1).min(course.len() - 1)] - course[i.saturating_sub(1)]).unit()
}

/// A given course with a river's bends.
fn meandering(given: &[V], seed: u64) -> Vec<V> {
    let noise = Noise::new(seed ^ 0x5249_5645);
    let smooth = smooth(given, RIVER_STEP_M);
    let along = |i: usize| i as f64 * RIVER_STEP_M;
    let length = along(smooth.len());
    let bent: Vec<V> = (0..smooth.len())
        .map(|i| {
            let end = (along(i).min(length - along(i)) / STRAIGHT_M).min(1.0);
            let aside = MEANDERS.iter().enumerate().map(|(k, &(wavelength, reach))| {
                noise.at(k as u64, V::new(along(i) / wavelength, k as f64 * 7.3 + 0.4)) * reach
            });
            smooth[i] + tangent(&smooth, i).left() * (aside.sum::<f64>() * end * end)
        })
        .collect();
    self::smooth(&bent.into_iter().step_by(3).collect::<Vec<_>>(), RIVER_STEP_M)
}

/// Catmull–Rom through the given points, with a vertex about every `step` metres.
fn smooth(given: &[V], step: f64) -> Vec<V> {
    let at = |i: isize| given[i.clamp(0, given.len() as isize - 1) as usize];
    let mut out = Vec::new();
    for i in 0..given.len().saturating_sub(1) as isize {
        let (p0, p1, p2, p3) = (at(i - 1), at(i), at(i + 1), at(i + 2));
        let parts = (p1.distance(p2) / step).ceil().max(1.0) as usize;
        out.extend((0..parts).map(|k| {
            let t = k as f64 / parts as f64;
            let (t2, t3) = (t * t, t * t * t);
            (p0 * (-t3 + 2.0 * t2 - t)
                + p1 * (3.0 * t3 - 5.0 * t2 + 2.0)
                + p2 * (-3.0 * t3 + 4.0 * t2 + t)
                + p3 * (t3 - t2))
                * 0.5
        }));
    }
    out.extend(given.last());
    out
}

/// How a path is laid: what it spares, how small things may get, and how sharply it may end.
#[derive(Clone, Copy)]
struct Laying<'a> {
    line: u32,
    rules: Rules,
    least_sine: f64,
    skip: &'a [u32],
}

/// Walks a path over the board and makes it a border in every face that it crosses from side to side.
fn lay(mesh: &mut Mesh, path: &[V], laying: Laying) {
    let mut face = face_at(mesh, path[0]);
    let mut start: Option<u32> = None;
    let mut chain: Vec<V> = Vec::new();
    for w in path.windows(2) {
        let (mut from, to) = (w[0], w[1]);
        while let Some((half, cross)) = first_crossing(mesh, face, from, to) {
            let end = mesh.split_edge(half, cross);
            if let Some(start) = start.filter(|&s| fair(mesh, (s, end), &chain, laying)) {
                mesh.split_face(start, end, &chain, laying.line);
            }
            chain.clear();
            face = mesh.across(half);
            from = cross + (to - from).unit() * 0.5;
            let open = face != OUTSIDE && !laying.skip.contains(&face);
            start = if open { entrance(mesh, half ^ 1, laying.rules) } else { None };
        }
        if start.is_some_and(|s| mesh.start(s).distance(to) > 2.5 * laying.rules.jog) {
            chain.push(to);
        }
    }
}

fn face_at(mesh: &Mesh, p: V) -> u32 {
    (1..mesh.faces() as u32).find(|&f| holds(&mesh.corners(f), p)).unwrap_or(OUTSIDE)
}

/// The first edge of a face that the way from–to crosses, and where.
fn first_crossing(mesh: &Mesh, face: u32, from: V, to: V) -> Option<(u32, V)> {
    mesh.ring(face)
        .into_iter()
        .filter_map(|half| {
            let (a, b) = (mesh.start(half), mesh.end(half));
            crossing(from, to, a, b).map(|(t, _)| (half, t))
        })
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(half, t)| (half, from.towards(to, t)))
}

/// Where a path enters the face of `half`, which starts where the path crossed: there, or a jog along where
/// another path has ended there.
fn entrance(mesh: &mut Mesh, half: u32, rules: Rules) -> Option<u32> {
    if !mesh.is_node(half) {
        return Some(half);
    }
    let back = mesh.prev(half);
    if mesh.length(half) > 2.5 * rules.jog {
        let p = mesh.start(half) + (mesh.end(half) - mesh.start(half)).unit() * (1.1 * rules.jog);
        Some(mesh.split_edge(half, p))
    } else if mesh.length(back) > 2.5 * rules.jog {
        let p = mesh.end(back) + (mesh.start(back) - mesh.end(back)).unit() * (1.1 * rules.jog);
        Some(mesh.split_edge(back, p))
    } else {
        None
    }
}

/// Whether a path between two corners of a face leaves fair pieces on both sides and wide angles at its ends.
fn fair(mesh: &Mesh, (from, to): (u32, u32), chain: &[V], laying: Laying) -> bool {
    if mesh.face(from) != mesh.face(to) || from == to {
        return false;
    }
    let (a, b) = (mesh.start(from), mesh.start(to));
    let mut left: Vec<V> = vec![a];
    left.extend_from_slice(chain);
    let long: f64 = left.windows(2).map(|w| w[0].distance(w[1])).sum::<f64>()
        + left.last().map_or(0.0, |p| p.distance(b));
    let mut half = to;
    while half != from {
        left.push(mesh.start(half));
        half = mesh.next(half);
    }
    let share = area(&left);
    let rest = mesh.area(mesh.face(from)) - share;
    let least = laying.rules.width * laying.rules.width * 12.0;
    let (first, last) = (chain.first().copied().unwrap_or(b), chain.last().copied().unwrap_or(a));
    let sine = |half: u32, to: V| {
        let (p, d) = (mesh.start(half), (to - mesh.start(half)).unit());
        let on = (mesh.end(half) - p).unit().cross(d).abs();
        on.min((mesh.start(mesh.prev(half)) - p).unit().cross(d).abs())
    };
    share.min(rest) > least
        && long > 3.0 * laying.rules.width
        && sine(from, first).min(sine(to, last)) > laying.least_sine
}
