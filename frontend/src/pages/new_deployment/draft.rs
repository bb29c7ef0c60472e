//! A deployment that is being written, and the commands that open it. Pure.

use serde::{Deserialize, Serialize};
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::document::{nesting, new_parts};
use slipway_shared::document::{Document, ParseError, Parsed, builtin_template, parse, render};
use slipway_shared::ids::{DeploymentId, ServiceId};
use slipway_shared::rank;
use slipway_shared::service::ServiceCommand;
use slipway_shared::workspace::Workspace;

use super::from::with_version;

/// Which service a deployment is of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceChoice {
    /// Nobody has said.
    #[default]
    None,
    /// One that there is.
    Known(ServiceId),
    /// A new one, with its name.
    New(String),
}

/// A deployment that is being written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Its service.
    pub service: ServiceChoice,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// Its document, as Markdown.
    pub text: String,
}

/// Why a draft can't be opened yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftProblem {
    /// The service is missing.
    NoService,
    /// The version is missing.
    NoVersion,
    /// The text can't be read.
    Text(ParseError),
    /// The board has no column to begin in.
    NoColumn,
}

impl DraftProblem {
    /// Returns what finds the field that has to be filled in.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::NoService => "#new-service",
            Self::NoVersion => "#new-version",
            Self::Text(_) | Self::NoColumn => "#new-text",
        }
    }
}

/// What opens a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The new deployment.
    pub id: DeploymentId,
    /// The service to add before, if it is new.
    pub service: Option<ServiceCommand>,
    /// The command that opens it.
    pub open: DeploymentCommand,
    /// What puts its checks below each other then.
    pub nesting: Vec<DeploymentCommand>,
    /// What people call it.
    pub name: String,
}

impl Draft {
    /// Returns an empty draft with the built-in template.
    #[must_use]
    pub fn new() -> Self {
        Self {
            service: ServiceChoice::None,
            version: String::new(),
            title: String::new(),
            text: render(&builtin_template()),
        }
    }

    /// Takes a text over; its heading fills in version and title where they are empty.
    pub fn take_text(&mut self, text: String) {
        if let Ok(Parsed { document, .. }) = parse(&text) {
            if self.version.trim().is_empty() {
                self.version = document.version;
            }
            if self.title.trim().is_empty() {
                self.title = document.title;
            }
        }
        self.text = text;
    }

    /// Reads the document. A text without the heading of a deployment is read as one.
    ///
    /// # Errors
    ///
    /// When it is too long.
    pub fn read(&self) -> Result<Parsed, ParseError> {
        match parse(&self.text) {
            Err(ParseError::NoDeployment { .. } | ParseError::Empty) => {
                parse(&format!("## Deployment: {}\n\n{}", self.version, self.text))
            }
            read => read,
        }
    }

    /// Returns the newest version of the service; `None` when it is new or has none.
    #[must_use]
    pub fn latest_version(&self, workspace: &Workspace) -> Option<String> {
        let ServiceChoice::Known(service) = self.service else { return None };
        let deployments = workspace.deployments.values().filter(|known| known.service == service);
        deployments.max_by_key(|known| known.opened.at).map(|known| known.version.value.clone())
    }

    /// Returns the deployment of the same service that has this version already.
    #[must_use]
    pub fn existing(&self, workspace: &Workspace) -> Option<DeploymentId> {
        let ServiceChoice::Known(service) = self.service else { return None };
        with_version(workspace, service, &self.version).filter(|_| !self.version.trim().is_empty())
    }

