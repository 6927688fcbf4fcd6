//! `wangge audit`: the log of what happened, checked and taken away.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::say::{Fail, result};
use super::user::open;
use crate::access::Scope;
use crate::access::audit::Head;
use crate::app::identity::Identity;

/// Records read at a time.
const PAGE: u32 = 1000;

/// Check the log of what happened, and take it away
#[derive(Args)]
pub struct Audit {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Check every record: exit 1 if one was changed, taken out, put in or moved
    Verify {
        /// A head that `wangge audit head` printed earlier: shows a cut end and a log written anew, too
        #[arg(long, value_name = "FILE")]
        head: Option<PathBuf>,
    },
    /// Print where the log ends, to be kept elsewhere
    Head,
    /// Print every record, a JSON object a line
    Export,
}

impl Audit {
    /// Does it.
    pub async fn run(self, store: &str) -> Result<(), Fail> {
        let (identity, store, scope) = open(store).await?;
        let done = self.what.run(&identity, &scope).await;
        store.close().await;
        done
    }
}

impl What {
    async fn run(self, identity: &Identity, scope: &Scope) -> Result<(), Fail> {
        match self {
            Self::Verify { head } => {
                let kept = head.as_deref().map(read_head).transpose()?;
                let head =
                    identity.verify_audit(scope, kept).await?.map_err(|breach| Fail(breach.to_string()))?;
                let against = if kept.is_some() { ", and goes on from the head given" } else { "" };
                result(format_args!("{} records, each as it was written{against}", head.seq));
                Ok(())
            }
            Self::Head => json(&identity.audit_head(scope).await?),
            Self::Export => export(identity, scope).await,
        }
    }
}

async fn export(identity: &Identity, scope: &Scope) -> Result<(), Fail> {
    let end = identity.audit_exported(scope).await?;
    let mut seq = 0;
    while seq < end.seq {
        let page = identity.audit_after(scope, seq, PAGE).await?;
        let Some(last) = page.last() else { break };
        seq = last.seq;
        page.iter().filter(|record| record.seq <= end.seq).try_for_each(json)?;
    }
    Ok(())
}

fn json(value: &impl serde::Serialize) -> Result<(), Fail> {
    result(serde_json::to_string(value)?);
    Ok(())
}

fn read_head(file: &Path) -> Result<Head, Fail> {
    let text = std::fs::read_to_string(file).map_err(Fail::to(format_args!("read {}", file.display())))?;
    let expected = |_| {
        let file = file.display();
        Fail(format!("{file}: expected a head as `wangge audit head` prints it, found something else"))
    };
    serde_json::from_str(&text).map_err(expected)
}
