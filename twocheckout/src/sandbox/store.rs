//! The file that outlives a restart.

use std::ffi::OsStr;
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::{fs, process};

use super::state::Kept;

/// What the file holds; nothing where there is none or it cannot be read.
pub(super) fn load(file: &Path) -> Kept {
    let read = match fs::read(file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::from),
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Kept::default(),
        Err(cause) => Err(cause),
    };
    read.unwrap_or_else(|cause| {
        // Not the cause's own text: it may quote the file, which holds leads.
        tracing::warn!(file = %file.display(), kind = ?cause.kind(), "the sandbox's file cannot be read: beginning anew");
        Kept::default()
    })
}

/// Writes beside the file and renames, so that a crash leaves the old one or the new one, never half of one.
pub(super) fn save(file: &Path, kept: &Kept) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut beside = file.as_os_str().to_owned();
    beside.push(format!(".{}.new", process::id()));
    private(&beside)?.write_all(&serde_json::to_vec(kept)?)?;
    fs::rename(&beside, file)
}

/// A new, empty file that only its owner may read: it will hold leads.
fn private(path: &OsStr) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sandbox::state::LeadRecord;

    fn kept() -> Kept {
        let lead = LeadRecord {
            lead_code: "0123456789".into(),
            lead: serde_json::from_str(r#"{"Amount":19.90}"#).unwrap(),
            used: false,
            stop_followups: true,
            created_at: "2019-11-05T16:39:36".into(),
            updated_at: None,
        };
        Kept { leads: vec![lead], ..Kept::default() }
    }

    #[test]
    fn what_is_saved_is_loaded_to_the_last_digit_and_nothing_lies_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("below/sandbox.json");
        save(&file, &kept()).unwrap();
        let loaded = load(&file);
        assert_eq!(loaded.leads[0].lead.to_string(), r#"{"Amount":19.90}"#);
        assert_eq!(json!(loaded.leads[0])["StopFollowups"], true);
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_but_its_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sandbox.json");
        save(&file, &kept()).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_or_missing_file_is_an_empty_sandbox() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sandbox.json");
        assert!(load(&file).leads.is_empty());
        fs::write(&file, "{\"leads\": [").unwrap();
        assert!(load(&file).leads.is_empty());
    }
}
