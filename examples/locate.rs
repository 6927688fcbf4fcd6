//! Which of two grids is a point in? No server, no store: a coverage and a locator in this process.
#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

use wangge::coverage::{Coverage, Polygon};
use wangge::crs::{Datum, LonLat, Point};
use wangge::locate::Locator;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let corners = |west| [(west, 33.77), (west + 0.01, 33.77), (west + 0.01, 33.78), (west, 33.78)];
    let grid = |west| -> Result<Vec<Polygon>, Box<dyn std::error::Error>> {
        let place = |(lon, lat)| LonLat::new(lon, lat).map(LonLat::to_lattice);
        let shell = corners(west).into_iter().map(place).collect::<Result<Vec<Point>, _>>()?;
        Ok(vec![Polygon { shell, holes: vec![] }])
    };
    let coverage = Coverage::build(&[grid(120.25)?, grid(120.26)?], 0).map_err(|_| "no coverage")?.coverage;
    let from_a_phone = Datum::Gcj02.to_wgs84(LonLat::new(120.26298, 33.77323)?);
    println!("{:?}", Locator::build(&coverage, 2).owner(from_a_phone.to_lattice()));
    Ok(())
}
