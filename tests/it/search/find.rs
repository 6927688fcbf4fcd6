//! Units and places by text: what is ranked before what, and what is not found.

use std::sync::LazyLock;
use std::time::Instant;

use wangge::search::{Index, Merit, NamedExtent, Target};
use wangge::unit::{Code, Hierarchy, Levels, PointFeature, Uid, Unit};

use super::{FINDER, found};
use crate::synth::DEMO;

/// A hierarchy of units with names, by code.
fn hierarchy(units: &[(&str, &str)]) -> Hierarchy {
    let levels = Levels::default();
    let unit = |(uid, (code, name)): (u32, &(&str, &str))| {
        let code = Code::new(code).unwrap();
        let level = levels.of_digits(code.digits()).unwrap();
        Unit { uid: Uid(uid), code, name: (*name).into(), level, tint: 0, attributes: [].into() }
    };
    let units = (1..).zip(units).map(unit).collect();
    Hierarchy::new(levels, units, vec![]).unwrap()
}

/// Names and merits of what an index of these units finds.
fn ranked(units: &[(&str, &str)], text: &str) -> Vec<(String, Merit)> {
    let hierarchy = hierarchy(units);
    let hits = Index::build(&hierarchy, &[], &[], &[]).find(text, 50);
    let name = |target| match target {
        Target::Unit(unit) => hierarchy.unit(unit).name.clone(),
        Target::Place(_) | Target::Landmark(_) => unreachable!("there are units only"),
    };
    hits.into_iter().map(|hit| (name(hit.target), hit.merit)).collect()
}

static TOWN: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    vec![
        ("990101", "新县"),
        ("990101100", "合德镇"),
        ("990101101", "河德园镇"),
        ("990101102", "新合德镇"),
        ("990101103", "合得利镇"),
        ("990101104", "南山镇"),
    ]
});

#[test]
fn exact_comes_before_prefix_inner_and_sound() {
    let units: Vec<_> = TOWN.iter().copied().chain([("990101100001", "合德北村")]).collect();
    let expected = [
        ("合德镇", Merit::Exact),
        ("合德北村", Merit::Prefix),
        ("新合德镇", Merit::Inner),
        ("河德园镇", Merit::SoundPrefix),
        ("合得利镇", Merit::SoundPrefix),
    ];
    assert_eq!(ranked(&units, "合德"), expected.map(|(name, merit)| (name.to_owned(), merit)));
}

#[test]
fn equals_are_listed_from_the_upper_levels_down_then_by_code() {
    assert_eq!(found("城东", 3), ["320924100007", "320924401002", "320924403001"]);
    let hits = found("黄沙港", 50);
    assert_eq!(hits[..2], ["320924117", "320924117003"]);
    let grid = hits.iter().position(|hit| hit == "320924117003001").unwrap();
    let place = hits.iter().position(|hit| hit == "黄沙港镇微法庭").unwrap();
    assert!(place < grid, "places stand before grids: {hits:?}");
    assert_eq!(hits, found("黄沙港", 50), "the same every time");
}

#[test]
fn an_error_is_allowed_only_where_nothing_else_is_found() {
    assert!(ranked(&TOWN, "南山镇").iter().all(|(_, merit)| *merit == Merit::Exact));
    assert_eq!(ranked(&TOWN, "南三号山镇"), []);
    assert_eq!(ranked(&TOWN, "nanshn"), [("南山镇".to_owned(), Merit::Near)]);
    assert_eq!(ranked(&TOWN, "南大山镇")[0], ("南山镇".to_owned(), Merit::Near));
}

#[test]
fn the_number_of_a_grid_is_its_names_or_else_the_end_of_its_code() {
    let units = [
        ("990101", "新县"),
        ("990101100", "合德镇"),
        ("990101100001", "交通路社区居委会"),
        ("990101100001001", "交通路社区第2网格"),
        ("990101100001002", "交通路社区第1网格"),
        ("990101100001003", "中学专属网格"),
        ("990101100001004", ""),
    ];
    let first = |text: &str| ranked(&units, text).first().cloned();
    assert_eq!(first("交通路1"), Some(("交通路社区第1网格".to_owned(), Merit::Exact)));
    assert_eq!(first("交通路003"), Some(("中学专属网格".to_owned(), Merit::Exact)));
    assert_eq!(first("交通路社区四号网格"), Some((String::new(), Merit::Exact)));
    assert_eq!(first("交通路9"), Some(("交通路社区居委会".to_owned(), Merit::Near)), "there is no ninth");
}

#[test]
fn a_village_that_is_not_yet_gridded_is_found_like_others() {
    let units = [("990101", "新县"), ("990101100", "合德镇"), ("990101100001", "交通路社区居委会")];
    assert_eq!(ranked(&units, "jtl")[0].0, "交通路社区居委会");
}

