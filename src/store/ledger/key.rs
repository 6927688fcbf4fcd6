//! Rows of keys and tokens.

use jiff::Timestamp;

use super::Deed;
use super::record::{Key, KeyKind, NewKey};
use crate::access::{AccountId, KeyId};
use crate::store::line::{Line, Row, Value, bytes, int, json, maybe_moment, moment, text};

pub const KEY_COLUMNS: &str =
    "k.id, k.kind, k.digest, k.shown, k.name, k.account, k.grants, k.origins, k.created,
    k.expires, k.used, k.revoked";
/// How many they are.
pub const KEY_WIDTH: usize = 12;

const API: &str = "api";
const PAGE: &str = "page";

/// The key in a row's first columns.
pub fn key(row: &Row) -> Result<Key, sqlx::Error> {
    Ok(Key {
        id: KeyId(row.int(0)?),
        kind: if row.text(1)? == PAGE { KeyKind::Page } else { KeyKind::Api },
        digest: row.digest(2)?,
        shown: row.text(3)?,
        name: row.text(4)?,
        account: row.maybe_int(5)?.map(AccountId),
        grants: row.json(6)?,
        origins: row.json(7)?,
        created: row.moment(8)?,
        expires: row.maybe_moment(9)?,
        used: row.maybe_moment(10)?,
        revoked: row.maybe_moment(11)?,
    })
}

pub async fn put_key(line: &mut Line<'_>, key: &Key) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO {p}keys
        (id, kind, digest, shown, name, account, grants, origins, created, expires, used, revoked)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let kind = match key.kind {
        KeyKind::Api => API,
        KeyKind::Page => PAGE,
    };
    let values = vec![
        int(key.id.0),
        text(kind),
        bytes(&key.digest),
        text(&key.shown),
        text(&key.name),
        Value::Int(key.account.map(|id| id.0)),
        json(&key.grants)?,
        json(&key.origins)?,
        moment(key.created),
        maybe_moment(key.expires),
        maybe_moment(key.used),
        maybe_moment(key.revoked),
    ];
    line.run(sql, values).await
}

/// Makes a key, with the next id: none is given twice, since none is ever removed.
pub async fn add_key(line: &mut Line<'_>, new: NewKey, at: Timestamp) -> Result<(), sqlx::Error> {
    let row = line.row("SELECT coalesce(max(id), 0) + 1 FROM {p}keys", vec![]).await?;
    let id = KeyId(row.ok_or(sqlx::Error::RowNotFound)?.int(0)?);
    let NewKey { kind, digest, shown, name, account, grants, origins, expires } = new;
    let (created, used, revoked) = (at, None, None);
    let key =
        Key { id, kind, digest, shown, name, account, grants, origins, created, expires, used, revoked };
    put_key(line, &key).await
}

pub async fn revoke_key(line: &mut Line<'_>, id: KeyId, at: Timestamp) -> Result<(), sqlx::Error> {
    line.run("UPDATE {p}keys SET revoked = $2 WHERE id = $1 AND revoked IS NULL", vec![int(id.0), moment(at)])
        .await
}

pub struct TouchKey(pub KeyId, pub Timestamp);

impl Deed for TouchKey {
    type Answer = ();
    async fn act(self, line: &mut Line<'_>) -> Result<(), sqlx::Error> {
        let sql = "UPDATE {p}keys SET used = $2 WHERE id = $1 AND (used IS NULL OR used < $2)";
        line.run(sql, vec![int(self.0.0), moment(self.1)]).await
    }
}
