//! `slipway restore`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::config::Config;
use super::exit::{Exit, Failed, list};
use super::{DEFAULT_DATA, DataArgs};
use crate::civil;
use crate::clock::Clock;
use crate::output;
use crate::restore::{RestoreError, Restored, RestoredLog, restore};
use crate::store::StoreError;

#[derive(Debug, Args)]
pub(super) struct RestoreArgs {
    /// What `slipway backup` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    /// Restore also where data is; that is set aside, nothing is deleted
    #[arg(long, env = "SLIPWAY_FORCE")]
    force: bool,
    /// Tell what was done as JSON
    #[arg(long, env = "SLIPWAY_JSON")]
    json: bool,
}

pub(super) fn run(args: RestoreArgs, config: &Config) -> Result<(), Failed> {
    let data = config.data(args.data.data, DEFAULT_DATA);
    let restored = restore(&args.file, &data, args.force, Clock::system().now());
    let restored = restored.map_err(|error| failed(error, &args.file, &data))?;
    output::result(&if args.json { as_json(&restored, &data) } else { as_text(&restored, &data) });
    Ok(())
}

fn as_json(restored: &Restored, data: &Path) -> String {
    let Restored { logs, set_aside, manifest } = restored;
    let of = |RestoredLog { log, epoch }: &RestoredLog| {
        json!({
            "workspace": log.head.workspace,
            "head": log.head.cursor.seq,
            "chain": log.head.cursor.chain,
            "digest": log.digest,
            "epoch": epoch,
            "newest_event_at": log.received,
        })
    };
    // The first one beside the rest, as it was when there was only one.
    let mut told = logs.first().map_or_else(|| json!({}), of);
    told["workspaces"] = logs.iter().map(of).collect();
    told["data"] = json!(data);
    told["taken_at"] = json!(manifest.as_ref().map(|manifest| manifest.taken_at));
    told["manifest"] = json!(manifest.is_some());
    told["set_aside"] = json!(set_aside);
    told["sessions_ended"] = json!(true);
    told["invitations_ended"] = json!(true);
    told.to_string()
}

fn as_text(restored: &Restored, data: &Path) -> String {
    let Restored { logs, set_aside, manifest } = restored;
    let holds: Vec<_> = logs.iter().map(|restored| held(restored, logs.len() > 1)).collect();
    let (holds, data) = (holds.join("\n"), data.display());
    let taken = match manifest {
        Some(manifest) => {
            format!("The backup was made at {} and is as it was.", civil::utc(manifest.taken_at))
        }
        None => {
            "The backup had no note beside it: its log is whole, when it was made is not known.".to_owned()
        }
    };
    let old = match set_aside {
        Some(path) => format!("The data that was there is in {}.", path.display()),
        None => "There was no data before.".to_owned(),
    };
    format!(
        "{data} holds {holds}\n{taken}\n{old}\nA new timeline begins here. Browsers that \
         know more notice it, say so, and send again what was confirmed to them and is missing.\nEverybody has to sign in again, with the \
         password they had then. Invitations of the backup are good for nothing any more: invite anew. API \
         tokens of it stay: `slipway token list` tells which there are."
    )
}

/// Says what is there of a workspace, which is named where there are several.
fn held(RestoredLog { log, .. }: &RestoredLog, are_several: bool) -> String {
    let newest = log.received.map(|at| format!(", the newest of {}", civil::utc(at))).unwrap_or_default();
    let of = if are_several { format!(" of workspace {}", log.head.workspace) } else { String::new() };
    format!("{} events{of}{newest}, digest {}.", log.head.cursor.seq, log.digest)
}

fn failed(error: RestoreError, file: &Path, data: &Path) -> Failed {
    let (file, data) = (file.display(), data.display());
    let untouched = "Nothing was changed.";
    match error {
        RestoreError::Dir(error) => error.into(),
        RestoreError::Occupied => Failed::new(
            Exit::NotEmpty,
            format!(
                "{data} holds a workspace already. {untouched} Give an empty directory with --data, or --force to \
                 set what is there aside."
            ),
        ),
        RestoreError::NotABackup => Failed::new(
            Exit::BadInput,
            format!(
                "{file} is no backup: it is a database with a log beside it, and without that it lacks the newest \
                 changes. {untouched} Make a backup of its directory with slipway backup --data."
            ),
        ),
        RestoreError::Damaged(found) => Failed::new(
            Exit::BadData,
            format!("{file} is damaged:{}\n{untouched} Take another backup.", list(&found)),
        ),
        RestoreError::Tampered { .. } => Failed::new(
            Exit::BadData,
            format!(
                "{error}: somebody or something changed one of them. {untouched} Take another backup, or move the \
                 note away if you know better."
            ),
        ),
        RestoreError::Unreadable(source) if source.kind() == std::io::ErrorKind::InvalidData => {
            Failed::new(Exit::BadData, format!("{file}: {source}. {untouched}"))
        }
        RestoreError::Unreadable(source) => {
            Failed::new(Exit::NoInput, format!("{file} can't be read: {source}. {untouched}"))
        }
        RestoreError::Unwritable(source) => Failed::new(
            Exit::NotWritable,
            format!(
                "{data} can't be written: {source}. The data is what it was, or the next start finishes this."
            ),
        ),
        RestoreError::Store(StoreError::Foreign) => {
            Failed::new(Exit::BadData, format!("{file} is no backup of Slipway. {untouched}"))
        }
        RestoreError::Store(error @ StoreError::Newer { .. }) => Failed::new(
            Exit::Newer,
            format!("{file}: {error}. {untouched} Use the newer program that wrote it."),
        ),
        RestoreError::Store(error) => error.into(),
    }
}
