//! Who may try how often. Above it the answer is how long to wait, before anything costly is done.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

/// How many keys of one kind are told apart, a few bytes each.
const MOST_KEYS: usize = 50_000;
/// How many more there may be than after the last look before it is looked again for old ones.
const SWEEP_EVERY: usize = 5_000;
/// Into how many groups keys are put once there are too many.
const CROWDS: u64 = 4_096;
/// How long it takes until one more code of a second factor is looked at, once there were many: of a million codes three
/// are right, so that who has the password and guesses needs years.
const CODE_EVERY: Duration = Duration::from_secs(5 * 60);

/// How often a minute. As many may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Tries to sign in, for each name to sign in with from each network: what others try from elsewhere keeps nobody
    /// out.
    pub sign_in_per_account: NonZeroU32,
    /// Tries to sign in, for each name to sign in with from everywhere together.
    pub sign_in_per_name: NonZeroU32,
    /// Times that somebody who is signed in proves who they are, for each account.
    pub proofs_per_account: NonZeroU32,
    /// Codes of a second factor that are given with the right password, for each account: as many at once, and then one
    /// in five minutes.
    pub codes_per_account: NonZeroU32,
    /// Codes that somebody gives who is signed in, counted as those are.
    pub own_codes_per_account: NonZeroU32,
    /// Secrets of sessions and tokens that were not seen before, for each address.
    pub unknown_per_address: NonZeroU32,
    /// Tries to sign in, for each address.
    pub sign_in_per_address: NonZeroU32,
    /// Requests of nobody who is signed in, for each address.
    pub unauthenticated_per_address: NonZeroU32,
    /// Requests of one session or token.
    pub api_per_session: NonZeroU32,
}

impl Limits {
    /// Those of a server that nobody configured.
    pub const STANDARD: Self = Self {
        sign_in_per_account: NonZeroU32::new(5).expect("not 0"),
        sign_in_per_name: NonZeroU32::new(60).expect("not 0"),
        proofs_per_account: NonZeroU32::new(5).expect("not 0"),
        codes_per_account: NonZeroU32::new(10).expect("not 0"),
        own_codes_per_account: NonZeroU32::new(10).expect("not 0"),
        unknown_per_address: NonZeroU32::new(600).expect("not 0"),
        sign_in_per_address: NonZeroU32::new(20).expect("not 0"),
        unauthenticated_per_address: NonZeroU32::new(60).expect("not 0"),
        api_per_session: NonZeroU32::new(600).expect("not 0"),
    };
}

/// Counts requests. Every method that refuses says after how many seconds the next try may be let in; a limit that
/// refuses a try does not count it.
pub struct Rates {
    sign_in_per_account: Bucket,
    sign_in_per_name: Bucket,
    proofs_per_account: Bucket,
    codes_per_account: Bucket,
    own_codes_per_account: Bucket,
    unknown_per_address: Bucket,
    sign_in_per_address: Bucket,
    unauthenticated_per_address: Bucket,
    api_per_session: Bucket,
    /// Keyed at random, so that nobody can choose names that fall together.
    hasher: RandomState,
}

