//! `slipway check`.

use std::fs;
use std::num::NonZeroU16;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::config::Config;
use super::exit::{Exit, Failed, refuse_without_data};
use super::serve::DEFAULT_EVERY_HOURS;
use super::{DEFAULT_DATA, DataArgs};
use crate::audit::{Audit, AuditedLog, Finding, Grade, audit};
use crate::backup::schedule::{Schedule, Standing};
use crate::civil;
use crate::clock::Clock;
use crate::data_dir::{NotedBackups, user_of};
use crate::output;
use crate::store::StoreError;
use crate::store::sqlite::{FILE, version};

/// Less room than this is worth a warning.
const LITTLE_ROOM: u64 = 256 * 1024 * 1024;

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// A backup to look at instead of the data directory
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    data: DataArgs,
    /// The folder of the server's own backups, where no server runs that knows it
    #[arg(long, env = "SLIPWAY_BACKUP_TO", value_name = "DIR")]
    backup_to: Option<PathBuf>,
    /// The hours from one of them to the next [default: 24]
    #[arg(long, env = "SLIPWAY_BACKUP_EVERY", value_name = "HOURS")]
    backup_every: Option<NonZeroU16>,
    /// Tell what was found as JSON
    #[arg(long, env = "SLIPWAY_JSON")]
    json: bool,
}

/// Reads beside a server that runs.
pub(super) fn run(args: CheckArgs, config: &Config) -> Result<(), Failed> {
    let data = config.data(args.data.data.clone(), DEFAULT_DATA);
    let (path, around) = match &args.file {
        Some(file) => {
            refuse_missing(file)?;
            (file.clone(), around_backup(file))
        }
        None => {
            refuse_without_data(&data)?;
            (data.join(FILE), around_data(&data))
        }
    };
    let mut audited = audit(&path).map_err(|error| refusal(error, &path, args.file.is_some()))?;
    let backups = args.file.is_none().then(|| scheduled(&data, &args, config, &audited)).flatten();
    let around = std::iter::once(sqlite_version()).chain(around).chain(backups);
    audited.findings = around.chain(audited.findings).collect();
    let is_whole = audited.is_whole();
    let Audit { findings, logs } = audited;
    if args.json {
        let log = logs.first();
        let told = json!({
            "path": path,
            "ok": is_whole,
            "head": log.map(|log| log.head.cursor.seq),
            "chain": log.map(|log| log.head.cursor.chain),
            "epoch": log.map(|log| log.head.cursor.epoch),
            "digest": log.map(|log| log.digest),
            "workspaces": logs.iter().map(as_json).collect::<Vec<_>>(),
            "findings": findings,
        });
        output::result(&told.to_string());
    } else {
        for Finding { what, grade, text } in &findings {
            let word = match grade {
                Grade::Fine => "ok",
                Grade::Warning => "warning",
                Grade::Damage => "DAMAGE",
            };
            output::result(&format!("{word:<8} {what:<10} {text}"));
        }
    }
    if is_whole {
        return Ok(());
    }
    let message = format!(
        "{} is damaged. Nothing was changed. Keep a copy of it, look at the disk, and go back to a backup with \
         slipway restore; what browsers know of the lost part they send again.",
        path.display()
    );
    Err(Failed::new(Exit::BadData, message))
}

fn as_json(log: &AuditedLog) -> serde_json::Value {
    let cursor = &log.head.cursor;
    json!({
        "workspace": log.head.workspace,
        "head": cursor.seq,
        "chain": cursor.chain,
        "epoch": cursor.epoch,
        "digest": log.digest,
    })
}

fn refuse_missing(file: &Path) -> Result<(), Failed> {
    match fs::metadata(file) {
        Ok(found) if found.is_file() => Ok(()),
        Ok(_) => Err(Failed::new(Exit::NoInput, format!("{} is no file.", file.display()))),
        Err(error) => Err(Failed::new(Exit::NoInput, format!("{} can't be read: {error}.", file.display()))),
    }
}

/// Says what can be looked at, where something else was given: an export is no database, and is verified where it is read.
fn refusal(error: StoreError, path: &Path, is_given: bool) -> Failed {
    if !is_given || !matches!(error, StoreError::Foreign) {
        return error.into();
    }
    let shown = path.display();
    let message = format!(
        "{shown} is no Slipway database. Nothing was changed. slipway check takes a data directory, with --data, or a \
         backup. If this is an export, slipway import workspace {shown} --data AN_EMPTY_DIRECTORY verifies every line \
         of it and tells its digest."
    );
    Failed::new(Exit::BadData, message)
}

