//! Where people and accounts live: an SQLite file of mode 0600 beside the one that is handed to a GIS user, and never in it.
//!
//! ```text
//! county.gpkg             borders, codes, layers    whoever may    meta private = 5f0c… ┐ drawn by lot
//! county.private.sqlite   people, accounts, log     its owner      meta store   = 5f0c… ┘ when the first came
//! ```
//!
//! A file that others may read is refused. So is one whose key is another store's: its uids mean other units, and a
//! wrong number is worse than none. Where there is no file there are no people.
//!
//! | file | what |
//! |---|---|
//! | `file` | made for its owner alone, looked at before it is opened, brought up to date |
//! | `0001.sql` … `0003.sql` | the tables: people; accounts and the log; files that lie with plans |

mod file;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, QueryBuilder, Row, SqliteConnection};

use super::StoreError;
use super::duty::duty;
use super::ledger::{Ledger, WholeLedger};
use super::line::{Deed, Line, Question};
use super::sqlite::failed;
use crate::unit::{Person, Uid};

/// Rows in one INSERT: 8 values each stay well below SQLite's 32,766 parameters.
const BATCH: usize = 500;
/// Where the key of the store stands that the file belongs to.
const STORE_KEY: &str = "store";
/// Where the moment of the last replacement stands.
const STAMP_KEY: &str = "stamp";

/// The private file of a store, which may not be there. Each call opens it and closes it again.
#[derive(Debug)]
pub struct Private {
    path: PathBuf,
}

impl Private {
    /// `county.gpkg` has `county.private.sqlite`; of any other name the whole stays.
    pub fn beside(store: &Path) -> Self {
        let gpkg = store.extension().is_some_and(|e| e.eq_ignore_ascii_case("gpkg"));
        let name = if gpkg { store.file_stem() } else { store.file_name() };
        let mut name = name.unwrap_or_default().to_owned();
        name.push(".private.sqlite");
        Self { path: store.with_file_name(name) }
    }

    /// The people of the store of that key, in the order they were given.
    pub async fn people(&self, key: Option<&str>) -> Result<Vec<Person>, StoreError> {
        let Some(mut connection) = self.own(key).await? else { return Ok(Vec::new()) };
        let people = people(&mut connection).await.map_err(|e| self.failed(e));
        connection.close().await.map_err(|e| self.failed(e))?;
        people
    }

    /// Differs from what it was once people have been replaced; empty where there never were any.
    pub async fn stamp(&self, key: Option<&str>) -> Result<String, StoreError> {
        let Some(mut connection) = self.own(key).await? else { return Ok(String::new()) };
        let stamp = get(&mut connection, STAMP_KEY).await.map_err(|e| self.failed(e))?;
        connection.close().await.map_err(|e| self.failed(e))?;
        Ok(stamp.unwrap_or_default())
    }

    /// The key of the store that the file belongs to.
    pub async fn key(&self) -> Result<Option<String>, StoreError> {
        let Some(mut connection) = file::reader(&self.path).await? else { return Ok(None) };
        let key = get(&mut connection, STORE_KEY).await.map_err(|e| self.failed(e))?;
        connection.close().await.map_err(|e| self.failed(e))?;
        Ok(key)
    }

    /// Puts people in the place of all there are, and makes the file the store's of that key; all or nothing.
    pub async fn replace(&self, key: &str, people: &[Person]) -> Result<(), StoreError> {
        let mut connection = file::writer(&self.path).await?;
        replace(&mut connection, key, people).await.map_err(|e| self.failed(e))?;
        connection.close().await.map_err(|e| self.failed(e))
    }

    /// Asks about what a step of the schema brought, in the file of the store of that key.
    pub async fn ask<Q: Question>(
        &self,
        key: Option<&str>,
        since: u32,
        question: Q,
    ) -> Result<Q::Answer, StoreError> {
        let Some(mut connection) = self.own(key).await? else { return Ok(question.nothing()) };
        let answer = ask(&mut connection, since, question).await.map_err(|e| self.failed(e));
        connection.close().await.map_err(|e| self.failed(e))?;
        answer
    }

    /// Whether there are accounts in the file, or a log, whosever.
    pub async fn has_ledger(&self) -> Result<bool, StoreError> {
        let Some(mut connection) = file::reader(&self.path).await? else { return Ok(false) };
        let ledger: Result<Ledger, _> =
            ask(&mut connection, WITH_ACCOUNTS, WholeLedger).await.map_err(|e| self.failed(e));
        connection.close().await.map_err(|e| self.failed(e))?;
        Ok(!ledger?.is_empty())
    }

