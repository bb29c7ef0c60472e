//! How long to wait before the next try.

const FIRST_MS: u64 = 500;
const LONGEST_MS: u64 = 30_000;

/// Returns the wait before try number `attempt` (0 is the first retry), in milliseconds.
///
/// The longest wait doubles each time from half a second to 30 s; `jitter` (0 to 65,535) chooses anything between
/// nothing and that, so that browsers don't come back all at once.
#[must_use]
pub fn delay_ms(attempt: u32, jitter: u16) -> u64 {
    let longest = FIRST_MS.saturating_mul(1 << attempt.min(16)).min(LONGEST_MS);
    longest * (u64::from(jitter) + 1) / 65_536
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_half_a_minute() {
        let longest: Vec<_> = (0..8).map(|attempt| delay_ms(attempt, u16::MAX)).collect();
        assert_eq!(longest, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
        assert_eq!(delay_ms(u32::MAX, u16::MAX), 30_000);
        assert_eq!(delay_ms(0, 0), 0);
    }
}
