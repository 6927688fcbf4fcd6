//! What the new parts of a split leaf are called, in the way of the leaf itself.
//!
//! ```text
//! 合兴村第3网格 (…003)  →  …013 is 合兴村第13网格       its number stands for its code's
//! 阳光小区专属网格      →  阳光小区专属网格（2）         it has none
//! ```

use std::collections::BTreeSet;

use crate::plan::{Edit, NewUnit, Way};
use crate::unit::{Code, Hierarchy, UnitIndex};

/// Gives every new part of some ways a name that no sibling of the leaf has.
pub fn named(mut ways: Vec<Way>, hierarchy: &Hierarchy, leaf: UnitIndex) -> Vec<Way> {
    let siblings = hierarchy.parent(leaf).map(|parent| hierarchy.children(parent)).unwrap_or_default();
    let taken: BTreeSet<&str> = siblings.iter().map(|&unit| hierarchy.unit(unit).name.as_str()).collect();
    for way in &mut ways {
        let mut taken: BTreeSet<String> = taken.iter().map(|&name| name.to_owned()).collect();
        for suggested in &mut way.edits {
            let Edit::Split { new, .. } = &mut suggested.edit else { continue };
            for drawn in &suggested.drawn {
                let name = name(hierarchy, leaf, &drawn.code, &taken);
                taken.insert(name.clone());
                new.push(NewUnit { name });
            }
        }
    }
    ways
}

fn name(hierarchy: &Hierarchy, leaf: UnitIndex, code: &Code, taken: &BTreeSet<String>) -> String {
    let unit = hierarchy.unit(leaf);
    let parent = hierarchy.parent(leaf).map(|parent| hierarchy.unit(parent));
    let digits = parent.map_or(0, |parent| parent.code.digits());
    let number = |code: &Code| code.as_str().get(digits..).and_then(|rest| rest.parse::<u64>().ok());
    let numbered = number(&unit.code).zip(number(code)).and_then(|(was, is)| renumbered(&unit.name, was, is));
    // Who has no name themselves are called after their parent, or their code.
    let stem = match (unit.name.as_str(), parent.map(|parent| parent.name.as_str())) {
        ("", Some("") | None) => code.as_str(),
        ("", Some(parent)) => parent,
        (own, _) => own,
    };
    let bare = (stem == code.as_str()).then(|| stem.to_owned());
    let suffixed = (2..).map(|n: u64| format!("{stem}（{n}）"));
    let mut all = numbered.into_iter().chain(bare).chain(suffixed);
    all.find(|name| !taken.contains(name)).unwrap_or_default()
}

/// A name with another number in the place of its last, where that is the one of its code.
fn renumbered(name: &str, was: u64, is: u64) -> Option<String> {
    let end = name.rfind(|c: char| c.is_ascii_digit())? + 1;
    let start = name[..end]
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + name[at..].chars().next().map_or(0, char::len_utf8));
    let width = end - start;
    let number: u64 = name[start..end].parse().ok()?;
    (number == was).then(|| {
        // 03 stays of two digits, 3 takes as many as it needs.
        let padded = if name[start..].starts_with('0') { width } else { 0 };
        format!("{}{is:0padded$}{}", &name[..start], &name[end..])
    })
}
