//! A unit's rows through the versions → what each version did to it, the same for every backend.
//!
//! ```text
//! rows       [1, 4) 合德  [4, 9) 合德镇     →  1 created   4 name   9 retired
//! ```

use super::record::{Aspect, Change, ChangeKind, LineageRow, Revision, VersionRecord};
use crate::unit::Uid;

/// A row of one unit, without its geometry.
#[derive(Clone, Debug)]
pub struct HistoryRow {
    pub level: String,
    pub code: Option<String>,
    pub name: String,
    pub parent: Option<String>,
    pub tint: u8,
    pub attributes: String,
    /// Whether its geometry is that of the row before.
    pub same_geometry: bool,
    pub from: u64,
    pub to: Option<u64>,
}

/// What happened to a unit, oldest first; `rows` are its own, oldest first, `versions` all there are.
///
/// # Errors
/// The number of a version that a row names and that is not there.
pub fn revisions(uid: Uid, rows: &[HistoryRow], versions: &[VersionRecord]) -> Result<Vec<Revision>, u64> {
    let revision = |row: &HistoryRow, number: u64, changed: Vec<Aspect>| -> Result<Revision, u64> {
        let version = versions.iter().find(|v| v.number == number).cloned().ok_or(number)?;
        let HistoryRow { level, code, name, parent, .. } = row.clone();
        Ok(Revision { version, uid, level, code, name, parent, changed })
    };
    let mut found = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| &rows[i]).filter(|before| before.to == Some(row.from));
        found.push(revision(
            row,
            row.from,
            before.map_or_else(|| vec![Aspect::Created], |b| changed(b, row)),
        )?);
        let goes_on = rows.get(i + 1).is_some_and(|next| Some(next.from) == row.to);
        if let Some(end) = row.to.filter(|_| !goes_on) {
            found.push(revision(row, end, vec![Aspect::Retired])?);
        }
    }
    Ok(found)
}

fn changed(before: &HistoryRow, after: &HistoryRow) -> Vec<Aspect> {
    let aspects = [
        (Aspect::Level, before.level != after.level),
        (Aspect::Code, before.code != after.code),
        (Aspect::Name, before.name != after.name),
        (Aspect::Parent, before.parent != after.parent),
        (Aspect::Tint, before.tint != after.tint),
        (Aspect::Attributes, before.attributes != after.attributes),
        (Aspect::Geometry, !after.same_geometry),
    ];
    aspects.into_iter().filter(|(_, differs)| *differs).map(|(aspect, _)| aspect).collect()
}

/// What a version did to a unit of which `rows` begin or end with it; `fresh` where one begins.
pub fn change_kind(fresh: bool, rows: i64) -> ChangeKind {
    match (fresh, rows) {
        (true, 1) => ChangeKind::Added,
        (true, _) => ChangeKind::Changed,
        (false, _) => ChangeKind::Retired,
    }
}

/// Changes by level and code; voids, which have none, first and by name.
pub fn in_order(mut changes: Vec<Change>) -> Vec<Change> {
    changes.sort_by(|a, b| (a.code.len(), &a.code, &a.name).cmp(&(b.code.len(), &b.code, &b.name)));
    changes
}

/// What a unit became, largest share first.
pub fn largest_first(mut became: Vec<LineageRow>) -> Vec<LineageRow> {
    became.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| a.to.1.cmp(&b.to.1)));
    became
}
