//! One database of a store, with its connections by class of work. Each class has its own, so an export that takes all
//! of its own holds up no lookup and no publish.
//!
//! ```text
//!   watch  what is newest       2 connections     2 s a statement
//!   serve  small questions      8                10 s
//!   bulk   whole versions       3               120 s
//!   write  every write          8               120 s, 10 s for a lock: all but one of them wait for it
//! ```
//!
//! A network that swallows everything ends no connection: one that has died so is found by asking it for a sign of life
//! before it is used and after, and where one is dead those that stand idle are dropped with it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::Notify;

use super::address::Address;
use super::failure::failed;
use super::{LOCK_PATIENCE, StoreError};

/// How long it may take to say what is newest.
const WATCH_PATIENCE: Duration = Duration::from_secs(2);

/// How long a small question may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a long one may take.
const LONG_PATIENCE: Duration = Duration::from_mins(2);

/// How long to wait for a connection, a new one included.
const CONNECT_PATIENCE: Duration = Duration::from_secs(3);

/// How long a connection may take to give a sign of life: a round trip, and as long again and more as a machine with
/// more to do than cores may leave the database's process waiting. Where it is shorter, a busy database passes for a
/// dead one, and loads begin again that were nearly done.
const PING_PATIENCE: Duration = Duration::from_secs(1);

/// How long a connection may stand idle.
const IDLE_LIFE: Duration = Duration::from_mins(1);

/// How long a read of much waits for those before it.
const BULK_PATIENCE: Duration = Duration::from_secs(10);

/// Added to what the database waits before the connection itself is given up: then nothing comes through at all.
const GRACE: Duration = Duration::from_secs(1);

/// How long a transaction may stand idle while the program computes: a machine that vanishes in the middle of a write
/// holds up the others no longer.
const IDLE_PATIENCE: Duration = Duration::from_mins(5);

/// How long a replica that failed is left alone: every read would wait for it again.
const REST: Duration = Duration::from_secs(10);

/// One database.
pub struct Side {
    pub location: Arc<str>,
    pub schema: Arc<str>,
    pub private: Arc<str>,
    pub watch: Class,
    pub serve: Class,
    pub bulk: Class,
    pub write: Class,
    options: PgConnectOptions,
    /// Since it failed: until when it is not asked again.
    rest: Mutex<Option<Instant>>,
    /// What is newest could not be told: small questions that wait for an answer wait no longer.
    silent: Notify,
}

/// The connections of one class of work.
pub struct Class {
    pub pool: PgPool,
    /// How long a statement may take.
    patience: Duration,
}

impl Class {
    /// Whether a wait for a connection ended because all are in use, and not because none can be made.
    fn is_exhausted(&self) -> bool {
        self.pool.size() >= self.pool.options().get_max_connections() && self.pool.num_idle() == 0
    }

    /// Drops the connections that nobody uses, without a word to whoever may no longer be there.
    fn drop_idle(&self) {
        while let Some(idle) = self.pool.try_acquire() {
            drop(idle.detach());
        }
    }
}

impl Side {
    /// Connects to nothing yet.
    pub fn new(address: &Address) -> Self {
        let class = |connections, patience, wait| Class {
            pool: options(connections, &address.schema, patience)
                .acquire_timeout(wait)
                .connect_lazy_with(address.options.clone()),
            patience,
        };
        Self {
            location: address.location.as_str().into(),
            schema: address.schema.as_str().into(),
            private: address.private().into(),
            watch: class(2, WATCH_PATIENCE, WATCH_PATIENCE),
            serve: class(8, PATIENCE, CONNECT_PATIENCE),
            bulk: class(3, LONG_PATIENCE, BULK_PATIENCE),
            write: class(8, LONG_PATIENCE, CONNECT_PATIENCE),
            options: address.options.clone(),
            rest: Mutex::default(),
            silent: Notify::new(),
        }
    }

    /// Whether it failed a short while ago; for a replica, without which one can do.
    pub fn is_resting(&self) -> bool {
        let until = *self.rest();
        until.is_some_and(|until| Instant::now() < until)
    }

    /// What a replica answered, if anything. One that fails is left alone for a while; that is said when it begins, and
    /// when it is over.
    pub fn judge<T>(&self, answer: Result<Option<T>, StoreError>) -> Option<T> {
        let mut rest = self.rest();
        match answer {
            Ok(answer) => {
                if rest.take().is_some() {
                    tracing::info!("the replica answers again");
                }
                answer
            }
            Err(error) => {
                if rest.replace(Instant::now() + REST).is_none() {
                    tracing::warn!(%error, "the replica does not serve; reading from the primary until it does");
                }
                None
            }
        }
    }

