//! Passwords: which are acceptable, and how they are kept. See <https://pages.nist.gov/800-63-4/sp800-63b.html>,
//! "Passwords", for the rules, and OWASP's password storage advice for the parameters.

use std::sync::Arc;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use slipway_shared::account::{PASSWORD_LEAST, PASSWORD_MOST};
use tokio::sync::Semaphore;

mod common;
mod threads;

use threads::{Memory, Threads};

/// Memory in KiB, passes and lanes: what OWASP recommends first.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// How many may wait for their turn; who comes then is told to come back.
const MOST_WAITING: usize = 64;
/// Bytes of a salt.
const SALT: usize = 16;
/// What passwords of nobody are hashed with; nothing is ever compared with the result.
const NOBODYS_SALT: &[u8; 16] = b"nobody is called";

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unacceptable {
    /// It has fewer than [`PASSWORD_LEAST`] characters.
    #[error("a password has at least {PASSWORD_LEAST} characters; a few words in a row are easy to remember")]
    TooShort,
    /// It has more than [`PASSWORD_MOST`] characters.
    #[error("a password has at most {PASSWORD_MOST} characters")]
    TooLong,
    /// It is among those that are tried first.
    #[error(
        "this password is among those that are tried first; take a few words that have nothing in common"
    )]
    Common,
    /// It is the name to sign in with, or little more than that.
    #[error("the password is little more than the name to sign in with; take another")]
    Login,
}

/// Tells whether a password may be chosen by who signs in as `login`. Every character counts, of whatever script;
/// nothing is cut off.
///
/// # Errors
///
/// Why not.
pub fn acceptable(password: &str, login: &str) -> Result<(), Unacceptable> {
    let length = password.chars().count();
    if length < PASSWORD_LEAST {
        Err(Unacceptable::TooShort)
    } else if length > PASSWORD_MOST {
        Err(Unacceptable::TooLong)
    } else if common::is_little_more_than_login(password, login) {
        Err(Unacceptable::Login)
    } else if common::is_common(password) {
        Err(Unacceptable::Common)
    } else {
        Ok(())
    }
}

/// Whether a password is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Right {
        /// Whether it was kept in a way that is not good enough any more: hash it anew and keep that.
        is_outdated: bool,
    },
    /// It is not, or there is nobody whose it could be.
    Wrong,
}

/// Why a password could not be hashed or compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashFailed {
    /// Too many wait already: try again in a moment.
    #[error("too many passwords wait to be checked")]
    Busy,
    /// What was kept is no hash this version reads.
    #[error("the hash that was kept can't be read")]
    Unreadable,
    /// The system has no memory, no random numbers or no threads to give.
    #[error("the system has no memory or random numbers for a password's hash")]
    NoMeans,
}

/// Hashes passwords with argon2id, as many at a time as there are cores: each takes 19 MiB while it lasts.
#[derive(Clone, Debug)]
pub struct Hasher {
    /// Those that are hashed now.
    turns: Arc<Semaphore>,
    /// Those, and all that wait.
    places: Arc<Semaphore>,
    threads: Threads,
}

impl Hasher {
    /// Takes as many at a time as this computer has cores.
    #[must_use]
    pub fn new() -> Self {
        Self::with_turns(std::thread::available_parallelism().map_or(1, usize::from))
    }

    fn with_turns(turns: usize) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(turns)),
            places: Arc::new(Semaphore::new(turns + MOST_WAITING)),
            threads: Threads::start(turns),
        }
    }

    /// Returns what is kept of a password, as a PHC string.
    ///
    /// # Errors
    ///
    /// [`HashFailed::Busy`] at once when too many wait, and [`HashFailed::NoMeans`].
    pub async fn hash(&self, password: String) -> Result<String, HashFailed> {
        self.in_turn(move |memory| {
            let mut salt = [0; SALT];
            getrandom::fill(&mut salt).map_err(|_| HashFailed::NoMeans)?;
            let params = params()?;
            let hash =
                output(memory, password.as_bytes(), &salt, Algorithm::Argon2id, Version::V0x13, &params)?;
            let phc = PasswordHash {
                algorithm: Algorithm::Argon2id.ident(),
                version: Some(Version::V0x13.into()),
                params: ParamsString::try_from(&params).map_err(|_| HashFailed::NoMeans)?,
                salt: Some(Salt::new(&salt).map_err(|_| HashFailed::NoMeans)?),
                hash: Some(hash),
            };
            Ok(phc.to_string())
        })
        .await
    }

    /// Compares a password with what was kept. Without it, for a name that nobody has, it takes as long, and is
    /// [`Verdict::Wrong`].
    ///
    /// # Errors
    ///
    /// [`HashFailed::Busy`] at once when too many wait, [`HashFailed::Unreadable`] and [`HashFailed::NoMeans`].
    pub async fn verify(&self, password: String, phc: Option<String>) -> Result<Verdict, HashFailed> {
        self.in_turn(move |memory| match phc {
            Some(phc) => compare(memory, password.as_bytes(), &phc),
            None => {
                let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
                let hash = output(memory, password.as_bytes(), NOBODYS_SALT, algorithm, version, &params()?);
                hash.map(|_| Verdict::Wrong)
            }
        })
        .await
    }

    /// Returns how many hashes were computed so far.
    #[cfg(test)]
    pub(crate) fn computed(&self) -> usize {
        self.threads.computed()
    }

    /// Runs `work` on one of the threads once it is its turn. It keeps its turn when nobody waits for it any more:
    /// the memory is in use until it ends.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> Result<T, HashFailed> + Send + 'static,
    ) -> Result<T, HashFailed> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| HashFailed::Busy)?;
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| HashFailed::Busy)?;
        self.threads.run((turn, place), work).await.ok_or(HashFailed::NoMeans)?
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

