//! Geometry blobs: lattice in, lattice out; what is no blob of ours says where.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::coverage::Polygon;
use wangge::crs::Point;
use wangge::wkb::{decode, decode_foreign, decode_line, encode, encode_line, encode_point};

fn square(x: i32, y: i32, side: i32) -> Vec<Point> {
    vec![Point::new(x, y), Point::new(x + side, y), Point::new(x + side, y + side), Point::new(x, y + side)]
}

fn holed() -> Vec<Polygon> {
    let mut hole = square(1_200_000_100, 337_000_100, 50);
    hole.reverse();
    vec![
        Polygon { shell: square(1_200_000_000, 337_000_000, 1000), holes: vec![hole] },
        Polygon { shell: square(1_200_005_000, 337_000_000, 1), holes: vec![] },
    ]
}

#[test]
fn polygons_come_back_unchanged_to_the_bit() {
    assert_eq!(decode(&encode(&holed())).unwrap(), holed());
    assert_eq!(decode(&encode(&[])).unwrap(), []);
}

#[test]
fn every_lattice_coordinate_survives() {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut points: Vec<Point> = (0..200_000)
        .map(|_| {
            Point::new(
                random.random_range(-1_800_000_000..=1_800_000_000),
                random.random_range(-900_000_000..=900_000_000),
            )
        })
        .collect();
    points.extend([
        Point::new(-1_800_000_000, -900_000_000),
        Point::new(1_800_000_000, 900_000_000),
        Point::new(0, 0),
    ]);
    assert_eq!(decode_line(&encode_line(&points)).unwrap(), points);
}

#[test]
fn a_blob_cut_short_anywhere_is_an_error() {
    let blob = encode(&holed());
    for length in 0..blob.len() {
        let bad = decode(&blob[..length]).unwrap_err();
        assert!(bad.offset <= length, "{bad}");
    }
    let mut longer = blob.clone();
    longer.push(0);
    assert_eq!(decode(&longer).unwrap_err().offset, blob.len());
}

#[test]
fn any_changed_byte_is_an_error_or_other_polygons_but_never_a_panic() {
    let blob = encode(&holed());
    for i in 0..blob.len() {
        for flip in [1u8, 0x10, 0x80, 0xff] {
            let mut bad = blob.clone();
            bad[i] ^= flip;
            let _ = decode_foreign(&bad);
            if let Ok(polygons) = decode(&bad) {
                // The envelope is not read, and a sign or a whole exponent may give another lattice point.
                assert!((8..40).contains(&i) || polygons != holed(), "byte {i}");
            }
        }
    }
}

#[test]
fn a_huge_count_is_refused_before_anything_is_allocated() {
    for (at, what) in [(45, "polygons"), (54, "rings"), (58, "points")] {
        let mut blob = encode(&holed());
        blob[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        let bad = decode(&blob).unwrap_err();
        assert_eq!(bad.offset, at);
        assert!(bad.expected.contains(what) && bad.expected.contains("room"), "{bad}");
        assert!(decode_foreign(&blob).unwrap_err().expected.contains("room"));
    }
}

fn with(at: usize, bytes: &[u8]) -> String {
    let mut blob = encode(&holed());
    blob[at..at + bytes.len()].copy_from_slice(bytes);
    decode(&blob).unwrap_err().to_string()
}

#[test]
fn what_is_not_ours_says_where_and_what_was_due() {
    assert_eq!(
        with(0, b"XX"),
        "geometry blob, byte 0: expected the header GP, version 0, found [58, 58, 00]"
    );
    assert!(with(3, &[2]).contains("byte 3: expected a little-endian header"));
    assert!(with(4, &4326i32.to_le_bytes()).contains("byte 4: expected srs id 4490, found 4326"));
    assert!(with(40, &[0]).contains("byte 40: expected byte order 1 (little-endian), found 0"));
    assert!(
        with(41, &1006u32.to_le_bytes()).contains("byte 41: expected MultiPolygon (type 6, without Z and M)")
    );
    assert!(with(41, &3u32.to_le_bytes()).contains("found Polygon (type 3)"));
    assert!(with(62, &f64::NAN.to_le_bytes()).contains("byte 62: expected a longitude and a latitude"));
    assert!(with(62, &f64::INFINITY.to_le_bytes()).contains("byte 62"));
    assert!(with(62, &181f64.to_le_bytes()).contains("from -180 to 180, found 181"));
    assert!(
        with(70, &33.700_000_05f64.to_le_bytes()).contains("byte 70: expected a coordinate on the lattice")
    );
}

#[test]
fn an_open_ring_is_an_error() {
    let blob = encode(&[Polygon { shell: square(0, 0, 10), holes: vec![] }]);
    let last = blob.len() - 16;
    let mut open = blob.clone();
    open[last..].copy_from_slice(&blob[last - 16..last]);
    assert!(decode(&open).unwrap_err().expected.contains("first point again"));
}

/// A big-endian polygon with Z, under a header with an envelope of x, y and z.
fn foreign() -> Vec<u8> {
    let mut blob = vec![b'G', b'P', 0, 2 << 1];
    blob.extend(4326i32.to_be_bytes());
    blob.extend([0; 48]);
    blob.push(0);
    blob.extend(1003u32.to_be_bytes());
    blob.extend(1u32.to_be_bytes());
    blob.extend(4u32.to_be_bytes());
    for (x, y) in [(120.0, 33.0), (121.0, 33.0), (121.0, 34.0), (120.0, 33.0)] {
        for value in [x, y, 7.0f64] {
            blob.extend(value.to_be_bytes());
        }
    }
    blob
}

#[test]
fn foreign_blobs_are_read_in_any_byte_order_and_lose_their_z() {
    let found = decode_foreign(&foreign()).unwrap();
    assert_eq!(found.srs_id, 4326);
    assert!(found.dropped_zm);
    assert_eq!(found.polygons, [[[[120.0, 33.0], [121.0, 33.0], [121.0, 34.0], [120.0, 33.0]]]]);
    let ours = decode_foreign(&encode(&holed())).unwrap();
    assert_eq!((ours.srs_id, ours.polygons.len(), ours.dropped_zm), (4490, 2, false));
    assert_eq!(
        decode_foreign(&encode_point(Point::new(1_200_000_000, 330_000_000))).unwrap().points,
        [[120.0, 33.0]]
    );
    for length in 0..foreign().len() {
        decode_foreign(&foreign()[..length]).unwrap_err();
    }
}

#[test]
fn collections_nested_without_end_are_refused() {
    let mut blob = encode(&[])[..8].to_vec();
    blob[3] = 1;
    for _ in 0..100_000 {
        blob.push(1);
        blob.extend(7u32.to_le_bytes());
        blob.extend(1u32.to_le_bytes());
    }
    assert!(decode_foreign(&blob).unwrap_err().expected.contains("deep"));
}
