//! An authenticator app: what a person has who signs in with a second factor.

use slipway_backend::accounts::totp;
use slipway_shared::time::Timestamp;

use crate::random::now_ms;
use crate::wait;

/// An app that knows a secret. Each code is good once, so it never shows one twice.
#[derive(Debug)]
pub struct Authenticator {
    secret: Vec<u8>,
    shown: u64,
}

impl Authenticator {
    /// Takes a secret in, as it is typed: base 32 of RFC 4648.
    #[must_use]
    pub fn knowing(secret: &str) -> Self {
        Self { secret: bytes_of(secret), shown: 0 }
    }

    /// Shows the next code. Servers take the one after the present one too, so that two can be had without waiting.
    ///
    /// # Panics
    ///
    /// When time stands still.
    pub fn code(&mut self) -> String {
        let step = wait::until("another code to be good", || {
            let present = totp::step(Timestamp(now_ms()));
            let next = present.max(self.shown + 1);
            (next <= present + 1).then_some(next)
        });
        self.shown = step;
        totp::code(&self.secret, step)
    }
}

/// Reads base 32 of RFC 4648.
#[must_use]
pub fn bytes_of(secret: &str) -> Vec<u8> {
    let value = |digit: u8| u64::from(if digit.is_ascii_digit() { digit - b'2' + 26 } else { digit - b'A' });
    let groups = secret.trim().as_bytes().chunks(8);
    let bits = groups.map(|group| group.iter().fold(0_u64, |bits, digit| bits << 5 | value(*digit)));
    bits.flat_map(|bits| bits.to_be_bytes().into_iter().skip(3)).collect()
}
