//! Why a store could not do what was asked: what was expected, what was found.

use crate::coverage::ContentHash;

/// A store's refusal or failure.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No file there.
    #[error("no store at {location}: make one with `wangge import` or `wangge synth`")]
    NoStore {
        /// Where it was looked for.
        location: String,
    },
    /// Something else is there; it was left as it is.
    #[error(
        "{location} is not a Wangge store: expected one written by Wangge, found {found}; it was left unchanged"
    )]
    NotAStore {
        /// Where.
        location: String,
        /// What it is.
        found: String,
    },
    /// A newer program wrote it; it was left as it is.
    #[error(
        "{location} was written by a newer Wangge: expected store schema {known} or lower, found {found}; it was left unchanged"
    )]
    Newer {
        /// Where.
        location: String,
        /// Its schema.
        found: u32,
        /// The highest this program knows.
        known: u32,
    },
    /// A kind of store there is no backend for.
    #[error(
        "expected the path of a GeoPackage file or a postgres:// address as the store, found a {scheme}:// address"
    )]
    Unsupported {
        /// The address's scheme.
        scheme: String,
    },
    /// An address that means no database.
    #[error("expected postgres://USER@HOST/DATABASE?schema=NAME as the store: {detail}")]
    Address {
        /// What is wrong with it; nothing of a password.
        detail: String,
    },
    /// The database has no geometry type.
    #[error("the database at {location} has no PostGIS: as a superuser, run CREATE EXTENSION postgis in it")]
    NoPostGis {
        /// Where.
        location: String,
    },
    /// No answer from the database: it is down, starting, failing over, or too slow. Worth another try.
    #[error("the store at {location} does not answer: {cause}")]
    Unreachable {
        /// Where.
        location: String,
        /// What was met with, for operators.
        cause: String,
    },
    /// The database takes no writes: a standby, or one that was set so.
    #[error(
        "the store at {location} is read-only: expected a database that may be written, found a standby or default_transaction_read_only"
    )]
    ReadOnly {
        /// Where.
        location: String,
    },
    /// The role may not do it.
    #[error(
        "the store at {location} does not let this role do it: {cause} (`wangge grant` gives a role its rights)"
    )]
    Denied {
        /// Where.
        location: String,
        /// What the database said.
        cause: String,
    },
    /// The database does not let the role in.
    #[error("the database at {location} does not let this role in: {cause}")]
    Stranger {
        /// Where.
        location: String,
        /// What the database said.
        cause: String,
    },
    /// What is stored is not what was saved.
    #[error("the store was changed from outside: version {version} should have content hash {expected}, found {} ({detail})", found.map_or_else(|| "none".to_owned(), |h| h.to_string()))]
    ChangedOutside {
        /// The version that was read.
        version: u64,
        /// The hash it was saved with.
        expected: ContentHash,
        /// The hash of what is there, where it is a partition at all.
        found: Option<ContentHash>,
        /// Codes of units and names of voids whose rows differ, where rows tell.
        units: Vec<String>,
        /// What was found first.
        detail: String,
    },
    /// No version of that number.
    #[error("no version {number}: the store has {}", latest.map_or_else(|| "none".to_owned(), |n| format!("versions 1 to {n}")))]
    NoVersion {
        /// What was asked for.
        number: u64,
        /// The highest there is.
        latest: Option<u64>,
    },
    /// The store has gone on since.
    #[error("made from version {base}, but the store is at version {current}")]
    Stale {
        /// What the new version was made from.
        base: u64,
        /// What it should have been made from.
        current: u64,
    },
    /// What is to be filled holds something.
    #[error("{location} holds something already: expected an empty store, or none")]
    NotEmpty {
        /// Where.
        location: String,
    },
    /// Something that cannot be stored.
    #[error("cannot be stored: {0}")]
    Refused(String),
    /// The file with people is not its owner's alone.
    #[error(
        "{location} holds names and numbers of people, and others may read it: expected mode 600, found {mode:o}; \
         chmod 600 it, or remove it"
    )]
    Exposed {
        /// The file, or one beside it.
        location: String,
        /// Its permissions.
        mode: u32,
    },
    /// The people are another store's.
    #[error(
        "{location} holds the people of another store, whose units are others: move it away, or put this store's in \
         their place with `wangge import --as people`"
    )]
    OfAnother {
        /// The file.
        location: String,
    },
    /// Where people should be is something else; it was left as it is.
    #[error(
        "{location} is another program's: expected a file of people written by Wangge; it was left unchanged"
    )]
    NotPrivate {
        /// The file.
        location: String,
    },
    /// Another program is writing.
    #[error("{location} is busy: another program has been writing for {seconds} s")]
    Busy {
        /// Where.
        location: String,
        /// How long was waited.
        seconds: u64,
    },
    /// All connections for this kind of work are in use.
    #[error("the store at {location} is busy: all connections for this kind of work are in use")]
    Full {
        /// Where.
        location: String,
    },
    /// The folder that it should stand in is not there.
    #[error("cannot make a store at {location}: expected the folder {folder}, found none")]
    NoFolder {
        /// Where the store should be.
        location: String,
        /// The folder.
        folder: String,
    },
    /// The file system does not let the program write there.
    #[error("cannot write the store at {location}: expected a file and a folder that may be written")]
    Unwritable {
        /// Where.
        location: String,
    },
    /// The database or the disk failed.
    #[error("the store at {location} failed: {source}")]
    Failed {
        /// Where.
        location: String,
        /// What it said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
