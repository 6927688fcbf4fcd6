//! Files that lie with plans. They may name persons, so they stand where people stand, and what a plan has of them in the
//! plan's own row: what is reviewed is what lies there.
//!
//! ```text
//! body and name ─→ private side, under a number ─ plan at revision n ─→ still n? number and digest in its row ─→ n + 1
//!                                                                        └ no: the body is taken away again
//! ```
//!
//! One whose number no plan has is nobody's: it came when the power went.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::line::{Deed, Line, Question, Row, Value, int, moment, text};
use super::{Store, StoreError};

/// Which file a plan has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// Its number.
    pub id: u64,
    /// What it is: SHA-256 of its bytes, in hex.
    pub sha256: String,
}

/// A file that is to lie with a plan.
#[derive(Clone, Debug)]
pub struct NewAttachment {
    /// The plan.
    pub plan: u64,
    /// What it is called.
    pub name: String,
    /// What it is, as its sender says.
    pub media_type: String,
    /// Who adds it.
    pub author: String,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// A file that lies with a plan, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its number.
    pub id: u64,
    /// The plan.
    pub plan: u64,
    /// What it is called.
    pub name: String,
    /// What it is, as its sender says.
    pub media_type: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// How many bytes.
    pub size: u64,
    /// Who added it.
    pub author: String,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// The files that were ever added to a plan and not taken away, by number.
    ///
    /// # Errors
    /// As [`Self::people`].
    pub async fn attachments(&self, plan: u64) -> Result<Vec<Attachment>, StoreError> {
        self.ask_attachments(Of(plan)).await
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// As [`Self::people`].
    pub async fn attachment(&self, id: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.ask_attachments(Body(id)).await
    }

    /// Adds a file, which is the plan's once that names it.
    ///
    /// # Errors
    /// As [`Self::people`].
    pub async fn add_attachment(&self, new: NewAttachment) -> Result<Attached, StoreError> {
        self.act(Add(new)).await
    }

    /// Takes a file away that no plan names.
    ///
    /// # Errors
    /// As [`Self::people`].
    pub async fn remove_attachment(&self, id: u64) -> Result<(), StoreError> {
        self.act(Remove(id)).await
    }

    async fn ask_attachments<Q: Question>(&self, question: Q) -> Result<Q::Answer, StoreError> {
        match self {
            Self::GeoPackage(store) => store.ask_attachments(question).await,
            Self::PostGis(store) => store.ask_ledger(question).await,
        }
    }
}

/// SHA-256 in hex.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

const COLUMNS: &str = "id, plan, name, media_type, sha256, size, author, at";

fn attachment(row: &Row) -> Result<Attachment, sqlx::Error> {
    Ok(Attachment {
        id: row.number(0)?,
        plan: row.number(1)?,
        name: row.text(2)?,
        media_type: row.text(3)?,
        sha256: row.text(4)?,
        size: row.number(5)?,
        author: row.text(6)?,
        at: row.moment(7)?,
    })
}

async fn put(line: &mut Line<'_>, of: &Attachment, body: Vec<u8>) -> Result<(), sqlx::Error> {
    let sql =
        format!("INSERT INTO {{p}}attachments ({COLUMNS}, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
    let values = vec![
        int(of.id as i64),
        int(of.plan as i64),
        text(&of.name),
        text(&of.media_type),
        text(&of.sha256),
        int(of.size as i64),
        text(&of.author),
        moment(of.at),
        Value::Bytes(Some(body)),
    ];
    line.run(&sql, values).await
}

struct Of(u64);

impl Question for Of {
    type Answer = Vec<Attachment>;
    fn nothing(&self) -> Self::Answer {
        Vec::new()
    }
    async fn ask(self, line: &mut Line<'_>) -> Result<Self::Answer, sqlx::Error> {
        let sql = format!("SELECT {COLUMNS} FROM {{p}}attachments WHERE plan = $1 ORDER BY id");
        line.rows(&sql, vec![int(self.0 as i64)]).await?.iter().map(attachment).collect()
    }
}

struct Body(u64);

impl Question for Body {
    type Answer = Option<Vec<u8>>;
    fn nothing(&self) -> Self::Answer {
        None
    }
    async fn ask(self, line: &mut Line<'_>) -> Result<Self::Answer, sqlx::Error> {
        let sql = "SELECT body FROM {p}attachments WHERE id = $1";
        line.row(sql, vec![int(self.0 as i64)]).await?.map(|row| row.bytes(0)).transpose()
    }
}

struct Add(NewAttachment);

impl Deed for Add {
    type Answer = Attached;
    async fn act(self, line: &mut Line<'_>) -> Result<Attached, sqlx::Error> {
        // One after the other: each has a number of its own.
        line.lock().await?;
        let last = line.row("SELECT coalesce(max(id), 0) + 1 FROM {p}attachments", vec![]).await?;
        let NewAttachment { plan, name, media_type, author, body } = self.0;
        let at = Timestamp::from_millisecond(line.now().await?).map_err(|e| sqlx::Error::Decode(e.into()))?;
        let id = last.ok_or(sqlx::Error::RowNotFound)?.number(0)?;
        let (sha256, size) = (sha256(&body), body.len() as u64);
        let of = Attachment { id, plan, name, media_type, sha256, size, author, at };
        put(line, &of, body).await?;
        Ok(Attached { id, sha256: of.sha256 })
    }
}

struct Remove(u64);

impl Deed for Remove {
    type Answer = ();
    async fn act(self, line: &mut Line<'_>) -> Result<(), sqlx::Error> {
        line.run("DELETE FROM {p}attachments WHERE id = $1", vec![int(self.0 as i64)]).await
    }
}

/// Every file with its bytes, by number.
pub type Files = Vec<(Attachment, Vec<u8>)>;

pub struct WholeAttachments;

impl Question for WholeAttachments {
    type Answer = Files;
    fn nothing(&self) -> Files {
        Files::new()
    }
    async fn ask(self, line: &mut Line<'_>) -> Result<Files, sqlx::Error> {
        let sql = format!("SELECT {COLUMNS}, body FROM {{p}}attachments ORDER BY id");
        let rows = line.rows(&sql, vec![]).await?;
        rows.iter().map(|row| Ok((attachment(row)?, row.bytes(8)?))).collect()
    }
}

pub struct PutAttachments(pub Files);

impl Deed for PutAttachments {
    type Answer = ();
    async fn act(self, line: &mut Line<'_>) -> Result<(), sqlx::Error> {
        for (of, body) in self.0 {
            put(line, &of, body).await?;
        }
        Ok(())
    }
}
