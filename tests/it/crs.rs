use geo::{Destination, Distance, Geodesic, GeodesicArea, LineString, Polygon};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::crs::{
    BadCoordinate, BadTile, Datum, LocalPlane, LonLat, Point, TileId, from_world, in_china, lattice_to_world,
    ring_area_m2, ring_area2, to_world,
};

const SHEYANG: (f64, f64) = (120.2582, 33.7746);

fn place(lon: f64, lat: f64) -> LonLat {
    LonLat::new(lon, lat).unwrap()
}

fn off(a: LonLat, b: LonLat) -> f64 {
    (a.lon() - b.lon()).abs().max((a.lat() - b.lat()).abs())
}

#[test]
fn numbers_that_are_no_place_are_refused_with_what_was_found() {
    assert!(matches!(LonLat::new(f64::NAN, 33.0), Err(BadCoordinate::NotFinite { axis: "longitude", .. })));
    assert!(matches!(
        LonLat::new(120.0, f64::INFINITY),
        Err(BadCoordinate::NotFinite { axis: "latitude", .. })
    ));
    assert_eq!(LonLat::new(180.1, 0.0), Err(BadCoordinate::Longitude(180.1)));
    assert_eq!(LonLat::new(120.0, 91.0), Err(BadCoordinate::Latitude(91.0)));
    assert_eq!(LonLat::new(33.77, 120.25), Err(BadCoordinate::Swapped { lon: 33.77, lat: 120.25 }));
    assert!(LonLat::new(33.77, 120.25).unwrap_err().to_string().ends_with("found 33.77, 120.25: swapped?"));
    assert!(LonLat::new(-180.0, 90.0).is_ok());
}

#[test]
fn what_the_lattice_does_not_see_is_not_beyond_the_range() {
    let edge = LonLat::new(180.000_000_000_000_06, -90.000_000_01).unwrap();
    assert_eq!((edge.lon(), edge.lat()), (180.0, -90.0));
    assert!(LonLat::new(180.000_000_1, 0.0).is_err() && LonLat::new(0.0, -90.000_000_1).is_err());
}

#[test]
fn rounding_to_the_lattice_takes_ties_away_from_zero() {
    assert_eq!(place(0.000_000_05, -0.000_000_05).to_lattice(), Point::new(1, -1));
    assert_eq!(place(0.000_000_049, -0.000_000_049).to_lattice(), Point::new(0, 0));
    assert_eq!(place(-180.0, 90.0).to_lattice(), Point::new(-1_800_000_000, 900_000_000));
}

#[test]
fn seven_decimals_survive_the_lattice_and_text() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    for _ in 0..200_000 {
        let p = Point::new(
            rng.random_range(-1_800_000_000..=1_800_000_000),
            rng.random_range(-900_000_000..=900_000_000),
        );
        let there = LonLat::from_lattice(p);
        assert_eq!(there.to_lattice(), p);
        let text = format!("{:.7},{:.7}", there.lon(), there.lat());
        let (lon, lat) = text.split_once(',').unwrap();
        assert_eq!(place(lon.parse().unwrap(), lat.parse().unwrap()), there);
    }
}

#[test]
fn datums_have_their_plain_names() {
    for datum in Datum::ALL {
        assert_eq!(datum.to_string().parse::<Datum>().unwrap(), datum);
        assert_eq!(serde_json::to_string(&datum).unwrap(), format!("\"{datum}\""));
    }
    assert_eq!("GCJ02".parse::<Datum>().unwrap(), Datum::Gcj02);
    assert!("wgs72".parse::<Datum>().unwrap_err().to_string().contains("found \"wgs72\""));
}

/// WGS84, GCJ-02 and BD-09 of one place, as gcoord has them.
fn gcoord_rows() -> Vec<[LonLat; 3]> {
    let text = include_str!("../fixtures/gcoord.csv");
    let rows = text.lines().filter(|l| !l.starts_with('#')).skip(1).map(|line| {
        let n: Vec<f64> = line.split(',').map(|f| f.parse().unwrap()).collect();
        [place(n[0], n[1]), place(n[2], n[3]), place(n[4], n[5])]
    });
    rows.collect()
}