    /// Returns what opens the deployment. `mint` gives a new number for an id each time it is called.
    ///
    /// # Errors
    ///
    /// What is missing first, in the order of the form.
    pub fn opening(
        &self,
        workspace: &Workspace,
        mut mint: impl FnMut() -> u128,
    ) -> Result<Opening, DraftProblem> {
        let (service, added, service_name) = self.service_of(workspace, &mut mint)?;
        if self.version.trim().is_empty() {
            return Err(DraftProblem::NoVersion);
        }
        let document: Document = self.read().map_err(DraftProblem::Text)?.document;
        let column = workspace.first_queue().ok_or(DraftProblem::NoColumn)?;
        let first =
            workspace.cards_in(column).first().and_then(|card| workspace.deployments.get(card)).cloned();
        let id = DeploymentId::from_u128(mint());
        let (changes, sections) = new_parts(&document, mint);
        let nesting = nesting(id, &document, &sections);
        let open = DeploymentCommand::Open {
            deployment: id,
            service,
            version: self.version.clone(),
            title: self.title.clone(),
            column,
            rank: rank::between(None, first.as_ref().map(|card| card.rank.as_str())),
            changes,
            sections,
        };
        Ok(Opening {
            id,
            service: added,
            open,
            nesting,
            name: format!("{} {service_name}", self.version.trim()),
        })
    }

    fn service_of(
        &self,
        workspace: &Workspace,
        mut mint: impl FnMut() -> u128,
    ) -> Result<(ServiceId, Option<ServiceCommand>, String), DraftProblem> {
        match &self.service {
            ServiceChoice::Known(id) => {
                let known = workspace.services.get(id).ok_or(DraftProblem::NoService)?;
                Ok((*id, None, known.name.clone()))
            }
            ServiceChoice::New(name) if !name.trim().is_empty() => {
                let name = name.trim().to_owned();
                if let Some(id) = workspace.service_named(&name) {
                    return Ok((id, None, name));
                }
                let service = ServiceId::from_u128(mint());
                let hue = workspace.next_hue();
                let add = ServiceCommand::Add { service, name: name.clone(), hue, repository: None };
                Ok((service, Some(add), name))
            }
            ServiceChoice::None | ServiceChoice::New(_) => Err(DraftProblem::NoService),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slipway_shared::command::Command;

    use crate::trial::{act_all, begun, counter};

    fn draft() -> Draft {
        let service = ServiceChoice::New("web ".to_owned());
        Draft { service, version: "1.2.3".to_owned(), title: "Hats".to_owned(), ..Draft::new() }
    }

    #[test]
    fn a_draft_opens_a_deployment_with_the_template() {
        let mut workspace = begun();
        let opening = draft().opening(&workspace, counter()).unwrap();
        assert_eq!(opening.name, "1.2.3 web");
        let made = [Command::Service(opening.service.unwrap()), Command::Deployment(opening.open)];
        act_all(&mut workspace, &made);
        let known = workspace.deployments.get(&opening.id).unwrap();
        assert_eq!((known.title.value.as_str(), known.sections.len()), ("Hats", 7));
        assert!(draft().opening(&workspace, counter()).unwrap().service.is_none(), "the name is known now");
    }

    #[test]
    fn what_is_missing_is_told_in_the_order_of_the_form() {
        let workspace = begun();
        let problem = |draft: Draft| draft.opening(&workspace, counter()).unwrap_err();
        assert_eq!(problem(Draft::new()), DraftProblem::NoService);
        assert_eq!(problem(Draft { version: " ".to_owned(), ..draft() }), DraftProblem::NoVersion);
        assert_eq!(draft().opening(&Workspace::default(), counter()).unwrap_err(), DraftProblem::NoColumn);
    }

    #[test]
    fn a_heading_fills_in_what_is_empty_only() {
        let mut draft = Draft::new();
        draft.take_text("## Deployment: 2.0.0\n\n### Changes\n- Hats\n".to_owned());
        assert_eq!(draft.version, "2.0.0");
        draft.take_text("## Deployment: 3.0.0\n".to_owned());
        assert_eq!(draft.version, "2.0.0");
    }

    #[test]
    fn a_text_without_a_heading_is_read_too() {
        let draft = Draft { text: "### Changes\n- Hats\n".to_owned(), ..draft() };
        assert_eq!(draft.read().unwrap().document.sections.len(), 1);
        let empty = Draft { text: String::new(), ..draft };
        assert_eq!(empty.read().unwrap().document.sections.len(), 0);
    }
}
