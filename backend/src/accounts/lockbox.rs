//! What has to be known again, and so can't be hashed, is kept locked: with a key that no backup has.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use slipway_shared::ids::AccountId;

use super::secret::{NoRandomness, random};
use super::totp::SECRET_BYTES;
use crate::store::StoreError;
use crate::store::sqlite::Accounts;

/// The file in the data directory that the key is in where no other is named.
pub(crate) const FILE: &str = "secret-key";
/// What something locked begins with, so that another cipher can follow.
const VERSION: u8 = 1;
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// What of a file's mode lets others than its owner at it.
const OTHERS: u32 = 0o077;
/// More than a key has, in any form.
const MOST_BYTES: u64 = 1024;

/// Why there is no key to lock with.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file can't be read, or not be made.
    #[error("the key file {} can't be read: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others may read it.
    #[error("the key file {} may be read by others (mode {mode:o})", path.display())]
    Exposed {
        /// Which.
        path: PathBuf,
        /// Who may.
        mode: u32,
    },
    /// It is no key.
    #[error("the key file {} has no 64 hexadecimal digits", path.display())]
    Malformed {
        /// Which.
        path: PathBuf,
    },
    /// No key can be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl KeyError {
    /// Tells whether a disk failed, and not who named the file.
    pub(crate) fn is_of_the_disk(&self) -> bool {
        use io::ErrorKind::{InvalidData, IsADirectory, NotADirectory, NotFound, PermissionDenied};
        let named_wrong = [InvalidData, IsADirectory, NotADirectory, NotFound, PermissionDenied];
        matches!(self, Self::Unreadable { source, .. } if !named_wrong.contains(&source.kind()))
    }
}

/// Where a secret belongs. What was locked for one place opens at no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The secret of an account's second factor.
    SecondFactor(AccountId),
    /// One that no code has proved yet.
    Draft(AccountId),
}

impl Place {
    /// Returns table, row and column.
    fn name(self) -> String {
        match self {
            Self::SecondFactor(account) => format!("accounts/{account}/totp_secret"),
            Self::Draft(account) => format!("accounts/{account}/totp_draft"),
        }
    }
}

/// Locks and opens secrets.
pub(crate) struct Lockbox(XChaCha20Poly1305);

impl Lockbox {
    /// Reads the key that the operator has named.
    pub(crate) fn named(path: &Path) -> Result<Self, KeyError> {
        let file = File::open(path).map_err(|source| unreadable(path, source))?;
        Self::read(path, file)
    }

    /// Reads the key of a data directory, and makes one where there is none.
    pub(crate) fn of(data: &Path) -> Result<Self, KeyError> {
        let path = data.join(FILE);
        match File::open(&path) {
            Ok(file) => return Self::read(&path, file),
            Err(source) if source.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(unreadable(&path, source)),
        }
        let key = random::<KEY_BYTES>()?;
        write(data, &path, &key).map_err(|source| unreadable(&path, source))?;
        Ok(Self::new(key))
    }

    fn new(key: [u8; KEY_BYTES]) -> Self {
        Self(XChaCha20Poly1305::new(&Key::from(key)))
    }

    fn read(path: &Path, file: File) -> Result<Self, KeyError> {
        let mode = file.metadata().map_err(|source| unreadable(path, source))?.mode() & 0o7777;
        if mode & OTHERS != 0 {
            return Err(KeyError::Exposed { path: path.to_owned(), mode });
        }
        let mut text = String::new();
        file.take(MOST_BYTES).read_to_string(&mut text).map_err(|source| unreadable(path, source))?;
        let key = from_hex(text.trim()).ok_or_else(|| KeyError::Malformed { path: path.to_owned() })?;
        Ok(Self::new(key))
    }

    /// Locks what an earlier version has kept as it is. Says what another key has locked.
    pub(crate) fn lock_what_is_plain(&self, accounts: &Accounts) -> Result<(), StoreError> {
        let mut is_missing = 0_usize;
        for account in accounts.all()? {
            let id = account.id;
            if let Some(plain) = account.draft.filter(|draft| draft.len() == SECRET_BYTES) {
                // Nobody asks for it yet, and another one is soon made.
                accounts.forget_draft(id, &plain)?;
            }
            let Some(factor) = account.second_factor else { continue };
            if factor.locked.len() == SECRET_BYTES {
                let locked = self.lock(Place::SecondFactor(id), &factor.locked);
                let locked = locked.map_err(|error| StoreError::Failed(error.into()))?;
                accounts.lock_second_factor(id, &factor.locked, &locked)?;
            } else if self.open(Place::SecondFactor(id), &factor.locked).is_none() {
                is_missing += 1;
            }
        }
        if is_missing > 0 {
            tracing::error!(
                accounts = is_missing,
                "second factors are locked with another key: put that key back, or run slipway user second-factor-off"
            );
        }
        Ok(())
    }

