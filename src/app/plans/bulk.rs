//! Many edits at once: what brings an older version back, and what a file of edited units says.

use std::sync::Arc;

use super::edits::{may_draft, new_edits, recorded, to_edit, whole};
use super::{Draft, OnRevision, PlanView, require};
use crate::access::{Permission, Scope};
use crate::app::{App, Error, When};
use crate::coverage::Snapped;
use crate::crs::Datum;
use crate::exchange::{ExchangeError, Fields, RawCoverage, RawFeature, lattice_polygons, read_coverage};
use crate::plan::{Shape, file, toward};
use crate::store::Written;
use crate::unit::Code;

/// A file that a plan is to be filled from.
#[derive(Debug)]
pub struct FromFile {
    /// What is in it.
    pub bytes: Vec<u8>,
    /// How its name ends: `geojson` or `gpkg`.
    pub suffix: &'static str,
    /// Which of its fields mean what.
    pub fields: Fields,
    /// What its coordinates are in.
    pub datum: Datum,
    /// The unit all of whose leaves the file has; without one only what the file has is compared.
    pub under: Option<Code>,
    /// How far its vertices are taken to the borders there are, in metres.
    pub tolerance: f64,
}

/// What came of a file.
pub struct Filed {
    /// The plan with its edits.
    pub view: PlanView,
    /// Its vertices that were taken to borders.
    pub snapped: Vec<Snapped>,
}

impl App {
    /// A plan that brings a version back: on the version served, with the same levels, units, codes and borders. All of its
    /// edits are there, or there is no plan.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is no such version; [`Error::Conflict`] where it is served as it was;
    /// [`Error::Forbidden`] where it touches units in which the caller drafts no plans.
    pub async fn restore(&self, scope: &Scope, version: u64, title: String) -> Result<PlanView, Error> {
        require(scope, Permission::DraftPlans)?;
        let goal = self.served(scope, &When::Version(version)).await?;
        let base = self.served(scope, &When::Now).await?;
        let number = base.record.number;
        let compare = move || {
            let steps = toward(base.snapshot.partition(), goal.snapshot.partition());
            let edits = recorded(1, &steps).collect();
            let draft = Draft::replayed(base, None, edits);
            let same = draft.partition().content_hash() == goal.record.content_hash;
            (steps, Arc::new(draft), same)
        };
        let (steps, draft, same) = self.pool.run(compare).await?;
        if steps.is_empty() {
            let detail = format!("expected a version that differs from the current one, found {version}");
            return Err(Error::Conflict(detail));
        }
        whole(&draft)?;
        if !same {
            return Err(Error::internal(format!(
                "the edits toward version {version} lead to another content hash"
            )));
        }
        may_draft(scope, &draft)?;
        let new = Self::new_plan(scope, title, String::new(), number)?;
        let (edits, touched) = (new_edits(scope, steps), draft.touches());
        match self.contact.note(self.store.add_whole_plan(new, edits, touched).await)? {
            Written::Done(plan) => {
                self.keep_draft(plan.id, &draft);
                self.known_plan(plan.id).await
            }
            Written::Stale | Written::Taken => {
                Err(Error::Busy("others are drawing the same codes at the same time; try again".into()))
            }
        }
    }

    /// Adds to a plan what a file of edited units says of its draft.
    ///
    /// # Errors
    /// [`Error::Bad`] for a file that cannot be read, with the place in it; [`Error::Refused`] where its units are no
    /// partition, or others' borders would change; as [`Self::add_edit`].
    pub async fn edits_from_file(
        &self,
        scope: &Scope,
        id: u64,
        revision: OnRevision,
        given: FromFile,
    ) -> Result<Filed, Error> {
        require(scope, Permission::DraftPlans)?;
        let view = self.plan_at(scope, id, revision).await?;
        to_edit(&view)?;
        let raw = read(&given).await?;
        let draft = self.draft(scope, &view).await?;
        whole(&draft)?;
        let mut pool = self.contact.note(self.store.unused().await)?;
        let FromFile { under, tolerance, datum, .. } = given;
        let on = Arc::clone(&draft);
        let compare = move || {
            let shapes = raw.features.iter().map(|feature| shape(feature, datum)).collect();
            let goal = file(on.partition(), shapes, under.as_ref(), tolerance, &mut pool)?;
            Ok((toward(on.partition(), &goal.partition), goal.snapped))
        };
        let (steps, snapped) = self.pool.run(compare).await?.map_err(Error::Refused)?;
        if steps.is_empty() {
            return Err(Error::Refused(crate::plan::Refused::nothing()));
        }
        Ok(Filed { view: self.add_all(scope, view, steps).await?, snapped })
    }
}

/// What the file says.
async fn read(given: &FromFile) -> Result<RawCoverage, Error> {
    let folder = tempfile::tempdir().map_err(Error::internal)?;
    let path = folder.path().join(format!("file.{}", given.suffix));
    tokio::fs::write(&path, &given.bytes).await.map_err(Error::internal)?;
    let raw = read_coverage(&path, &given.fields).await;
    // Where it lay here is nobody's business.
    let told = |e: ExchangeError| e.to_string().replace(&path.display().to_string(), "the file");
    raw.map_err(|e| Error::Bad { field: "file", detail: told(e) })
}

fn shape(feature: &RawFeature, datum: Datum) -> Shape {
    Shape {
        code: feature.code.clone(),
        name: feature.name.clone(),
        attributes: feature.attributes.clone(),
        polygons: lattice_polygons(feature, datum),
    }
}
