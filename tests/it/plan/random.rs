//! Random edits on random partitions: whatever is done, a partition remains; what is untouched stays to the bit; undone
//! and done again everything is as it was; what does not touch commutes.

use std::collections::{BTreeMap, BTreeSet};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wangge::coverage::Partition;
use wangge::crs::{Bounds, Point, ring_area2};
use wangge::locate::Locator;
use wangge::plan::{
    Allotted, Area, Bordered, Delta, Edit, NewUnit, Place, Recorded, Redraw, Stated, Whose, moves, open,
    replay, toward,
};
use wangge::unit::{Code, Owner, Uid};

use super::synthetic::synthetic;
use super::{again, area2, assert_whole, done, path, pool};
use crate::fixture;

pub struct Chance<'a> {
    pub rng: &'a mut ChaCha8Rng,
    pub partition: &'a Partition,
}

impl Chance<'_> {
    fn below(&mut self, n: usize) -> usize {
        self.rng.random_range(0..n)
    }

    fn leaf(&mut self) -> Owner {
        let n = self.partition.hierarchy.leaves().len();
        Owner(self.below(n) as u32)
    }

    fn code(&self, owner: Owner) -> Code {
        let hierarchy = &self.partition.hierarchy;
        hierarchy.unit(hierarchy.leaf(owner).unwrap()).code.clone()
    }

    fn any_code(&mut self) -> Code {
        let units = self.partition.hierarchy.units();
        let n = self.below(units.len());
        units[n].code.clone()
    }

    fn bounds(&self, owner: Owner) -> Bounds {
        let polygons = self.partition.coverage.polygons(owner);
        Bounds::of(polygons.iter().flat_map(|p| &p.shell))
    }

    /// A point in or near a leaf: often one of its own vertices.
    fn point(&mut self, owner: Owner) -> Point {
        let polygons = self.partition.coverage.polygons(owner);
        let vertices: Vec<Point> = polygons.iter().flat_map(|p| p.rings().flatten()).copied().collect();
        if vertices.is_empty() {
            return Point::new(0, 0);
        }
        if self.below(3) == 0 {
            return vertices[self.below(vertices.len())];
        }
        let Bounds { min, max } = self.bounds(owner);
        let mut within = |low: i32, high: i32| {
            let room = (high - low) / 4 + 2;
            self.rng.random_range(low - room..=high + room)
        };
        Point::new(within(min.x, max.x), within(min.y, max.y))
    }

    fn line(&mut self, owner: Owner) -> Vec<Point> {
        let n = 2 + self.below(4);
        (0..n).map(|_| self.point(owner)).collect()
    }

    fn tolerance(&mut self) -> f64 {
        [0.0, 0.0, 5.0, 20.0][self.below(4)]
    }

    fn neighbours(&mut self) -> Option<[Owner; 2]> {
        let leaves = self.partition.hierarchy.leaves().len();
        let inner: Vec<[Owner; 2]> = self
            .partition
            .coverage
            .arcs()
            .map(|arc| [arc.left, arc.right])
            .filter(|sides| sides.iter().all(|o| o.index() < leaves))
            .collect();
        (!inner.is_empty()).then(|| inner[self.below(inner.len())])
    }

    /// Areas given whole: exchanged, as another edit would make them, that with a vertex bent, or with a unit or void
    /// made, renumbered or gone.
    fn redraw(&mut self) -> Edit {
        match self.below(5) {
            0 => self.exchanged(),
            1 | 2 => self.as_edited(),
            3 => self.divided(),
            _ => self.filled(),
        }
    }

    fn bordered(&self, owner: Owner, of: Owner) -> Bordered {
        let area = self.partition.coverage.polygons(of);
        let hierarchy = &self.partition.hierarchy;
        let of = match hierarchy.void(owner) {
            Some(void) => Whose::Void(void.uid),
            None => Whose::Unit(self.code(owner)),
        };
        Bordered { of, name: None, area: (!area.is_empty()).then(|| area.into()) }
    }

    /// Two to four leaves or voids have each the next one's area.
    fn exchanged(&mut self) -> Edit {
        let all = self.partition.hierarchy.owner_count();
        let mut some: Vec<Owner> = (0..2 + self.below(3)).map(|_| Owner(self.below(all) as u32)).collect();
        some.sort_unstable();
        some.dedup();
        let next = some.iter().cycle().skip(1);
        let areas = some.iter().zip(next).map(|(&owner, &of)| self.bordered(owner, of)).collect();
        Edit::Redraw(Redraw { areas, ..Redraw::default() })
    }

    /// What another edit would make, or nearly.
    fn as_edited(&mut self) -> Edit {
        let bent = self.below(3) == 0;
        for _ in 0..4 {
            let other = self.edit();
            let Ok(applied) = done(self.partition, &other) else { continue };
            let Some((edit, _)) = toward(self.partition, &applied.partition).into_iter().next() else {
                continue;
            };
            let Edit::Redraw(mut redraw) = edit else { return edit };
            let area = redraw.areas.first_mut().and_then(|bordered| bordered.area.as_mut());
            if let Some(area) = area.filter(|_| bent) {
                let mut polygons = area.polygons();
                let n = self.below(polygons[0].shell.len());
                let p = &mut polygons[0].shell[n];
                *p = Point::new(
                    p.x + self.rng.random_range(-900..900),
                    p.y + self.rng.random_range(-900..900),
                );
                *area = polygons.into();
            }
            return Edit::Redraw(redraw);
        }
        self.exchanged()
    }

    /// A leaf gets its first part, or another code.
    fn divided(&mut self) -> Edit {
        let owner = self.leaf();
        let hierarchy = &self.partition.hierarchy;
        let unit = hierarchy.unit(hierarchy.leaf(owner).unwrap());
        let below = hierarchy.levels().get(unit.level + 1).map(|level| usize::from(level.digits));
        let digits = below.unwrap_or(unit.code.digits());
        let prefix = if below.is_some() { unit.code.as_str() } else { &unit.code.as_str()[..digits - 3] };
        let number = 500 + self.below(400);
        let code = Code::new(&format!("{prefix}{number:0width$}", width = digits - prefix.len())).unwrap();
        let mut area = self.bordered(owner, owner);
        area.of = Whose::Unit(code.clone());
        let was = below.is_none().then(|| unit.code.clone());
        let stated = Stated { unit: was, code, name: "新".into(), attributes: unit.attributes.clone() };
        Edit::Redraw(Redraw { areas: vec![area], units: vec![stated], ..Redraw::default() })
    }

    /// A void is a leaf's, or called otherwise; or a leaf is another's, and gone.
    fn filled(&mut self) -> Edit {
        let hierarchy = &self.partition.hierarchy;
        let (leaves, all) = (hierarchy.leaves().len(), hierarchy.owner_count());
        let heir = self.leaf();
        let lost = Owner(self.below(all) as u32);
        let both = self.partition.coverage.dissolve(|o| (o == heir || o == lost).then_some(0));
        let area = both.get(&0).cloned().map(Into::into);
        let heirs = Bordered { of: Whose::Unit(self.code(heir)), name: None, area };
        if lost.index() < leaves {
            let gone = vec![self.code(lost)];
            return Edit::Redraw(Redraw { areas: vec![heirs], gone, ..Redraw::default() });
        }
        let mut void = self.bordered(lost, lost);
        let areas = if self.below(2) == 0 {
            void.name = Some(format!("河{}", self.below(9)));
            vec![void]
        } else {
            void.area = None;
            vec![heirs, void]
        };
        Edit::Redraw(Redraw { areas, ..Redraw::default() })
    }

    pub fn edit(&mut self) -> Edit {
        let owner = self.leaf();
        let unit = self.code(owner);
        let tolerance = self.tolerance();
        match self.below(14) {
            12..14 => self.redraw(),
            0..3 => {
                let new = vec![NewUnit { name: "新".into() }; self.below(3)];
                let mut line = self.line(owner);
                if self.below(6) == 0 {
                    line.push(line[0]);
                }
                Edit::Split { unit, line: path(&line), new, tolerance }
            }
            3 => match self.neighbours() {
                Some(pair) => Edit::Merge { units: pair.map(|o| self.code(o)).to_vec(), keep: None },
                None => Edit::Rename { unit, name: "名".into() },
            },
            4..7 => {
                let pair = self.neighbours().unwrap_or([owner, owner]);
                let of = pair[self.below(2)];
                let line = path(&self.line(of));
                let keep = (self.below(3) == 0).then(|| Place(self.point(of)));
                Edit::Reshape { between: pair.map(|o| self.code(o)), line, keep, tolerance }
            }
            7..9 => {
                let to = self.leaf();
                let ring = (0..3 + self.below(3)).map(|_| self.point(owner)).collect();
                match Area::new(vec![ring]) {
                    Ok(area) => Edit::Transfer { from: unit, to: self.code(to), area, tolerance },
                    Err(_) => Edit::Rename { unit, name: "名".into() },
                }
            }
            9 => {
                let at = self.point(owner);
                let Bounds { min, max } = self.bounds(owner);
                let far = (max.x.saturating_sub(min.x) / 3).max(2);
                let (dx, dy) = (self.rng.random_range(-far..=far), self.rng.random_range(-far..=far));
                Edit::MoveNode { at: Place(at), to: Place(Point::new(at.x + dx, at.y + dy)), tolerance: 50.0 }
            }
            10 => Edit::Assign { unit: self.any_code(), parent: self.any_code() },
            _ => match self.below(3) {
                0 => Edit::Rename { unit: self.any_code(), name: format!("名{}", self.below(3)) },
                1 => Edit::CreateUnit { parent: Some(self.any_code()), name: "新".into(), code: None },
                _ => {
                    let hierarchy = &self.partition.hierarchy;
                    let bare = hierarchy.leaves().iter().zip((0..).map(Owner));
                    let bare = bare.filter(|(_, o)| self.partition.coverage.polygons(*o).is_empty());
                    let bare = bare.map(|(&leaf, _)| hierarchy.unit(leaf).code.clone()).next();
                    Edit::RetireUnit { unit: bare.unwrap_or_else(|| self.any_code()) }
                }
            },
        }
    }
}

