//! Rows of accounts and sessions.

use jiff::Timestamp;

use super::Deed;
use super::record::{Account, NewAccount, Session, Standing};
use crate::access::{AccountId, Digest, Grant, PasswordHash, Subject};
use crate::store::line::{Line, Row, Value, bytes, int, json, moment, text};

pub const ACCOUNT_COLUMNS: &str = "a.id, a.name, a.display_name, a.password, a.disabled, a.grants, a.issuer, a.subject, a.created, a.changed";

pub const SESSION_COLUMNS: &str = "s.digest, s.account, s.created, s.seen, s.expires, s.address, s.agent";
/// How many they are.
pub const SESSION_WIDTH: usize = 7;

/// How long a session that is over is kept, for its owner to see.
const KEPT: i64 = 24 * 3600 * 1000;

/// The account in a row's columns from `at` on.
pub fn account(row: &Row, at: usize) -> Result<Account, sqlx::Error> {
    let subject = row.maybe_text(at + 6)?.zip(row.maybe_text(at + 7)?);
    Ok(Account {
        id: AccountId(row.int(at)?),
        name: row.text(at + 1)?,
        display_name: row.text(at + 2)?,
        password: row.maybe_text(at + 3)?.map(PasswordHash::kept),
        disabled: row.int(at + 4)? != 0,
        grants: row.json(at + 5)?,
        subject: subject.map(|(issuer, id)| Subject { issuer, id }),
        created: row.moment(at + 8)?,
        changed: row.moment(at + 9)?,
    })
}

/// The session in a row's first columns.
pub fn session(row: &Row) -> Result<Session, sqlx::Error> {
    Ok(Session {
        digest: row.digest(0)?,
        account: AccountId(row.int(1)?),
        created: row.moment(2)?,
        seen: row.moment(3)?,
        expires: row.moment(4)?,
        address: row.text(5)?,
        agent: row.text(6)?,
    })
}

/// Puts an account with an id of its own; the name is told apart by the index.
pub async fn put_account(line: &mut Line<'_>, account: &Account) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO {p}accounts
        (id, name, folded, display_name, password, disabled, grants, issuer, subject, created, changed)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let of_subject =
        |part: fn(&Subject) -> &str| Value::Text(account.subject.as_ref().map(|s| part(s).to_owned()));
    let values = vec![
        int(account.id.0),
        text(&account.name),
        text(&account.name.to_lowercase()),
        text(&account.display_name),
        Value::Text(account.password.as_ref().map(|p| p.as_str().to_owned())),
        int(i64::from(account.disabled)),
        json(&account.grants)?,
        of_subject(|subject| &subject.issuer),
        of_subject(|subject| &subject.id),
        moment(account.created),
        moment(account.changed),
    ];
    line.run(sql, values).await
}

/// Makes an account, with the next id: none is given twice, since none is ever removed.
pub async fn add_account(line: &mut Line<'_>, new: NewAccount, at: Timestamp) -> Result<(), sqlx::Error> {
    let row = line.row("SELECT coalesce(max(id), 0) + 1 FROM {p}accounts", vec![]).await?;
    let id = AccountId(row.ok_or(sqlx::Error::RowNotFound)?.int(0)?);
    let NewAccount { name, display_name, password, grants, subject } = new;
    let name = name.as_str().to_owned();
    let (disabled, created, changed) = (false, at, at);
    let account = Account { id, name, display_name, password, disabled, grants, subject, created, changed };
    put_account(line, &account).await
}

pub async fn set_password(
    line: &mut Line<'_>,
    id: AccountId,
    password: Option<&PasswordHash>,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    let sql =
        "UPDATE {p}accounts SET password = $2, changed = $3, link = NULL, link_expires = NULL WHERE id = $1";
    let password = Value::Text(password.map(|p| p.as_str().to_owned()));
    line.run(sql, vec![int(id.0), password, moment(at)]).await
}

pub async fn set_grants(
    line: &mut Line<'_>,
    id: AccountId,
    grants: &[Grant],
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    let sql = "UPDATE {p}accounts SET grants = $2, changed = $3 WHERE id = $1";
    line.run(sql, vec![int(id.0), json(&grants)?, moment(at)]).await
}

pub async fn set_standing(
    line: &mut Line<'_>,
    id: AccountId,
    standing: Standing,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    let sql = "UPDATE {p}accounts SET disabled = $2, changed = $3 WHERE id = $1";
    let disabled = i64::from(standing == Standing::Disabled);
    line.run(sql, vec![int(id.0), int(disabled), moment(at)]).await
}

pub async fn set_display_name(line: &mut Line<'_>, id: AccountId, name: &str) -> Result<(), sqlx::Error> {
    let sql = "UPDATE {p}accounts SET display_name = $2 WHERE id = $1";
    line.run(sql, vec![int(id.0), text(name)]).await
}

pub async fn set_link(
    line: &mut Line<'_>,
    id: AccountId,
    link: &Digest,
    expires: Timestamp,
) -> Result<(), sqlx::Error> {
    let sql = "UPDATE {p}accounts SET link = $2, link_expires = $3 WHERE id = $1";
    line.run(sql, vec![int(id.0), bytes(link), moment(expires)]).await
}

/// Adds a session, and drops those that have long been over.
pub async fn add_session(line: &mut Line<'_>, session: &Session) -> Result<(), sqlx::Error> {
    let over = session.created.as_millisecond() - KEPT;
    line.run("DELETE FROM {p}sessions WHERE expires < $1", vec![int(over)]).await?;
    let sql = "INSERT INTO {p}sessions (digest, account, created, seen, expires, address, agent)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = vec![
        bytes(&session.digest),
        int(session.account.0),
        moment(session.created),
        moment(session.seen),
        moment(session.expires),
        text(&session.address),
        text(&session.agent),
    ];
    line.run(sql, values).await
}

pub async fn end_session(line: &mut Line<'_>, digest: &Digest, at: Timestamp) -> Result<(), sqlx::Error> {
    let sql = "UPDATE {p}sessions SET expires = $2 WHERE digest = $1 AND expires > $2";
    line.run(sql, vec![bytes(digest), moment(at)]).await
}

pub async fn end_sessions(
    line: &mut Line<'_>,
    id: AccountId,
    but: Option<&Digest>,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    // No session has an empty digest.
    let but = Value::Bytes(Some(but.map(|digest| digest.0.to_vec()).unwrap_or_default()));
    let sql = "UPDATE {p}sessions SET expires = $2 WHERE account = $1 AND expires > $2 AND digest <> $3";
    line.run(sql, vec![int(id.0), moment(at), but]).await
}

pub struct TouchSession(pub Digest, pub Timestamp, pub String);

impl Deed for TouchSession {
    type Answer = ();
    async fn act(self, line: &mut Line<'_>) -> Result<(), sqlx::Error> {
        let Self(digest, at, address) = self;
        let sql = "UPDATE {p}sessions SET seen = $2, address = $3 WHERE digest = $1 AND seen < $2";
        line.run(sql, vec![bytes(&digest), moment(at), text(&address)]).await
    }
}
