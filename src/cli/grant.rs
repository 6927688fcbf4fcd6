//! `wangge grant`: lets roles of a database in, as whoever owns the store.

use clap::Args;
use serde_json::json;

use super::record::record;
use super::say::{Fail, result};
use crate::store::{Admission, Mode, Store};

/// Let roles of the database in: to serve and publish, or to read the layers
#[derive(Args)]
#[group(required = true, multiple = true)]
pub struct Grant {
    /// A role that servers use: it serves and publishes, and owns nothing
    #[arg(long, value_name = "ROLE")]
    server: Vec<String>,
    /// A role that GIS users use: it reads the layers, and nothing else
    #[arg(long, value_name = "ROLE")]
    reader: Vec<String>,
}

impl Grant {
    /// Lets them in; the store, where there is none yet, is made first.
    pub async fn run(self, store: &str) -> Result<(), Fail> {
        let store = Store::open(store, Mode::Create).await?;
        for (roles, admission) in [(&self.server, Admission::Server), (&self.reader, Admission::Reader)] {
            for role in roles {
                store.grant(role, admission).await?;
                let reads = admission == Admission::Reader;
                record(&store, "store.grant", format!("role:{role}"), json!({ "reads_only": reads })).await?;
                let may = match admission {
                    Admission::Server => "serves and publishes",
                    Admission::Reader => "reads the layers",
                };
                result(format_args!("{role} {may}"));
            }
        }
        store.close().await;
        Ok(())
    }
}
