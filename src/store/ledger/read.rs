//! Questions about accounts, sessions and keys.

use jiff::Timestamp;

use super::Question;
use super::account::{ACCOUNT_COLUMNS, SESSION_COLUMNS, SESSION_WIDTH, account, session};
use super::key::{KEY_COLUMNS, KEY_WIDTH, key};
use super::record::{Account, Directory, Key, Session};
use crate::access::{AccountId, Digest};
use crate::store::line::{Line, bytes, int, moment, text};

pub struct WholeDirectory;

impl Question for WholeDirectory {
    type Answer = Directory;
    fn nothing(&self) -> Directory {
        Directory::default()
    }
    /// The revision first: what changes after it was read is noticed by it.
    async fn ask(self, line: &mut Line<'_>) -> Result<Directory, sqlx::Error> {
        let row = line.row("SELECT revision FROM {p}directory", vec![]).await?;
        let revision = row.ok_or(sqlx::Error::RowNotFound)?.number(0)?;
        let sql = format!("SELECT {ACCOUNT_COLUMNS} FROM {{p}}accounts a ORDER BY a.id");
        let accounts = line.rows(&sql, vec![]).await?;
        let accounts = accounts.iter().map(|row| account(row, 0)).collect::<Result<_, _>>()?;
        let keys = line.rows(&format!("SELECT {KEY_COLUMNS} FROM {{p}}keys k ORDER BY k.id"), vec![]).await?;
        let keys = keys.iter().map(key).collect::<Result<_, _>>()?;
        Ok(Directory { revision, accounts, keys })
    }
}

pub struct AccountNamed(pub String);

impl Question for AccountNamed {
    type Answer = Option<Account>;
    fn nothing(&self) -> Option<Account> {
        None
    }
    async fn ask(self, line: &mut Line<'_>) -> Result<Option<Account>, sqlx::Error> {
        let sql = format!("SELECT {ACCOUNT_COLUMNS} FROM {{p}}accounts a WHERE a.folded = $1");
        line.row(&sql, vec![text(&self.0)]).await?.map(|row| account(&row, 0)).transpose()
    }
}

pub struct AccountLinked(pub Digest, pub Timestamp);

impl Question for AccountLinked {
    type Answer = Option<Account>;
    fn nothing(&self) -> Option<Account> {
        None
    }
    async fn ask(self, line: &mut Line<'_>) -> Result<Option<Account>, sqlx::Error> {
        let sql = format!(
            "SELECT {ACCOUNT_COLUMNS} FROM {{p}}accounts a WHERE a.link = $1 AND a.link_expires > $2"
        );
        line.row(&sql, vec![bytes(&self.0), moment(self.1)]).await?.map(|row| account(&row, 0)).transpose()
    }
}

pub struct SessionOf(pub Digest);

impl Question for SessionOf {
    type Answer = Option<(Session, Account)>;
    fn nothing(&self) -> Self::Answer {
        None
    }
    async fn ask(self, line: &mut Line<'_>) -> Result<Self::Answer, sqlx::Error> {
        let sql = format!(
            "SELECT {SESSION_COLUMNS}, {ACCOUNT_COLUMNS} FROM {{p}}sessions s
             JOIN {{p}}accounts a ON a.id = s.account WHERE s.digest = $1"
        );
        let row = line.row(&sql, vec![bytes(&self.0)]).await?;
        row.map(|row| Ok((session(&row)?, account(&row, SESSION_WIDTH)?))).transpose()
    }
}

pub struct SessionsOf(pub AccountId);

impl Question for SessionsOf {
    type Answer = Vec<Session>;
    fn nothing(&self) -> Vec<Session> {
        Vec::new()
    }
    async fn ask(self, line: &mut Line<'_>) -> Result<Vec<Session>, sqlx::Error> {
        let sql = format!(
            "SELECT {SESSION_COLUMNS} FROM {{p}}sessions s WHERE s.account = $1 ORDER BY s.created DESC, s.digest"
        );
        line.rows(&sql, vec![int(self.0.0)]).await?.iter().map(session).collect()
    }
}

pub struct KeyOf(pub Digest);

impl Question for KeyOf {
    type Answer = Option<(Key, Option<Account>)>;
    fn nothing(&self) -> Self::Answer {
        None
    }
    async fn ask(self, line: &mut Line<'_>) -> Result<Self::Answer, sqlx::Error> {
        let sql = format!(
            "SELECT {KEY_COLUMNS}, {ACCOUNT_COLUMNS} FROM {{p}}keys k
             LEFT JOIN {{p}}accounts a ON a.id = k.account WHERE k.digest = $1"
        );
        let Some(row) = line.row(&sql, vec![bytes(&self.0)]).await? else { return Ok(None) };
        let found = key(&row)?;
        let owner = found.account.map(|_| account(&row, KEY_WIDTH)).transpose()?;
        Ok(Some((found, owner)))
    }
}
