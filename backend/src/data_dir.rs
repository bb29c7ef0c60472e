//! The data directory: one server at a time, and a note where that server is.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::swap;

const LOCK: &str = "slipway.lock";
const SERVER: &str = "server.json";

/// A data directory that nobody else uses while this value lives. The lock goes with the process, however it ends.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    _lock: File,
}

/// Where the server that uses a data directory is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningServer {
    /// Its address, as this computer reaches it.
    pub address: SocketAddr,
    /// Whether it speaks TLS there.
    #[serde(default)]
    pub is_tls: bool,
    /// Its process.
    pub pid: u32,
    /// The beginning of links that people open; `None` where that is its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// The backups that it makes by itself; `None` where it makes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backups: Option<NotedBackups>,
}

/// Where a server puts the backups that it makes by itself, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotedBackups {
    /// The folder, from the root on.
    pub folder: PathBuf,
    /// The time from one to the next.
    pub every_hours: u16,
}

/// Why a data directory can't be used. Nothing in it was touched.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Another process uses it.
    #[error("the data directory {} is in use", path.display())]
    InUse {
        /// Which.
        path: PathBuf,
        /// Where it can be reached, if it is a server that said so.
        server: Option<RunningServer>,
    },
    /// It can't be made or written.
    #[error("the data directory {} can't be written", path.display())]
    NotWritable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl DataDir {
    /// Makes the directory where it is missing, readable by its owner alone, and locks it.
    ///
    /// # Errors
    ///
    /// When somebody else uses it or it can't be written.
    pub fn lock(path: &Path) -> Result<Self, DataDirError> {
        let not_writable = |source| DataDirError::NotWritable { path: path.to_owned(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(not_writable)?;
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true).mode(0o600);
        let lock = options.open(path.join(LOCK)).map_err(not_writable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let server = read_server(path);
                return Err(DataDirError::InUse { path: path.to_owned(), server });
            }
            Err(TryLockError::Error(source)) => return Err(not_writable(source)),
        }
        if let Some(old) = swap::finish(path).map_err(not_writable)? {
            tracing::warn!(old = %old.display(), "a restore that was cut off is finished now, the old data is aside");
        }
        // A note left by a server that was killed says nothing any more.
        let _ = fs::remove_file(path.join(SERVER));
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// Returns where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Notes where the server is, for commands that are run beside it.
    ///
    /// # Errors
    ///
    /// When it can't be written.
    pub fn announce(
        &self,
        mut address: SocketAddr,
        is_tls: bool,
        public_url: Option<String>,
        backups: Option<NotedBackups>,
    ) -> io::Result<()> {
        // An address that means all of them is none to go to.
        if address.ip().is_unspecified() {
            address.set_ip(match address {
                SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
                SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
            });
        }
        let note = RunningServer { address, is_tls, pid: std::process::id(), public_url, backups };
        // Written whole or not at all: somebody may be reading it.
        let draft = self.path.join("server.json.new");
        fs::write(&draft, serde_json::to_string(&note)?)?;
        fs::rename(draft, self.path.join(SERVER))
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        // What is left behind is overwritten by the next server.
        let _ = fs::remove_file(self.path.join(SERVER));
    }
}

fn read_server(path: &Path) -> Option<RunningServer> {
    serde_json::from_str(&fs::read_to_string(path.join(SERVER)).ok()?).ok()
}

/// Tells who uses a data directory, without using it: `None` for nobody.
#[must_use]
pub fn user_of(path: &Path) -> Option<Option<RunningServer>> {
    let lock = File::open(path.join(LOCK)).ok()?;
    // Shared and let go at once; only a server that starts at this very moment could meet it.
    match lock.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(read_server(path)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_is_made_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("of/slipway");
        let dir = DataDir::lock(&path).unwrap();
        dir.announce("127.0.0.1:1".parse().unwrap(), false, None, None).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(&folder.path().join("of")), 0o700, "and what is made on the way");
        assert_eq!(mode(&path.join(LOCK)), 0o600);
    }
}
