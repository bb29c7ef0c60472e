//! `slipway export`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Args;
use slipway_shared::audit::AccountPlace;

use super::config::Config;
use super::exit::{Exit, Failed, refuse_without_data};
use super::workspaces::{WorkspaceArg, chosen};
use super::{DEFAULT_DATA, DataArgs};
use crate::clock::Clock;
use crate::history::{HistoryError, each_verified};
use crate::output;
use crate::store::accounts::{AccountEventRow, By};
use crate::store::sqlite::{Accounts, FILE, Inspector, SqliteStore};
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
    /// What happened to accounts instead of the workspace: who signed in, changed passwords, made tokens and so on
    #[arg(long, env = "SLIPWAY_ACCOUNTS")]
    accounts: bool,
}

/// Reads beside a server that runs.
pub(super) fn run(args: ExportArgs, config: &Config) -> Result<(), Failed> {
    let data = config.data(args.data.data, DEFAULT_DATA);
    refuse_without_data(&data)?;
    note_export(&data);
    if args.accounts {
        return accounts(&data, args.output.as_deref());
    }
    let head = chosen(&data, args.which.workspace.as_deref())?;
    let reader = SqliteStore::read_only(&data)?;
    let written = match &args.output {
        Some(path) => write_file(path, |file| transfer::write(&*reader, &head, BufWriter::new(file)))?,
        None => transfer::write(&*reader, &head, BufWriter::new(io::stdout().lock()))?,
    };
    output::note(&format!("{} events written, digest {}", written.events, written.digest));
    Ok(())
}

/// Notes in the log of accounts that everything is written out, as far as that can be noted: reading must be possible
/// also where nothing can be written. Data of an older version is left as it is.
fn note_export(data: &Path) {
    let noted = Inspector::open(&data.join(FILE)).and_then(|inspector| {
        if inspector.history(0, 0)?.is_some() {
            Accounts::open(data)?.record_export(By::Operator, None, Clock::system().now())?;
        }
        Ok(())
    });
    if let Err(error) = noted {
        output::note(&format!(
            "That this is written out could not be noted in the log of accounts: {error}."
        ));
    }
}

/// Writes the log of accounts out, each event as the very text that was hashed, with the hash up to it.
fn accounts(data: &Path, to: Option<&Path>) -> Result<(), Failed> {
    let inspector = Inspector::open(&data.join(FILE))?;
    let end = match to {
        Some(path) => write_file(path, |file| write_accounts(&inspector, BufWriter::new(file)))?,
        None => write_accounts(&inspector, BufWriter::new(io::stdout().lock()))?,
    };
    output::note(&format!("{} events of accounts written, chain {}", end.seq, end.chain));
    Ok(())
}

fn write_accounts(inspector: &Inspector, mut to: impl Write) -> Result<AccountPlace, TransferError> {
    let end = each_verified(inspector, |row| {
        let AccountEventRow { chain, body, .. } = row;
        writeln!(to, "{{\"chain\":\"{chain}\",\"event\":{body}}}").map_err(TransferError::File)
    })?;
    to.flush()?;
    Ok(end.unwrap_or_default())
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
            TransferError::Store(error) | TransferError::History(HistoryError::Store(error)) => error.into(),
            TransferError::History(error) => {
                let message = format!("{error}. Nothing was written; slipway check tells more.");
                Self::new(Exit::BadData, message)
            }
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
