//! Finding by text: coordinates first, if the text holds any, then units, places and landmarks, best first.

use std::sync::Arc;

use super::{App, Error, Served};
use crate::access::Scope;
use crate::crs::{Datum, LonLat};
use crate::search::{Reading, Target};
use crate::unit::{Owner, UnitIndex};

/// The most characters of a text that is searched for.
const LONGEST: usize = 300;

/// What is searched for.
#[derive(Clone, Debug)]
pub struct Sought {
    /// A code, a name, pinyin, coordinates … as typed or pasted.
    pub text: String,
    /// The most results.
    pub limit: usize,
    /// The datum of coordinates whose text states none; each in turn, where none is given.
    pub datum: Option<Datum>,
}

/// One result.
#[derive(Clone, Debug)]
pub enum Found {
    /// A unit.
    Unit(UnitIndex),
    /// A place, by its position among the version's places, and the leaf it lies in.
    Place(usize, Option<UnitIndex>),
    /// A landmark, by its position among the version's, and the lowest unit that holds all of it.
    Landmark(usize, Option<UnitIndex>),
    /// A coordinate.
    Coordinate(Pin),
}

/// A coordinate as it was read.
#[derive(Clone, Copy, Debug)]
pub struct Pin {
    /// What the text says.
    pub given: LonLat,
    /// The datum it was taken in.
    pub datum: Datum,
    /// Whether the text states that datum.
    pub stated: bool,
    /// Where that is, in WGS84.
    pub place: LonLat,
    /// Who owns that point.
    pub owner: Owner,
    /// The leaf that it lies in, if the caller may know of it.
    pub leaf: Option<UnitIndex>,
    /// Where each datum was tried: whether all lead to the same owner.
    pub certain: Option<bool>,
}

impl App {
    /// What a text may mean, best first.
    ///
    /// # Errors
    /// [`Error::Bad`] for a text that is too long; [`Error::Internal`] where the work failed.
    pub async fn search(
        &self,
        scope: &Scope,
        served: &Arc<Served>,
        sought: Sought,
    ) -> Result<Vec<Found>, Error> {
        let length = sought.text.chars().count();
        if length > LONGEST {
            let detail = format!("expected at most {LONGEST} characters to search for, found {length}");
            return Err(Error::Bad { field: "q", detail });
        }
        let (served, scope) = (Arc::clone(served), scope.clone());
        self.pool.run(move || search(&scope, &served, &sought)).await
    }
}

fn search(scope: &Scope, served: &Served, sought: &Sought) -> Vec<Found> {
    let finder = served.snapshot.finder();
    let readings = finder.coordinates(&sought.text);
    let mut found: Vec<Found> = readings
        .into_iter()
        .flat_map(|r| pins(scope, served, r, sought.datum))
        .map(Found::Coordinate)
        .collect();
    found.truncate(sought.limit);
    // What is not shown takes the place of nothing.
    let most = if scope.sees_all() { sought.limit - found.len() } else { usize::MAX };
    let hits = finder.find(&sought.text, most);
    found.extend(hits.into_iter().filter_map(|hit| shown(scope, served, hit.target)));
    found.truncate(sought.limit);
    found
}

/// What was found, if the caller may know of it.
fn shown(scope: &Scope, served: &Served, target: Target) -> Option<Found> {
    let finder = served.snapshot.finder();
    match target {
        Target::Unit(unit) => served.shows(scope, unit).then_some(Found::Unit(unit)),
        Target::Place(place) => {
            let home = finder.home(place);
            served.shows_in(scope, home).then_some(Found::Place(place, home))
        }
        Target::Landmark(landmark) => {
            let around = finder.around(landmark, served.snapshot.hierarchy());
            Some(Found::Landmark(landmark, around.filter(|&unit| served.shows(scope, unit))))
        }
    }
}

/// A reading under the datum it states, or else the one given, or else each.
fn pins(scope: &Scope, served: &Served, reading: Reading, datum: Option<Datum>) -> Vec<Pin> {
    let stated = reading.datum.is_some();
    let pin = |datum: Datum| {
        let place = datum.to_wgs84(reading.place);
        let owner = served.snapshot.locator().owner(place.to_lattice());
        let leaf = served.snapshot.hierarchy().leaf(owner).filter(|&leaf| served.shows(scope, leaf));
        Pin { given: reading.place, datum, stated, place, owner, leaf, certain: None }
    };
    if let Some(datum) = reading.datum.or(datum) {
        return vec![pin(datum)];
    }
    let pins = Datum::ALL.map(pin);
    let certain = Some(pins.iter().all(|p| p.owner == pins[0].owner));
    pins.map(|pin| Pin { certain, ..pin }).to_vec()
}
