//! Is it a store of ours; make one where there is none; bring it up to date.
//!
//! Nothing is written before the schema is known to be ours, or empty. Steps run in one transaction under an advisory
//! lock: of ten servers that start at once one runs them, the others find them done.

use sqlx::{AssertSqlSafe, PgConnection};

use super::address::Address;
use super::failure::Failure;
use super::side::Side;
use super::{Mode, StoreError, put_setting};

/// The schema's steps; the number of those done stands in `meta` as [`SCHEMA_KEY`].
const MIGRATIONS: [&str; 4] =
    [include_str!("0001.sql"), include_str!("0002.sql"), include_str!("0003.sql"), include_str!("0004.sql")];

/// Where the schema's number stands, and what tells a store of ours.
const SCHEMA_KEY: &str = "wangge_schema";

/// How long one server waits for another that runs the steps.
const MIGRATION_PATIENCE: std::time::Duration = std::time::Duration::from_mins(1);

/// What a schema is.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    /// None, or an empty one.
    Nothing,
    Store {
        schema: u32,
    },
    Other(String),
}

pub(super) async fn open(address: Address, mode: Mode) -> Result<Side, StoreError> {
    let side = Side::new(&address);
    let looked = async {
        let mut connection = side.serve.pool.acquire().await?;
        look(&mut connection, &side).await
    };
    let opened = match (side.ask(looked).await, mode) {
        (Err(error), _) => Err(error),
        (Ok(Found::Nothing), Mode::Existing) => {
            Err(StoreError::NoStore { location: address.location.clone() })
        }
        (Ok(found), _) => match steps_left(&side, found) {
            Ok(0) => Ok(()),
            Ok(_) => migrate(&side).await,
            Err(error) => Err(error),
        },
    };
    match opened {
        Ok(()) => Ok(side),
        Err(error) => {
            side.close().await;
            Err(error)
        }
    }
}

/// How many steps are not yet done.
fn steps_left(side: &Side, found: Found) -> Result<usize, StoreError> {
    let location = side.location.to_string();
    let known = MIGRATIONS.len() as u32;
    match found {
        Found::Nothing => Ok(MIGRATIONS.len()),
        Found::Store { schema } if schema > known => {
            Err(StoreError::Newer { location, found: schema, known })
        }
        Found::Store { schema } => Ok((known - schema) as usize),
        Found::Other(found) => Err(StoreError::NotAStore { location, found }),
    }
}

/// Finds out what the schemas are, without a write.
async fn look(connection: &mut PgConnection, side: &Side) -> Result<Found, sqlx::Error> {
    let relations = "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1";
    let tables: Vec<String> =
        sqlx::query_scalar(relations).bind(&*side.schema).fetch_all(&mut *connection).await?;
    let apart: Vec<String> =
        sqlx::query_scalar(relations).bind(&*side.private).fetch_all(&mut *connection).await?;
    if tables.is_empty() && apart.is_empty() {
        return Ok(Found::Nothing);
    }
    let has = |name: &str| tables.iter().any(|t| t == name);
    let schema: Option<String> = if has("meta") && has("unit_rows") {
        // By its full name: a role without a right to the schema is told so, and not that there is no such table.
        let query = format!("SELECT value FROM \"{}\".meta WHERE key = $1", side.schema);
        sqlx::query_scalar(AssertSqlSafe(query)).bind(SCHEMA_KEY).fetch_optional(connection).await?
    } else {
        None
    };
    Ok(match schema.and_then(|s| s.parse().ok()) {
        Some(schema) => Found::Store { schema },
        None if tables.is_empty() => Found::Other(format!("schema {} with {}", side.private, listed(&apart))),
        None => Found::Other(format!("schema {} with {}", side.schema, listed(&tables))),
    })
}

fn listed(tables: &[String]) -> String {
    let names: Vec<&str> = tables.iter().take(8).map(String::as_str).collect();
    format!("tables {}", names.join(", "))
}

/// Makes the schemas where there are none, and runs the steps not yet done, all or nothing.
async fn migrate(side: &Side) -> Result<(), StoreError> {
    let begun = async {
        let mut transaction = side.write.pool.begin().await?;
        let patience = format!("SET LOCAL lock_timeout = {}", MIGRATION_PATIENCE.as_millis());
        sqlx::raw_sql(AssertSqlSafe(patience)).execute(&mut *transaction).await?;
        sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('wangge ' || $1, 0))")
            .bind(&*side.schema)
            .execute(&mut *transaction)
            .await?;
        // Another server may have done it in the meantime.
        let found = look(&mut transaction, side).await?;
        Ok((transaction, found))
    };
    let (mut transaction, found) = side.at_most(MIGRATION_PATIENCE, &side.write, begun).await?;
    let left = steps_left(side, found)?;
    if left == 0 {
        return Ok(());
    }
    let done = async {
        if left == MIGRATIONS.len() {
            create(&mut transaction, side).await?;
        }
        for step in &MIGRATIONS[MIGRATIONS.len() - left..] {
            let quoted = |name: &str| format!("\"{name}\"");
            let step =
                step.replace("{schema}", &quoted(&side.schema)).replace("{private}", &quoted(&side.private));
            sqlx::raw_sql(AssertSqlSafe(step)).execute(&mut *transaction).await?;
        }
        put_setting(&mut transaction, SCHEMA_KEY, &MIGRATIONS.len().to_string()).await?;
        sqlx::query("SELECT apply_grants()").execute(&mut *transaction).await?;
        transaction.commit().await
    };
    match side.within(&side.write, done).await {
        Err(StoreError::Failed { source, .. }) if lacks_geometry(&*source) => {
            Err(StoreError::NoPostGis { location: side.location.to_string() })
        }
        done => done,
    }
}

/// Makes what a schema needs. An operator may have made the schemas already, and the extension, which only a superuser
/// can.
async fn create(connection: &mut PgConnection, side: &Side) -> Result<(), sqlx::Error> {
    let (schema, private) = (&side.schema, &side.private);
    let (superuser, there): (bool, bool) = sqlx::query_as(
        "SELECT current_setting('is_superuser') = 'on',
           EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'postgis')",
    )
    .fetch_one(&mut *connection)
    .await?;
    if superuser && !there {
        sqlx::raw_sql("CREATE EXTENSION postgis SCHEMA public").execute(&mut *connection).await?;
    }
    for name in [schema, private] {
        let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)")
            .bind(&**name)
            .fetch_one(&mut *connection)
            .await?;
        if !there {
            let create = format!("CREATE SCHEMA \"{name}\"");
            sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// Whether a step failed for want of PostGIS: the type `geometry` is not there.
fn lacks_geometry(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    /// `undefined_object`.
    const UNDEFINED: &str = "42704";
    let database = error.downcast_ref::<Failure>().and_then(|e| e.0.as_database_error());
    database.is_some_and(|e| e.code().as_deref() == Some(UNDEFINED) && e.message().contains("geometry"))
}