    fn rest(&self) -> MutexGuard<'_, Option<Instant>> {
        self.rest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A pool of one connection beside the classes.
    pub fn apart(&self) -> PgPool {
        options(1, &self.schema, LONG_PATIENCE)
            .acquire_timeout(CONNECT_PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(self.options.clone())
    }

    fn classes(&self) -> [&Class; 4] {
        [&self.watch, &self.serve, &self.bulk, &self.write]
    }

    pub async fn close(&self) {
        for class in self.classes() {
            class.pool.close().await;
        }
    }

    /// Waits for work of a class, not much longer than the database would.
    pub fn within<'a, T: 'a>(
        &'a self,
        class: &'a Class,
        work: impl Future<Output = Result<T, sqlx::Error>> + 'a,
    ) -> impl Future<Output = Result<T, StoreError>> + 'a {
        self.at_most(class.patience, class, work)
    }

    /// The same, with a patience of one's own. The work stands on the heap: what waits for it stays small.
    pub fn at_most<'a, T: 'a>(
        &'a self,
        patience: Duration,
        class: &'a Class,
        work: impl Future<Output = Result<T, sqlx::Error>> + 'a,
    ) -> impl Future<Output = Result<T, StoreError>> + 'a {
        let work = tokio::time::timeout(patience + GRACE, Box::pin(work));
        async move {
            let error = match work.await {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(sqlx::Error::PoolTimedOut)) if class.is_exhausted() => {
                    return Err(StoreError::Full { location: self.location.to_string() });
                }
                Ok(Err(error)) => error,
                Err(_) => {
                    let silence = format!("no answer in {} s", (patience + GRACE).as_secs());
                    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, silence))
                }
            };
            if matches!(error, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut) {
                self.classes().into_iter().for_each(Class::drop_idle);
            }
            Err(self.failed(error))
        }
    }

    /// What is newest, by which the server tells whether the database is there at all: where that gets no answer, no
    /// small question will.
    pub fn watch<'a, T: 'a>(
        &'a self,
        work: impl Future<Output = Result<T, sqlx::Error>> + 'a,
    ) -> impl Future<Output = Result<T, StoreError>> + 'a {
        let answer = self.within(&self.watch, work);
        async move {
            let answer = answer.await;
            if let Err(StoreError::Unreachable { .. }) = answer {
                self.silent.notify_waiters();
            }
            answer
        }
    }

    /// A small question.
    pub fn ask<'a, T: 'a>(
        &'a self,
        work: impl Future<Output = Result<T, sqlx::Error>> + 'a,
    ) -> impl Future<Output = Result<T, StoreError>> + 'a {
        let answer = self.within(&self.serve, work);
        async move {
            tokio::select! {
                answer = answer => answer,
                () = self.silent.notified() => {
                    let cause = "it fell silent in the meantime".to_owned();
                    Err(StoreError::Unreachable { location: self.location.to_string(), cause })
                }
            }
        }
    }

    /// A read of much.
    pub fn read<'a, T: 'a>(
        &'a self,
        work: impl Future<Output = Result<T, sqlx::Error>> + 'a,
    ) -> impl Future<Output = Result<T, StoreError>> + 'a {
        self.within(&self.bulk, work)
    }

    /// The database's failure.
    pub fn failed(&self, error: sqlx::Error) -> StoreError {
        failed(&self.location, error)
    }

    /// Something in the store that the program never writes.
    pub fn odd(&self, what: impl Into<String>) -> StoreError {
        let source: Box<dyn std::error::Error + Send + Sync> = what.into().into();
        StoreError::Failed { location: self.location.to_string(), source }
    }
}

fn options(connections: u32, schema: &str, patience: Duration) -> PgPoolOptions {
    let set_up: Arc<str> = set_up(schema, patience).into();
    PgPoolOptions::new()
        .max_connections(connections)
        .idle_timeout(IDLE_LIFE)
        // The driver's own test has no end where everything is swallowed.
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(lives(connection)))
        .after_release(|connection, _| Box::pin(lives(connection)))
        .after_connect(move |connection, _| {
            let set_up = Arc::clone(&set_up);
            Box::pin(async move { prepare(connection, set_up).await })
        })
}

/// Whether a connection gives a sign of life.
async fn lives(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    Ok(matches!(tokio::time::timeout(PING_PATIENCE, connection.ping()).await, Ok(Ok(()))))
}

async fn prepare(connection: &mut PgConnection, set_up: Arc<str>) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(set_up)).execute(connection).await.map(drop)
}

/// What every connection is told first. PostGIS may stand in a schema of its own. What is acknowledged outlives the
/// promotion of a synchronous standby, so `synchronous_commit` of `off` and `local`, wherever it was set, becomes `on`;
/// what waits for the standby at all (`remote_write`, `remote_apply`) is the operator's choice. Without a synchronous
/// standby `on` waits for the disk alone.
fn set_up(schema: &str, patience: Duration) -> String {
    let (statement, lock, idle) =
        (patience.as_millis(), LOCK_PATIENCE.as_millis(), IDLE_PATIENCE.as_millis());
    format!(
        "SELECT set_config('search_path', '\"{schema}\", ' || coalesce((SELECT quote_ident(n.nspname)
           FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'), 'public')
           || ', pg_temp', false);
         SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local');
         SET statement_timeout = {statement}; SET lock_timeout = {lock};
         SET idle_in_transaction_session_timeout = {idle}; SET TimeZone = 'UTC'; SET jit = off"
    )
}
