//! Which entries of the audit are asked for.

use slipway_shared::audit::AuditEntry;
use slipway_shared::ids::{DeploymentId, MemberId};
use slipway_shared::time::Timestamp;

use super::is_long_before;

/// Which entries are asked for; what is not given leaves nothing out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Those of a person: what they did, and what was done to their account.
    pub(crate) person: Option<MemberId>,
    /// Those of a kind (`deployment.moved`), of a group of kinds (`deployment`), or of several, separated by commas.
    pub(crate) kind: Option<String>,
    /// Those that name a deployment.
    pub(crate) deployment: Option<DeploymentId>,
    /// Those that reached the server at a time or later, in milliseconds.
    pub(crate) from: Option<i64>,
    /// Those that reached the server before a time, in milliseconds.
    pub(crate) to: Option<i64>,
    /// Those that have a text in them, in upper or lower case.
    pub(crate) text: Option<String>,
}

impl Filter {
    /// Returns it in the form in which it is compared.
    pub(crate) fn normal(self) -> Self {
        let text = self.text.map(|text| as_stored(text.trim())).filter(|text| !text.is_empty());
        let kind = self.kind.filter(|kind| !kind.is_empty());
        Self { text, kind, ..self }
    }

    /// Tells whether nothing as old as this, or older, is asked for.
    pub(super) fn is_over(&self, at: Timestamp) -> bool {
        self.from.is_some_and(|from| is_long_before(at, Timestamp(from)))
    }

    /// Tells whether an entry is asked for.
    pub(super) fn takes(&self, entry: &AuditEntry) -> bool {
        let is_theirs = |person| entry.member == Some(person) || entry.concerns == Some(person);
        self.person.is_none_or(is_theirs)
            && self
                .kind
                .as_deref()
                .is_none_or(|kinds| kinds.split(',').any(|kind| is_of_kind(&entry.kind, kind)))
            && self.from.is_none_or(|from| entry.at.0 >= from)
            && self.to.is_none_or(|to| entry.at.0 < to)
            && self.deployment.is_none_or(|deployment| names(entry, deployment))
            && self.text.as_deref().is_none_or(|text| has(entry, text))
    }
}

/// Returns a text as it stands in canonical JSON, in lower case.
fn as_stored(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.trim_matches('"').to_lowercase()
}

fn is_of_kind(kind: &str, asked: &str) -> bool {
    kind == asked || kind.strip_prefix(asked).is_some_and(|rest| rest.starts_with('.'))
}

fn names(entry: &AuditEntry, deployment: DeploymentId) -> bool {
    payload(entry).is_some_and(|payload| payload.contains(&deployment.to_string()))
}

fn has(entry: &AuditEntry, text: &str) -> bool {
    let is_in = |whole: &str| whole.to_lowercase().contains(text);
    payload(entry).is_some_and(is_in) || is_in(&entry.kind) || entry.device.as_deref().is_some_and(is_in)
}

fn payload(entry: &AuditEntry) -> Option<&str> {
    entry.event.as_ref()?.payload.as_deref()
}

#[cfg(test)]
mod tests {
    use slipway_shared::canonical::Hash;
    use slipway_shared::log::StoredEvent;

    use super::*;

    fn entry(kind: &str, at: i64, payload: &str) -> AuditEntry {
        let event = StoredEvent {
            header: String::new(),
            payload: Some(payload.to_owned()),
            payload_hash: None,
            chain: Hash::ZERO,
        };
        AuditEntry {
            at: Timestamp(at),
            kind: kind.to_owned(),
            member: Some(MemberId::from_u128(1)),
            device: Some("Laptop".to_owned()),
            event: Some(event),
            account: None,
            concerns: Some(MemberId::from_u128(2)),
            details: None,
        }
    }

    fn with(change: impl FnOnce(&mut Filter)) -> Filter {
        let mut filter = Filter::default();
        change(&mut filter);
        filter.normal()
    }

    #[test]
    fn entries_are_taken_by_what_they_are() {
        let deployment = DeploymentId::from_u128(7);
        let payload = format!("{{\"deployment\":\"{deployment}\",\"text\":\"Say \\\"Ängel\\\"\"}}");
        let known = entry("deployment.moved", 100, &payload);
        let table = [
            (Filter::default(), true),
            (with(|filter| filter.person = Some(MemberId::from_u128(1))), true),
            (with(|filter| filter.person = Some(MemberId::from_u128(2))), true),
            (with(|filter| filter.person = Some(MemberId::from_u128(3))), false),
            (with(|filter| filter.kind = Some("deployment".to_owned())), true),
            (with(|filter| filter.kind = Some("deployment.moved".to_owned())), true),
            (with(|filter| filter.kind = Some("rollout,deployment".to_owned())), true),
            (with(|filter| filter.kind = Some("rollout,".to_owned())), false),
            (with(|filter| filter.kind = Some("deploy".to_owned())), false),
            (with(|filter| filter.kind = Some("deployment.mov".to_owned())), false),
            (with(|filter| filter.kind = Some(String::new())), true),
            (with(|filter| filter.deployment = Some(deployment)), true),
            (with(|filter| filter.deployment = Some(DeploymentId::from_u128(8))), false),
            (with(|filter| filter.from = Some(100)), true),
            (with(|filter| filter.from = Some(101)), false),
            (with(|filter| filter.to = Some(101)), true),
            (with(|filter| filter.to = Some(100)), false),
            (with(|filter| filter.text = Some("say \"äNGEL\"".to_owned())), true),
            (with(|filter| filter.text = Some(" laptop ".to_owned())), true),
            (with(|filter| filter.text = Some("demon".to_owned())), false),
            (with(|filter| filter.text = Some("  ".to_owned())), true),
        ];
        for (filter, is_taken) in table {
            assert_eq!(filter.takes(&known), is_taken, "{filter:?}");
        }
    }

    #[test]
    fn a_clock_that_was_set_back_a_little_ends_no_search() {
        const DAY_MS: i64 = 86_400_000;
        let filter = with(|filter| filter.from = Some(10 * DAY_MS));
        assert!(!filter.is_over(Timestamp(9 * DAY_MS)));
        assert!(filter.is_over(Timestamp(9 * DAY_MS - 1)));
        assert!(!Filter::default().is_over(Timestamp(i64::MIN)));
    }
}
