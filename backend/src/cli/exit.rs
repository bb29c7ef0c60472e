//! Exit codes, and the words for everything that can go wrong before there is a server.

use std::path::Path;
use std::process::ExitCode;

use crate::accounts::lockbox::KeyError;
use crate::audit::Finding;
use crate::data_dir::{DataDirError, user_of};
use crate::open::OpenError;
use crate::output;
use crate::store::StoreError;
use crate::store::sqlite::FILE;
use crate::swap;

/// For `--help`.
pub(super) const CODES: &str = "\
Every flag also works as SLIPWAY_… in the environment, and in the file given with --config.

Exit codes:
   0  done
   1  failed, for a reason the message tells
   2  the command line was not understood
  64  refused: the address can be reached from other computers, and there is no TLS
  65  the file or repository to read is not what it should be
  66  the file or repository to read can't be found
  69  the address to listen on can't be used
  70  saving failed and the server stopped; start it again to see what was kept
  73  the data directory can't be written
  74  the data directory or a backup is damaged, or of another program
  75  the data directory is in use
  76  the data directory is of a newer version
  77  there is something already where it was to be written
  78  the configuration is not right: its file, flags that do not go together, or a certificate";

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// For a reason the message tells.
    Failed = 1,
    /// The address can be reached from other computers, and there is no TLS.
    NotLoopback = 64,
    /// What to import is not what it should be.
    BadInput = 65,
    /// What to import can't be found.
    NoInput = 66,
    /// The address can't be used.
    Address = 69,
    /// Saving failed.
    StoreFailed = 70,
    /// The data directory can't be written.
    NotWritable = 73,
    /// The data directory is damaged or foreign.
    BadData = 74,
    /// The data directory is in use.
    InUse = 75,
    /// The data directory is of a newer version.
    Newer = 76,
    /// The data directory holds something already.
    NotEmpty = 77,
    /// The configuration is not right.
    Config = 78,
}

/// Why the program ends: for people, and the code for programs.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failed {
    exit: Exit,
    message: String,
}

impl Failed {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }

    /// Tells the person, and returns what to exit with.
    #[must_use]
    pub fn report(&self) -> ExitCode {
        output::note(&format!("error: {self}"));
        ExitCode::from(self.exit as u8)
    }
}

impl From<OpenError> for Failed {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Dir(error) => error.into(),
            OpenError::Store(error) => error.into(),
            // The disk is at fault, whoever named the file.
            OpenError::Key(error @ KeyError::Unreadable { .. }) if error.is_of_the_disk() => Self::new(
                Exit::BadData,
                format!("{error}. Nothing was touched. Look at the disk, and start again."),
            ),
            OpenError::Key(error) => Self::new(
                Exit::Config,
                format!(
                    "{error}. Nothing was touched. Give --secret-key-file a file for its owner alone (chmod 600) with what \
                     `openssl rand -hex 32` prints, or leave it out: then the key is in the data directory."
                ),
            ),
            OpenError::NotADemo => Self::new(
                Exit::NotEmpty,
                "the data directory holds a workspace that is no demo. Nothing was touched. \
                 Leave --data out, or give another directory.",
            ),
        }
    }
}

impl From<DataDirError> for Failed {
    fn from(error: DataDirError) -> Self {
        match &error {
            DataDirError::InUse { server: Some(server), .. } => Self::new(
                Exit::InUse,
                format!(
                    "{error}: a server (process {}) serves it on {}://{}. Nothing was touched. Use that one, \
                     stop it first, or give another directory with --data.",
                    server.pid,
                    if server.is_tls { "https" } else { "http" },
                    server.address
                ),
            ),
            DataDirError::InUse { server: None, .. } => Self::new(
                Exit::InUse,
                format!(
                    "{error} by another slipway. Nothing was touched. Wait for it to end, or give another \
                     directory with --data."
                ),
            ),
            DataDirError::NotWritable { source, .. } => Self::new(
                Exit::NotWritable,
                format!(
                    "{error}: {source}. Nothing was touched. Change who may write there, or give another \
                     directory with --data."
                ),
            ),
        }
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        let source = std::error::Error::source(&error).map(|source| format!(" ({source})"));
        let what = format!("{error}{}", source.unwrap_or_default());
        match error {
            StoreError::Full => Self::new(
                Exit::NotWritable,
                format!("{what}. What was saved before is kept. Make room, and try again."),
            ),
            StoreError::Busy => Self::new(
                Exit::InUse,
                format!("{what}, perhaps a backup. Nothing was touched. Try again once that is done."),
            ),
            StoreError::Newer { .. } => Self::new(
                Exit::Newer,
                format!("{what}. Nothing was touched. Use the newer program that wrote it."),
            ),
            StoreError::Foreign => Self::new(
                Exit::BadData,
                format!(
                    "{what}: slipway.db in the data directory was made by something else. Nothing was touched. \
                     Give another directory with --data."
                ),
            ),
            StoreError::Corrupt { .. } => Self::new(
                Exit::BadData,
                format!(
                    "{what}. Nothing was touched. Keep a copy of the data directory, and go back to a backup; \
                     what browsers hold of the lost part they send again."
                ),
            ),
            StoreError::Indeterminate(_) => Self::new(
                Exit::StoreFailed,
                format!("{what}. Look at the disk, then start again: what was kept is there."),
            ),
            StoreError::Failed(_) => Self::new(
                Exit::BadData,
                format!("{what}. Nothing was changed. Look at who may read it, and at the disk."),
            ),
        }
    }
}

/// Refuses to look where there is no data.
pub(super) fn refuse_without_data(data: &Path) -> Result<(), Failed> {
    if swap::is_cut_off(data) && user_of(data).is_none() {
        let message = format!(
            "a restore into {} was cut off. The next `slipway serve` or `slipway restore` there finishes it: the \
             backup takes its place, the old data is set aside. Nothing was written.",
            data.display()
        );
        return Err(Failed::new(Exit::InUse, message));
    }
    if data.join(FILE).exists() {
        return Ok(());
    }
    let message = format!(
        "there is no workspace in {}. Nothing was written. Give its directory with --data.",
        data.display()
    );
    Err(Failed::new(Exit::NoInput, message))
}

/// Says what is damaged, line by line.
pub(super) fn list(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("\n  {}: {}", finding.what, finding.text)).collect()
}
