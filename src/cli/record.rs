//! What commands change or take away, in the log.

use serde_json::{Value, json};

use super::say::Fail;
use crate::access::Scope;
use crate::access::audit::Outcome;
use crate::app::identity::Act;
use crate::store::{Store, VersionRecord};

/// Whoever runs the command, by the name that the system knows them by: not what their environment says.
pub fn operator() -> Scope {
    let said = std::process::Command::new("id").arg("-un").output().ok().filter(|said| said.status.success());
    let name = said.and_then(|said| String::from_utf8(said.stdout).ok()).map(|name| name.trim().to_owned());
    Scope::operator(name.as_deref().filter(|name| !name.is_empty()).unwrap_or("unknown"))
}

/// Records that they did something.
pub async fn record(
    store: &Store,
    action: &'static str,
    target: impl Into<String>,
    after: Value,
) -> Result<(), Fail> {
    let act = Act::new(action, target).after(after);
    store.record(act.event(&operator(), Outcome::Done)).await?;
    Ok(())
}

/// Records that they entered a version, which changed so many rows.
pub async fn entered(store: &Store, version: &VersionRecord, rows: usize) -> Result<(), Fail> {
    let after = json!({
        "author": version.author, "note": version.note, "rows_changed": rows,
        "content_hash": version.content_hash.to_string(),
    });
    record(store, "version.enter", format!("version:{}", version.number), after).await
}
