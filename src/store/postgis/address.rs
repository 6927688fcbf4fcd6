//! Which database and schema a `postgres://` address means, and how it is shown: never with its password.
//!
//! ```text
//! postgres://wangge:secret@db.example/county?schema=sheyang&sslmode=require
//!   options of the connection ┘                  └ ours, not the driver's       shown: postgres://wangge@db.example/county
//! ```

use sqlx::postgres::PgConnectOptions;

use crate::store::StoreError;

/// The schema where none is named.
const SCHEMA: &str = "wangge";

/// Added to a schema's name for the one that people stand in.
const PRIVATE: &str = "_private";

/// The longest name of a schema: PostgreSQL cuts names at 63 bytes, [`PRIVATE`] among them.
const LONGEST: usize = 63 - PRIVATE.len();

/// The driver's parameters; it says the values of those it does not know in the log, where they may be a mistyped
/// password.
const KNOWN: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

/// A database and a schema in it.
#[derive(Clone)]
pub struct Address {
    pub options: PgConnectOptions,
    pub schema: String,
    /// For messages.
    pub location: String,
}

impl Address {
    /// Whether a store's name is an address of this kind.
    pub fn is(url: &str) -> bool {
        url.starts_with("postgres://") || url.starts_with("postgresql://")
    }

    /// # Errors
    /// [`StoreError::Address`].
    pub fn parse(url: &str) -> Result<Self, StoreError> {
        let bad = |detail: String| StoreError::Address { detail };
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut schema = SCHEMA;
        let mut passed = Vec::new();
        for pair in query.split('&').filter(|p| !p.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            match key {
                "schema" => schema = value,
                _ if KNOWN.contains(&key) || key.starts_with("options[") => passed.push(pair),
                _ => return Err(bad(format!("there is no parameter {key:?}"))),
            }
        }
        let letter = |c: char| c.is_ascii_lowercase() || c == '_';
        let fits = schema.len() <= LONGEST
            && schema.starts_with(letter)
            && !schema.starts_with("pg_")
            && schema.chars().all(|c| letter(c) || c.is_ascii_digit());
        if !fits {
            return Err(bad(format!("a schema is named with a-z, 0-9 and _, found {schema:?}")));
        }
        let options: PgConnectOptions =
            format!("{base}?{}", passed.join("&")).parse().map_err(|e: sqlx::Error| match e {
                sqlx::Error::Configuration(cause) => bad(cause.to_string()),
                _ => bad("it cannot be read".to_owned()),
            })?;
        let location = location(&options, schema);
        let options = match options.get_application_name() {
            Some(_) => options,
            None => options.application_name("wangge"),
        };
        Ok(Self { options, schema: schema.to_owned(), location })
    }

    /// The schema that people stand in.
    pub fn private(&self) -> String {
        format!("{}{PRIVATE}", self.schema)
    }
}

/// Made from what was understood, not from the text: a password with a slash in it would end up in a path.
fn location(options: &PgConnectOptions, schema: &str) -> String {
    let (user, database) = (options.get_username(), options.get_database().unwrap_or_default());
    let mut query = Vec::new();
    let place = if let Some(socket) = options.get_socket() {
        query.extend([format!("host={}", socket.display()), format!("user={user}")]);
        String::new()
    } else {
        match (options.get_host(), options.get_port()) {
            (host, 5432) => format!("{user}@{host}"),
            (host, port) => format!("{user}@{host}:{port}"),
        }
    };
    if schema != SCHEMA {
        query.push(format!("schema={schema}"));
    }
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    format!("postgres://{place}/{database}{query}")
}
