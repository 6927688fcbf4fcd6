//! Places: where the county meets its people. Service points by the villages' seats, courts and stations in the
//! towns, and the institutions that have a grid of their own.

use super::chance::{Dice, Stage};
use super::draw::ring_holds;
use super::grids::Plot;
use super::land::Land;
use super::names::plain;
use super::plane::{Plane, V, centroid};
use super::recipe::{Recipe, Roll};
use crate::crs::{Point, Polygon};
use crate::unit::{Attributes, PointFeature};

/// Metres from a seat within which its offices stand.
const NEAR_M: (f64, f64) = (25.0, 140.0);
/// Throws for a place before the seat itself is taken.
const THROWS: usize = 24;
/// What every village has, and what only as many as the recipe says: kind and ending of the name.
const OF_ALL: (&str, &str) = ("party_service_centre", "党群服务中心");
const OF_MOST: [(&str, &str); 2] =
    [("service_centre", "非诉讼服务中心"), ("civilisation_station", "新时代文明实践站")];
/// What every town has.
const OF_TOWNS: [(&str, &str); 2] = [("micro_court", "微法庭"), ("maple_station", "枫桥驿站")];

/// All places, in the order of the list.
pub(super) fn places(
    recipe: &Recipe,
    roll: &Roll,
    land: &Land,
    plane: &Plane,
    plots: &[Plot],
    shapes: &[Vec<Polygon>],
) -> Vec<PointFeature> {
    let mut dice = Dice::new(recipe.seed, Stage::Places);
    let served = served(recipe, roll, plots);
    let mut plots_of = vec![Vec::new(); roll.villages.len()];
    for (i, plot) in plots.iter().enumerate() {
        plots_of[plot.village].push(i);
    }
    let mut found = Vec::new();
    for (v, village) in roll.villages.iter().enumerate() {
        let own: Vec<&Polygon> = plots_of[v].iter().flat_map(|&p| &shapes[p]).collect();
        let name = plain(&village.name);
        let kinds = std::iter::once(OF_ALL).chain(OF_MOST.into_iter().filter(|_| served[v]));
        for (kind, ending) in kinds {
            let at = near(plane, land.village_seats[v].at, &own, &mut dice);
            found.push(place(at, kind, format!("{name}{ending}")));
        }
    }
    for (t, town) in roll.towns.iter().enumerate() {
        let all: Vec<&Polygon> = (0..roll.villages.len())
            .filter(|&v| roll.town_of[v] == t)
            .flat_map(|v| &plots_of[v])
            .flat_map(|&p| &shapes[p])
            .collect();
        for (kind, ending) in OF_TOWNS {
            let at = near(plane, land.town_seats[t].at, &all, &mut dice);
            found.push(place(at, kind, format!("{}{ending}", town.name)));
        }
    }
    found.extend(plots.iter().zip(shapes).filter_map(|(plot, shape)| {
        let (name, kind) = plot.institution.as_ref()?;
        let ring: Vec<V> = shape.first()?.shell.iter().map(|&p| plane.metres(p)).collect();
        Some(place(plane.lattice(centroid(&ring)), kind, name.clone()))
    }));
    found
}

/// Which villages have service points of their own: living areas of farms come last, then those of few grids.
fn served(recipe: &Recipe, roll: &Roll, plots: &[Plot]) -> Vec<bool> {
    let mut grids = vec![0_usize; roll.villages.len()];
    for plot in plots {
        grids[plot.village] += 1;
    }
    let mut order: Vec<usize> = (0..roll.villages.len()).collect();
    order.sort_by_key(|&v| (roll.villages[v].kind == "living_area", usize::MAX - grids[v], v));
    let mut served = vec![false; order.len()];
    for &village in order.iter().take(recipe.service_points) {
        served[village] = true;
    }
    served
}

fn place(at: Point, kind: &str, name: String) -> PointFeature {
    PointFeature { at, kind: kind.into(), name, weight: 1, attributes: Attributes::new() }
}

/// A place near a seat, on its own land.
fn near(plane: &Plane, seat: V, own: &[&Polygon], dice: &mut Dice) -> Point {
    let holds =
        |p: Point| own.iter().any(|s| ring_holds(&s.shell, p) && !s.holes.iter().any(|h| ring_holds(h, p)));
    (0..THROWS)
        .map(|_| {
            let way = V::at_angle(dice.between(0.0, std::f64::consts::TAU));
            plane.lattice(seat + way * dice.between(NEAR_M.0, NEAR_M.1))
        })
        .find(|&p| holds(p))
        .unwrap_or_else(|| plane.lattice(seat))
}
