//! `wangge locate`: whose are these points, row by row, as `POST /api/locate` answers them.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::export::At;
use super::say::Fail;
use crate::access::Scope;
use crate::app::batch::{CsvRows, Oracle, Rows};
use crate::app::{App, Settings, When};
use crate::crs::Datum;

/// Add the units of each point to a CSV with columns lon and lat
#[derive(Args)]
pub struct Locate {
    /// The CSV; standard input where none is given
    file: Option<PathBuf>,
    /// What the coordinates are in: wgs84, cgcs2000, gcj02 or bd09
    #[arg(long, default_value = "wgs84")]
    crs: Datum,
    /// A version's number, or a day: the version in force then; the current one, where none is given
    #[arg(long, value_name = "VERSION|DATE")]
    at: Option<At>,
}

/// Bytes read at once.
const PIECE: usize = 256 * 1024;

impl Locate {
    /// Reads to the end and writes as it goes.
    pub async fn run(self, store: &str) -> Result<(), Fail> {
        let app = App::open(store, &Settings::default()).await?;
        let served = app.served(&Scope::open(), &self.at.map_or(When::Now, At::when)).await?;
        let oracle = Oracle { snapshot: Arc::clone(&served.snapshot), datum: self.crs, shown: None };
        let done = match &self.file {
            None => pass(&mut io::stdin().lock(), CsvRows::new(oracle)),
            Some(path) => {
                let mut file = File::open(path).map_err(Fail::to(format_args!("open {}", path.display())))?;
                pass(&mut file, CsvRows::new(oracle))
            }
        };
        app.close().await;
        done
    }
}

fn pass(input: &mut dyn Read, mut rows: CsvRows) -> Result<(), Fail> {
    let mut output = io::stdout().lock();
    let mut piece = vec![0; PIECE];
    let mut out = Vec::new();
    loop {
        let read = input.read(&mut piece).map_err(Fail::to("read the rows"))?;
        match read {
            0 => rows.end(&mut out)?,
            n => rows.feed(&piece[..n], &mut out)?,
        }
        match output.write_all(&out) {
            // Whoever reads has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            written => written.map_err(Fail::to("write the rows"))?,
        }
        if read == 0 {
            return Ok(());
        }
        out.clear();
    }
}
