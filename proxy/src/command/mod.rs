//! From the command line to a running proxy.

mod check;
mod check_lead;
#[cfg(feature = "demo")]
mod demo;
#[cfg(feature = "demo")]
mod demo_shop;
mod descriptors;
mod environment;
mod health;
mod integrity;
mod leads;
mod logging;
mod options;
#[cfg(feature = "demo")]
mod panel;
mod refusal;
mod serve;
mod settings;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use options::{Cli, Command};
use refusal::Refusal;

/// A wrong setting is told in one line and ends with 2, any other failure with 1.
pub(crate) fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if !error.use_stderr() => {
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) => return refused(&Refusal::of_clap(&error, &Cli::command())),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refused(&Refusal::Failed(format!("the runtime does not start: {error}"))),
    };
    let ran = runtime.block_on(async {
        match cli.command.unwrap_or(Command::Serve) {
            Command::Serve => serve::run(&cli.options).await,
            Command::Check(check) => check::run(&cli.options, &check).await,
            Command::Health => health::run(&cli.options).await,
            Command::Integrity(integrity) => integrity::run(&integrity),
            Command::Leads { command } => leads::run(&cli.options, &command).await,
            #[cfg(feature = "demo")]
            Command::Demo(demo) => demo::run(&cli.options, &demo).await,
        }
    });
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => refused(&refusal),
    }
}

fn refused(refusal: &Refusal) -> ExitCode {
    eprintln!("leadkeep-proxy: {refusal}");
    ExitCode::from(refusal.exit_code())
}
