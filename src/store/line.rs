//! A connection to either kind of database, over which each statement is written once.
//!
//! What both understand is enough: `$1`, upserts, RETURNING; integers of 64 bits, text and bytes, each perhaps NULL.
//! Moments are milliseconds since 1970, lists and grants are JSON. `{p}` before a table's name is the schema it is in.

use std::future::Future;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{
    AssertSqlSafe, Column, PgConnection, Postgres, Row as _, Sqlite, SqliteConnection, TypeInfo, ValueRef,
};

use crate::access::Digest;

/// A connection.
pub enum Line<'c> {
    /// To the file.
    File(&'c mut SqliteConnection),
    /// To the database, with the name of the schema.
    Database(&'c mut PgConnection, &'c str),
}

/// A question.
pub trait Question: Send {
    /// What it is answered with.
    type Answer: Send;
    /// The answer of a store that never had what is asked for.
    fn nothing(&self) -> Self::Answer;
    /// Asks.
    fn ask(self, line: &mut Line<'_>) -> impl Future<Output = Result<Self::Answer, sqlx::Error>> + Send;
}

/// A change, in a transaction of its own: all of it or nothing.
pub trait Deed: Send {
    /// What comes of it.
    type Answer: Send;
    /// Does it.
    fn act(self, line: &mut Line<'_>) -> impl Future<Output = Result<Self::Answer, sqlx::Error>> + Send;
}

/// What goes in and comes out.
#[derive(Clone, Debug)]
pub enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

/// A row, whose columns are asked for by place.
pub struct Row(Vec<Value>);

impl Line<'_> {
    /// Runs a statement; its rows.
    pub async fn rows(&mut self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, sqlx::Error> {
        match self {
            Self::File(connection) => {
                let query = sqlx::query(AssertSqlSafe(sql.replace("{p}", "")));
                let rows = values.into_iter().fold(query, bind_file).fetch_all(&mut **connection).await?;
                rows.iter().map(of_file).collect()
            }
            Self::Database(connection, schema) => {
                let query = sqlx::query(AssertSqlSafe(sql.replace("{p}", &format!("\"{schema}\"."))));
                let rows = values.into_iter().fold(query, bind_database).fetch_all(&mut **connection).await?;
                rows.iter().map(of_database).collect()
            }
        }
    }

    /// Runs a statement that has one row at most.
    pub async fn row(&mut self, sql: &str, values: Vec<Value>) -> Result<Option<Row>, sqlx::Error> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// Runs a statement for what it does.
    pub async fn run(&mut self, sql: &str, values: Vec<Value>) -> Result<(), sqlx::Error> {
        self.rows(sql, values).await.map(drop)
    }

    /// The directory's revision. Whoever has asked for it in a transaction that writes is alone until its end: a file has
    /// one writer, a database locks the row.
    pub async fn lock(&mut self) -> Result<u64, sqlx::Error> {
        let sql = match self {
            Self::File(_) => "SELECT revision FROM directory",
            Self::Database(..) => "SELECT revision FROM {p}directory FOR UPDATE",
        };
        let row = self.row(sql, vec![]).await?.ok_or(sqlx::Error::RowNotFound)?;
        row.number(0)
    }

    /// Adds a row to the feed, within what is being written: a database has locked its counter.
    pub async fn tell(&mut self, kind: &str, payload: &str) -> Result<(), sqlx::Error> {
        let sql = match self {
            Self::File(_) => "INSERT INTO feed (at, kind, payload) VALUES ($1, $2, $3)",
            Self::Database(..) => {
                "WITH next AS (UPDATE {p}counters SET feed = feed + 1 RETURNING feed)
                 INSERT INTO {p}feed (seq, at, kind, payload)
                 SELECT feed, $1::text::timestamptz, $2, $3 FROM next"
            }
        };
        let now = Timestamp::now();
        let at = now.round(jiff::Unit::Millisecond).unwrap_or(now).to_string();
        self.run(sql, vec![text(&at), text(kind), text(payload)]).await
    }

    /// What the clock shows that all servers share.
    pub async fn now(&mut self) -> Result<i64, sqlx::Error> {
        match self {
            Self::File(_) => Ok(Timestamp::now().as_millisecond()),
            Self::Database(..) => {
                let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
                self.row(sql, vec![]).await?.ok_or(sqlx::Error::RowNotFound)?.int(0)
            }
        }
    }
}

type FileQuery<'q> = Query<'q, Sqlite, SqliteArguments>;
type DatabaseQuery<'q> = Query<'q, Postgres, PgArguments>;

fn bind_file(query: FileQuery<'_>, value: Value) -> FileQuery<'_> {
    match value {
        Value::Int(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
        Value::Bytes(value) => query.bind(value),
    }
}

fn bind_database(query: DatabaseQuery<'_>, value: Value) -> DatabaseQuery<'_> {
    match value {
        Value::Int(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
        Value::Bytes(value) => query.bind(value),
    }
}

fn of_file(row: &SqliteRow) -> Result<Row, sqlx::Error> {
    let value = |i| match row.try_get_raw(i)?.type_info().name() {
        "INTEGER" => row.try_get(i).map(Value::Int),
        "BLOB" => row.try_get(i).map(Value::Bytes),
        "NULL" => Ok(Value::Int(None)),
        _ => row.try_get(i).map(Value::Text),
    };
    (0..row.len()).map(value).collect::<Result<_, _>>().map(Row)
}

fn of_database(row: &PgRow) -> Result<Row, sqlx::Error> {
    let value = |i: usize| match row.column(i).type_info().name() {
        "INT8" => row.try_get(i).map(Value::Int),
        "BYTEA" => row.try_get(i).map(Value::Bytes),
        _ => row.try_get(i).map(Value::Text),
    };
    (0..row.len()).map(value).collect::<Result<_, _>>().map(Row)
}

impl Row {
    pub fn int(&self, column: usize) -> Result<i64, sqlx::Error> {
        self.maybe_int(column)?.ok_or_else(|| odd(column, "NULL"))
    }

    pub fn number(&self, column: usize) -> Result<u64, sqlx::Error> {
        u64::try_from(self.int(column)?).map_err(|_| odd(column, "a number below 0"))
    }

    pub fn maybe_int(&self, column: usize) -> Result<Option<i64>, sqlx::Error> {
        match self.0.get(column) {
            Some(Value::Int(value)) => Ok(*value),
            _ => Err(odd(column, "no integer")),
        }
    }

    pub fn text(&self, column: usize) -> Result<String, sqlx::Error> {
        self.maybe_text(column)?.ok_or_else(|| odd(column, "NULL"))
    }

    pub fn maybe_text(&self, column: usize) -> Result<Option<String>, sqlx::Error> {
        match self.0.get(column) {
            Some(Value::Text(value)) => Ok(value.clone()),
            Some(Value::Int(None) | Value::Bytes(None)) => Ok(None),
            _ => Err(odd(column, "no text")),
        }
    }

    pub fn moment(&self, column: usize) -> Result<Timestamp, sqlx::Error> {
        self.maybe_moment(column)?.ok_or_else(|| odd(column, "NULL"))
    }

    pub fn maybe_moment(&self, column: usize) -> Result<Option<Timestamp>, sqlx::Error> {
        let moment = |ms| Timestamp::from_millisecond(ms).map_err(|_| odd(column, "no moment"));
        self.maybe_int(column)?.map(moment).transpose()
    }

    pub fn digest(&self, column: usize) -> Result<Digest, sqlx::Error> {
        match self.0.get(column) {
            Some(Value::Bytes(Some(bytes))) => {
                bytes.as_slice().try_into().map(Digest).map_err(|_| odd(column, "no 32 bytes"))
            }
            _ => Err(odd(column, "no bytes")),
        }
    }

    pub fn bytes(&self, column: usize) -> Result<Vec<u8>, sqlx::Error> {
        match self.0.get(column) {
            Some(Value::Bytes(Some(bytes))) => Ok(bytes.clone()),
            _ => Err(odd(column, "no bytes")),
        }
    }

    pub fn json<T: DeserializeOwned>(&self, column: usize) -> Result<T, sqlx::Error> {
        serde_json::from_str(&self.text(column)?).map_err(|_| odd(column, "JSON of another form"))
    }
}

/// Something that the program never writes. Its value is not repeated: it may be anything.
fn odd(column: usize, found: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("column {} of a row holds {found}", column + 1).into())
}

/// Values as statements take them.
pub fn int(value: i64) -> Value {
    Value::Int(Some(value))
}

pub fn text(value: &str) -> Value {
    Value::Text(Some(value.to_owned()))
}

pub fn bytes(digest: &Digest) -> Value {
    Value::Bytes(Some(digest.0.to_vec()))
}

pub fn moment(value: Timestamp) -> Value {
    int(value.as_millisecond())
}

pub fn maybe_moment(value: Option<Timestamp>) -> Value {
    Value::Int(value.map(Timestamp::as_millisecond))
}

pub fn json(value: &impl Serialize) -> Result<Value, sqlx::Error> {
    serde_json::to_string(value)
        .map(|text| Value::Text(Some(text)))
        .map_err(|e| sqlx::Error::Encode(e.into()))
}
