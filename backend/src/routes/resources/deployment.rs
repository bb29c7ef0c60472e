//! One deployment: everything about it, and what can be done with it.

use axum::Json;
use slipway_shared::environment::Testing;
use slipway_shared::ids::DeploymentId;
use slipway_shared::resource::asked::{
    AttachChanges, EditDeployment, EditSection, Judge, MarkStage, MoveDeployment, SayTested,
};
use slipway_shared::resource::plan::Subject;
use slipway_shared::resource::whole::DeploymentWhole;
use slipway_shared::stage::Stage;

use super::writing::{Bare, Planned};
use super::{Here, KeyHeader, Writing};
use crate::error::Failure;
use crate::routes::extract::At;

/// What is answered about one deployment.
type Whole = Result<Json<DeploymentWhole>, Failure>;

/// Tells everything about a deployment.
#[utoipa::path(
    get, path = "/api/v1/workspaces/{ws}/deployments/{id}", tag = "deployments",
    responses((status = 200, description = "Everything about it", body = DeploymentWhole)),
)]
pub(crate) async fn read(here: Here, At((_, id)): At<(String, DeploymentId)>) -> Whole {
    Ok(Json(here.whole(id).await?))
}

/// Replaces version and title.
#[utoipa::path(
    patch, path = "/api/v1/workspaces/{ws}/deployments/{id}", tag = "deployments",
    params(KeyHeader), request_body = EditDeployment,
    responses((status = 200, description = "It is so", body = DeploymentWhole)),
)]
pub(crate) async fn edit(At((_, id)): At<(String, DeploymentId)>, writing: Writing<EditDeployment>) -> Whole {
    change(writing, id, |subject, asked| Ok(subject.edit(asked).into())).await
}

/// Replaces the free text of a section, by heading or id.
#[utoipa::path(
    put, path = "/api/v1/workspaces/{ws}/deployments/{id}/sections/{section}", tag = "deployments",
    params(KeyHeader), request_body = EditSection,
    responses((status = 200, description = "It is so", body = DeploymentWhole)),
)]
pub(crate) async fn edit_section(
    At((_, id, section)): At<(String, DeploymentId, String)>,
    writing: Writing<EditSection>,
) -> Whole {
    change(writing, id, |subject, asked| Ok(subject.edit_section(&section, asked.text)?.into())).await
}

/// Moves it on the board.
#[utoipa::path(
    post, path = "/api/v1/workspaces/{ws}/deployments/{id}/move", tag = "deployments",
    params(KeyHeader), request_body = MoveDeployment,
    responses((status = 200, description = "It is there", body = DeploymentWhole)),
)]
pub(crate) async fn shift(
    At((_, id)): At<(String, DeploymentId)>,
    writing: Writing<MoveDeployment>,
) -> Whole {
    change(writing, id, |subject, asked| Ok(subject.shift(&asked)?.into())).await
}

/// Adds changes that it brings; those with a commit that is there already are left out.
#[utoipa::path(
    post, path = "/api/v1/workspaces/{ws}/deployments/{id}/changes", tag = "deployments",
    params(KeyHeader), request_body = AttachChanges,
    responses((status = 200, description = "They are there", body = DeploymentWhole)),
)]
pub(crate) async fn attach(
    At((_, id)): At<(String, DeploymentId)>,
    writing: Writing<AttachChanges>,
) -> Whole {
    change(writing, id, |subject, asked| Ok(subject.attach(asked).into())).await
}

/// Marks a stage. Those that follow rollouts can't be marked.
#[utoipa::path(
    put, path = "/api/v1/workspaces/{ws}/deployments/{id}/stages/{stage}", tag = "deployments",
    params(KeyHeader, ("stage" = Stage, Path)), request_body = MarkStage,
    responses((status = 200, description = "It is marked", body = DeploymentWhole)),
)]
pub(crate) async fn mark(
    At((_, id, stage)): At<(String, DeploymentId, Stage)>,
    writing: Writing<MarkStage>,
) -> Whole {
    let now = writing.here.now();
    change(writing, id, |subject, asked| Ok(subject.mark(stage, &asked, now).into())).await
}