#[test]
fn units_without_names_are_found_by_code_and_names_in_letters_as_they_are() {
    let units = [("990101", ""), ("990101100", "Spring Field"), ("990101101", "")];
    assert_eq!(ranked(&units, "990101101").len(), 1);
    assert_eq!(ranked(&units, "SPRING FIELD"), [("Spring Field".to_owned(), Merit::Exact)]);
    assert_eq!(ranked(&units, "sprin"), [("Spring Field".to_owned(), Merit::Prefix)]);
    assert_eq!(ranked(&units, "sprngfield")[0].1, Merit::Near);
}

#[test]
fn a_place_is_found_within_the_units_it_lies_in() {
    let hierarchy = hierarchy(&[("990101", "新县"), ("990101100", "合德镇"), ("990101101", "南山镇")]);
    let place = |name: &str| PointFeature {
        at: wangge::crs::Point::new(0, 0),
        kind: "school".into(),
        name: name.into(),
        weight: 1,
        attributes: [].into(),
    };
    let index =
        Index::build(&hierarchy, &[place("小学"), place("小学"), place("")], &[Some(2), Some(1), None], &[]);
    let places = |text: &str| index.find(text, 9).into_iter().map(|hit| hit.target).collect::<Vec<_>>();
    assert_eq!(places("小学"), [Target::Place(0), Target::Place(1)]);
    assert_eq!(places("合德小学"), [Target::Place(1)]);
    assert_eq!(places("南山 小学"), [Target::Place(0)]);
    assert_eq!(places("南山镇学"), [Target::Unit(2)], "one character behind a name says too little");
}

#[test]
fn a_landmark_stands_before_grids_but_behind_a_unit_of_its_very_name() {
    let units = [
        ("990101", "新县"),
        ("990101100", "东风镇"),
        ("990101100001", "东风河村"),
        ("990101100001001", "东风河"),
        ("990101100001002", "东风河第2网格"),
    ];
    let hierarchy = hierarchy(&units);
    let river = NamedExtent { name: "东风河", touches: &[] };
    let index = Index::build(&hierarchy, &[], &[], &[river]);
    let found = |text: &str| index.find(text, 9).into_iter().map(|hit| hit.target).collect::<Vec<_>>();
    let [town, village, same, grid] = [1, 2, 3, 4].map(Target::Unit);
    let river = Target::Landmark(0);
    assert_eq!(found("东风河"), [village, same, river, grid], "of that name: units first");
    assert_eq!(found("dfh"), [village, same, river, grid], "by initials");
    assert_eq!(found("东风"), [town, village, river, same, grid], "begins so: one river, many grids");
}

#[test]
fn a_landmark_is_found_within_the_units_it_runs_through() {
    let units =
        [("990101", "新县"), ("990101100", "合德镇"), ("990101101", "南山镇"), ("990101102", "北海镇")];
    let hierarchy = hierarchy(&units);
    let road = NamedExtent { name: "228国道", touches: &[1, 2] };
    let index = Index::build(&hierarchy, &[], &[], &[road]);
    let first = |text: &str| index.find(text, 9).first().map(|hit| (hit.target, hit.merit));
    let road = Some((Target::Landmark(0), Merit::Exact));
    for text in ["228国道", "g228", "G228", "国道228", "合德 228国道", "南山镇g228"] {
        assert_eq!(first(text), road, "{text}");
    }
    assert_ne!(first("北海镇228国道"), road, "it does not run there");
}

#[test]
fn nothing_is_found_for_nothing() {
    for text in ["", "   ", "!?…", "，", "镇中学校医院不存在的地方", "qqqqqqqq", "99999999999999999999999"]
    {
        assert_eq!(found(text, 10), Vec::<String>::new(), "{text:?}");
    }
    assert_eq!(found("合德", 0), Vec::<String>::new());
}

#[test]
fn no_text_makes_it_panic() {
    use rand::{RngExt, SeedableRng};
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(3);
    let pieces = [
        "合德",
        "镇",
        "第",
        "3",
        "网格",
        "hdz",
        "320924",
        "100",
        " ",
        "，",
        "交通路",
        "村委会",
        "zh",
        "q",
        "十",
        "百",
        "É",
        "İ",
        "\u{301}",
        "👍",
        "\u{0}",
        "委员会",
        "社区",
        "ü",
    ];
    for _ in 0..crate::rounds(300, 5_000) {
        let text: String =
            (0..rng.random_range(0..40)).map(|_| pieces[rng.random_range(0..pieces.len())]).collect();
        assert!(FINDER.find(&text, 5).len() <= 5, "{text:?}");
    }
}

/// The target is 5 ms; this bound holds on a busy machine and without optimisation of this crate.
#[test]
fn as_one_types_no_query_takes_long() {
    assert!(DEMO.partition.hierarchy.units().len() > 3_900);
    let queries = [
        "h",
        "he",
        "hede",
        "hedezehn",
        "合",
        "合德",
        "黄少港镇",
        "城东",
        "320924",
        "320942117003",
        "jtl3",
        "新洋农场 城东",
        "射阳河",
        "g228",
    ];
    let _ = FINDER.find("合德", 10);
    for query in queries {
        let start = Instant::now();
        assert!(!FINDER.find(query, 10).is_empty(), "{query}");
        let took = start.elapsed();
        assert!(took.as_secs() < 5, "{query}: {took:?}");
    }
}
