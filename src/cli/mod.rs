//! The commands. Exit 0 done, 1 refused or failed with one clear line, 2 wrong usage.
//!
//! Every flag may also stand in `WANGGE_*` and, below that, in `wangge.toml`.

mod audit;
mod config;
mod copy;
mod demo;
mod export;
mod grant;
mod guard;
mod import;
mod inspect;
mod key;
mod locate;
mod map;
mod memory;
mod people;
mod record;
mod say;
mod serve;
mod single_sign_on;
mod synth;
mod user;

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use say::{Fail, note};

/// 一图观全域 — the map and grid server of a county: one partition, drawn, located and redrawn without a gap.
#[derive(Parser)]
#[command(name = "wangge", version, max_term_width = 100)]
struct Wangge {
    #[arg(
        help = "The store: path of a GeoPackage, or postgres://USER@HOST/DATABASE (?schema=NAME for another than wangge)",
        long,
        global = true,
        env = "WANGGE_STORE",
        hide_env_values = true,
        default_value = "wangge.gpkg",
        value_name = "STORE"
    )]
    store: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Demo),
    Serve(serve::Serve),
    Synth(synth::Synth),
    Import(import::Import),
    Export(export::Export),
    Check(inspect::Check),
    Hash(inspect::Hash),
    Locate(locate::Locate),
    Copy(copy::Copy),
    Grant(grant::Grant),
    User(user::User),
    Key(key::Key),
    Audit(audit::Audit),
}

/// Runs the command that the arguments name.
#[must_use]
pub fn main() -> ExitCode {
    let command = match config::with_defaults(Wangge::command(), Path::new(config::FILE)) {
        Ok(command) => command,
        Err(error) => {
            note(format_args!("wangge: {error}"));
            return ExitCode::from(2);
        }
    };
    let parsed = Wangge::from_arg_matches(&command.get_matches());
    let wangge = parsed.unwrap_or_else(|error| error.exit());
    log_to_stderr();
    match run(wangge) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Fail(line)) => {
            note(format_args!("wangge: {line}"));
            ExitCode::FAILURE
        }
    }
}

/// Warnings, errors and what the server says of itself; `WANGGE_LOG` (as `wangge=debug`) for more.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("WANGGE_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,sqlx=error,wangge=info"));
    let ansi = std::io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(ansi)
        .with_writer(std::io::stderr)
        .init();
}

fn run(Wangge { store, command }: Wangge) -> Result<(), Fail> {
    let runtime = tokio::runtime::Runtime::new().map_err(Fail::to("start the runtime"))?;
    runtime.block_on(async {
        match command {
            Command::Demo(demo) => demo.run(&store).await,
            Command::Serve(serve) => serve.run(&store).await,
            Command::Synth(synth) => synth.run(&store).await,
            Command::Import(import) => import.run(&store).await,
            Command::Export(export) => export.run(&store).await,
            Command::Check(check) => check.run(&store).await,
            Command::Hash(hash) => hash.run(&store).await,
            Command::Locate(locate) => locate.run(&store).await,
            Command::Copy(copy) => copy.run().await,
            Command::Grant(grant) => grant.run(&store).await,
            Command::User(user) => user.run(&store).await,
            Command::Key(key) => key.run(&store).await,
            Command::Audit(audit) => audit.run(&store).await,
        }
    })
}
