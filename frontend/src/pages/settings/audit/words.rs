//! An entry of the audit in words.

use std::collections::BTreeMap;

use slipway_shared::audit::{AccountAct, AccountEvent, AuditDetails, AuditEntry};
use slipway_shared::column::ColumnEvent;
use slipway_shared::deployment::event::DeploymentEvent;
use slipway_shared::environment::EnvironmentEvent;
use slipway_shared::event::{Event, WorkspaceEvent};
use slipway_shared::ids::MemberId;
use slipway_shared::json;
use slipway_shared::member::{MemberEvent, Profile};
use slipway_shared::workspace::Workspace;

use crate::account_words::{role_name, scope_name};
use crate::browser::intl;
use crate::command_words::name_of;
use crate::event_words::event_words;
use crate::language::count;

/// Clocks of devices and the server differ by less than that, in milliseconds, without anybody having waited.
const AT_ONCE_MS: i64 = 60_000;

type People = BTreeMap<MemberId, Profile>;

/// Returns what happened.
pub(super) fn title(entry: &AuditEntry, workspace: &Workspace, people: &People) -> String {
    let words = match (&entry.event, &entry.account) {
        (Some(event), _) => {
            let event = event.payload.as_ref().and_then(|payload| json::read::<Event>(payload).ok());
            event.map(|event| log_words(&event, workspace, people))
        }
        (None, Some(event)) => act_words(event),
        (None, None) => None,
    };
    let words = words.unwrap_or_else(|| format!("{}: {}", t!(lost_unknown), entry.kind));
    let words = match entry.details.as_ref().map(detail_words) {
        Some(details) => format!("{words}: {details}"),
        None => words,
    };
    // What the log tells about members has their names already.
    match entry.concerns.filter(|_| entry.event.is_none()) {
        Some(member) => format!("{words}: {}", name(member, people)),
        None => words,
    }
}

/// Returns which token or what invitation it was.
fn detail_words(details: &AuditDetails) -> String {
    let words = [details.name.clone(), details.scope.map(scope_name), details.role.map(role_name)];
    words.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Returns who did it, when, and where from.
pub(super) fn about(entry: &AuditEntry, people: &People) -> String {
    let is_operators = entry.account.as_ref().is_some_and(|event| event.by_operator);
    let who = match entry.member {
        Some(member) => name(member, people),
        None if is_operators => t!(audit_operator),
        None => t!(audit_nobody),
    };
    let header = entry.event.as_ref().and_then(|event| event.read_header().ok());
    let earlier = header.map(|header| header.effective).filter(|at| entry.at.since(*at) > AT_ONCE_MS);
    let network = entry.account.as_ref().and_then(|event| event.network.clone());
    let parts = [
        Some(who),
        Some(intl::exact_time(entry.at)),
        earlier.map(|at| t!(audit_happened, &intl::exact_time(at))),
        entry.device.clone(),
        network.map(|network| t!(audit_network, &network)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn name(member: MemberId, people: &People) -> String {
    people.get(&member).map_or_else(|| t!(someone), |profile| profile.name.clone())
}

fn log_words(event: &Event, workspace: &Workspace, people: &People) -> String {
    let words = event_words(event, workspace).unwrap_or_else(|| rare_words(event, workspace));
    match event {
        Event::Member(MemberEvent::Joined { member, role } | MemberEvent::RoleSet { member, role }) => {
            format!("{words}: {}, {}", name(*member, people), role_name(*role))
        }
        Event::Member(MemberEvent::Removed { member }) => format!("{words}: {}", name(*member, people)),
        _ => words,
    }
}

/// Words for what nobody does by hand.
fn rare_words(event: &Event, workspace: &Workspace) -> String {
    match event {
        Event::Workspace(WorkspaceEvent::Created { name }) => t!(command_create_workspace, &name),
        Event::Workspace(WorkspaceEvent::Redacted { events, reason }) => {
            t!(audit_redacted, count(events.len()), reason)
        }
        Event::Environment(EnvironmentEvent::Added(added)) => t!(audit_environment_added, &added.name),
        Event::Column(ColumnEvent::Added(added)) => t!(audit_column_added, &added.name),
        Event::Deployment(DeploymentEvent::Sealed { deployment, .. }) => {
            t!(command_seal, &name_of(*deployment, workspace))
        }
        Event::Deployment(DeploymentEvent::Unsealed { deployment, .. }) => {
            t!(command_unseal, &name_of(*deployment, workspace))
        }
        _ => event.kind().to_owned(),
    }
}

/// Returns the words for what happened to accounts; `None` for what a newer build wrote.
fn act_words(event: &AccountEvent) -> Option<String> {
    let number = count(usize::try_from(event.count.unwrap_or_default()).unwrap_or(usize::MAX));
    Some(match AccountAct::of(&event.kind)? {
        AccountAct::SetUp => t!(act_set_up),
        AccountAct::SignedIn => t!(act_signed_in),
        AccountAct::SignInFailed => t!(act_sign_in_failed, number),
        AccountAct::SignedOut => t!(act_signed_out),
        AccountAct::SessionEnded => t!(act_session_ended),
        AccountAct::SessionsEnded => t!(act_sessions_ended, number),
        AccountAct::Renamed => t!(act_renamed),
        AccountAct::PasswordChanged => t!(act_password_changed),
        AccountAct::SecondFactorSet => t!(act_second_factor_set),
        AccountAct::SecondFactorDropped => t!(act_second_factor_dropped),
        AccountAct::RecoveryCodeUsed => t!(act_recovery_code_used),
        AccountAct::Disabled => t!(act_disabled),
        AccountAct::Enabled => t!(act_enabled),
        AccountAct::InvitationMade => t!(act_invitation_made),
        AccountAct::InvitationWithdrawn => t!(act_invitation_withdrawn),
        AccountAct::InvitationAccepted => t!(act_invitation_accepted),
        AccountAct::TokenMade => t!(act_token_made),
        AccountAct::TokenRevoked => t!(act_token_revoked),
        AccountAct::Restored => t!(act_restored),
        AccountAct::Exported => t!(act_exported),
    })
}
