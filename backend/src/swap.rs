//! Putting restored data in the place of what is there: after a crash in between, whoever opens the directory next
//! finishes it. Until the note is written the old data is what counts, from then on the new.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::store::sqlite::FILE;

/// The note that a swap is under way.
const NOTE: &str = "restore.json";
/// Where the new data is prepared.
const DRAFT: &str = "restore.new";

#[derive(Debug, Serialize, Deserialize)]
struct Note {
    /// The name of the folder for the old data.
    set_aside: String,
}

/// Returns where the new data is to be prepared.
pub(crate) fn draft(dir: &Path) -> PathBuf {
    dir.join(DRAFT)
}

/// Returns whether a swap was cut off.
pub(crate) fn is_cut_off(dir: &Path) -> bool {
    dir.join(NOTE).exists()
}

/// Puts the draft, which is whole and synced, in the place of the old data. Returns where that is now, if there was
/// any.
pub(crate) fn swap(dir: &Path, set_aside: &str) -> io::Result<Option<PathBuf>> {
    let text = serde_json::to_string(&Note { set_aside: set_aside.to_owned() })?;
    let note_draft = dir.join(format!("{NOTE}.new"));
    fs::write(&note_draft, text)?;
    File::open(&note_draft)?.sync_all()?;
    fs::rename(note_draft, dir.join(NOTE))?;
    sync(dir)?;
    finish(dir)
}

/// Finishes a swap that was begun; does nothing where none was.
pub(crate) fn finish(dir: &Path) -> io::Result<Option<PathBuf>> {
    let text = match fs::read_to_string(dir.join(NOTE)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let note: Note = serde_json::from_str(&text)?;
    let (draft, aside) = (draft(dir), dir.join(&note.set_aside));
    // As long as the draft is there, what is in its place is old.
    if draft.join(FILE).exists() {
        for name in [format!("{FILE}-shm"), format!("{FILE}-wal"), FILE.to_owned()] {
            let old = dir.join(&name);
            if old.exists() {
                DirBuilder::new().recursive(true).mode(0o700).create(&aside)?;
                fs::rename(old, aside.join(name))?;
            }
        }
        if aside.exists() {
            sync(&aside)?;
        }
        sync(dir)?;
        fs::rename(draft.join(FILE), dir.join(FILE))?;
        sync(dir)?;
    }
    fs::remove_file(dir.join(NOTE))?;
    // An empty folder that stays is used by the next restore.
    drop(fs::remove_dir_all(&draft));
    sync(dir)?;
    Ok(aside.exists().then_some(aside))
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &Path) -> String {
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn cut_off_anywhere_the_next_one_to_open_finishes_it() {
        // How many of the steps before the cut were done: the note, then each of the old files, then the new one.
        for done in 0..=4 {
            let folder = tempfile::tempdir().unwrap();
            let dir = folder.path();
            for (name, text) in [(FILE, "old"), ("slipway.db-wal", "old wal"), ("slipway.db-shm", "old shm")]
            {
                fs::write(dir.join(name), text).unwrap();
            }
            fs::create_dir(draft(dir)).unwrap();
            fs::write(draft(dir).join(FILE), "new").unwrap();
            fs::write(dir.join(NOTE), r#"{"set_aside":"before"}"#).unwrap();
            fs::create_dir(dir.join("before")).unwrap();
            let moves =
                [("slipway.db-shm", "before/slipway.db-shm"), ("slipway.db-wal", "before/slipway.db-wal")];
            let moves =
                moves.into_iter().chain([(FILE, "before/slipway.db"), ("restore.new/slipway.db", FILE)]);
            for (from, to) in moves.take(done) {
                fs::rename(dir.join(from), dir.join(to)).unwrap();
            }
            assert!(is_cut_off(dir));
            let aside = finish(dir).unwrap().unwrap();
            assert_eq!(read(&dir.join(FILE)), "new", "cut after {done}");
            assert_eq!(
                (read(&aside.join(FILE)), read(&aside.join("slipway.db-wal"))),
                ("old".into(), "old wal".into())
            );
            assert!(!dir.join("slipway.db-wal").exists(), "the old log lies beside the new file");
            assert!(!is_cut_off(dir) && !draft(dir).exists());
            assert_eq!(finish(dir).unwrap(), None);
        }
    }
}
