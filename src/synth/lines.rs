//! Lines for the background: the canals and roads that the borders follow, and the coast.
//!
//! A canal is a line of the board as far as it is a border; its parts on either side of a jog are joined. Main roads
//! run from seat to seat along borders, by the way that is short and turns little; streets are the borders of small
//! grids.

use super::board::Board;
use super::cut::Rank;
use super::draw::Drawing;
use super::land::Land;
use super::mesh::OUTSIDE;
use super::plane::{V, holds};
use super::recipe::Recipe;
use super::roads;
use crate::crs::Point;
use crate::unit::LineFeature;

/// Names of canals that no landscape names, in turn.
const CANALS: [&str; 24] = [
    "新民河",
    "胜利河",
    "东风河",
    "红旗河",
    "跃进河",
    "团结河",
    "前进河",
    "友谊河",
    "幸福河",
    "丰收河",
    "大寨河",
    "向阳河",
    "建设河",
    "光明河",
    "和平河",
    "民生河",
    "新华河",
    "中心河",
    "南干河",
    "北干河",
    "东干河",
    "西干河",
    "排涝河",
    "引水河",
];
/// Borders between grids smaller than this share of the average side are streets.
const STREET: f64 = 0.5;

/// All lines.
pub(super) fn lines(recipe: &Recipe, board: &Board, drawing: &Drawing, land: &Land) -> Vec<LineFeature> {
    let mut found: Vec<LineFeature> = coast(board, drawing).into_iter().collect();
    found.extend(river(recipe, board));
    found.extend(canals(recipe, board, drawing));
    found.extend(roads::main(recipe, board, drawing, land));
    found.extend(streets(board, drawing));
    found
}

fn line(layer: &str, kind: &str, name: &str, points: Vec<Point>) -> LineFeature {
    LineFeature { layer: layer.into(), kind: kind.into(), name: name.into(), points }
}

/// The outline's run along the sea.
fn coast(board: &Board, drawing: &Drawing) -> Option<LineFeature> {
    let (first, last) = board.outline.coast?;
    let mesh = &board.mesh;
    // The outside is to the left of its half-edges, so it runs along the coast the other way.
    let mut half = mesh.ring(OUTSIDE).into_iter().find(|&h| mesh.origin(h) as usize == last)?;
    let mut points = Vec::new();
    loop {
        points.extend(drawing.points(half));
        if mesh.origin(half ^ 1) as usize == first {
            points.push(drawing.end(half));
            points.reverse();
            return Some(line("coast", "coast", "", points));
        }
        half = mesh.next(half);
    }
}

/// The river's middle, as far as it runs within the outline.
fn river(recipe: &Recipe, board: &Board) -> Option<LineFeature> {
    let river = recipe.landscape.river.as_ref().filter(|_| !board.river.is_empty())?;
    let inside = board.course.iter().filter(|&&p| holds(&board.outline.ring, p));
    let points: Vec<Point> = inside.map(|&p| board.ground.plane.lattice(p)).collect();
    (points.len() > 1).then(|| line("canals", "river", &river.name, points))
}

/// The canals that are borders; the trunks and main canals also where they are not.
fn canals(recipe: &Recipe, board: &Board, drawing: &Drawing) -> Vec<LineFeature> {
    let is_canal = |edge: u32| {
        let rank = board.lines[board.mesh.line(edge * 2) as usize].rank;
        let wide = rank == Rank::Trunk || rank == Rank::Main;
        wide || rank > Rank::Main && rank < Rank::Ditch && drawing.is_border(edge)
    };
    let mut named = 0;
    let mut found = Vec::new();
    for (id, chains) in chains(board, is_canal).into_iter().enumerate() {
        let about = board.lines[id];
        let (kind, name) = match (about.rank, about.trunk) {
            (_, Some(trunk)) => ("trunk", recipe.landscape.canals[trunk].name.as_str()),
            (Rank::Main, _) if !chains.is_empty() => {
                named += 1;
                ("main", CANALS.get(named - 1).copied().unwrap_or(""))
            }
            (Rank::Lateral, _) => ("lateral", ""),
            _ => ("branch", ""),
        };
        let drawn = joined(board, drawing, &chains);
        found.extend(drawn.into_iter().map(|points| line("canals", kind, name, points)));
    }
    found
}

