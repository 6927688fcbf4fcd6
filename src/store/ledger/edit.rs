//! Changes, each with its record, in one transaction.

use jiff::Timestamp;

use super::record::Edit;
use super::{Deed, account, audit, key};
use crate::access::audit::{Event, Head};
use crate::store::line::{Line, int, text};

pub struct Edits {
    pub all: Vec<Edit>,
    pub event: Event,
    /// At which revision the directory must still be.
    pub expected: Option<u64>,
    pub at: Timestamp,
}

impl Deed for Edits {
    type Answer = Option<Head>;
    async fn act(self, line: &mut Line<'_>) -> Result<Option<Head>, sqlx::Error> {
        let revision = line.lock().await?;
        if self.expected.is_some_and(|expected| expected != revision) {
            return Ok(None);
        }
        if self.all.iter().any(Edit::is_of_directory) {
            line.run("UPDATE {p}directory SET revision = $1", vec![int(revision as i64 + 1)]).await?;
        }
        for edit in self.all {
            apply(line, edit, self.at).await?;
        }
        audit::append(line, self.event, self.at).await.map(Some)
    }
}

async fn apply(line: &mut Line<'_>, edit: Edit, at: Timestamp) -> Result<(), sqlx::Error> {
    match edit {
        Edit::AddAccount(new) => account::add_account(line, new, at).await,
        Edit::SetPassword(id, password) => account::set_password(line, id, password.as_ref(), at).await,
        Edit::SetGrants(id, grants) => account::set_grants(line, id, &grants, at).await,
        Edit::SetStanding(id, standing) => account::set_standing(line, id, standing, at).await,
        Edit::SetDisplayName(id, name) => account::set_display_name(line, id, &name).await,
        Edit::SetLink(id, link, expires) => account::set_link(line, id, &link, expires).await,
        Edit::AddSession(session) => account::add_session(line, &session).await,
        Edit::EndSession(digest, when) => account::end_session(line, &digest, when).await,
        Edit::EndSessions(id, but) => account::end_sessions(line, id, but.as_ref(), at).await,
        Edit::AddKey(new) => key::add_key(line, new, at).await,
        Edit::RevokeKey(id) => key::revoke_key(line, id, at).await,
        Edit::Forgive(counted) => line.run("DELETE FROM {p}tries WHERE key = $1", vec![text(&counted)]).await,
    }
}
