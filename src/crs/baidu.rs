//! Baidu's own Mercator, in which `map.baidu.com` writes places: metres → BD-09 degrees.
//!
//! Six bands of y, each with a polynomial in |y|, as Baidu's page script has them and npm `gcoord` repeats them. The
//! bands meet within a metre. x is a plain multiple of the longitude.

use super::LonLat;

/// A band: from which |y| in metres, then how it is turned into degrees.
struct Band {
    from: f64,
    /// Degrees of longitude: `lon[0] + lon[1] · |x|`.
    lon: [f64; 2],
    /// Degrees of latitude: a polynomial in |y| / `scale`, the constant first.
    lat: [f64; 7],
    scale: f64,
}

const BANDS: [Band; 6] = [
    Band {
        from: 12_890_594.86,
        lon: [1.410_526_172_116_255e-8, 8.983_055_096_488_72e-6],
        lat: [
            -1.993_983_381_633_1,
            200.982_438_310_679_6,
            -187.240_370_381_554_7,
            91.608_751_666_984_3,
            -23.387_656_496_033_39,
            2.571_213_172_961_98,
            -0.038_010_033_086_53,
        ],
        scale: 17_337_981.2,
    },
    Band {
        from: 8_362_377.87,
        lon: [-7.435_856_389_565_537e-9, 8.983_055_097_726_239e-6],
        lat: [
            -0.786_252_018_862_89,
            96.326_875_997_598_46,
            -1.852_047_575_298_26,
            -59.369_359_054_858_77,
            47.400_335_492_967_37,
            -16.507_419_310_638_87,
            2.287_866_746_993_75,
        ],
        scale: 10_260_144.86,
    },
    Band {
        from: 5_591_021.0,
        lon: [-3.030_883_460_898_826e-8, 8.983_055_099_835_78e-6],
        lat: [
            0.300_713_162_876_16,
            59.742_936_184_422_77,
            7.357_984_074_871,
            -25.383_710_026_647_45,
            13.453_805_211_109_08,
            -3.298_837_672_355_84,
            0.327_109_053_634_75,
        ],
        scale: 6_856_817.37,
    },
    Band {
        from: 3_481_989.83,
        lon: [-1.981_981_304_930_552e-8, 8.983_055_099_779_535e-6],
        lat: [
            0.032_781_828_525_91,
            40.316_785_277_057_44,
            0.656_592_986_772_77,
            -4.442_555_344_774_92,
            0.853_419_118_052_63,
            0.129_233_479_982_04,
            -0.046_257_360_075_61,
        ],
        scale: 4_482_777.06,
    },
    Band {
        from: 1_678_043.12,
        lon: [3.091_913_710_684_37e-9, 8.983_055_096_812_155e-6],
        lat: [
            0.000_069_957_240_62,
            23.109_343_041_449_01,
            -0.000_236_634_905_11,
            -0.632_181_781_024_2,
            -0.006_634_944_672_73,
            0.034_300_823_979_53,
            -0.004_660_438_763_32,
        ],
        scale: 2_555_164.4,
    },
    Band {
        from: 0.0,
        lon: [2.890_871_144_776_878e-9, 8.983_055_095_805_407e-6],
        lat: [
            -0.000_000_030_682_98,
            7.471_370_254_680_32,
            -0.000_003_539_379_94,
            -0.021_451_448_610_37,
            -0.000_012_344_265_96,
            0.000_103_229_527_73,
            -0.000_003_238_903_64,
        ],
        scale: 826_088.5,
    },
];

/// The BD-09 place of a point of Baidu's Mercator, both in metres. `None` for what is beyond the world.
#[must_use]
pub fn from_baidu_mercator(x: f64, y: f64) -> Option<LonLat> {
    /// Where Baidu's world ends: 180 degrees east, and about 84 north.
    const EDGE: (f64, f64) = (20_037_726.37, 18_974_274.6);
    if !(x.abs() <= EDGE.0 && y.abs() <= EDGE.1) {
        return None;
    }
    let band = BANDS.iter().find(|band| y.abs() >= band.from)?;
    let lon = band.lon[0] + band.lon[1] * x.abs();
    let lat = band.lat.iter().rev().fold(0.0, |sum, c| sum * (y.abs() / band.scale) + c);
    LonLat::new(lon.copysign(x), lat.copysign(y)).ok()
}