pub fn polygons_by_uid(partition: &Partition) -> BTreeMap<Uid, Vec<wangge::coverage::Polygon>> {
    let hierarchy = &partition.hierarchy;
    let units =
        (0..hierarchy.units().len() as u32).map(|u| (hierarchy.unit(u).uid, partition.polygons_of(u)));
    let first = hierarchy.leaves().len() as u32;
    let voids = (first..).zip(hierarchy.voids()).map(|(o, v)| (v.uid, partition.coverage.polygons(Owner(o))));
    units.chain(voids).collect()
}

/// Whoever is not said to be touched, and lies above nobody who is, has the polygons that it had.
fn assert_untouched(before: &Partition, after: &Partition, delta: &Delta) {
    let touched = delta.touched();
    let (was, is) = (polygons_by_uid(before), polygons_by_uid(after));
    let above = [before, after].map(|partition| {
        let hierarchy = &partition.hierarchy;
        let leaves = hierarchy.leaves().iter().filter(|&&leaf| touched.contains(&hierarchy.unit(leaf).uid));
        let chains = leaves.flat_map(|&leaf| hierarchy.chain(leaf));
        chains.map(|u| hierarchy.unit(u).uid).collect::<BTreeSet<Uid>>()
    });
    for (uid, polygons) in &is {
        if !touched.contains(uid) && above.iter().all(|above| !above.contains(uid)) {
            assert_eq!(was.get(uid), Some(polygons), "uid {uid} is said to be untouched");
        }
    }
}