impl Rates {
    /// Counts against `limits`.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let bucket = |limit| Bucket::new(Quota::per_minute(limit), MOST_KEYS, MonotonicClock);
        let codes = |limit| {
            let quota = Quota::with_period(CODE_EVERY).unwrap_or(Quota::per_hour(limit)).allow_burst(limit);
            Bucket::new(quota, MOST_KEYS, MonotonicClock)
        };
        Self {
            sign_in_per_account: bucket(limits.sign_in_per_account),
            sign_in_per_name: bucket(limits.sign_in_per_name),
            proofs_per_account: bucket(limits.proofs_per_account),
            codes_per_account: codes(limits.codes_per_account),
            own_codes_per_account: codes(limits.own_codes_per_account),
            unknown_per_address: bucket(limits.unknown_per_address),
            sign_in_per_address: bucket(limits.sign_in_per_address),
            unauthenticated_per_address: bucket(limits.unauthenticated_per_address),
            api_per_session: bucket(limits.api_per_session),
            hasher: RandomState::new(),
        }
    }

    /// Counts against [`Limits::STANDARD`].
    #[must_use]
    pub fn standard() -> Self {
        Self::new(Limits::STANDARD)
    }

    /// Counts a try to sign in. `login` is the name as it is looked up: all spellings of it as one.
    ///
    /// # Errors
    ///
    /// How many seconds to wait.
    pub fn sign_in(&self, login: &str, address: IpAddr) -> Result<(), u64> {
        // The narrower ones first, so that whoever has used up the tries of an address can't use up those of a name.
        self.sign_in_per_address.take(self.address(address))?;
        self.sign_in_per_account.take(self.hasher.hash_one((login, network(address))))?;
        self.sign_in_per_name.take(self.hasher.hash_one(login))
    }

    /// Counts that somebody who is signed in proves who they are, by the id of the account: nobody else can use that up.
    ///
    /// # Errors
    ///
    /// How many seconds to wait.
    pub fn proof(&self, account: impl Hash) -> Result<(), u64> {
        self.proofs_per_account.take(self.hasher.hash_one(account))
    }

    /// Counts a code that is given for an account, with the right password.
    ///
    /// # Errors
    ///
    /// How many seconds to wait.
    pub fn code(&self, account: impl Hash) -> Result<(), u64> {
        self.codes_per_account.take(self.hasher.hash_one(account))
    }

    /// Counts a code that somebody gives who is signed in: nobody else can use that up, not even who has the password.
    ///
    /// # Errors
    ///
    /// How many seconds to wait.
    pub fn own_code(&self, account: impl Hash) -> Result<(), u64> {
        self.own_codes_per_account.take(self.hasher.hash_one(account))
    }

    /// Counts a secret that was not seen before.
    ///
    /// # Errors
    ///
    /// How many seconds to wait.
    pub fn unknown(&self, address: IpAddr) -> Result<(), u64> {
        self.unknown_per_address.take(self.address(address))
    }

    /// Counts a request of somebody who is not signed in.
    ///
    /// # Errors
    ///
    /// How many seconds to wait.
    pub fn unauthenticated(&self, address: IpAddr) -> Result<(), u64> {
        self.unauthenticated_per_address.take(self.address(address))
    }

    /// Counts a request of a session or of an API token, by its id.
    ///
    /// # Errors
    ///
    /// How many seconds to wait.
    pub fn api(&self, session: impl Hash) -> Result<(), u64> {
        self.api_per_session.take(self.hasher.hash_one(session))
    }

    fn address(&self, address: IpAddr) -> u64 {
        self.hasher.hash_one(network(address))
    }
}

/// Returns what one household or one server has: an IPv4 address, or the first half of an IPv6 address.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
    }
}

/// Counts per key. Keys that came so long ago that they count for nothing are dropped; where that is not enough,
/// keys share, so that memory stays bounded and nobody gets in by making others be forgotten.
struct Bucket<C: Clock = MonotonicClock> {
    limiter: RateLimiter<u64, HashMapStateStore<u64>, C, NoOpMiddleware<C::Instant>>,
    clock: C,
    most_keys: usize,
    /// At how many keys it is looked for old ones.
    sweep_at: AtomicUsize,
}

impl<C: Clock + Clone> Bucket<C> {
    fn new(quota: Quota, most_keys: usize, clock: C) -> Self {
        let store = HashMapStateStore::default();
        let limiter = RateLimiter::new(quota, store, clock.clone());
        Self { limiter, clock, most_keys, sweep_at: AtomicUsize::new(most_keys.min(SWEEP_EVERY)) }
    }