/// Borders between small grids, which only towns have.
fn streets(board: &Board, drawing: &Drawing) -> Vec<LineFeature> {
    let is_street = |edge: u32| {
        let rank = board.lines[board.mesh.line(edge * 2) as usize].rank;
        let small = drawing.larger_side(edge) < STREET * board.scale.grid;
        rank > Rank::Main && drawing.is_border(edge) && small
    };
    let streets = chains(board, is_street).into_iter();
    let drawn = streets.flat_map(|chains| joined(board, drawing, &chains));
    drawn.map(|points| line("roads", "street", "", points)).collect()
}

/// The edges that `keep` keeps, by line, each line's in runs from end to end.
fn chains(board: &Board, keep: impl Fn(u32) -> bool) -> Vec<Vec<Vec<u32>>> {
    let mut edges_of = vec![Vec::new(); board.lines.len()];
    for edge in (0..board.mesh.edges() as u32).filter(|&e| keep(e)) {
        edges_of[board.mesh.line(edge * 2) as usize].push(edge);
    }
    edges_of.iter().map(|edges| runs(board, edges)).collect()
}

/// Runs of half-edges through the edges of one line.
fn runs(board: &Board, edges: &[u32]) -> Vec<Vec<u32>> {
    let mesh = &board.mesh;
    let mut starts: Vec<(u32, u32)> =
        edges.iter().flat_map(|&e| [e * 2, e * 2 + 1]).map(|h| (mesh.origin(h), h)).collect();
    starts.sort_unstable();
    let at = |vertex: u32| {
        let from = starts.partition_point(|s| s.0 < vertex);
        starts[from..].iter().take_while(move |s| s.0 == vertex).map(|s| s.1)
    };
    let mut used = vec![false; edges.len()];
    let mut take =
        |half: u32| edges.binary_search(&(half / 2)).is_ok_and(|i| !std::mem::replace(&mut used[i], true));
    let mut runs = Vec::new();
    let ends = starts.iter().filter(|s| at(s.0).count() == 1);
    for &(_, first) in ends.chain(&starts) {
        if !take(first) {
            continue;
        }
        let mut run = vec![first];
        let mut half = first;
        while let Some(on) = at(mesh.origin(half ^ 1)).find(|&h| h != half ^ 1 && take(h)) {
            run.push(on);
            half = on;
        }
        runs.push(run);
    }
    runs
}

/// Runs as points, those joined whose ends lie a jog apart.
fn joined(board: &Board, drawing: &Drawing, runs: &[Vec<u32>]) -> Vec<Vec<Point>> {
    let mesh = &board.mesh;
    let mut open: Vec<(V, V, Vec<Point>)> = runs
        .iter()
        .filter_map(|run| {
            let (&first, &last) = (run.first()?, run.last()?);
            Some((mesh.start(first), mesh.end(last), drawing.along(run)))
        })
        .collect();
    let near = |a: V, b: V| a.distance(b) < 1.6 * board.scale.jog();
    let mut done = Vec::new();
    while let Some((mut start, mut end, mut points)) = open.pop() {
        while let Some(next) =
            open.iter().position(|o| [o.0, o.1].iter().any(|&p| near(p, start) || near(p, end)))
        {
            let (a, b, mut more) = open.swap_remove(next);
            if near(end, a) {
                points.append(&mut more);
                end = b;
            } else if near(end, b) {
                points.extend(more.into_iter().rev());
                end = a;
            } else if near(start, b) {
                more.append(&mut points);
                (points, start) = (more, a);
            } else {
                more.reverse();
                more.append(&mut points);
                (points, start) = (more, b);
            }
        }
        done.push(points);
    }
    done
}
