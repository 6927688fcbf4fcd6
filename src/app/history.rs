//! What became of a unit through the versions.

use super::error::bad;
use super::{App, Error};
use crate::access::Scope;
use crate::store::Revision;
use crate::unit::{Code, Uid};

impl App {
    /// The versions that changed the unit of a code or of `uid:N`, oldest first, at least one. A code that is in use
    /// no more stands for the unit that had it last.
    ///
    /// # Errors
    /// [`Error::Bad`] for what is neither; [`Error::Missing`] for what never was.
    pub async fn history(&self, scope: &Scope, name: &str) -> Result<Vec<Revision>, Error> {
        let uid = if let Some(digits) = name.strip_prefix("uid:") {
            Uid(digits.parse().map_err(|_| bad("unit", "uid:N with a number N", name))?)
        } else {
            let code =
                Code::new(name).map_err(|_| bad("unit", "a code of 1 to 18 digits, or uid:N", name))?;
            let missing = || Error::Missing(format!("no unit has or had code {code}"));
            self.contact.note(self.store.holder(&code).await)?.ok_or_else(missing)?
        };
        let history = self.contact.note(self.store.history(uid).await)?;
        // Under any of its codes: it may have moved here, or away. A void has none.
        let code = |revision: &Revision| revision.code.as_deref().map(Code::new);
        let sees = |revision: &Revision| code(revision).is_none_or(|code| code.is_ok_and(|c| scope.sees(&c)));
        if !history.iter().any(sees) {
            return Err(Error::Missing(format!("no unit has or had {name}")));
        }
        Ok(history)
    }
}
