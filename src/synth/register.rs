//! The register: what every unit is called and numbered, and which shape is whose.
//!
//! Grids are numbered in each village as the standard has it, west to east and north to south: in rows like a
//! page's. Uids run 1, 2, 3 … through counties, towns, villages and grids by code, then the voids. Every unit below
//! the county says of itself that its borders are synthetic.

use super::SynthError;
use super::grids::Plot;
use super::land::{Land, Seat};
use super::names::plain;
use super::plane::{Plane, V, area, centroid};
use super::recipe::{Roll, SeedUnit};
use crate::coverage::{Coverage, DEFAULT_TOLERANCE, Partition};
use crate::crs::{LonLat, Polygon};
use crate::unit::{Attribute, Attributes, Code, Hierarchy, Levels, Uid, Unit, Void};

/// Height of a row against the side of a village's average grid.
const ROW: f64 = 0.7;

/// The units and their coverage, from plots and shapes in the same order.
pub(super) fn partition(
    roll: &Roll,
    land: &Land,
    plane: &Plane,
    plots: &[Plot],
    shapes: Vec<Vec<Polygon>>,
    voids: Vec<(String, Vec<Polygon>)>,
) -> Result<Partition, SynthError> {
    let middles: Vec<(V, f64)> = shapes.iter().map(|s| middle(plane, s)).collect();
    let order = reading_order(plots, &middles, roll.villages.len());
    let mut units = upper_units(roll, land, plane);
    let mut coverage = Vec::with_capacity(shapes.len() + voids.len());
    let mut shapes: Vec<Option<Vec<Polygon>>> = shapes.into_iter().map(Some).collect();
    for (number, plot) in order {
        units.push(grid(&roll.villages[plots[plot].village], &plots[plot], number)?);
        coverage.extend(shapes[plot].take());
    }
    for (i, unit) in units.iter_mut().enumerate() {
        unit.uid = Uid(i as u32 + 1);
    }
    let first = units.len() as u32 + 1;
    let named = voids
        .iter()
        .enumerate()
        .map(|(i, v)| Void { uid: Uid(first + i as u32), name: v.0.clone() })
        .collect();
    coverage.extend(voids.into_iter().map(|v| v.1));
    let hierarchy = Hierarchy::new(Levels::default(), units, named).map_err(|f| broken(&f))?;
    let built = Coverage::build(&coverage, DEFAULT_TOLERANCE).map_err(|r| broken(&r.defects))?;
    Ok(Partition { hierarchy, coverage: built.coverage })
}

fn broken(faults: &[impl std::fmt::Debug]) -> SynthError {
    SynthError::Broken(format!("{} faults, first {:?}", faults.len(), faults.first()))
}

/// Middle of a plot's largest part on the ground, and the area of all of them.
fn middle(plane: &Plane, shape: &[Polygon]) -> (V, f64) {
    let rings = shape.iter().map(|p| p.shell.iter().map(|&q| plane.metres(q)).collect::<Vec<_>>());
    let parts: Vec<(V, f64)> = rings.map(|r| (centroid(&r), area(&r))).collect();
    let largest = parts.iter().copied().reduce(|a, b| if b.1 > a.1 { b } else { a });
    (largest.unwrap_or_default().0, parts.iter().map(|p| p.1).sum())
}

/// Every plot with its number, by village and number.
fn reading_order(plots: &[Plot], middles: &[(V, f64)], villages: usize) -> Vec<(usize, usize)> {
    let mut of_village = vec![Vec::new(); villages];
    for (i, plot) in plots.iter().enumerate() {
        of_village[plot.village].push(i);
    }
    let mut order = Vec::with_capacity(plots.len());
    for mut members in of_village {
        let whole: f64 = members.iter().map(|&p| middles[p].1).sum();
        let row = ROW * (whole / members.len() as f64).sqrt();
        let y = |p: usize| middles[p].0.y;
        members.sort_by(|&a, &b| y(b).total_cmp(&y(a)).then(a.cmp(&b)));
        let mut rows: Vec<Vec<usize>> = Vec::new();
        for plot in members {
            match rows.last_mut() {
                Some(last) if y(last[0]) - y(plot) < row => last.push(plot),
                _ => rows.push(vec![plot]),
            }
        }
        for row in &mut rows {
            row.sort_by(|&a, &b| middles[a].0.x.total_cmp(&middles[b].0.x).then(a.cmp(&b)));
        }
        order.extend(rows.into_iter().flatten().enumerate().map(|(i, plot)| (i + 1, plot)));
    }
    order
}

fn upper_units(roll: &Roll, land: &Land, plane: &Plane) -> Vec<Unit> {
    let seated = |list: &[SeedUnit], seats: &[Seat], level: u8| -> Vec<Unit> {
        list.iter().zip(seats).map(|(u, s)| unit(u, level, seat_attributes(u, *s, plane))).collect()
    };
    let mut units = vec![unit(&roll.county, 0, Attributes::new())];
    units.extend(seated(&roll.towns, &land.town_seats, 1));
    units.extend(seated(&roll.villages, &land.village_seats, 2));
    units
}

fn unit(seed: &SeedUnit, level: u8, attributes: Attributes) -> Unit {
    Unit { uid: Uid(0), code: seed.code.clone(), name: seed.name.clone(), level, tint: 0, attributes }
}

fn text(value: &str) -> Attribute {
    Attribute::Text(value.to_owned())
}

/// What the list calls the unit, where its seat stands and how that is known, and that its borders are made up.
fn seat_attributes(seed: &SeedUnit, seat: Seat, plane: &Plane) -> Attributes {
    let at = LonLat::from_lattice(plane.lattice(seat.at));
    let source = seed.seat.filter(|_| seat.listed).map_or("synthetic", |(_, source)| source.as_str());
    let mut attributes = Attributes::from([
        ("seat".to_owned(), text(source)),
        ("seat_lat".to_owned(), Attribute::Number(at.lat())),
        ("seat_lon".to_owned(), Attribute::Number(at.lon())),
        ("synthetic".to_owned(), Attribute::Bool(true)),
    ]);
    if !seed.kind.is_empty() {
        attributes.insert("type".into(), text(&seed.kind));
    }
    attributes
}

fn grid(village: &SeedUnit, plot: &Plot, number: usize) -> Result<Unit, SynthError> {
    let code =
        Code::new(&format!("{}{number:03}", village.code)).map_err(|e| SynthError::Broken(e.to_string()))?;
    let mut attributes = Attributes::from([("synthetic".to_owned(), Attribute::Bool(true))]);
    let (name, kind) = match &plot.institution {
        Some((name, institution)) => {
            attributes.insert("institution".into(), text(institution));
            (format!("{name}专属网格"), "dedicated")
        }
        None => (format!("{}第{number}网格", plain(&village.name)), "base"),
    };
    attributes.insert("kind".into(), text(kind));
    if plot.exclave {
        attributes.insert("exclave".into(), Attribute::Bool(true));
    }
    Ok(Unit { uid: Uid(0), code, name, level: 3, tint: 0, attributes })
}