#[test]
fn datums_agree_with_gcoord_to_a_billionth_of_a_degree() {
    let rows = gcoord_rows();
    assert!(rows.len() >= 500 && rows.iter().filter(|r| in_china(r[0])).count() >= 500);
    for [wgs, gcj, bd] in rows {
        assert!(off(Datum::Gcj02.from_wgs84(wgs), gcj) < 1e-9, "{wgs:?} to GCJ-02");
        assert!(off(Datum::Bd09.from_wgs84(wgs), bd) < 1e-9, "{wgs:?} to BD-09");
        assert_eq!(Datum::Cgcs2000.from_wgs84(wgs), wgs);
        // At the very edge of the box the shift leads out of it, and there is no way back.
        if in_china(wgs) == in_china(gcj) {
            assert!(off(Datum::Gcj02.to_wgs84(gcj), wgs) < 1e-9, "{gcj:?} from GCJ-02");
            assert!(off(Datum::Bd09.to_wgs84(bd), wgs) < 1e-9, "{bd:?} from BD-09");
        }
    }
}

#[test]
fn at_sheyang_gcj02_lies_468_metres_to_the_south_east() {
    let wgs = place(SHEYANG.0, SHEYANG.1);
    let (east, north) = LocalPlane::at(wgs).metres(Datum::Gcj02.from_wgs84(wgs).to_lattice());
    assert!((east - 443.0).abs() < 1.0 && (north + 152.0).abs() < 1.0, "{east} {north}");
}

#[test]
fn the_ways_back_invert_the_ways_there_and_end_everywhere() {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    for _ in 0..20_000 {
        let p = place(rng.random_range(-180.0..=180.0), rng.random_range(-90.0..=90.0));
        for datum in [Datum::Gcj02, Datum::Bd09] {
            let back = datum.to_wgs84(p);
            assert!(back.lon().abs() <= 180.0 && back.lat().abs() <= 90.0);
        }
        let p = place(rng.random_range(72.1..137.7), rng.random_range(0.9..55.7));
        for datum in [Datum::Gcj02, Datum::Bd09] {
            assert!(off(datum.to_wgs84(datum.from_wgs84(p)), p) < 1e-10, "{datum} {p:?}");
        }
    }
}

#[test]
fn mercator_is_the_square_of_epsg_3857() {
    assert_eq!(to_world(place(0.0, 0.0)), Point::new(0, 0));
    assert_eq!(to_world(place(-180.0, 90.0)), Point::new(i32::MIN, i32::MIN));
    assert_eq!(to_world(place(180.0, -90.0)), Point::new(i32::MAX, i32::MAX));
    // EPSG:3857 of Sheyang by the textbook formula, in metres.
    let world = to_world(place(SHEYANG.0, SHEYANG.1));
    let metres = |units: i32| f64::from(units) / 4_294_967_296.0 * std::f64::consts::TAU * 6_378_137.0;
    let y = 6_378_137.0 * (std::f64::consts::FRAC_PI_4 + SHEYANG.1.to_radians() / 2.0).tan().ln();
    assert!((metres(world.x) - 6_378_137.0 * SHEYANG.0.to_radians()).abs() < 0.006);
    assert!((metres(world.y) + y).abs() < 0.006);
}

#[test]
fn the_world_and_the_lattice_lead_back_to_each_other() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    for _ in 0..20_000 {
        let p = Point::new(
            rng.random_range(-1_800_000_000..1_800_000_000),
            rng.random_range(-850_000_000..850_000_000),
        );
        let world = lattice_to_world(p);
        assert_eq!(to_world(from_world(world)), world);
        let back = from_world(world).to_lattice();
        assert!((back.x - p.x).abs() <= 1 && (back.y - p.y).abs() <= 1);
    }
}

#[test]
fn tile_addresses_out_of_range_are_refused() {
    assert_eq!(TileId::new(23, 0, 0), Err(BadTile::Zoom(23)));
    assert_eq!(TileId::new(3, 8, 0), Err(BadTile::Range { z: 3, x: 8, y: 0 }));
    assert_eq!(
        TileId::new(3, 0, 8).unwrap_err().to_string(),
        "expected x and y below 8 at zoom 3, found 0, 8"
    );
    assert!(TileId::new(22, (1 << 22) - 1, 0).is_ok());
}