    fn take(&self, key: u64) -> Result<(), u64> {
        self.sweep();
        let key = if self.limiter.len() < self.most_keys { key } else { key % CROWDS };
        self.limiter.check_key(&key).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
        })
    }

    fn sweep(&self) {
        if self.limiter.len() < self.sweep_at.load(Ordering::Relaxed) {
            return;
        }
        self.limiter.retain_recent();
        // Further off than what is left, so that not every request looks at all keys.
        self.sweep_at.store(self.limiter.len() + SWEEP_EVERY.min(self.most_keys), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    const FIVE: NonZeroU32 = NonZeroU32::new(5).unwrap();

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// How many of `tries` get in.
    fn let_in(tries: u32, mut once: impl FnMut() -> Result<(), u64>) -> u32 {
        (0..tries).map(|_| u32::from(once().is_ok())).sum()
    }

    #[test]
    fn after_five_the_sixth_waits_for_a_fifth_of_a_minute() {
        let clock = FakeRelativeClock::default();
        let bucket = Bucket::new(Quota::per_minute(FIVE), 10, clock.clone());
        assert_eq!(let_in(5, || bucket.take(1)), 5);
        assert_eq!(bucket.take(1), Err(12));
        assert_eq!(bucket.take(2), Ok(()));
        clock.advance(Duration::from_millis(11_500));
        assert_eq!(bucket.take(1), Err(1));
        clock.advance(Duration::from_millis(500));
        assert_eq!((bucket.take(1), bucket.take(1)), (Ok(()), Err(12)));
        clock.advance(Duration::from_secs(60));
        assert_eq!(let_in(9, || bucket.take(1)), 5);
    }

    #[test]
    fn a_name_is_limited_from_everywhere_and_an_address_for_all_names() {
        let rates = Rates::standard();
        let mut last = 0;
        let mut from_elsewhere = || {
            last += 1;
            ip(&format!("192.0.2.{last}"))
        };
        assert_eq!(let_in(99, || rates.sign_in("ada", from_elsewhere())), 60);
        assert_eq!(rates.sign_in("grace", ip("192.0.2.1")), Ok(()));
        let mut name = 0;
        let same_place = || {
            name += 1;
            rates.sign_in(&name.to_string(), ip("198.51.100.1"))
        };
        assert_eq!(let_in(30, same_place), 20);
    }

    #[test]
    fn whoever_tries_from_one_network_keeps_nobody_of_another_out() {
        let cases = [
            ("192.0.2.1", "192.0.2.2", 5),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", 5),
            ("2001:db8:1:2::1", "192.0.2.1", 5),
            ("2001:db8:1:2::1", "2001:db8:1:2::2", 0),
            ("192.0.2.1", "::ffff:192.0.2.1", 0),
        ];
        for (stranger, owner, left) in cases {
            let rates = Rates::standard();
            assert_eq!(let_in(9, || rates.sign_in("ada", ip(stranger))), 5, "{stranger}");
            assert_eq!(let_in(9, || rates.sign_in("ada", ip(owner))), left, "{stranger} {owner}");
        }
    }

    #[test]
    fn whoever_is_signed_in_has_tries_of_their_own() {
        let rates = Rates::standard();
        assert_eq!(let_in(9, || rates.proof(7_u128)), 5);
        assert_eq!(let_in(9, || rates.proof(8_u128)), 5);
        assert_eq!(rates.sign_in("ada", ip("192.0.2.1")), Ok(()));
    }

    #[test]
    fn codes_are_guessed_by_nobody() {
        let rates = Rates::standard();
        assert_eq!(let_in(99, || rates.code(7_u128)), 10);
        assert!(rates.code(7_u128).is_err_and(|wait| (200..=300).contains(&wait)));
        assert_eq!(let_in(99, || rates.code(8_u128)), 10);
    }

    #[test]
    fn who_is_refused_by_address_uses_up_no_tries_of_an_account() {
        let rates = Rates::new(Limits { sign_in_per_address: FIVE, ..Limits::STANDARD });
        assert_eq!(let_in(5, || rates.sign_in("nobody", ip("192.0.2.1"))), 5);
        assert_eq!(let_in(9, || rates.sign_in("ada", ip("192.0.2.1"))), 0);
        assert_eq!(let_in(9, || rates.sign_in("ada", ip("192.0.2.2"))), 5);
    }

    #[test]
    fn the_other_limits_are_as_they_were_set() {
        let rates = Rates::standard();
        assert_eq!(let_in(100, || rates.unauthenticated(ip("192.0.2.1"))), 60);
        assert_eq!(let_in(1_000, || rates.api(7_u128)), 600);
        assert_eq!(rates.api(8_u128), Ok(()));
    }

    #[test]
    fn half_an_ipv6_address_is_one_place() {
        let cases = [
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::", true),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
            ("192.0.2.1", "192.0.2.2", false),
            ("::ffff:192.0.2.1", "192.0.2.1", true),
        ];
        for (one, other, is_same) in cases {
            assert_eq!(network(ip(one)) == network(ip(other)), is_same, "{one} {other}");
        }
    }

    #[test]
    fn old_keys_are_dropped() {
        let clock = FakeRelativeClock::default();
        let bucket = Bucket::new(Quota::per_minute(FIVE), 100, clock.clone());
        (0..100).for_each(|key| assert_eq!(bucket.take(key), Ok(())));
        clock.advance(Duration::from_secs(61));
        assert_eq!(bucket.take(1_000), Ok(()));
        assert_eq!(bucket.limiter.len(), 1);
    }

    #[test]
    fn a_flood_of_keys_shares_and_memory_stays_bounded() {
        let bucket = Bucket::new(Quota::per_minute(FIVE), 100, FakeRelativeClock::default());
        let admitted = (0..100_000).filter(|key| bucket.take(key * 7_919).is_ok()).count();
        let most = 100 + usize::try_from(CROWDS).unwrap();
        assert!(bucket.limiter.len() <= most, "{}", bucket.limiter.len());
        assert!(admitted <= 5 * most, "{admitted}");
    }
}