    /// Changes accounts in the file, which becomes the store's of that key: it is new, or was so before.
    pub async fn act<D: Deed>(&self, key: &str, deed: D) -> Result<D::Answer, StoreError> {
        let mut connection = file::writer(&self.path).await?;
        let answer = act(&mut connection, key, deed).await.map_err(|e| self.failed(e));
        connection.close().await.map_err(|e| self.failed(e))?;
        answer
    }

    /// Says that the file is another store's.
    pub fn of_another(&self) -> StoreError {
        StoreError::OfAnother { location: self.path.display().to_string() }
    }

    /// A connection that reads, where the file belongs to the store of that key and somebody was ever put into it.
    async fn own(&self, key: Option<&str>) -> Result<Option<SqliteConnection>, StoreError> {
        let Some(mut connection) = file::reader(&self.path).await? else { return Ok(None) };
        let theirs = get(&mut connection, STORE_KEY).await.map_err(|e| self.failed(e))?;
        if theirs.is_some() && theirs.as_deref() == key {
            return Ok(Some(connection));
        }
        connection.close().await.map_err(|e| self.failed(e))?;
        match theirs {
            None => Ok(None),
            Some(_) => Err(self.of_another()),
        }
    }

    fn failed(&self, error: sqlx::Error) -> StoreError {
        failed(&self.path, error)
    }
}

/// The schema's step that brought accounts, and hours of people.
pub const WITH_ACCOUNTS: u32 = 2;
/// The one that brought files that lie with plans.
pub const WITH_ATTACHMENTS: u32 = 3;

async fn people(connection: &mut SqliteConnection) -> Result<Vec<Person>, sqlx::Error> {
    // What only reads brings no file up to date.
    let query = if file::schema(connection).await? < WITH_ACCOUNTS {
        "SELECT unit, role, name, phone, note, '', '', '' FROM people ORDER BY id"
    } else {
        "SELECT unit, role, name, phone, note, hours, duty_from, duty_until FROM people ORDER BY id"
    };
    sqlx::query(query).fetch_all(connection).await?.iter().map(person).collect()
}

async fn ask<Q: Question>(
    connection: &mut SqliteConnection,
    since: u32,
    question: Q,
) -> Result<Q::Answer, sqlx::Error> {
    // What only reads brings no file up to date.
    if file::schema(connection).await? < since {
        return Ok(question.nothing());
    }
    let mut transaction = connection.begin().await?;
    question.ask(&mut Line::File(&mut transaction)).await
}

async fn act<D: Deed>(
    connection: &mut SqliteConnection,
    key: &str,
    deed: D,
) -> Result<D::Answer, sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    put(&mut transaction, STORE_KEY, key).await?;
    let answer = deed.act(&mut Line::File(&mut transaction)).await?;
    transaction.commit().await?;
    Ok(answer)
}

async fn replace(connection: &mut SqliteConnection, key: &str, people: &[Person]) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("DELETE FROM people").execute(&mut *transaction).await?;
    for batch in people.chunks(BATCH) {
        let mut insert = QueryBuilder::new(
            "INSERT INTO people (unit, role, name, phone, note, hours, duty_from, duty_until) ",
        );
        insert.push_values(batch, |mut row, person| {
            row.push_bind(person.unit.0).push_bind(&person.role).push_bind(&person.name);
            row.push_bind(&person.phone).push_bind(&person.note);
            for text in person.duty.texts() {
                row.push_bind(text);
            }
        });
        insert.build().execute(&mut *transaction).await?;
    }
    put(&mut transaction, STORE_KEY, key).await?;
    put(&mut transaction, STAMP_KEY, &Timestamp::now().to_string()).await?;
    transaction.commit().await
}

fn person(row: &SqliteRow) -> Result<Person, sqlx::Error> {
    Ok(Person {
        unit: Uid(row.try_get(0)?),
        role: row.try_get(1)?,
        name: row.try_get(2)?,
        phone: row.try_get(3)?,
        note: row.try_get(4)?,
        duty: duty([row.try_get(5)?, row.try_get(6)?, row.try_get(7)?])?,
    })
}

async fn get(connection: &mut SqliteConnection, key: &str) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT value FROM meta WHERE key = ?").bind(key).fetch_optional(connection).await
}

async fn put(connection: &mut SqliteConnection, key: &str, value: &str) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
        .bind(key)
        .bind(value)
        .execute(connection)
        .await?;
    Ok(())
}