    /// Locks a secret for a place.
    pub(crate) fn lock(&self, place: Place, secret: &[u8]) -> Result<Vec<u8>, NoRandomness> {
        let nonce = random::<NONCE_BYTES>()?;
        let name = place.name();
        let payload = Payload { msg: secret, aad: name.as_bytes() };
        // It fails for what is too long to be anything that is locked here.
        let locked = self.0.encrypt(&XNonce::from(nonce), payload).map_err(|_| NoRandomness)?;
        Ok([[VERSION].as_slice(), &nonce, &locked].concat())
    }

    /// Opens what was locked for a place; `None` for anything else, such as what another key has locked.
    pub(crate) fn open(&self, place: Place, locked: &[u8]) -> Option<Vec<u8>> {
        let (version, rest) = locked.split_first()?;
        let (nonce, locked) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let name = place.name();
        let payload = Payload { msg: locked, aad: name.as_bytes() };
        let opened = self.0.decrypt(&XNonce::from(*nonce), payload).ok();
        opened.filter(|_| *version == VERSION)
    }
}

fn unreadable(path: &Path, source: io::Error) -> KeyError {
    KeyError::Unreadable { path: path.to_owned(), source }
}

/// Written whole or not at all: half a key would be one that opens nothing.
fn write(data: &Path, path: &Path, key: &[u8; KEY_BYTES]) -> io::Result<()> {
    let mut text = String::new();
    for byte in key {
        // A text takes everything.
        let _ = write!(text, "{byte:02x}");
    }
    let draft = data.join(format!("{FILE}.new"));
    match std::fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&draft)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    File::open(data)?.sync_all()
}

fn from_hex(text: &str) -> Option<[u8; KEY_BYTES]> {
    let is_key = text.len() == 2 * KEY_BYTES && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    let mut key = [0; KEY_BYTES];
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    is_key.then_some(key)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const ANA: AccountId = AccountId::from_u128(1);
    const BO: AccountId = AccountId::from_u128(2);

    #[test]
    fn what_is_locked_for_one_place_opens_at_no_other() {
        let lockbox = Lockbox::new([7; 32]);
        let locked = lockbox.lock(Place::SecondFactor(ANA), b"secret").unwrap();
        assert_eq!(lockbox.open(Place::SecondFactor(ANA), &locked).unwrap(), b"secret");
        for elsewhere in [Place::SecondFactor(BO), Place::Draft(ANA), Place::Draft(BO)] {
            assert_eq!(lockbox.open(elsewhere, &locked), None, "{elsewhere:?}");
        }
        assert_eq!(Lockbox::new([8; 32]).open(Place::SecondFactor(ANA), &locked), None);
    }

    #[test]
    fn what_was_changed_does_not_open() {
        let lockbox = Lockbox::new([7; 32]);
        let locked = lockbox.lock(Place::Draft(ANA), b"secret").unwrap();
        for at in 0..locked.len() {
            let mut changed = locked.clone();
            changed[at] ^= 1;
            assert_eq!(lockbox.open(Place::Draft(ANA), &changed), None, "byte {at}");
            assert_eq!(lockbox.open(Place::Draft(ANA), &locked[..at]), None, "{at} bytes");
        }
    }

    #[test]
    fn the_same_secret_is_locked_differently_each_time() {
        let lockbox = Lockbox::new([7; 32]);
        let lock = || lockbox.lock(Place::Draft(ANA), b"secret").unwrap();
        assert_ne!(lock(), lock());
        assert!(!lock().windows(6).any(|part| part == b"secret"));
    }

    #[test]
    fn a_key_is_made_once_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let locked = Lockbox::of(dir.path()).unwrap().lock(Place::Draft(ANA), b"secret").unwrap();
        let again = Lockbox::of(dir.path()).unwrap();
        assert_eq!(again.open(Place::Draft(ANA), &locked).unwrap(), b"secret");
        let path = dir.path().join(FILE);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(Lockbox::named(&path).unwrap().open(Place::Draft(ANA), &locked).is_some());
    }

    #[test]
    fn a_key_that_is_none_or_for_everybody_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        assert!(matches!(Lockbox::named(&path), Err(KeyError::Unreadable { .. })));
        for text in ["", "abc", &"g".repeat(64), &"ab".repeat(33), &"é".repeat(32)] {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            assert!(matches!(Lockbox::named(&path), Err(KeyError::Malformed { .. })), "{text}");
        }
        fs::write(&path, "AB".repeat(32)).unwrap();
        assert!(Lockbox::named(&path).is_ok(), "in capitals as well");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Lockbox::named(&path), Err(KeyError::Exposed { mode: 0o640, .. })));
    }
}