/// What changed hands is what each unit and void has more or less, on every level, but for what noding bends.
fn assert_accounted(before: &Partition, after: &Partition, delta: &Delta) {
    let pieces = moves(before, after, &delta.touched());
    let chain = |partition: &Partition, uid: Option<Uid>| -> BTreeSet<Uid> {
        let hierarchy = &partition.hierarchy;
        let unit = uid.and_then(|uid| hierarchy.by_uid(uid));
        let above = unit.into_iter().flat_map(|unit| hierarchy.chain(unit));
        above.map(|unit| hierarchy.unit(unit).uid).chain(uid).collect()
    };
    let mut change: BTreeMap<Uid, i128> = BTreeMap::new();
    for piece in &pieces {
        let area: i128 = piece.polygon.rings().map(ring_area2).sum();
        let (from, to) = (chain(before, piece.from), chain(after, piece.to));
        assert_ne!(from, to, "nothing of it changed hands");
        for &uid in from.difference(&to) {
            *change.entry(uid).or_default() -= area;
        }
        for &uid in to.difference(&from) {
            *change.entry(uid).or_default() += area;
        }
    }
    let (was, is) = (polygons_by_uid(before), polygons_by_uid(after));
    let length = |(a, b, ..): &(Point, Point, Option<Uid>, Option<Uid>)| {
        f64::from(a.x - b.x).hypot(f64::from(a.y - b.y)).ceil() as i128
    };
    let bent: i128 = delta.gone.iter().chain(&delta.made).map(length).sum();
    for uid in was.keys().chain(is.keys()) {
        let of = |polygons: Option<&Vec<_>>| polygons.map_or(0, |p| crate::coverage::area2(p));
        let more = of(is.get(uid)) - of(was.get(uid));
        let told = change.get(uid).copied().unwrap_or_default();
        assert!((more - told).abs() <= bent, "uid {uid} has {more} more, {told} changed hands");
    }
}