fn params() -> Result<Params, HashFailed> {
    Params::new(MEMORY_KIB, PASSES, LANES, Some(Params::DEFAULT_OUTPUT_LEN)).map_err(|_| HashFailed::NoMeans)
}

/// Computes a hash in the memory of a thread.
fn output(
    memory: &mut Memory,
    password: &[u8],
    salt: &[u8],
    algorithm: Algorithm,
    version: Version,
    params: &Params,
) -> Result<Output, HashFailed> {
    let blocks = params.block_count();
    let room = &mut memory.blocks;
    room.try_reserve(blocks.saturating_sub(room.len())).map_err(|_| HashFailed::NoMeans)?;
    room.resize(blocks, Block::default());
    let mut bytes = vec![0; params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
    let argon2 = Argon2::new(algorithm, version, params.clone());
    let done = argon2.hash_password_into_with_memory(password, salt, &mut bytes, room.as_mut_slice());
    done.map_err(|_| HashFailed::Unreadable)?;
    memory.count();
    Output::new(&bytes).map_err(|_| HashFailed::Unreadable)
}

fn compare(memory: &mut Memory, password: &[u8], phc: &str) -> Result<Verdict, HashFailed> {
    let unreadable = || HashFailed::Unreadable;
    let kept = PasswordHash::new(phc).map_err(|_| unreadable())?;
    let algorithm = Algorithm::try_from(kept.algorithm.as_str()).map_err(|_| unreadable())?;
    let version = kept.version.map_or(Ok(Version::default()), Version::try_from).map_err(|_| unreadable())?;
    let params = Params::try_from(&kept).map_err(|_| unreadable())?;
    let (salt, expected) = (kept.salt.ok_or_else(unreadable)?, kept.hash.ok_or_else(unreadable)?);
    let hash = output(memory, password, &salt, algorithm, version, &params)?;
    // The comparison takes the same time wherever the first difference is.
    Ok(match hash == expected {
        true => Verdict::Right { is_outdated: is_outdated(&kept)? },
        false => Verdict::Wrong,
    })
}

fn is_outdated(kept: &PasswordHash) -> Result<bool, HashFailed> {
    let is_algorithm = kept.algorithm == Algorithm::Argon2id.ident();
    let is_version = kept.version == Some(Version::V0x13.into());
    let kept = Params::try_from(kept).map_err(|_| HashFailed::Unreadable)?;
    Ok(!is_algorithm || !is_version || kept != params()?)
}

#[cfg(test)]
mod tests {
    use argon2::PasswordHasher as _;

    use super::*;

    const PASSWORD: &str = "nine green lanterns";

    #[track_caller]
    fn check(password: &str, expected: Result<(), Unacceptable>) {
        assert_eq!(acceptable(password, "ada@example.org"), expected, "{password}");
    }

    #[test]
    fn the_length_is_counted_in_characters() {
        check("", Err(Unacceptable::TooShort));
        check("kx9!vbq2mzt", Err(Unacceptable::TooShort));
        check("kx9!vbq2mztr", Ok(()));
        check("ключ под ковр", Ok(()));
        check("🦀🐙🐳🦑🐬🐡🐠", Err(Unacceptable::TooShort));
        let long: String = "kx9!vbq2mztrwpds".chars().cycle().take(128).collect();
        check(&long, Ok(()));
        check(&format!("{long}y"), Err(Unacceptable::TooLong));
        check(&"né ü".chars().cycle().take(129).collect::<String>(), Err(Unacceptable::TooLong));
    }

    #[test]
    fn the_name_to_sign_in_with_is_no_password() {
        for password in ["ada@example.org", "Ada@Example.ORG", "ada@example.org1!", "2026 ada@example.org"] {
            check(password, Err(Unacceptable::Login));
        }
        assert_eq!(acceptable("grace.hopper2026", "grace.hopper@example.org"), Err(Unacceptable::Login));
        // A short name may be anywhere in a good password.
        assert_eq!(acceptable("adagio for nine lanterns", "ada"), Ok(()));
        assert_eq!(acceptable(PASSWORD, ""), Ok(()));
    }

    #[tokio::test]
    async fn what_was_hashed_is_recognised_and_nothing_else() {
        let hasher = Hasher::new();
        let phc = hasher.hash(PASSWORD.to_owned()).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        let verify = async |password: &str| hasher.verify(password.to_owned(), Some(phc.clone())).await;
        assert_eq!(verify(PASSWORD).await, Ok(Verdict::Right { is_outdated: false }));
        for wrong in ["", "nine green lantern", "nine green lanterns ", "Nine green lanterns"] {
            assert_eq!(verify(wrong).await, Ok(Verdict::Wrong), "{wrong}");
        }
        assert_ne!(hasher.hash(PASSWORD.to_owned()).await.unwrap(), phc, "the salt differs");
    }

    #[tokio::test]
    async fn nothing_is_cut_off() {
        let hasher = Hasher::new();
        let long = "x".repeat(72);
        let phc = hasher.hash(format!("{long}y")).await.unwrap();
        assert_eq!(hasher.verify(format!("{long}z"), Some(phc)).await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn a_password_of_nobody_is_hashed_and_wrong() {
        let hasher = Hasher::with_turns(1);
        assert_eq!(hasher.verify(PASSWORD.to_owned(), None).await, Ok(Verdict::Wrong));
        assert_eq!(hasher.computed(), 1);
        // With what everybody's is hashed with, so that it takes as long.
        let (blocks, all) = (hasher.in_turn(|memory| Ok(memory.blocks.len())).await, params().unwrap());
        assert_eq!(blocks, Ok(all.block_count()));
    }

    #[tokio::test]
    async fn older_parameters_are_outdated() {
        let hasher = Hasher::new();
        let cases = [
            (Algorithm::Argon2id, Version::V0x13, MEMORY_KIB, PASSES, LANES, false),
            (Algorithm::Argon2id, Version::V0x13, 1_024, PASSES, LANES, true),
            (Algorithm::Argon2id, Version::V0x13, MEMORY_KIB, 1, LANES, true),
            (Algorithm::Argon2id, Version::V0x10, MEMORY_KIB, PASSES, LANES, true),
            (Algorithm::Argon2i, Version::V0x13, MEMORY_KIB, PASSES, LANES, true),
        ];
        for (algorithm, version, memory, passes, lanes, is_outdated) in cases {
            let params = Params::new(memory, passes, lanes, None).unwrap();
            let phc = Argon2::new(algorithm, version, params).hash_password(PASSWORD.as_bytes()).unwrap();
            let verdict = hasher.verify(PASSWORD.to_owned(), Some(phc.to_string())).await;
            assert_eq!(verdict, Ok(Verdict::Right { is_outdated }), "{phc}");
        }
    }

    #[tokio::test]
    async fn what_is_no_hash_is_told() {
        for phc in
            ["", "hunter2", "$argon2id$", "$scrypt$ln=16$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4"]
        {
            let verdict = Hasher::new().verify(PASSWORD.to_owned(), Some(phc.to_owned())).await;
            assert_eq!(verdict, Err(HashFailed::Unreadable), "{phc}");
        }
    }

    #[tokio::test]
    async fn whoever_comes_when_too_many_wait_is_told_at_once() {
        let hasher = Hasher::with_turns(1);
        let turn = Arc::clone(&hasher.turns).acquire_owned().await.unwrap();
        let waiting: Vec<_> = (0..=MOST_WAITING)
            .map(|_| {
                let hasher = hasher.clone();
                tokio::spawn(async move { hasher.verify(String::new(), None).await })
            })
            .collect();
        while hasher.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(hasher.verify(PASSWORD.to_owned(), None).await, Err(HashFailed::Busy));
        assert_eq!(hasher.hash(PASSWORD.to_owned()).await, Err(HashFailed::Busy));
        // Who goes away makes room.
        waiting.iter().for_each(tokio::task::JoinHandle::abort);
        while hasher.places.available_permits() <= MOST_WAITING {
            tokio::task::yield_now().await;
        }
        drop(turn);
        assert_eq!(hasher.verify(PASSWORD.to_owned(), None).await, Ok(Verdict::Wrong));
    }
}
