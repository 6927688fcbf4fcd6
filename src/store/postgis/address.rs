//! Which database and schema a `postgres://` address means, and how it is shown: never with its password. What cannot be
//! read may hold a password anywhere, so nothing of it is repeated.
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

/// How a connection may be encrypted, in the driver's and PostgreSQL's words.
const SSL_MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

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

    /// Whether a store's name was meant as an address, and is none: a path it would be shown whole, password and all.
    pub fn is_mistyped(url: &str) -> bool {
        let begins = url.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("postgres"));
        !Self::is(url) && begins && (url.contains("//") || url.contains('@'))
    }

    /// # Errors
    /// [`StoreError::Address`].
    pub fn parse(url: &str) -> Result<Self, StoreError> {
        let bad = |detail: String| StoreError::Address { detail };
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut schema = SCHEMA;
        let mut passed = Vec::new();
        // A password with a question mark in it would be taken for parameters.
        let is_whole = (base.contains('@') || base.contains(":///")) && !query.contains('@');
        for pair in query.split('&').filter(|p| !p.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            match key {
                "schema" => schema = value,
                "sslmode" | "ssl-mode" if !SSL_MODES.contains(&value) => {
                    return Err(bad(format!("sslmode is one of {}", SSL_MODES.join(", "))));
                }
                _ if KNOWN.contains(&key) || key.starts_with("options[") => passed.push(pair),
                _ if is_whole => return Err(bad(format!("there is no parameter {key:?}"))),
                _ => {
                    let detail =
                        "after the ? stands what is no parameter; in a name or a password it is written %3F";
                    return Err(bad(detail.to_owned()));
                }
            }
        }
        let letter = |c: char| c.is_ascii_lowercase() || c == '_';
        let fits = schema.len() <= LONGEST
            && schema.starts_with(letter)
            && !schema.starts_with("pg_")
            && schema.chars().all(|c| letter(c) || c.is_ascii_digit());
        if !fits {
            let found = if is_whole { format!(", found {schema:?}") } else { String::new() };
            return Err(bad(format!("a schema is named with a-z, 0-9 and _{found}")));
        }
        let read = format!("{base}?{}", passed.join("&")).parse();
        let options: PgConnectOptions = read.map_err(|e: sqlx::Error| bad(unreadable(&e)))?;
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

/// Why the driver could not read an address, in its words only where they repeat nothing of it.
fn unreadable(error: &sqlx::Error) -> String {
    let words = match error {
        sqlx::Error::Configuration(cause) => cause.to_string(),
        _ => String::new(),
    };
    match words.as_str() {
        "" => "it cannot be read".to_owned(),
        said if said.contains(['"', '`', '\'']) => "it cannot be read".to_owned(),
        said => said.to_owned(),
    }
}

/// Made from what was understood, not from the text: a password with a slash in it would end up in a path.
fn location(options: &PgConnectOptions, schema: &str) -> String {
    let (user, database) = (options.get_username(), options.get_database().unwrap_or_default());
    let mut query = Vec::new();
    let place = if let Some(socket) = options.get_socket() {
        query.extend([format!("host={}", socket.display()), format!("user={user}")]);
        if options.get_port() != 5432 {
            query.push(format!("port={}", options.get_port()));
        }
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