fn assert_located(rng: &mut ChaCha8Rng, partition: &Partition) {
    let coverage = &partition.coverage;
    let locator = Locator::build(coverage, partition.hierarchy.leaves().len());
    let Bounds { min, max } = coverage.bounds();
    for _ in 0..8 {
        let p = Point::new(rng.random_range(min.x..=max.x), rng.random_range(min.y..=max.y));
        assert_eq!(locator.owner(p), crate::locate::brute_owner(coverage, p));
    }
}

/// A county of letters, of a jittered board, or one that nobody drew, by turns.
pub fn any(rng: &mut ChaCha8Rng, round: usize) -> Partition {
    if round % 3 == 2 { synthetic(rng) } else { base(rng, round / 3 * 2 + round % 3) }
}

pub fn base(rng: &mut ChaCha8Rng, round: usize) -> Partition {
    if round.is_multiple_of(2) {
        return fixture::random(rng.random_range(0..u64::MAX));
    }
    let size = 2 + round as i32 % 3;
    fixture::coded(&crate::coverage::random_partition(rng, size))
}

#[test]
fn whatever_is_edited_a_partition_remains_and_the_edits_done_again_give_it_again() {
    let mut rng = ChaCha8Rng::seed_from_u64(2026);
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for round in 0..crate::rounds(400, 10_000) {
        let base = any(&mut rng, round);
        let mut states = vec![base.clone()];
        let mut recorded: Vec<Recorded> = Vec::new();
        let mut pool = pool(&base);
        for _ in 0..8 {
            let before = states.last().unwrap();
            let edit = Chance { rng: &mut rng, partition: before }.edit();
            let count = counts.entry(edit.op()).or_default();
            let allotment = wangge::plan::Allotment::new(&[], &mut pool);
            let applied = match wangge::plan::apply(before, &edit, allotment) {
                Ok(applied) => applied,
                Err(refused) => {
                    assert!(!refused.detail.is_empty());
                    count.1 += 1;
                    continue;
                }
            };
            count.0 += 1;
            let context = format!("round {round}, {}", serde_json::to_string(&edit).unwrap());
            let after = applied.partition;
            let checked = std::panic::catch_unwind(|| {
                assert_whole(&after);
                let delta = Delta::between(before, &after);
                assert_untouched(before, &after, &delta);
                assert_accounted(before, &after, &delta);
                let bent: Vec<Uid> = applied.noded.iter().map(|n| n.0).collect();
                assert!(bent.iter().all(|uid| delta.touched().contains(uid)), "{bent:?}");
                // The whole keeps its area, but where its outline was bent or moved.
                let sum = |p: &Partition| -> i128 {
                    (0..p.coverage.owner_count() as u32).map(|o| area2(&p.coverage, Owner(o))).sum()
                };
                let outline = |b: &(Point, Point, Option<Uid>, Option<Uid>)| b.2.is_none() || b.3.is_none();
                let outline_changed = {
                    let ends = |set: &BTreeSet<(Point, Point, Option<Uid>, Option<Uid>)>| {
                        set.iter().filter(|b| outline(b)).map(|b| (b.0, b.1)).collect::<BTreeSet<_>>()
                    };
                    ends(&delta.gone) != ends(&delta.made)
                };
                assert!(outline_changed || sum(before) == sum(&after), "area was lost");
                // What is not open publishes, and then nothing is wrong with it but what was wrong before.
                if open(&base, &after).is_empty() {
                    let wrong =
                        |p: &Partition| p.validate().into_iter().map(|d| d.at).collect::<BTreeSet<_>>();
                    assert!(wrong(&after).is_subset(&wrong(&base)), "{:?}", after.validate());
                }
            });
            assert!(checked.is_ok(), "{context}");
            if round % 8 == 0 {
                assert_located(&mut rng, &after);
            }
            recorded.push(Recorded { id: recorded.len() as u64 + 1, edit, drawn: applied.drawn });
            states.push(after);
        }
        let mut fresh = super::pool(&base);
        let replayed = replay(&base, &recorded, &mut fresh);
        assert!(replayed.refused.is_none(), "round {round}: {:?}", replayed.refused);
        assert_eq!(&replayed.partition, states.last().unwrap(), "round {round}");
        if let Some((_, undone)) = recorded.split_last() {
            assert_eq!(
                replay(&base, undone, &mut fresh).partition,
                states[states.len() - 2],
                "round {round}"
            );
        }
        // A command read back is the command.
        for Recorded { edit, .. } in &recorded {
            let text = serde_json::to_string(edit).unwrap();
            assert_eq!(&serde_json::from_str::<Edit>(&text).unwrap(), edit, "{text}");
        }
    }
    for (op, (applied, refused)) in &counts {
        // Few units can go under another parent, or have neither area nor parts.
        let least = if ["assign", "retire_unit"].contains(op) { 0 } else { refused / 20 };
        assert!(*applied > least, "{op}: {applied} done, {refused} refused");
    }
}