/// Says how a kind of testing went in an environment, by name or id, of what was rolled out there last.
#[utoipa::path(
    put, path = "/api/v1/workspaces/{ws}/deployments/{id}/testing/{environment}/{testing}", tag = "deployments",
    params(KeyHeader, ("testing" = Testing, Path)), request_body = SayTested,
    responses((status = 200, description = "It is said", body = DeploymentWhole)),
)]
pub(crate) async fn say_tested(
    At((_, id, environment, testing)): At<(String, DeploymentId, String, Testing)>,
    writing: Writing<SayTested>,
) -> Whole {
    change(writing, id, |subject, asked| Ok(subject.say_tested(&environment, testing, asked)?.into())).await
}

/// Puts a label of the team's own on it, by name or id.
#[utoipa::path(
    put, path = "/api/v1/workspaces/{ws}/deployments/{id}/labels/{label}", tag = "deployments",
    params(KeyHeader),
    responses((status = 200, description = "It is on it", body = DeploymentWhole)),
)]
pub(crate) async fn add_label(
    At((_, id, label)): At<(String, DeploymentId, String)>,
    Bare(writing): Bare,
) -> Whole {
    change(writing, id, |subject, ()| Ok(subject.add_label(&label)?.into())).await
}

/// Takes a label of the team's own off it, by name or id.
#[utoipa::path(
    delete, path = "/api/v1/workspaces/{ws}/deployments/{id}/labels/{label}", tag = "deployments",
    params(KeyHeader),
    responses((status = 200, description = "It is not on it", body = DeploymentWhole)),
)]
pub(crate) async fn remove_label(
    At((_, id, label)): At<(String, DeploymentId, String)>,
    Bare(writing): Bare,
) -> Whole {
    change(writing, id, |subject, ()| Ok(subject.remove_label(&label)?.into())).await
}

/// Approves or declines a rollout of what the digest names.
#[utoipa::path(
    post, path = "/api/v1/workspaces/{ws}/deployments/{id}/judgements", tag = "deployments",
    params(KeyHeader), request_body = Judge,
    responses((status = 200, description = "It is judged", body = DeploymentWhole)),
)]
pub(crate) async fn judge(At((_, id)): At<(String, DeploymentId)>, writing: Writing<Judge>) -> Whole {
    change(writing, id, |subject, asked| Ok(subject.judge(asked)?.into())).await
}

/// Takes it off the board: it is over.
#[utoipa::path(
    post, path = "/api/v1/workspaces/{ws}/deployments/{id}/finish", tag = "deployments",
    params(KeyHeader),
    responses((status = 200, description = "It is over", body = DeploymentWhole)),
)]
pub(crate) async fn finish(At((_, id)): At<(String, DeploymentId)>, Bare(writing): Bare) -> Whole {
    change(writing, id, |subject, ()| Ok(subject.finish().into())).await
}

/// Puts it back on the board, also what was sealed.
#[utoipa::path(
    post, path = "/api/v1/workspaces/{ws}/deployments/{id}/reopen", tag = "deployments",
    params(KeyHeader),
    responses((status = 200, description = "It is on the board", body = DeploymentWhole)),
)]
pub(crate) async fn reopen(At((_, id)): At<(String, DeploymentId)>, Bare(writing): Bare) -> Whole {
    let detail = writing.here.detail(id).await?;
    change(writing, id, |subject, ()| Ok(subject.reopen(detail).into())).await
}

/// Changes a deployment, and tells everything about it afterwards.
async fn change<T>(
    writing: Writing<T>,
    id: DeploymentId,
    plan: impl FnOnce(&Subject<'_>, T) -> Result<Planned, Failure>,
) -> Whole {
    let given = writing.give(|here, asked| {
        let subject = Subject { workspace: here.workspace(), id, known: here.deployment(id)? };
        plan(&subject, asked)
    });
    Ok(Json(given.await?.here.whole(id).await?))
}
