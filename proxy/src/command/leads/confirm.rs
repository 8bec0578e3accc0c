//! Asks before what cannot be undone.

use std::io::{BufRead, IsTerminal, Write};

use super::super::refusal::Refusal;
use super::counted;

/// Asks on the terminal.
///
/// # Errors  The answer is no, or there is no terminal to ask at.
pub(super) fn ask(act: &str, carts: usize, others: usize) -> Result<(), Refusal> {
    let mut what = counted(carts, "cart");
    if others > 0 {
        what = format!("{what} and {} more at 2Checkout", counted(others, "lead"));
    }
    if !std::io::stdin().is_terminal() {
        return Err(Refusal::Usage(format!(
            "{act} means {what} and cannot be undone: there is no terminal to ask at, so expected --yes"
        )));
    }
    eprint!("{act}: {what}. This cannot be undone. Go on? [y/N] ");
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    if read.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Refusal::Failed("nothing was done".to_owned()))
}
