//! What a policy asks for, in words.

use slipway_shared::document::SectionKind;
use slipway_shared::policy::Rules;
use slipway_shared::rollout::Overridden;

use crate::account_words::role_name;
use crate::language::count;

/// A minute, in milliseconds.
pub const MINUTE_MS: i64 = 60_000;
/// An hour, in milliseconds.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Returns what a policy asks for, in one line.
#[must_use]
pub fn rules_words(rules: &Rules) -> String {
    let sections: Vec<_> = rules.required.iter().map(|kind| section_word(*kind)).collect();
    let checks = (!sections.is_empty()).then(|| t!(rules_checks, &sections.join(", ")));
    let approvals = (rules.approvals > 0).then(|| t!(rules_approvals, count(rules.approvals)));
    let four_eyes = (rules.approvals > 0 && rules.four_eyes).then(|| t!(rules_four_eyes));
    let lasts = rules.approvals_last_ms.map(|ms| t!(rules_last, &span_words(ms)));
    let order = rules.in_order.then(|| t!(rules_in_order));
    let asked: Vec<_> = [checks, approvals, four_eyes, lasts, order].into_iter().flatten().collect();
    if asked.is_empty() { t!(rules_nothing) } else { asked.join(" · ") }
}

/// Returns who may start a rollout though the gate is closed, in words.
#[must_use]
pub fn override_words(rules: &Rules) -> String {
    rules.override_by.map_or_else(|| t!(override_nobody), |least| t!(override_who, &role_name(least)))
}

/// Returns who may start incident work though the gate is closed, in words, and what follows; `None` where nobody may.
#[must_use]
pub fn incident_words(rules: &Rules) -> Option<String> {
    rules.incident_role().map(|least| t!(incident_who, &role_name(least), &due_words(rules)))
}

/// Returns why a rollout was started though the gate was closed, with the incident it was started for.
#[must_use]
pub fn reason_words(past: &Overridden) -> String {
    match &past.incident {
        Some(incident) => t!(incident_reason, &incident, &past.reason),
        None => past.reason.clone(),
    }
}

/// Returns how soon the approval of incident work is due, in words.
#[must_use]
pub fn due_words(rules: &Rules) -> String {
    span_words(rules.approval_due_within())
}

/// Returns how long what went live is watched, in words; `None` where that is as long as it is without a policy.
#[must_use]
pub fn watched_words(rules: &Rules) -> Option<String> {
    rules.monitored_ms.map(|ms| t!(rules_watched, &span_words(ms)))
}

/// Returns how long something is, in words: in hours where it is whole ones, else in minutes.
fn span_words(ms: i64) -> String {
    let number = |of: i64| u32::try_from(of).unwrap_or(u32::MAX);
    if ms % HOUR_MS == 0 {
        t!(span_hours, count(number(ms / HOUR_MS)))
    } else {
        t!(span_minutes, count(number(ms / MINUTE_MS)))
    }
}

/// Returns what a kind of section is called.
#[must_use]
pub fn section_word(kind: SectionKind) -> String {
    match kind {
        SectionKind::Changes => t!(section_changes),
        SectionKind::Environments => t!(section_environments),
        SectionKind::PreDeployment => t!(section_pre_deployment),
        SectionKind::Approval => t!(section_approval),
        SectionKind::Steps => t!(section_steps),
        SectionKind::PostDeployment => t!(section_post_deployment),
        SectionKind::Rollback => t!(section_rollback),
        SectionKind::Other => t!(section_other),
    }
}
