//! Edits that leave their plan for another: taken out of the one and put into the other, or neither.
//!
//! ```text
//! plan 1 at revision n, without them ─→ still n? what they draw there free? ─ plan 2 ─→ n + 1, returned as 2
//! ```

use std::collections::BTreeSet;

use super::record::{NewDraft, Plan, PlanEdit, PlanRecord, Written};
use super::sql::{begun, is_any_taken, is_at, next, put, put_record, replace, told};
use crate::plan::Step;
use crate::store::line::{Deed, Line, Question, int};
use crate::unit::Uid;

pub struct Divide {
    pub plan: Plan,
    pub new: NewDraft,
}

impl Deed for Divide {
    type Answer = Written;
    async fn act(self, line: &mut Line<'_>) -> Result<Written, sqlx::Error> {
        let Self { mut plan, new } = self;
        if !is_at(line, &plan).await? {
            return Ok(Written::Stale);
        }
        let mut other = begun(line, new.plan).await?;
        for edit in &new.edits {
            if is_any_taken(line, &edit.drawn, other.id).await? {
                return Ok(Written::Taken);
            }
        }
        other.document = new.document;
        other.effective_from = new.effective_from;
        other.steps = (1..=new.edits.len() as u64).map(Step::Add).collect();
        other.done = other.steps.len();
        other.touches = new.touches;
        put(line, &other).await?;
        for (record, PlanEdit { edit, drawn, author }) in (1..).zip(new.edits) {
            put_record(line, other.id, &PlanRecord { record, edit, drawn, author, at: other.created })
                .await?;
        }
        next(&mut plan);
        plan.returned_as = Some(other.id);
        replace(line, &plan).await?;
        told(line, &plan).await?;
        told(line, &other).await?;
        Ok(Written::Done(Box::new(plan)))
    }
}

pub struct Unborn(pub u64);

impl Question for Unborn {
    type Answer = BTreeSet<Uid>;
    fn nothing(&self) -> Self::Answer {
        BTreeSet::new()
    }
    async fn ask(self, line: &mut Line<'_>) -> Result<Self::Answer, sqlx::Error> {
        let sql = "SELECT r.uid FROM {p}reserved AS r
            WHERE r.plan = $1 AND NOT EXISTS (SELECT 1 FROM {p}unit_rows AS u WHERE u.uid = r.uid)";
        let rows = line.rows(sql, vec![int(self.0 as i64)]).await?;
        rows.iter().map(|row| Ok(Uid(row.number(0)? as u32))).collect()
    }
}