#[test]
fn tiles_know_their_place() {
    let world = TileId::new(0, 0, 0).unwrap();
    let [w, s, e, n] = world.bounds();
    assert_eq!((w, e), (-180.0, 180.0));
    assert!((n - 85.051_128_779_806_59).abs() < 1e-9 && (s + 85.051_128_779_806_59).abs() < 1e-9);
    assert_eq!((world.parent(), world.world_min()), (None, Point::new(i32::MIN, i32::MIN)));
    // Sheyang at zoom 14, as any slippy map has it.
    let at = TileId::at(to_world(place(SHEYANG.0, SHEYANG.1)), 14);
    assert_eq!(at, TileId::new(14, 13665, 6557).unwrap());
    let [w, s, e, n] = at.bounds();
    assert!(w <= SHEYANG.0 && SHEYANG.0 < e && s < SHEYANG.1 && SHEYANG.1 <= n);
    let (min, side) = (at.world_min(), at.world_side() as i32);
    assert_eq!(
        (TileId::at(min, 14), TileId::at(Point::new(min.x + side - 1, min.y + side - 1), 14)),
        (at, at)
    );
    assert_eq!(at.parent(), TileId::new(13, 6832, 3278).ok());
}

#[test]
fn areas_agree_with_geodesics_on_the_ellipsoid() {
    let mut rng = ChaCha8Rng::seed_from_u64(13);
    for radius in [0.0005, 0.005, 0.05, 0.5] {
        for lat in [-60.0, 0.0, SHEYANG.1, 70.0] {
            let ring = wobbly_ring(&mut rng, (SHEYANG.0, lat), radius);
            let line: LineString = ring
                .iter()
                .map(|&p| (LonLat::from_lattice(p).lon(), LonLat::from_lattice(p).lat()))
                .collect();
            let oracle = Polygon::new(line, vec![]).geodesic_area_signed();
            let ours = ring_area_m2(&ring);
            assert!((ours / oracle - 1.0).abs() < 1e-5 * radius.max(0.01), "{radius} {lat}: {ours} {oracle}");
            let mut turned = ring;
            turned.reverse();
            assert!((ring_area_m2(&turned) / ours + 1.0).abs() < 1e-9);
        }
    }
}

/// A counter-clockwise ring of 2,000 short edges, so that geodesics and straight lines hardly differ.
fn wobbly_ring(rng: &mut ChaCha8Rng, (lon, lat): (f64, f64), radius: f64) -> Vec<Point> {
    let turn = |i: i32| f64::from(i) / 2000.0 * std::f64::consts::TAU;
    let ring = (0..2000).map(|i| {
        let r = radius * rng.random_range(0.99..1.01);
        place(lon + r * turn(i).cos(), lat + r * turn(i).sin()).to_lattice()
    });
    let ring: Vec<Point> = ring.collect();
    assert!(ring_area2(&ring) > 0);
    ring
}

#[test]
fn areas_of_parts_sum_to_the_whole() {
    let ring: Vec<Point> =
        [(0, 0), (400_000, 13), (410_000, 300_000), (-5, 290_000)].map(|(x, y)| Point::new(x, y)).into();
    let shift = |p: &Point| Point::new(p.x + 1_202_000_000, p.y + 337_000_000);
    let ring: Vec<Point> = ring.iter().map(shift).collect();
    let parts = ring_area_m2(&ring[..3]) + ring_area_m2(&[ring[0], ring[2], ring[3]]);
    assert!((parts / ring_area_m2(&ring) - 1.0).abs() < 1e-12);
    assert_eq!((ring_area_m2(&[]), ring_area_m2(&ring[..2])), (0.0, 0.0));
}

#[test]
fn local_distances_are_good_to_a_ten_thousandth_within_100_km() {
    for lat in [-70.0, -5.0, SHEYANG.1, 60.0, 70.0] {
        let plane = LocalPlane::at(place(SHEYANG.0, lat));
        for (metres, good) in [(10.0, 1e-3), (1000.0, 2e-5), (10_000.0, 5e-6), (100_000.0, 1e-4)] {
            for bearing in 0..24 {
                let from = geo::Point::new(SHEYANG.0, lat);
                let to = Geodesic.destination(from, f64::from(bearing) * 15.0, metres);
                let p = place(to.x(), to.y()).to_lattice();
                let ours = plane.distance_m(p);
                assert!((ours / metres - 1.0).abs() < good, "{lat} {metres} {bearing}: {ours}");
                let snapped = LonLat::from_lattice(p);
                let exact = Geodesic.distance(from, geo::Point::new(snapped.lon(), snapped.lat()));
                assert!((ours / exact - 1.0).abs() < good.min(1e-4));
            }
        }
    }
}
