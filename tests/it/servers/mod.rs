//! Several real servers over one database, under load, while versions are entered and the database has its troubles.

mod canary;
mod database;
mod filling;
mod guesses;
mod kill;
mod load;
mod planners;
pub mod process;
pub mod proxy;
mod publisher;
mod versions;

/// Figures, for whoever runs it with `--nocapture`.
#[expect(clippy::print_stdout, reason = "a test's own report")]
fn report(line: std::fmt::Arguments) {
    println!("{line}");
}
