//! The command line of `leadkeep-proxy`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program speaks to those who started it")]

mod command;

use std::process::ExitCode;

fn main() -> ExitCode {
    command::main()
}
