//! What places are called: the plain name of a village, which way a name points, what a grid is called.

use super::plane::V;

/// Endings that say what kind of body it is, longest first, and what stays of them.
const ENDINGS: [(&str, &str); 10] = [
    ("社区居民委员会", "社区"),
    ("社区居居委员会", "社区"),
    ("居民委员会", "社区"),
    ("村民委员会", "村"),
    ("社区居委会", "社区"),
    ("居委会", "社区"),
    ("村委会", "村"),
    ("生活区", "生活区"),
    ("社区", "社区"),
    ("村", "村"),
];

/// The place rather than its committee: 交通路社区居委会 → 交通路社区, 新淤村委会 → 新淤村.
pub(super) fn plain(name: &str) -> String {
    let found = ENDINGS.iter().find_map(|(ending, kept)| name.strip_suffix(ending).map(|stem| (stem, kept)));
    match found {
        Some((stem, kept)) if !stem.is_empty() => format!("{stem}{kept}"),
        _ => name.to_owned(),
    }
}

/// The name without any ending: 交通路, 新淤.
pub(super) fn stem(name: &str) -> &str {
    ENDINGS.iter().find_map(|(ending, _)| name.strip_suffix(ending)).filter(|s| !s.is_empty()).unwrap_or(name)
}

/// Where a name says that a place lies from the middle of its town.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Bearing {
    /// In the middle: 镇中, 场部.
    Middle,
    /// That way; `true` where it says so of the town itself (城东), not of something else (塘东).
    Way(V, bool),
    /// It does not say.
    Nowhere,
}

/// The bearing that a village's name holds.
pub(super) fn bearing(name: &str) -> Bearing {
    let stem = stem(name);
    let stem = stem.strip_suffix("分场").unwrap_or(stem);
    if stem.starts_with("场部") || stem.contains("服务中心") {
        return Bearing::Middle;
    }
    let mut chars = stem.chars().rev();
    let (Some(last), Some(before)) = (chars.next(), chars.next()) else { return Bearing::Nowhere };
    let of_town = matches!(before, '城' | '镇' | '新' | '盘');
    match last {
        '东' => Bearing::Way(V::new(1.0, 0.0), of_town),
        '西' => Bearing::Way(V::new(-1.0, 0.0), of_town),
        '南' => Bearing::Way(V::new(0.0, -1.0), of_town),
        '北' => Bearing::Way(V::new(0.0, 1.0), of_town),
        '中' if of_town => Bearing::Middle,
        _ => Bearing::Nowhere,
    }
}
