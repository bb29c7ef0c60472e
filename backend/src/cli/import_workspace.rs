//! `slipway import workspace`.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use slipway_shared::ids::EpochId;
use uuid::Uuid;

use super::config::Config;
use super::exit::{Exit, Failed};
use super::{DEFAULT_DATA, DataArgs};
use crate::data_dir::{DataDir, DataDirError};
use crate::output;
use crate::store::StoreError;
use crate::store::sqlite::{FILE, SqliteStore};
use crate::transfer::{self, TransferError, Transferred};

#[derive(Debug, Args)]
pub(super) struct WorkspaceArgs {
    /// What `slipway export` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    /// Tell what was done as JSON
    #[arg(long, env = "SLIPWAY_JSON")]
    json: bool,
}

pub(super) fn run(args: WorkspaceArgs, config: &Config) -> Result<(), Failed> {
    let data = config.data(args.data.data, DEFAULT_DATA);
    let unreadable = |why: &dyn std::fmt::Display| {
        let message = format!("{} can't be read: {why}. Nothing was changed.", args.file.display());
        Failed::new(Exit::NoInput, message)
    };
    let file = File::open(&args.file).map_err(|error| unreadable(&error))?;
    if file.metadata().is_ok_and(|found| found.is_dir()) {
        return Err(unreadable(&"it is a directory; give the file that slipway export wrote"));
    }
    if data.join(FILE).exists() {
        let message = format!(
            "{} holds a workspace already, and an import would not go into it. Nothing was changed. Give an empty \
             directory with --data, or move that one away.",
            data.display()
        );
        return Err(Failed::new(Exit::NotEmpty, message));
    }
    let dir = DataDir::lock(&data)?;
    let read = into_place(&dir, BufReader::new(file))?;
    if args.json {
        output::result(&json!({ "events": read.events, "digest": read.digest }).to_string());
    } else {
        output::result(&format!("{} events imported, digest {}", read.events, read.digest));
    }
    Ok(())
}

/// Reads into a folder beside the place first: only what is whole and verified gets there.
fn into_place(dir: &DataDir, file: BufReader<File>) -> Result<Transferred, Failed> {
    let draft = dir.path().join("import.new");
    let written = write_draft(&draft, file).and_then(|read| {
        fs::rename(draft.join(FILE), dir.path().join(FILE))?;
        File::open(dir.path())?.sync_all()?;
        Ok(read)
    });
    // A draft that stays is overwritten by the next import.
    let _ = fs::remove_dir_all(&draft);
    written.map_err(|error| match error {
        TransferError::File(source) if source.kind() != io::ErrorKind::InvalidData => {
            DataDirError::NotWritable { path: dir.path().to_owned(), source }.into()
        }
        other => other.into(),
    })
}

fn write_draft(draft: &Path, file: BufReader<File>) -> Result<Transferred, TransferError> {
    let _ = fs::remove_dir_all(draft);
    fs::create_dir(draft)?;
    let mut store = SqliteStore::open(draft)?;
    let epoch = EpochId::from_u128(Uuid::now_v7().as_u128());
    let read = transfer::read(file, &mut store, epoch)?;
    drop(store);
    // Closing the store leaves it in one file, and only that file goes into place.
    match fs::metadata(draft.join(format!("{FILE}-wal"))) {
        Ok(left) if left.len() > 0 => Err(StoreError::Full.into()),
        _ => Ok(read),
    }
}
