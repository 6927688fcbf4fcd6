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
    /// Where each datum was tried: whether all lead to the same owner.
    pub certain: Option<bool>,
}

impl App {
    /// What a text may mean, best first.
    ///
    /// # Errors
    /// [`Error::Bad`] for a text that is too long; [`Error::Internal`] where the work failed.
    pub async fn search(&self, _: &Scope, served: &Arc<Served>, sought: Sought) -> Result<Vec<Found>, Error> {
        let length = sought.text.chars().count();
        if length > LONGEST {
            let detail = format!("expected at most {LONGEST} characters to search for, found {length}");
            return Err(Error::Bad { field: "q", detail });
        }
        let served = Arc::clone(served);
        self.pool.run(move || search(&served, &sought)).await
    }
}

fn search(served: &Served, sought: &Sought) -> Vec<Found> {
    let finder = served.snapshot.finder();
    let readings = finder.coordinates(&sought.text);
    let mut found: Vec<Found> =
        readings.into_iter().flat_map(|r| pins(served, r, sought.datum)).map(Found::Coordinate).collect();
    found.truncate(sought.limit);
    let hits = finder.find(&sought.text, sought.limit - found.len());
    found.extend(hits.into_iter().map(|hit| match hit.target {
        Target::Unit(unit) => Found::Unit(unit),
        Target::Place(place) => Found::Place(place, finder.home(place)),
        Target::Landmark(landmark) => {
            Found::Landmark(landmark, finder.around(landmark, served.snapshot.hierarchy()))
        }
    }));
    found
}

/// A reading under the datum it states, or else the one given, or else each.
fn pins(served: &Served, reading: Reading, datum: Option<Datum>) -> Vec<Pin> {
    let stated = reading.datum.is_some();
    let pin = |datum: Datum| {
        let place = datum.to_wgs84(reading.place);
        let owner = served.snapshot.locator().owner(place.to_lattice());
        Pin { given: reading.place, datum, stated, place, owner, certain: None }
    };
    if let Some(datum) = reading.datum.or(datum) {
        return vec![pin(datum)];
    }
    let pins = Datum::ALL.map(pin);
    let certain = Some(pins.iter().all(|p| p.owner == pins[0].owner));
    pins.map(|pin| Pin { certain, ..pin }).to_vec()
}