/// The store refuses to open with an SQLite that is too old, so that here it only says which it is.
fn sqlite_version() -> Finding {
    Finding::new("sqlite", Grade::Fine, format!("SQLite {}", version()))
}

fn around_data(data: &Path) -> Vec<Finding> {
    let used = match user_of(data) {
        None => "nobody uses the directory".to_owned(),
        Some(None) => "another slipway uses the directory".to_owned(),
        Some(Some(server)) => {
            let scheme = if server.is_tls { "https" } else { "http" };
            format!("a server (process {}) on {scheme}://{} uses the directory", server.pid, server.address)
        }
    };
    let mut findings = vec![Finding::new("lock", Grade::Fine, used)];
    findings.extend([private(data), room(data)].into_iter().flatten());
    findings
}

/// Looks at the backups that the server makes by itself, or would by the configuration; `None` where it makes none.
fn scheduled(data: &Path, args: &CheckArgs, config: &Config, audited: &Audit) -> Option<Finding> {
    let schedule = match user_of(data).flatten() {
        Some(server) => {
            let NotedBackups { folder, every_hours } = server.backups?;
            Schedule { folder, every_hours: NonZeroU16::new(every_hours)?, keep: 1 }
        }
        None => {
            let every_hours = args.backup_every.or(config.backup_every).unwrap_or(DEFAULT_EVERY_HOURS);
            let folder = args.backup_to.as_ref().or(config.backup_to.as_ref())?;
            Schedule { folder: folder.clone(), every_hours, keep: 1 }
        }
    };
    let ours: Vec<_> = audited.logs.iter().map(|log| log.head.workspace).collect();
    if ours.is_empty() {
        // Which are of this server is not known then, and that it is damaged is told.
        return None;
    }
    let (folder, now) = (schedule.folder.display(), Clock::system().now());
    Some(match schedule.look(&ours, now) {
        Ok(Standing { newest: Some(newest), is_stale }) => {
            let grade = if is_stale { Grade::Warning } else { Grade::Fine };
            let stale = if is_stale { ": they are stale, look at the server's log" } else { "" };
            let text = format!("the newest of the backups in {folder} is of {}{stale}", civil::utc(newest));
            Finding::new("backups", grade, text)
        }
        Ok(Standing { newest: None, .. }) => {
            Finding::new("backups", Grade::Warning, format!("there is no backup in {folder} yet"))
        }
        Err(error) => {
            Finding::new("backups", Grade::Warning, format!("the backups in {folder} can't be read: {error}"))
        }
    })
}

fn around_backup(file: &Path) -> Vec<Finding> {
    let hashed = || {
        let (sha256, _) = crate::backup::hash(&fs::File::open(file)?, &mut std::io::sink())?;
        let note = crate::backup::manifest_of(file, sha256)?;
        Ok::<_, std::io::Error>(note.map(|note| note.sha256 == sha256))
    };
    let note = match hashed() {
        Ok(Some(true)) => Finding::new("manifest", Grade::Fine, "the file is the one that its note tells of"),
        Ok(Some(false)) => {
            Finding::new("manifest", Grade::Damage, "the file is not the one that its note tells of")
        }
        Ok(None) => Finding::new("manifest", Grade::Warning, "there is no note beside the file"),
        Err(error) => Finding::new("manifest", Grade::Damage, format!("the note can't be read: {error}")),
    };
    std::iter::once(note).chain(private(file)).collect()
}

/// Tells whether others on this computer may look.
fn private(path: &Path) -> Option<Finding> {
    let mode = fs::metadata(path).ok()?.permissions().mode() & 0o777;
    let shown = path.display();
    Some(if mode & 0o077 == 0 {
        Finding::new("modes", Grade::Fine, format!("{shown} is its owner's alone ({mode:o})"))
    } else {
        let text = format!("{shown} is open to others on this computer ({mode:o})");
        Finding::new("modes", Grade::Warning, text)
    })
}

fn room(data: &Path) -> Option<Finding> {
    let disk = rustix::fs::statvfs(data).ok()?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let grade = if free < LITTLE_ROOM { Grade::Warning } else { Grade::Fine };
    Some(Finding::new("disk", grade, format!("{} MB are free", free / 1_000_000)))
}
