//! `slipway export`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Args;

use super::config::Config;
use super::exit::{Exit, Failed, refuse_without_data};
use super::workspaces::{WorkspaceArg, chosen};
use super::{DEFAULT_DATA, DataArgs};
use crate::output;
use crate::store::sqlite::SqliteStore;
use crate::transfer::{self, TransferError};

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    which: WorkspaceArg,
    /// Where to write it [default: standard output]
    #[arg(long, short, env = "SLIPWAY_OUTPUT", value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Reads beside a server that runs.
pub(super) fn run(args: ExportArgs, config: &Config) -> Result<(), Failed> {
    let data = config.data(args.data.data, DEFAULT_DATA);
    refuse_without_data(&data)?;
    let head = chosen(&data, args.which.workspace.as_deref())?;
    let reader = SqliteStore::read_only(&data)?;
    let written = match &args.output {
        Some(path) => write_file(path, |file| transfer::write(&*reader, &head, BufWriter::new(file)))?,
        None => transfer::write(&*reader, &head, BufWriter::new(io::stdout().lock()))?,
    };
    output::note(&format!("{} events written, digest {}", written.events, written.digest));
    Ok(())
}

/// Writes beside the file first, so that one that is there already is whole at every moment. A link is followed;
/// what is no file (a device, a pipe) is written into and never replaced.
fn write_file<T>(
    path: &Path,
    write: impl FnOnce(&File) -> Result<T, TransferError>,
) -> Result<T, TransferError> {
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        let file = OpenOptions::new().write(true).open(path)?;
        return write(&file);
    }
    let draft = path.with_added_extension("new");
    let mut options = OpenOptions::new();
    let file = options.create(true).write(true).truncate(true).mode(0o600).open(&draft)?;
    let written = write(&file).and_then(|written| {
        file.sync_all()?;
        fs::rename(&draft, path)?;
        Ok(written)
    });
    if written.is_err() {
        // What is left of a draft is of no use; that it can't be removed matters less than why it was not written.
        let _ = fs::remove_file(&draft);
    }
    written
}

impl From<TransferError> for Failed {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Store(error) => error.into(),
            TransferError::Export(error) => {
                let source = std::error::Error::source(&error).map(|source| format!(" ({source})"));
                let message = format!(
                    "the file can't be imported: {error}{}. Nothing of it was kept. Export it again.",
                    source.unwrap_or_default()
                );
                Self::new(Exit::BadInput, message)
            }
            TransferError::File(_) => {
                Self::new(Exit::Failed, format!("{error}. What was there before is untouched."))
            }
        }
    }
}
