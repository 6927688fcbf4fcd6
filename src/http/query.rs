//! The query of a request, read by name; a value that is not what it should be is named in the problem.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Query as AxumQuery};
use axum::http::request::Parts;

use super::problem::Problem;
use crate::access::{Secret, SecretKind};
use crate::app::{Day, When, excerpt};
use crate::crs::{BadCoordinate, Datum, LonLat};

/// Name and value pairs; no name stands twice.
#[derive(Debug)]
pub struct Query(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let AxumQuery(pairs) =
            AxumQuery::<Vec<(String, String)>>::try_from_uri(&parts.uri).map_err(|_| {
                Problem::bad_request("expected a query of name=value pairs in UTF-8, found something else")
            })?;
        let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|w| w[0] == w[1]) {
            let name = excerpt(twice[0]);
            return Err(Problem::parameter(name, format!("expected {name} once, found it several times")));
        }
        Ok(Self(pairs))
    }
}

impl Query {
    /// The value of `name`, if it is there and not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).filter(|v| !v.is_empty())
    }

    /// The value of `name` as a `T`, if it is there; `expected` says what it should have been.
    pub fn parse<T: FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| {
            let found = excerpt(text);
            Problem::parameter(name, format!("expected {expected} for {name}, found {found:?}"))
        })
    }

    /// A finite number.
    pub fn number(&self, name: &str) -> Result<Option<f64>, Problem> {
        let value: Option<f64> = self.parse(name, "a number")?;
        match value {
            Some(v) if !v.is_finite() => {
                Err(Problem::parameter(name, format!("expected a finite number for {name}, found {v}")))
            }
            other => Ok(other),
        }
    }

    /// `lon` and `lat`, both due.
    pub fn lon_lat(&self) -> Result<LonLat, Problem> {
        let due = |name: &'static str| {
            let missing =
                || Problem::parameter(name, format!("expected {name}, a number of degrees; found none"));
            self.parse::<f64>(name, "a number of degrees")?.ok_or_else(missing)
        };
        let (lon, lat) = (due("lon")?, due("lat")?);
        LonLat::new(lon, lat).map_err(|bad| Problem::parameter(field_of(bad), bad.to_string()))
    }

    /// `crs`, WGS84 where none is given.
    pub fn datum(&self) -> Result<Datum, Problem> {
        self.datum_of("wgs84, cgcs2000, gcj02 or bd09")
    }

    /// `crs` where it may be `any` as well, and is not.
    pub fn datum_or_any(&self) -> Result<Datum, Problem> {
        self.datum_of("wgs84, cgcs2000, gcj02, bd09 or any")
    }

    fn datum_of(&self, expected: &str) -> Result<Datum, Problem> {
        Ok(self.parse("crs", expected)?.unwrap_or(Datum::Wgs84))
    }

    /// `token=…` to be put behind an address that the answer names, if the caller's own had one: a client that cannot set
    /// headers goes on with it. Only what is of a token's form is repeated.
    pub fn token(&self) -> Option<String> {
        let text = self.text("token")?;
        let is_token = Secret::parse(text).is_some_and(|secret| secret.kind() == SecretKind::Token);
        is_token.then(|| format!("token={text}"))
    }

    /// A count from 1 to `most`; `otherwise` where none is given.
    pub fn limit(&self, most: usize, otherwise: usize) -> Result<usize, Problem> {
        match self.parse("limit", "a count")? {
            None => Ok(otherwise),
            Some(n) if (1..=most).contains(&n) => Ok(n),
            Some(n) => {
                Err(Problem::parameter("limit", format!("expected a limit of 1 to {most}, found {n}")))
            }
        }
    }

    /// `v` (a version's number) or `at` (a date), the current version where neither is given.
    pub fn when(&self) -> Result<When, Problem> {
        let version = self.parse("v", "the number of a version")?;
        let at = self.parse("at", "a date (2026-01-31) or a time (2026-01-31T08:00:00Z)")?;
        match (version, at) {
            (None, None) => Ok(When::Now),
            (Some(n), None) => Ok(When::Version(n)),
            (None, Some(Day(date))) => Ok(When::At(date)),
            (Some(_), Some(_)) => Err(Problem::parameter("at", "expected v or at, found both")),
        }
    }
}

/// Which parameter a bad coordinate stands in.
fn field_of(bad: BadCoordinate) -> &'static str {
    match bad {
        BadCoordinate::NotFinite { axis: "longitude", .. } | BadCoordinate::Longitude(_) => "lon",
        _ => "lat",
    }
}