/// What an edit touches or names: who is given whole must be as it was, changed or not.
fn held(base: &Partition, edit: &Edit, delta: &Delta) -> BTreeSet<Uid> {
    let named = edit.works_on().into_iter().filter_map(|code| base.hierarchy.by_code(code));
    let named = named.map(|unit| base.hierarchy.unit(unit).uid);
    delta.touched().into_iter().chain(named).chain(edit.voids()).collect()
}

#[test]
fn plans_that_touch_nothing_of_each_other_commute() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut compared = 0;
    for round in 0..crate::rounds(300, 10_000) {
        let base = if round % 3 == 2 { synthetic(&mut rng) } else { base(&mut rng, 2 * round + 1) };
        let mut one = || -> Option<(Edit, Vec<Allotted>, Delta)> {
            let edit = Chance { rng: &mut rng, partition: &base }.edit();
            let applied = done(&base, &edit).ok()?;
            Some((edit, applied.drawn, Delta::between(&base, &applied.partition)))
        };
        let (Some(first), Some(mut second)) = (one(), one()) else { continue };
        // As a store would, which reserves what is drawn, and refuses who states what another has drawn.
        let is_taken = |drawn: &Allotted| first.1.iter().any(|f| f.uid == drawn.uid || f.code == drawn.code);
        let states = matches!(second.0, Edit::Redraw(_) | Edit::CreateUnit { code: Some(_), .. });
        if states && second.1.iter().any(is_taken) {
            continue;
        }
        for (n, drawn) in second.1.iter_mut().enumerate() {
            if is_taken(drawn) {
                drawn.uid = Uid(90_000 + n as u32);
                let code = drawn.code.as_str();
                drawn.code = Code::new(&format!("{}9{n:02}", &code[..code.len() - 3])).unwrap();
            }
        }
        let Ok(alone) = again(&base, &second.0, &second.1) else { continue };
        second.2 = Delta::between(&base, &alone.partition);
        let [one_has, other_has] = [&first, &second].map(|(edit, _, delta)| held(&base, edit, delta));
        if one_has.intersection(&other_has).next().is_some() {
            continue;
        }
        let then = |edits: [&(Edit, Vec<Allotted>, Delta); 2]| {
            let after = again(&base, &edits[0].0, &edits[0].1).unwrap().partition;
            again(&after, &edits[1].0, &edits[1].1).map(|applied| applied.partition)
        };
        let (forth, back) = (then([&first, &second]), then([&second, &first]));
        let context = || format!("round {round}: {:?} and {:?}", first.0, second.0);
        assert_eq!(forth.unwrap_or_else(|e| panic!("{}: {e}", context())), back.unwrap(), "{}", context());
        compared += 1;
    }
    assert!(compared > 5, "{compared}");
}
