//! Backups that the server makes by itself: one after the other into one folder, of which the newest are kept.
//!
//! What is there already is what the notes in the folder say, so a server that was away for a week makes one at once,
//! and one that is started ten times a day makes no ten.

use std::fs;
use std::io;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::time::Duration;

use slipway_shared::ids::WorkspaceId;
use slipway_shared::time::Timestamp;

use super::{BackupError, Manifest, back_up, manifest_path, read_note};
use crate::app::App;
use crate::civil;
use crate::data_dir::NotedBackups;
use crate::store::StoreError;
use crate::store::sqlite::FILE;
use crate::writer::OpenWorkspace;

/// How long to wait after a backup that failed.
const AFTER_FAILURE: Duration = Duration::from_secs(10 * 60);
/// The longest sleep in one piece: a computer that was asleep itself finds out soon after what is due.
const NAP: Duration = Duration::from_secs(60);
/// How a backup is called: this, the beginning of the first workspace's id, the time, and the ending.
const NAME: &str = "slipway-";
const ENDING: &str = "db";

/// Where backups go, how often, and how many are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Schedule {
    /// The folder they go to; others may keep other files there.
    pub(crate) folder: PathBuf,
    /// The time from one to the next.
    pub(crate) every_hours: NonZeroU16,
    /// How many are kept of this server.
    pub(crate) keep: usize,
}

/// A backup of this server in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    file: PathBuf,
    taken_at: Timestamp,
}

/// How the backups are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// When the newest was taken.
    pub(crate) newest: Option<Timestamp>,
    /// Whether one is missing: the newest is older than two rounds, or the last try failed.
    pub(crate) is_stale: bool,
}

impl Standing {
    /// Tells what has changed since before: whether they are stale now, where they were not, or no longer.
    pub(crate) fn turned(&self, before: Option<Self>) -> Option<bool> {
        let was_stale = before.is_some_and(|before| before.is_stale);
        (was_stale != self.is_stale).then_some(self.is_stale)
    }
}

/// Why there is no new backup.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the folder can't be read: {0}")]
    Folder(#[from] io::Error),
    #[error(transparent)]
    Backup(#[from] BackupError),
}

impl Schedule {
    /// Returns when the next one is due.
    fn due(&self, newest: Option<Timestamp>, now: Timestamp) -> Timestamp {
        newest.map_or(now, |newest| newest.plus(self.every_ms()))
    }

    fn standing(&self, newest: Option<Timestamp>, now: Timestamp, has_failed: bool) -> Standing {
        let is_old = newest.is_none_or(|newest| newest.plus(self.every_ms().saturating_mul(2)) < now);
        Standing { newest, is_stale: has_failed || is_old }
    }

    fn every_ms(&self) -> i64 {
        i64::from(self.every_hours.get()) * 60 * 60 * 1000
    }

    /// Returns what commands beside the server are told.
    pub(crate) fn noted(&self) -> NotedBackups {
        NotedBackups { folder: self.folder.clone(), every_hours: self.every_hours.get() }
    }

    /// Looks how the backups of the server of these workspaces are, by what is in the folder.
    pub(crate) fn look(&self, ours: &[WorkspaceId], now: Timestamp) -> io::Result<Standing> {
        let newest = self.known(ours, now)?.first().map(|known| known.taken_at);
        Ok(self.standing(newest, now, false))
    }

    fn file(&self, workspace: WorkspaceId, now: Timestamp) -> PathBuf {
        let time = civil::utc(now).replace(':', "");
        self.folder.join(format!("{}{time}.{ENDING}", prefix(workspace)))
    }

    /// Returns the backups of the server of these workspaces that are whole, the newest first. Which workspace is the first
    /// changes when another one begins, so that one of any of them is ours. What else is in the folder is somebody else's.
    /// Backups from the future, made before a clock was set right, are neither waited for nor counted nor dropped.
    fn known(&self, ours: &[WorkspaceId], now: Timestamp) -> io::Result<Vec<Known>> {
        let mut known = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let file = entry?.path();
            if is_named_by_us(&file, ours)
                && let Ok(Some(Manifest { taken_at, first, .. })) = read_note(&manifest_path(&file))
                && ours.contains(&first.workspace)
                && taken_at <= now
            {
                known.push(Known { file, taken_at });
            }
        }
        known.sort_by_key(|known| std::cmp::Reverse(known.taken_at));
        Ok(known)
    }

    /// Takes a backup, then drops those there are too many of: never before there is a newer one.
    fn take(&self, data: &Path, ours: &[WorkspaceId], now: Timestamp) -> Result<Manifest, Failure> {
        self.drop_drafts(ours)?;
        let first = ours.first().copied().ok_or(StoreError::Corrupt { seq: 0 }).map_err(BackupError::from)?;
        let manifest = back_up(&data.join(FILE), &self.file(first, now), now)?;
        for surplus in self.known(ours, now)?.drain(..).skip(self.keep.max(1)) {
            // The note goes first: a file without one is no backup of ours any more, and is left alone.
            fs::remove_file(manifest_path(&surplus.file)).and_then(|()| fs::remove_file(&surplus.file))?;
        }
        Ok(manifest)
    }

    /// Drops what backups have left that the end of a server cut off; each had a name of its own.
    fn drop_drafts(&self, ours: &[WorkspaceId]) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let file = entry?.path();
            let is_draft = file.extension().is_some_and(|ending| ending == "new" || ending == "new-journal");
            if is_draft && is_named_by_us(&file.with_extension(""), ours) {
                fs::remove_file(file)?;
            }
        }
        Ok(())
    }
}

