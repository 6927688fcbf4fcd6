//! The program: parse, dispatch, exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    wangge::cli::main()
}
