//! A draft that begins with another deployment: the same again, or what follows it. Pure.

use slipway_shared::check::CheckState;
use slipway_shared::deployment::Deployment;
use slipway_shared::document::{Document, DocumentCheck, DocumentSection, render};
use slipway_shared::ids::{DeploymentId, ServiceId};
use slipway_shared::workspace::Workspace;

use super::draft::{Draft, ServiceChoice};

/// What a draft begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct From {
    /// The deployment.
    pub deployment: DeploymentId,
    /// Whether it follows that one: it has a document of its own, and a link back.
    pub follows: bool,
}

impl From {
    /// Returns the address of the form that begins with it.
    #[must_use]
    pub fn path(self) -> String {
        let follows = if self.follows { "&follows" } else { "" };
        format!("/deployments/new?from={}{follows}", self.deployment)
    }

    /// Returns the draft it begins as; `None` where there is no such deployment.
    #[must_use]
    pub fn draft(self, workspace: &Workspace) -> Option<Draft> {
        let known = workspace.deployments.get(&self.deployment)?;
        let draft = Draft { service: ServiceChoice::Known(known.service), ..Draft::new() };
        if self.follows || known.sealed.is_some() {
            return Some(draft);
        }
        Some(Draft { title: known.title.value.clone(), text: again(known), ..draft })
    }
}

/// Returns the document of a deployment as it was before anything of it was done, without what it brought.
fn again(known: &Deployment) -> String {
    let open = |check: DocumentCheck| DocumentCheck { state: CheckState::Open, evidence: None, ..check };
    let section = |section: DocumentSection| DocumentSection {
        checks: section.checks.into_iter().map(open).collect(),
        changes: Vec::new(),
        ..section
    };
    let Document { sections, .. } = known.document();
    let sections = sections.into_iter().map(section).collect();
    render(&Document { version: String::new(), title: String::new(), sections })
}

/// Returns the deployment of a service that has a version already; the newest of several.
#[must_use]
pub fn with_version(workspace: &Workspace, service: ServiceId, version: &str) -> Option<DeploymentId> {
    let version = version.trim();
    let same = workspace
        .deployments
        .iter()
        .filter(|(_, known)| known.service == service && known.version.value == version);
    same.max_by_key(|(_, known)| known.opened.at).map(|(id, _)| *id)
}