fn prefix(workspace: WorkspaceId) -> String {
    let id = workspace.to_string();
    format!("{NAME}{}-", id.split('-').next().unwrap_or_default())
}

fn is_named_by_us(file: &Path, ours: &[WorkspaceId]) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    ours.iter().any(|workspace| name.starts_with(&prefix(*workspace)))
        && file.extension().is_some_and(|ending| ending == ENDING)
}

/// Makes backups for as long as it is polled.
pub(crate) async fn keep(app: App, schedule: Schedule) {
    let mut has_failed = false;
    loop {
        let pause = match round(&app, &schedule, &mut has_failed).await {
            Ok(pause) => pause,
            Err(error) => {
                has_failed = true;
                tracing::error!(
                    %error,
                    folder = %schedule.folder.display(),
                    "there is no new backup; those before are untouched; it is tried again in ten minutes"
                );
                AFTER_FAILURE
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// Takes a backup if one is due, and returns how long to sleep.
async fn round(app: &App, schedule: &Schedule, has_failed: &mut bool) -> Result<Duration, Failure> {
    let ours: Vec<_> = app.workspaces().iter().map(OpenWorkspace::id).collect();
    let now = app.clock().now();
    let (looking, mine) = (schedule.clone(), ours.clone());
    let known = away(move || Ok(looking.known(&mine, now)?)).await;
    if known.is_err() {
        app.set_backups(schedule.standing(None, now, true));
    }
    let newest = known?.first().map(|known| known.taken_at);
    let due = schedule.due(newest, now);
    if due > now {
        app.set_backups(schedule.standing(newest, now, *has_failed));
        let left = u64::try_from(due.0.saturating_sub(now.0)).unwrap_or(0);
        return Ok(Duration::from_millis(left).min(NAP));
    }
    let (taking, data) = (schedule.clone(), app.dir().path().to_owned());
    let taken = away(move || taking.take(&data, &ours, now)).await;
    let newest = taken.as_ref().ok().map(|manifest| manifest.taken_at).or(newest);
    *has_failed = taken.is_err();
    app.set_backups(schedule.standing(newest, now, *has_failed));
    let taken = taken?;
    tracing::info!(events = taken.events(), bytes = taken.bytes, "a backup was taken and read back");
    Ok(Duration::ZERO)
}

/// Works on files away from the threads that serve requests.
async fn away<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(Failure::Folder(io::Error::other("the work on it broke off"))))
}

#[cfg(test)]
mod tests {
    use slipway_shared::canonical::Hash;
    use slipway_shared::ids::EpochId;
    use tempfile::TempDir;

    use super::super::ManifestLog;
    use super::*;

    const HOUR: i64 = 3_600_000;
    const OURS: WorkspaceId = WorkspaceId::from_u128(0x1111_1111_0000_0000_0000_0000_0000_0001);
    const OTHER: WorkspaceId = WorkspaceId::from_u128(0x2222_2222_0000_0000_0000_0000_0000_0001);
    /// Begins as ours does, so that its backups are called as ours are.
    const ALIKE: WorkspaceId = WorkspaceId::from_u128(0x1111_1111_0000_0000_0000_0000_0000_0002);

    fn daily(folder: &Path, keep: usize) -> Schedule {
        Schedule { folder: folder.to_owned(), every_hours: NonZeroU16::new(24).unwrap(), keep }
    }

    #[test]
    fn one_is_due_a_round_after_the_newest() {
        let schedule = daily(Path::new("/"), 1);
        let now = Timestamp(1_000 * HOUR);
        let table = [
            (None, 1_000, true),
            (Some(999), 1_023, false),
            (Some(976), 1_000, false),
            (Some(952), 976, false),
            (Some(951), 975, true),
        ];
        for (newest, due, is_stale) in table {
            let newest = newest.map(|hour| Timestamp(hour * HOUR));
            assert_eq!(schedule.due(newest, now), Timestamp(due * HOUR), "{newest:?}");
            assert_eq!(schedule.standing(newest, now, false).is_stale, is_stale, "{newest:?}");
            assert!(schedule.standing(newest, now, true).is_stale);
        }
    }

    #[test]
    fn what_is_stale_is_said_once() {
        let standing = |is_stale| Standing { newest: None, is_stale };
        let table = [
            (None, false, None),
            (None, true, Some(true)),
            (Some(false), true, Some(true)),
            (Some(true), true, None),
            (Some(true), false, Some(false)),
            (Some(false), false, None),
        ];
        for (before, now, told) in table {
            assert_eq!(standing(now).turned(before.map(standing)), told, "{before:?}, {now}");
        }
    }

    fn put(schedule: &Schedule, workspace: WorkspaceId, hour: i64) -> PathBuf {
        let taken_at = Timestamp(hour * HOUR);
        let file = schedule.file(workspace, taken_at);
        let manifest = Manifest {
            format: super::super::FORMAT,
            version: "0.1.0".to_owned(),
            first: ManifestLog {
                workspace,
                epoch: EpochId::from_u128(1),
                head: 1,
                chain: Hash::ZERO,
                digest: Hash::ZERO,
            },
            others: Vec::new(),
            sha256: Hash::ZERO,
            bytes: 4,
            taken_at,
        };
        fs::write(&file, "body").unwrap();
        fs::write(manifest_path(&file), serde_json::to_string(&manifest).unwrap()).unwrap();
        file
    }

    #[test]
    fn only_whole_backups_of_this_workspace_count() {
        let folder = TempDir::new().unwrap();
        let schedule = daily(folder.path(), 2);
        let ours = [5, 3, 4].map(|hour| put(&schedule, OURS, hour));
        let future = put(&schedule, OURS, 50);
        put(&schedule, OTHER, 9);
        put(&schedule, ALIKE, 8);
        fs::remove_file(manifest_path(&put(&schedule, OURS, 7))).unwrap();
        fs::write(folder.path().join("holiday.jpg"), "mine").unwrap();
        let draft = schedule.file(OURS, Timestamp(8 * HOUR)).with_added_extension("new");
        let other_draft = schedule.file(OTHER, Timestamp(8 * HOUR)).with_added_extension("new");
        fs::write(&draft, "half").unwrap();
        fs::write(&other_draft, "half").unwrap();
        let known: Vec<_> = schedule
            .known(&[OURS], Timestamp(20 * HOUR))
            .unwrap()
            .into_iter()
            .map(|known| known.file)
            .collect();
        assert_eq!(known, [ours[0].clone(), ours[2].clone(), ours[1].clone()]);
        // One of before the first workspace was another one is ours too.
        assert_eq!(
            schedule.known(&[WorkspaceId::from_u128(1), OURS], Timestamp(20 * HOUR)).unwrap().len(),
            3
        );
        // Once that time has come it is as good as the others.
        assert_eq!(schedule.known(&[OURS], Timestamp(50 * HOUR)).unwrap()[0].file, future);
        schedule.drop_drafts(&[OURS]).unwrap();
        assert!(!draft.exists() && other_draft.exists());
    }

    #[test]
    fn a_name_tells_when_and_of_what() {
        let schedule = daily(Path::new("/backups"), 2);
        let file = schedule.file(OURS, Timestamp(1_795_699_146_999));
        assert_eq!(file, Path::new("/backups/slipway-11111111-2026-11-26T131906Z.db"));
    }
}
