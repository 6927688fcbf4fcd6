//! A change and its record, decided over the directory as it is and done if it still is so.

use super::{Act, Identity};
use crate::access::audit::Outcome;
use crate::access::{NotAllowed, Permission, Scope, fold, may_manage};
use crate::app::{Error, excerpt};
use crate::store::{Account, Directory, Edit, StoreError};

/// How often a change is decided anew because another came first.
pub(super) const ROUNDS: usize = 10;

impl Identity {
    /// Decides, over the directory, what to change and what the log says of it, and does it. Decided anew where somebody
    /// else was faster. A refusal is recorded as the act that `asked` is.
    pub(super) async fn change(
        &self,
        scope: &Scope,
        asked: Act,
        decide: impl Fn(&Directory) -> Result<(Vec<Edit>, Act), Error>,
    ) -> Result<(), Error> {
        for _ in 0..ROUNDS {
            let directory = self.store.directory().await?;
            let (edits, act) = match decide(&directory) {
                Err(error @ (Error::Forbidden(_) | Error::Missing(_) | Error::Conflict(_))) => {
                    self.record(scope, asked, Outcome::Refused).await?;
                    return Err(error);
                }
                decided => decided?,
            };
            let event = act.event(scope, Outcome::Done);
            let done = self.store.edit_directory(edits, event, Some(directory.revision)).await;
            if self.changed(done)?.is_some() {
                return Ok(());
            }
        }
        Err(Error::Busy("others are changing accounts at the same time; try again".into()))
    }

    /// What the store says of a change: what is known of callers here is asked for again, unless nothing was done because
    /// the store is away. What it did all the same shows here once it is back.
    pub(super) fn changed<T>(&self, done: Result<T, StoreError>) -> Result<T, Error> {
        let done = done.map_err(Error::from);
        if !matches!(done, Err(Error::Away { .. })) {
            self.known.forget();
        }
        done
    }

    /// The same for a caller who must have a permission.
    pub(super) async fn change_as(
        &self,
        scope: &Scope,
        permission: Permission,
        asked: Act,
        decide: impl Fn(&Directory) -> Result<(Vec<Edit>, Act), Error>,
    ) -> Result<(), Error> {
        self.require(scope, permission, asked.clone()).await?;
        self.change(scope, asked, decide).await
    }
}

/// How the log names an account.
pub(super) fn account_target(name: &str) -> String {
    /// A name has no more characters; what is asked for may.
    const MOST: usize = 64;
    let name: String = name.chars().filter(|c| !c.is_control()).take(MOST).collect();
    format!("account:{name}")
}

/// The account of that name, if the caller may manage it. One that they may not is as if there were none.
pub(super) fn managed<'d>(directory: &'d Directory, scope: &Scope, name: &str) -> Result<&'d Account, Error> {
    let found = directory.accounts.iter().find(|a| fold(&a.name) == fold(name));
    let managed = found.filter(|account| may_manage(scope, &account.grants).is_ok());
    managed.ok_or_else(|| {
        Error::Missing(format!("there is no account {:?} within what you administer", excerpt(name)))
    })
}

impl From<NotAllowed> for Error {
    fn from(not: NotAllowed) -> Self {
        match not {
            NotAllowed::TooWide(_) | NotAllowed::NotYours | NotAllowed::None => {
                Self::Forbidden(not.to_string())
            }
            NotAllowed::AdministratorAndAuditor | NotAllowed::AuditorOfAPart(_) | NotAllowed::Area(_) => {
                Self::Bad { field: "grants", detail: not.to_string() }
            }
        }
    }
}
