//! The backend for more than one machine: a schema of a PostgreSQL database with PostGIS, over which any number of
//! servers stand.
//!
//! Every write is one transaction that first locks the row of `counters`: writes come one after another, from whichever
//! server, and the feed's numbers in the order of their commits. What was acknowledged is on the database's disk.
//!
//! | file | what |
//! |---|---|
//! | `address` | which database and schema an address means |
//! | `side` | connections, by class of work, each with its limits |
//! | `failure` | how the database's failures are told |
//! | `open` | is it ours; make one; migrate |
//! | `0001.sql` to `0003.sql` | the tables, what roles may do, and how layers are made |
//! | `save`, `load` | versions |
//! | `layers` | the layers that a GIS sees |
//! | `features` | points and lines |
//! | `history` | records, changes, lineage, feed, settings |
//! | `plans` | the way to plans |
//! | `people`, `ledger` | who answers for a unit, and accounts, in a schema apart |
//! | `archive` | everything, out and in |
//! | `grant` | letting roles in |

mod address;
mod archive;
mod failure;
mod features;
mod grant;
mod history;
mod layers;
mod ledger;
mod load;
mod open;
mod people;
mod plans;
mod save;
mod side;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgListener;
use sqlx::{PgConnection, Postgres, Transaction};

pub use address::Address;
pub(super) use failure::said;

use super::compute::compute;
use super::{Listener, Mode, StoreError};
use side::Side;

/// How long to wait for another program's write.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);

/// A PostGIS schema as a store. Clones share its connections.
#[derive(Clone)]
pub struct PostGis {
    /// Reads of versions, and every write.
    primary: Arc<Side>,
    /// Reads of what it has already.
    replica: Option<Arc<Side>>,
}

/// Without options: they hold the password.
impl fmt::Debug for PostGis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PostGis").field(&self.location()).finish()
    }
}

/// Runs a read on the replica where it has what is asked for, on the primary where it has not or fails in whatever way.
macro_rules! prefer_replica {
    ($store:ident, has $there:ident => $has:expr, read $side:ident => $read:expr) => {{
        let mut found = None;
        if let Some($there) = $store.replica.as_ref().filter(|replica| !replica.is_resting()) {
            let read = match $has.await {
                Ok(true) => {
                    let $side = $there;
                    $read.await.map(Some)
                }
                Ok(false) => Ok(None),
                Err(error) => Err(error),
            };
            found = $there.judge(read);
        }
        match found {
            Some(found) => Ok(found),
            None => {
                let $side = &$store.primary;
                $read.await
            }
        }
    }};
}
use prefer_replica;

impl PostGis {
    /// See [`super::Store::open`].
    pub(super) async fn open(address: Address, mode: Mode) -> Result<Self, StoreError> {
        Ok(Self { primary: Arc::new(open::open(address, mode).await?), replica: None })
    }

    /// See [`super::Store::open_with_replica`].
    pub(super) fn with_replica(mut self, replica: &Address) -> Self {
        self.replica = Some(Arc::new(Side::new(replica)));
        self
    }

    pub(super) fn location(&self) -> String {
        self.primary.location.to_string()
    }

    pub(super) async fn close(&self) {
        self.primary.close().await;
        if let Some(replica) = &self.replica {
            replica.close().await;
        }
    }

    pub(super) async fn listen(&self) -> Result<Listener, StoreError> {
        let side = &self.primary;
        let pool = side.apart();
        let listening = async {
            let mut listener = PgListener::connect_with(&pool).await?;
            listener.eager_reconnect(false);
            listener.listen(&side.schema).await?;
            Ok(listener)
        };
        let listener = side.within(&side.watch, listening).await?;
        Ok(Listener::postgres(listener, side.location.to_string()))
    }

    /// A transaction that may write, alone until its end.
    async fn begin(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        let side = &self.primary;
        let begun = async {
            let mut transaction = side.write.pool.begin().await?;
            sqlx::query("SELECT feed FROM counters FOR UPDATE").fetch_one(&mut *transaction).await?;
            Ok(transaction)
        };
        side.within(&side.write, begun).await
    }

    /// Tells who listens, and ends the transaction.
    async fn commit(&self, mut transaction: Transaction<'static, Postgres>) -> Result<(), StoreError> {
        let side = &self.primary;
        let done = async {
            sqlx::query("SELECT pg_notify($1, (SELECT coalesce(max(number), 0) FROM versions)::text)")
                .bind(&*side.schema)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await
        };
        side.within(&side.write, done).await
    }
}

/// Keeps a setting, as part of what is being written.
async fn put_setting(connection: &mut PgConnection, key: &str, value: &str) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO meta VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
        .bind(key)
        .bind(value)
        .execute(connection)
        .await?;
    Ok(())
}
