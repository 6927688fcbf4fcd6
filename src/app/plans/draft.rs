//! A plan's draft: its edits replayed on its base. What was replayed last is kept, and one more edit goes on from there.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::{PlanView, SharedDraft};
use crate::access::Scope;
use crate::app::tiles::has_zoom;
use crate::app::{App, Error, Served, When};
use crate::coverage::Partition;
use crate::crs::TileId;
use crate::plan::{Allotment, Delta, Open, Recorded, Refused, apply, open};
use crate::snapshot::Snapshot;
use crate::store::Changes;
use crate::tiling::{self, Plane, Zooms};
use crate::unit::Code;

/// How many drafts are kept.
const KEPT: usize = 8;

/// A draft.
pub struct Draft {
    /// The version that it is made on.
    pub base: Arc<Served>,
    /// The edits that led here.
    pub edits: Vec<Recorded>,
    /// What each of them did.
    pub deltas: Vec<Delta>,
    /// The draft, as the version that it would become.
    pub snapshot: Arc<Snapshot>,
    /// What bars publishing.
    pub open: Vec<Open>,
    /// The first edit that cannot be done on this base, and why; those after it were not done.
    pub refused: Option<(u64, Refused)>,
    changes: OnceLock<Option<Arc<Changes>>>,
}

/// Drafts that are kept, the last used at the end.
#[derive(Default)]
pub struct Drafts(Mutex<Vec<(u64, SharedDraft)>>);

impl Drafts {
    /// The kept draft of a plan that goes furthest along these edits on that base.
    fn nearest(&self, id: u64, base: &Served, edits: &[Recorded]) -> Option<SharedDraft> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |draft: &Draft| {
            draft.base.record == base.record && draft.refused.is_none() && edits.starts_with(&draft.edits)
        };
        let best = kept.iter().enumerate().filter(|(_, (plan, draft))| *plan == id && fits(draft));
        let at = best.max_by_key(|(_, (_, draft))| draft.edits.len())?.0;
        let found = kept.remove(at);
        let draft = Arc::clone(&found.1);
        kept.push(found);
        Some(draft)
    }

    fn keep(&self, id: u64, draft: &SharedDraft) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push((id, Arc::clone(draft)));
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
    }
}

impl Draft {
    /// The draft as a partition.
    #[must_use]
    pub fn partition(&self) -> &Partition {
        self.snapshot.partition()
    }

    /// What the store is to write of it; `None` where it must compare the whole, and says what is wrong if anything is.
    pub(super) fn changes(&self) -> Option<Arc<Changes>> {
        let toward =
            || self.base.known().toward(&self.snapshot.shared_partition()).ok().flatten().map(Arc::new);
        self.changes.get_or_init(toward).clone()
    }

    /// Makes it ready to be published.
    fn make_ready(&self) {
        self.snapshot.make_ready();
        self.changes();
    }

    /// Codes of the units that it touches, before and after.
    pub(super) fn touches(&self) -> Vec<Code> {
        touched_codes(self.base.snapshot.partition(), self.partition())
    }

    /// The draft after one more edit that was applied to it.
    pub(super) fn after(&self, edit: Recorded, partition: Partition) -> Self {
        let delta = Delta::between(self.partition(), &partition);
        let mut edits = self.edits.clone();
        edits.push(edit);
        let mut deltas = self.deltas.clone();
        deltas.push(delta);
        Self::of(Arc::clone(&self.base), edits, deltas, partition, None)
    }

    fn of(
        base: Arc<Served>,
        edits: Vec<Recorded>,
        deltas: Vec<Delta>,
        partition: Partition,
        refused: Option<(u64, Refused)>,
    ) -> Self {
        let open = open(base.snapshot.partition(), &partition);
        let partition = coloured(base.snapshot.partition(), partition);
        let snapshot = &base.snapshot;
        let (partition, features) = (Arc::new(partition), Arc::clone(snapshot.features()));
        // Published on its base, it is the version after that.
        let number = base.record.number + 1;
        let snapshot = if partition.hierarchy.levels() == snapshot.hierarchy().levels() {
            Snapshot::after(snapshot, number, partition, features)
        } else {
            let zooms = Zooms::choose(&partition);
            Snapshot::new(number, partition, zooms, features)
        };
        let changes = OnceLock::new();
        Self { snapshot: Arc::new(snapshot), base, edits, deltas, open, refused, changes }
    }

