//! Who asks, and the workspace as it is now.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use slipway_shared::deployment::Deployment;
use slipway_shared::deployment::sealed::read_detail;
use slipway_shared::ids::{DeploymentId, WorkspaceId};
use slipway_shared::resource::Names;
use slipway_shared::resource::whole::DeploymentWhole;
use slipway_shared::sync::admission::Sequencer;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use crate::access::InWorkspace;
use crate::app::App;
use crate::error::Failure;
use crate::routes::blocking;
use crate::routes::detail::sealed_detail;

/// A member who asks, and the workspace as it is now.
pub(crate) struct Here {
    pub(super) app: App,
    pub(super) asks: InWorkspace,
    pub(super) state: Arc<Sequencer>,
    pub(super) names: Names,
}

impl FromRequestParts<App> for Here {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let asks = InWorkspace::from_request_parts(parts, app).await?;
        let (reader, workspace) = (app.reader(), asks.workspace.id());
        let names = blocking(move || reader.people(workspace)).await?.into_iter().collect();
        Ok(Self { state: asks.workspace.state(), app: app.clone(), asks, names })
    }
}

impl Here {
    /// Returns the time.
    pub(super) fn now(&self) -> Timestamp {
        self.app.clock().now()
    }

    /// Returns the workspace as it is now.
    pub(super) fn workspace(&self) -> &Workspace {
        &self.state.workspace
    }

    /// Returns which workspace it is.
    pub(super) fn id(&self) -> WorkspaceId {
        self.asks.workspace.id()
    }

    /// Returns the address of something in the workspace.
    pub(super) fn place(&self, rest: &str) -> String {
        format!("/api/v1/workspaces/{}/{rest}", self.id())
    }

    /// Returns a deployment.
    pub(super) fn deployment(&self, id: DeploymentId) -> Result<&Deployment, Failure> {
        let known = self.workspace().deployments.get(&id);
        known.map(AsRef::as_ref).ok_or_else(|| no_deployment(id))
    }

    /// Returns what a deployment was before it was sealed; `None` where it is not.
    pub(super) async fn detail(&self, id: DeploymentId) -> Result<Option<Deployment>, Failure> {
        let Some(sealed) = self.deployment(id)?.sealed.as_ref().map(|sealed| sealed.detail) else {
            return Ok(None);
        };
        let detail = sealed_detail(&self.app, &self.asks.workspace, id, sealed).await?;
        Ok(detail.and_then(|detail| read_detail(&detail.body, sealed)))
    }

    /// Returns a deployment with everything there is about it.
    pub(super) async fn whole(&self, id: DeploymentId) -> Result<DeploymentWhole, Failure> {
        let detail = self.detail(id).await?;
        self.workspace()
            .whole_deployment(&self.names, id, detail, self.now())
            .ok_or_else(|| no_deployment(id))
    }
}

fn no_deployment(id: DeploymentId) -> Failure {
    Failure::not_found(format!(
        "there is no deployment {id} here; nothing was changed; GET deployments lists them"
    ))
}
