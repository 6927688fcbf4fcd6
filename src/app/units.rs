//! Units by name, in lists, with who lies beside them and what they look like.

use std::sync::Arc;

use super::error::bad;
use super::{App, Error, Served};
use crate::access::Scope;
use crate::exchange::feature_json;
use crate::snapshot::neighbours;
use crate::unit::{Code, Uid, UnitIndex};

/// Which units a list holds: all, of a level, under a parent.
#[derive(Clone, Copy, Debug, Default)]
pub struct UnitList<'a> {
    /// A level's name, singular or plural.
    pub level: Option<&'a str>,
    /// Code or `uid:N`.
    pub parent: Option<&'a str>,
}

impl App {
    /// The unit of a code or of `uid:N`.
    ///
    /// # Errors
    /// [`Error::Bad`] for what is neither; [`Error::Gone`] for a code that was retired; [`Error::Missing`].
    pub async fn unit(&self, scope: &Scope, served: &Served, name: &str) -> Result<UnitIndex, Error> {
        let hierarchy = served.snapshot.hierarchy();
        if let Some(digits) = name.strip_prefix("uid:") {
            let uid = digits.parse().map_err(|_| bad("unit", "uid:N with a number N", name))?;
            let missing =
                || Error::Missing(format!("no unit has uid {uid} in version {}", served.record.number));
            return hierarchy.by_uid(Uid(uid)).filter(|&unit| served.shows(scope, unit)).ok_or_else(missing);
        }
        let code = Code::new(name).map_err(|_| bad("unit", "a code of 1 to 18 digits, or uid:N", name))?;
        let missing =
            || Error::Missing(format!("no unit has code {code} in version {}", served.record.number));
        if !scope.sees(&code) {
            return Err(missing());
        }
        if let Some(unit) = hierarchy.by_code(&code) {
            return Ok(unit);
        }
        match self.contact.note(self.store.retired(&code, served.record.number).await)? {
            Some(retired) => Err(Error::Gone {
                detail: format!("{code} {} was retired in version {}", retired.name, retired.version),
                became: self.inherited(scope, retired.version, retired.became).await?,
                version: retired.version,
            }),
            None => Err(missing()),
        }
    }

    /// The units of a list, by level and code.
    ///
    /// # Errors
    /// [`Error::Bad`] for a level there is none of; as [`App::unit`] for the parent.
    pub async fn units(
        &self,
        scope: &Scope,
        served: &Served,
        list: &UnitList<'_>,
    ) -> Result<Vec<UnitIndex>, Error> {
        let hierarchy = served.snapshot.hierarchy();
        let level = list.level.map(|name| served.level("level", name)).transpose()?;
        let fits = |&u: &UnitIndex| level.is_none_or(|l| hierarchy.unit(u).level == l);
        let Some(parent) = list.parent else {
            let units = (0..hierarchy.units().len() as UnitIndex).filter(fits).collect();
            return Ok(served.shown(scope, units));
        };
        let parent = self.unit(scope, served, parent).await?;
        let mut under = hierarchy.children(parent).to_vec();
        if level.is_some() {
            // A level under a unit: however far down.
            let mut next = 0;
            while let Some(&unit) = under.get(next) {
                under.extend_from_slice(hierarchy.children(unit));
                next += 1;
            }
            under.retain(fits);
            under.sort_unstable();
        }
        Ok(served.shown(scope, under))
    }

    /// The units that share a border with a unit, of its own level.
    ///
    /// # Errors
    /// [`Error::Internal`] where the work failed.
    pub async fn neighbours(
        &self,
        scope: &Scope,
        served: &Arc<Served>,
        unit: UnitIndex,
    ) -> Result<Vec<UnitIndex>, Error> {
        let (served, scope) = (Arc::clone(served), scope.clone());
        self.pool.run(move || served.shown(&scope, neighbours(served.snapshot.partition(), unit))).await
    }

    /// A unit as a GeoJSON Feature, as exports write it.
    ///
    /// # Errors
    /// [`Error::Internal`] where the work failed.
    pub async fn geometry(&self, _: &Scope, served: &Arc<Served>, unit: UnitIndex) -> Result<String, Error> {
        let served = Arc::clone(served);
        self.pool.run(move || feature_json(served.snapshot.partition(), unit)).await
    }
}

impl Served {
    /// The level of that name, singular or plural.
    ///
    /// # Errors
    /// [`Error::Bad`], naming the levels there are.
    pub fn level(&self, field: &'static str, name: &str) -> Result<u8, Error> {
        let levels = self.snapshot.hierarchy().levels();
        levels.index_of(name).ok_or_else(|| {
            let names: Vec<&str> = levels.as_slice().iter().map(|l| l.name.as_str()).collect();
            bad(field, &format!("one of the levels {}", names.join(", ")), name)
        })
    }
}