    /// Edits done in order on a version, from the nearest draft that is known of them.
    pub(super) fn replayed(base: Arc<Served>, nearest: Option<&Draft>, edits: Vec<Recorded>) -> Self {
        let (mut partition, mut deltas) = match nearest {
            Some(draft) => (draft.partition().clone(), draft.deltas.clone()),
            None => (base.snapshot.partition().clone(), Vec::new()),
        };
        let mut refused = None;
        for recorded in &edits[deltas.len()..] {
            // Everything was drawn when the edits were made.
            let mut none = crate::plan::Pool::default();
            match apply(&partition, &recorded.edit, Allotment::new(&recorded.drawn, &mut none)) {
                Ok(applied) => {
                    deltas.push(Delta::between(&partition, &applied.partition));
                    partition = applied.partition;
                }
                Err(why) => {
                    refused = Some((recorded.id, why));
                    break;
                }
            }
        }
        Self::of(base, edits, deltas, partition, refused)
    }
}

/// Makes a draft ready to be published, beside the answer: what was drawn, handed in or approved is looked at next, and may
/// be published soon.
pub(super) fn prepare(draft: SharedDraft) {
    tokio::task::spawn_blocking(move || draft.make_ready());
}

/// Codes of the units in which two partitions differ, in both.
pub(super) fn touched_codes(before: &Partition, after: &Partition) -> Vec<Code> {
    let touched = Delta::between(before, after).touched();
    let codes = [before, after].into_iter().flat_map(|Partition { hierarchy, .. }| {
        let units = touched.iter().filter_map(|&uid| hierarchy.by_uid(uid));
        units.map(|unit| hierarchy.unit(unit).code.clone())
    });
    codes.collect::<BTreeSet<Code>>().into_iter().collect()
}

/// A draft with the colours that it will be published in.
fn coloured(base: &Partition, draft: Partition) -> Partition {
    let before = base.hierarchy.units().iter().map(|unit| (unit.uid, unit.tint)).collect();
    let tints = tiling::tint(&draft.hierarchy, &draft.coverage, &before);
    Partition { hierarchy: draft.hierarchy.with_tints(&tints), coverage: draft.coverage }
}

impl App {
    /// A plan's draft on its base.
    ///
    /// # Errors
    /// Where the base cannot be read.
    pub(super) async fn draft(&self, scope: &Scope, view: &PlanView) -> Result<SharedDraft, Error> {
        let base = self.served(scope, &When::Version(view.plan.base)).await?;
        self.draft_on(base, view.plan.id, view.plan.edits(&view.records)).await
    }

    /// A tile of a plan's draft; empty where nothing is there.
    ///
    /// # Errors
    /// As [`Self::plan`]; [`Error::Missing`] where there is no such tileset or zoom.
    pub async fn plan_tile(
        &self,
        scope: &Scope,
        id: u64,
        tileset: &str,
        tile: TileId,
        plane: Plane,
    ) -> Result<Vec<u8>, Error> {
        let view = self.plan(scope, id).await?;
        let draft = self.draft(scope, &view).await?;
        let (found, _) = draft.base.tileset(tileset)?;
        has_zoom(found, &draft.snapshot, tile)?;
        let found = found.clone();
        let draw = move || draft.snapshot.atlas().tile(&found, tile, plane).unwrap_or_default();
        self.pool.run(draw).await
    }

    /// Edits of a plan on a version.
    pub(super) async fn draft_on(
        &self,
        base: Arc<Served>,
        id: u64,
        edits: Vec<Recorded>,
    ) -> Result<SharedDraft, Error> {
        let nearest = self.drafts.nearest(id, &base, &edits);
        if let Some(draft) = nearest.as_ref().filter(|draft| draft.edits == edits) {
            return Ok(Arc::clone(draft));
        }
        let draft = Arc::new(self.pool.run(move || Draft::replayed(base, nearest.as_deref(), edits)).await?);
        self.drafts.keep(id, &draft);
        Ok(draft)
    }

    pub(super) fn keep_draft(&self, id: u64, draft: &SharedDraft) {
        self.drafts.keep(id, draft);
    }
}
