//! TLS of the server's own: a certificate and its key from files, read anew when they change.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::MissedTickBehavior;

/// How often it is looked whether the files changed.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// What of a file's mode lets others than its owner at it.
const OTHERS: u32 = 0o077;
/// More than any chain of certificates has.
const MOST_BYTES: u64 = 1024 * 1024;

/// Why a certificate can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read.
    #[error("{} can't be read: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others than its owner may read or change the key.
    #[error(
        "the key {} may be used by others than its owner (mode {mode:04o}); `chmod 600` keeps it to its owner",
        path.display()
    )]
    Exposed {
        /// Which.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// A file holds nothing of the kind.
    #[error("{} holds no {kind} in PEM form", path.display())]
    Missing {
        /// Which.
        path: PathBuf,
        /// A certificate, or a key.
        kind: &'static str,
    },
    /// A file is not in PEM form.
    #[error("{} is not in PEM form: {source}", path.display())]
    Malformed {
        /// Which.
        path: PathBuf,
        /// Where not.
        source: pem::Error,
    },
    /// The key is that of another certificate.
    #[error("the key {} does not belong to the certificate {}", key.display(), cert.display())]
    Mismatch {
        /// The certificate.
        cert: PathBuf,
        /// The key.
        key: PathBuf,
    },
    /// The certificate or the key is of a kind that is not supported.
    #[error("the certificate or its key can't be used: {0}")]
    Unusable(#[from] rustls::Error),
}

/// A certificate and its key, as they are in their files now. Clones are the same.
#[derive(Clone)]
pub struct Tls(Arc<Inner>);

struct Inner {
    cert: PathBuf,
    key: PathBuf,
    config: RwLock<Arc<ServerConfig>>,
    /// What the files looked like when they were read last, whether that went well or not.
    seen: Mutex<[Stamp; 2]>,
}

/// What tells one content of a file from another without reading it. Where a link leads counts, not the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp(Option<(i64, i64, u64, u64)>);

impl Stamp {
    fn of(path: &Path) -> Self {
        Self(
            std::fs::metadata(path)
                .ok()
                .map(|file| (file.mtime(), file.mtime_nsec(), file.len(), file.ino())),
        )
    }
}

impl Tls {
    /// Reads a certificate, with those between it and its root after it, and its key.
    ///
    /// # Errors
    ///
    /// Why they can't be used.
    pub fn load(cert: &Path, key: &Path) -> Result<Self, TlsError> {
        // Looked at before they are read: what changes meanwhile is read once more.
        let seen = [Stamp::of(cert), Stamp::of(key)];
        let config = read(cert, key)?;
        Ok(Self(Arc::new(Inner {
            cert: cert.to_owned(),
            key: key.to_owned(),
            config: RwLock::new(Arc::new(config)),
            seen: Mutex::new(seen),
        })))
    }

    /// Returns what new connections are served with.
    #[must_use]
    pub fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.0.config.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the files anew if they changed since they were read last. What can't be used changes nothing. Returns
    /// whether there is something new.
    ///
    /// # Errors
    ///
    /// Why it can't be used; once for each change.
    pub fn refresh(&self) -> Result<bool, TlsError> {
        let now = [Stamp::of(&self.0.cert), Stamp::of(&self.0.key)];
        {
            let mut seen = self.0.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if *seen == now {
                return Ok(false);
            }
            *seen = now;
        }
        self.reload().map(|()| true)
    }

    /// Reads the files anew. What can't be used changes nothing.
    ///
    /// # Errors
    ///
    /// Why it can't be used.
    pub fn reload(&self) -> Result<(), TlsError> {
        let config = Arc::new(read(&self.0.cert, &self.0.key)?);
        *self.0.config.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    /// Looks every 30 seconds whether the files changed, and reads them on SIGHUP. Never ends.
    ///
    /// # Errors
    ///
    /// When the system gives no signals.
    pub(crate) async fn keep_fresh(self) -> io::Result<()> {
        let mut hangup = signal(SignalKind::hangup())?;
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let is_told = tokio::select! {
                _ = look.tick() => false,
                _ = hangup.recv() => true,
            };
            let tls = self.clone();
            let read = move || if is_told { tls.reload().map(|()| true) } else { tls.refresh() };
            let Ok(done) = tokio::task::spawn_blocking(read).await else { continue };
            match done {
                Ok(false) => {}
                Ok(true) => tracing::info!(cert = %self.0.cert.display(), "certificate read anew"),
                Err(error) => {
                    tracing::error!(%error, "the new certificate can't be used, the present one is kept");
                }
            }
        }
    }
}

fn read(cert: &Path, key: &Path) -> Result<ServerConfig, TlsError> {
    let chain = read_file(cert, false)?;
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&chain)
        .collect::<Result<_, _>>()
        .map_err(|source| TlsError::Malformed { path: cert.to_owned(), source })?;
    if chain.is_empty() {
        return Err(TlsError::Missing { path: cert.to_owned(), kind: "certificate" });
    }
    let secret = PrivateKeyDer::from_pem_slice(&read_file(key, true)?).map_err(|source| match source {
        pem::Error::NoItemsFound => TlsError::Missing { path: key.to_owned(), kind: "private key" },
        source => TlsError::Malformed { path: key.to_owned(), source },
    })?;
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    // TLS 1.2 and 1.3.
    let builder = builder.with_safe_default_protocol_versions()?.with_no_client_auth();
    let mut config = builder.with_single_cert(chain, secret).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            TlsError::Mismatch { cert: cert.to_owned(), key: key.to_owned() }
        }
        error => TlsError::Unusable(error),
    })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn read_file(path: &Path, is_secret: bool) -> Result<Vec<u8>, TlsError> {
    let unreadable = |source| TlsError::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    let mode = file.metadata().map_err(unreadable)?.mode() & 0o7777;
    if is_secret && mode & OTHERS != 0 {
        return Err(TlsError::Exposed { path: path.to_owned(), mode });
    }
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use tempfile::TempDir;

    use super::*;

    /// A folder with a certificate and its key.
    struct Files(TempDir);

    impl Files {
        fn new() -> Self {
            let files = Self(tempfile::tempdir().unwrap());
            let (cert, key) = pair();
            fs::write(files.cert(), cert).unwrap();
            files.write_key(&key, 0o600);
            files
        }

        fn cert(&self) -> PathBuf {
            self.0.path().join("cert.pem")
        }

        fn key(&self) -> PathBuf {
            self.0.path().join("key.pem")
        }

        fn write_key(&self, key: &str, mode: u32) {
            fs::write(self.key(), key).unwrap();
            fs::set_permissions(self.key(), fs::Permissions::from_mode(mode)).unwrap();
        }

        fn load(&self) -> Result<Tls, TlsError> {
            Tls::load(&self.cert(), &self.key())
        }

        #[track_caller]
        fn refused(&self, says: &str) {
            let said = self.load().err().map(|error| error.to_string()).unwrap_or_default();
            assert!(said.contains(says), "{says:?} is not in {said:?}");
        }
    }

    fn pair() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(["slipway.test".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    #[test]
    fn a_certificate_and_its_key_are_read() {
        let files = Files::new();
        assert_eq!(files.load().unwrap().config().alpn_protocols, [b"http/1.1"]);
        // As a service manager hands it over.
        fs::set_permissions(files.key(), fs::Permissions::from_mode(0o400)).unwrap();
        assert!(files.load().is_ok());
    }

    #[test]
    fn a_key_that_others_may_use_is_refused() {
        for mode in [0o644, 0o640, 0o604, 0o620, 0o601] {
            let files = Files::new();
            fs::set_permissions(files.key(), fs::Permissions::from_mode(mode)).unwrap();
            files.refused(&format!("others than its owner (mode {mode:04o})"));
        }
    }

    #[test]
    fn what_is_no_certificate_or_no_key_is_told() {
        let files = Files::new();
        let (cert, key) = pair();
        files.write_key(&key, 0o600);
        files.refused("does not belong to the certificate");
        files.write_key(&cert, 0o600);
        files.refused("key.pem holds no private key");
        files.write_key("-----BEGIN PRIVATE KEY-----\nAAAA\n", 0o600);
        files.refused("key.pem is not in PEM form");
        files.write_key("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", 0o600);
        files.refused("can't be used");
        fs::remove_file(files.key()).unwrap();
        files.refused("key.pem can't be read");
        fs::write(files.cert(), "my diary").unwrap();
        files.refused("cert.pem holds no certificate");
        fs::remove_file(files.cert()).unwrap();
        files.refused("cert.pem can't be read");
    }

    #[test]
    fn what_changes_is_read_anew_and_what_is_wrong_is_told_once() {
        let files = Files::new();
        let tls = files.load().unwrap();
        let first = tls.config();
        assert!(!tls.refresh().unwrap());
        let (cert, key) = pair();
        fs::write(files.cert(), format!("{cert}\n")).unwrap();
        assert!(matches!(tls.refresh(), Err(TlsError::Mismatch { .. })));
        assert!(!tls.refresh().unwrap(), "it was told");
        assert!(tls.reload().is_err(), "who asks is told again");
        assert!(Arc::ptr_eq(&first, &tls.config()), "the present one is kept");
        files.write_key(&format!("{key}\n"), 0o600);
        assert!(tls.refresh().unwrap());
        assert!(!Arc::ptr_eq(&first, &tls.config()));
        fs::remove_file(files.key()).unwrap();
        assert!(matches!(tls.refresh(), Err(TlsError::Unreadable { .. })));
    }
}
