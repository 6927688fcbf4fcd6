//! Accounts, sessions, keys, tries at passwords, and the log of what happened: apart from versions, where people stand.
//!
//! ```text
//!   use case ─ edits + event ─→ lock the directory's row ─ still that revision? ─ edits ─ record on the chain ─ commit
//! ```
//!
//! Changes come one after another, from whichever server, and each has its record in the same transaction: what cannot be
//! recorded is not done. The statements are written once, over a [`line`] to either kind of database.
//!
//! | file | what |
//! |---|---|
//! | `record` | what goes in and comes out |
//! | `read` | questions |
//! | `edit` | changes, with their record |
//! | `account`, `key` | rows of accounts, sessions and keys |
//! | `tries` | places for tries at passwords |
//! | `audit` | the log's rows |
//! | `whole` | all of it, out and in |

mod account;
mod audit;
mod edit;
mod key;
mod read;
mod record;
mod tries;
mod whole;

use jiff::Timestamp;

pub use record::{Account, Directory, Edit, Key, KeyKind, NewAccount, NewKey, Place, Session, Standing};
pub use whole::Ledger;
pub(super) use whole::{PutLedger, WholeLedger};

use super::line::{Deed, Question};
use super::{Store, StoreError};
use crate::access::audit::{Event, Head, Record};
use crate::access::lockout::Counted;
use crate::access::{AccountId, Digest, KeyId};

impl Store {
    async fn ask<Q: Question>(&self, question: Q) -> Result<Q::Answer, StoreError> {
        match self {
            Self::GeoPackage(store) => store.ask_ledger(question).await,
            Self::PostGis(store) => store.ask_ledger(question).await,
        }
    }

    pub(super) async fn act<D: Deed>(&self, deed: D) -> Result<D::Answer, StoreError> {
        match self {
            Self::GeoPackage(store) => store.act_on_ledger(deed).await,
            Self::PostGis(store) => store.act_on_ledger(deed).await,
        }
    }

    /// Every account and key, with the revision by which [`Self::edit_directory`] knows that nothing came in between.
    ///
    /// # Errors
    /// As [`Self::people`].
    pub async fn directory(&self) -> Result<Directory, StoreError> {
        self.ask(read::WholeDirectory).await
    }

    /// The account of a name, whatever its case.
    ///
    /// # Errors
    /// As [`Self::people`].
    pub async fn account_named(&self, folded: &str) -> Result<Option<Account>, StoreError> {
        self.ask(read::AccountNamed(folded.to_owned())).await
    }

    /// The account that a link, which sets its password, was made for, if the link holds at `now`.
    ///
    /// # Errors
    /// As [`Self::people`].
    pub async fn account_linked(&self, link: Digest, now: Timestamp) -> Result<Option<Account>, StoreError> {
        self.ask(read::AccountLinked(link, now)).await
    }

    /// A session and whose it is, whether it holds still or not.
    ///
    /// # Errors
    /// As [`Self::people`].
    pub async fn session(&self, digest: Digest) -> Result<Option<(Session, Account)>, StoreError> {
        self.ask(read::SessionOf(digest)).await
    }

    /// An account's sessions, the newest first, those that are over among them until somebody signs in again.
    ///
    /// # Errors
    /// As [`Self::people`].
    pub async fn sessions(&self, account: AccountId) -> Result<Vec<Session>, StoreError> {
        self.ask(read::SessionsOf(account)).await
    }

    /// A key and the account that it belongs to, whether it holds still or not.
    ///
    /// # Errors
    /// As [`Self::people`].
    pub async fn key(&self, digest: Digest) -> Result<Option<(Key, Option<Account>)>, StoreError> {
        self.ask(read::KeyOf(digest)).await
    }

    /// Changes accounts, sessions or keys, and records why: all of it or nothing. `None`, and nothing done, where the
    /// directory is at another revision than `expected`.
    ///
    /// # Errors
    /// [`StoreError::Failed`] where something is there already, as an account of that name; [`StoreError::OfAnother`].
    pub async fn edit_directory(
        &self,
        edits: Vec<Edit>,
        event: Event,
        expected: Option<u64>,
    ) -> Result<Option<Head>, StoreError> {
        self.act(edit::Edits { all: edits, event, expected, at: Timestamp::now() }).await
    }

    /// Records something.
    ///
    /// # Errors
    /// Where it could not be recorded: then it should not be done.
    pub async fn record(&self, event: Event) -> Result<Head, StoreError> {
        self.act(audit::Append { event, at: Timestamp::now() }).await
    }

    /// Says that a session is in use, from an address.
    ///
    /// # Errors
    /// As [`Self::people`].
    pub async fn touch_session(
        &self,
        digest: Digest,
        at: Timestamp,
        address: &str,
    ) -> Result<(), StoreError> {
        self.act(account::TouchSession(digest, at, address.to_owned())).await
    }

    /// Says that a key is in use.
    ///
    /// # Errors
    /// As [`Self::people`].
    pub async fn touch_key(&self, id: KeyId, at: Timestamp) -> Result<(), StoreError> {
        self.act(key::TouchKey(id, at)).await
    }

    /// Takes a place for a try at a password, before it is looked at: by the store's own clock, whichever server asks.
    ///
    /// # Errors
    /// As [`Self::people`]; then the password must not be looked at.
    pub async fn take_place(&self, counted: Vec<Counted>) -> Result<Place, StoreError> {
        self.act(tries::Take(counted)).await
    }

    /// Gives a place back: the try succeeded.
    ///
    /// # Errors
    /// As [`Self::people`].
    pub async fn give_back(&self, counted: Vec<Counted>, taken: i64) -> Result<(), StoreError> {
        self.act(tries::GiveBack(counted, taken)).await
    }

    /// The log after record `seq`, oldest first, at most `limit`.
    ///
    /// # Errors
    /// As [`Self::people`].
    pub async fn audit(&self, seq: u64, limit: u32) -> Result<Vec<Record>, StoreError> {
        self.ask(audit::After(seq, limit)).await
    }

    /// The last records, newest first, at most `limit`, before record `before` where it is given.
    ///
    /// # Errors
    /// As [`Self::people`].
    pub async fn audit_before(&self, before: Option<u64>, limit: u32) -> Result<Vec<Record>, StoreError> {
        self.ask(audit::Before(before, limit)).await
    }

    /// Where the log ends, as the store has it.
    ///
    /// # Errors
    /// As [`Self::people`].
    pub async fn audit_head(&self) -> Result<Head, StoreError> {
        self.ask(audit::Ends).await
    }
}
