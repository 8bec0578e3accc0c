//! Where log lines go.

use std::io::IsTerminal;

use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::options::{LogFormat, Options};

/// Writes log lines to standard error. The level holds for leadkeep's own code; libraries, which could log what passes
/// through them, tell warnings alone.
pub(crate) fn start(options: &Options, default: Level, format: LogFormat) {
    let level = LevelFilter::from_level(options.log.unwrap_or(default));
    let targets = Targets::new()
        .with_default(LevelFilter::WARN.min(level))
        .with_target("leadkeep_proxy", level)
        .with_target("twocheckout", level);
    let registry = tracing_subscriber::registry().with(targets);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    // Already set only when something else in this process did so first.
    let _ = match options.log_format.unwrap_or(format) {
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
        LogFormat::Text => registry.with(lines.with_ansi(std::io::stderr().is_terminal())).try_init(),
    };
}
