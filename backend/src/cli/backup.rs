//! `slipway backup`.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::config::Config;
use super::exit::{Exit, Failed, list, refuse_without_data};
use super::{DEFAULT_DATA, DataArgs};
use crate::backup::{BackupError, back_up, folder_of, manifest_path};
use crate::civil;
use crate::clock::Clock;
use crate::output;
use crate::store::sqlite::FILE;

#[derive(Debug, Args)]
pub(super) struct BackupArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Where to write it; beside it a FILE.json says what it is of
    #[arg(long, short, env = "SLIPWAY_OUTPUT", value_name = "FILE")]
    output: PathBuf,
    /// Write over a file that is there
    #[arg(long, env = "SLIPWAY_FORCE")]
    force: bool,
    /// Tell what was done as JSON
    #[arg(long, env = "SLIPWAY_JSON")]
    json: bool,
}

/// Reads beside a server that runs.
pub(super) fn run(args: BackupArgs, config: &Config) -> Result<(), Failed> {
    let data = config.data(args.data.data, DEFAULT_DATA);
    refuse_without_data(&data)?;
    refuse_output(&args.output, &data, args.force)?;
    let manifest = back_up(&data.join(FILE), &args.output, Clock::system().now())
        .map_err(|error| failed(error, &args.output))?;
    if args.json {
        let mut told =
            serde_json::to_value(&manifest).map_err(|error| Failed::new(Exit::Failed, error.to_string()))?;
        told["file"] = args.output.to_string_lossy().into();
        told["manifest"] = manifest_path(&args.output).to_string_lossy().into();
        output::result(&told.to_string());
    } else {
        let (file, taken) = (args.output.display(), civil::utc(manifest.taken_at));
        let of = match manifest.others.len() {
            0 => String::new(),
            others => format!(" of {} workspaces", others + 1),
        };
        output::result(&format!(
            "{file}: {} events{of} as of {taken}, {} bytes, read back and verified, digest {}",
            manifest.events(),
            manifest.bytes,
            manifest.first.digest
        ));
    }
    Ok(())
}

fn refuse_output(output: &Path, data: &Path, force: bool) -> Result<(), Failed> {
    let shown = output.display();
    let (folder, data) = (fs::canonicalize(folder_of(output)), fs::canonicalize(data));
    let folder = folder.map_err(|error| {
        let message = format!("there is no folder for {shown}: {error}. Nothing was written. Make it first.");
        Failed::new(Exit::NotWritable, message)
    })?;
    // A backup is to outlive the directory; and the names in it belong to the server.
    if data.is_ok_and(|data| folder.starts_with(data)) {
        let message = format!(
            "{shown} is inside of the data directory, and would be lost with it. Nothing was written. Give \
             another place, best on another disk."
        );
        return Err(Failed::new(Exit::Failed, message));
    }
    let found = [output.to_owned(), manifest_path(output)].into_iter().find_map(|path| {
        let found = fs::symlink_metadata(&path).ok()?;
        Some((path, found))
    });
    match found {
        Some((path, found)) if !found.is_file() => {
            let message = format!("{} is no file. Nothing was written. Give another name.", path.display());
            Err(Failed::new(Exit::NotEmpty, message))
        }
        Some((path, _)) if !force => {
            let message = format!(
                "{} is there already. Nothing was written. Give another name, or --force to write over it.",
                path.display()
            );
            Err(Failed::new(Exit::NotEmpty, message))
        }
        _ => Ok(()),
    }
}

fn failed(error: BackupError, output: &Path) -> Failed {
    let kept = "There is no new backup, and what was there before is untouched.";
    if error.is_full() {
        let shown = output.display();
        let message = format!("there is no room for {shown}. {kept} Make room, or give another place.");
        return Failed::new(Exit::NotWritable, message);
    }
    match error {
        BackupError::Store(error) => error.into(),
        BackupError::Damaged(found) => Failed::new(
            Exit::BadData,
            format!(
                "the data is damaged, and a copy of it would be no backup:{}\n{kept} Keep a copy of the data \
                 directory, and go back to the backup before.",
                list(&found)
            ),
        ),
        BackupError::File(error) => {
            Failed::new(Exit::NotWritable, format!("{} can't be written: {error}. {kept}", output.display()))
        }
    }
}
