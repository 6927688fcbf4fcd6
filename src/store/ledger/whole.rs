//! All of the ledger but sessions and tries, which are a server's day: for another store.

use super::read::WholeDirectory;
use super::record::Directory;
use super::{Deed, Question, account, audit, key};
use crate::access::audit::Record;
use crate::store::line::{Line, int};

/// Accounts, keys, and the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Accounts and keys.
    pub directory: Directory,
    /// The log, oldest first.
    pub audit: Vec<Record>,
}

impl Ledger {
    /// Whether nothing was ever put into it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.directory.accounts.is_empty() && self.directory.keys.is_empty() && self.audit.is_empty()
    }
}

pub struct WholeLedger;

impl Question for WholeLedger {
    type Answer = Ledger;
    fn nothing(&self) -> Ledger {
        Ledger::default()
    }
    async fn ask(self, line: &mut Line<'_>) -> Result<Ledger, sqlx::Error> {
        let directory = WholeDirectory.ask(line).await?;
        let audit = audit::After(0, u32::MAX).ask(line).await?;
        Ok(Ledger { directory, audit })
    }
}

/// Puts a whole ledger where there is none; `false`, and nothing done, where there is one.
pub struct PutLedger(pub Ledger);

impl Deed for PutLedger {
    type Answer = bool;
    async fn act(self, line: &mut Line<'_>) -> Result<bool, sqlx::Error> {
        line.lock().await?;
        if !WholeLedger.ask(line).await?.is_empty() {
            return Ok(false);
        }
        for account in &self.0.directory.accounts {
            account::put_account(line, account).await?;
        }
        for key in &self.0.directory.keys {
            key::put_key(line, key).await?;
        }
        for record in &self.0.audit {
            audit::put(line, record).await?;
        }
        let revision = self.0.directory.revision as i64;
        line.run("UPDATE {p}directory SET revision = $1", vec![int(revision)]).await?;
        Ok(true)
    }
}
