//! The audit: who did what, from which device, for admins; page by page, or all of it as a file.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use slipway_shared::account::Scope;
use slipway_shared::audit::{AuditEntry, AuditPage, PAGE_ENTRIES, is_known_kind};
use slipway_shared::ids::{DeploymentId, MemberId};

use super::extract::Asked;
use super::{blocking, pieces};
use crate::access::{Caller, InWorkspace};
use crate::app::App;
use crate::error::Failure;
use crate::store::StoreError;
use crate::store::accounts::By;
use crate::trail::{Filter, HEADINGS, Place, Trail, cells};
use crate::writer::OpenWorkspace;

/// What is asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Where to go on: the `next` of the page before; absent for the newest.
    before: Option<String>,
    /// As a file, with everything in it that is asked for.
    format: Option<Format>,
    /// A place in the log of accounts whose hash is to be told.
    witness: Option<u64>,
    /// What this member did.
    person: Option<MemberId>,
    /// What is of this kind, or of a group of kinds: all before the dot.
    kind: Option<String>,
    /// What is about this deployment.
    deployment: Option<DeploymentId>,
    /// What reached the server at this time or later, in milliseconds.
    from: Option<i64>,
    /// What reached the server before this time, in milliseconds.
    to: Option<i64>,
    /// What has this text in it.
    text: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Format {
    Csv,
    Ndjson,
}

/// Tells who did what and from which device, a page or all of it as a file. For admins.
#[utoipa::path(
    get, path = "/api/v1/workspaces/{ws}/audit", tag = "people",
    params(Wanted),
    responses(
        (status = 200, description = "A page, newest first; or a file", content(
            (AuditPage = "application/json"),
            (String = "text/csv"),
            (String = "application/x-ndjson"),
        )),
    ),
)]
pub(crate) async fn audit(
    State(app): State<App>,
    asks: InWorkspace,
    Asked(asked): Asked<Wanted>,
) -> Result<Response, Failure> {
    asks.admin()?;
    if asks.caller.scope() != Scope::Admin {
        return Err(Failure::forbidden(
            "this token may not read the audit; nothing was read; make one for admins",
        ));
    }
    let place = match asked.before.as_deref().map(str::parse::<Place>) {
        Some(Err(_)) => {
            return Err(Failure::malformed("before is not what an answer has as next; leave it out"));
        }
        Some(Ok(place)) => place,
        None => Place::NEWEST,
    };
    if let Some(unknown) = asked.kind.as_deref().and_then(unknown_kind) {
        return Err(Failure::malformed(format!(
            "there is no kind of entry called {unknown:?}; ask for one as entries have it, or for all before its dot"
        )));
    }
    let Wanted { format, witness, person, kind, deployment, from, to, text, .. } = asked;
    let filter = Filter { person, kind, deployment, from, to, text }.normal();
    match format {
        None => page(app, &asks.workspace, place, filter, witness).await,
        Some(format) => file(app, &asks, filter, format).await,
    }
}

/// Returns the first of some kinds that there is not; nothing at all asks for all of them.
fn unknown_kind(asked: &str) -> Option<&str> {
    asked.split(',').filter(|_| !asked.is_empty()).find(|kind| !is_known_kind(kind))
}

async fn page(
    app: App,
    workspace: &OpenWorkspace,
    place: Place,
    filter: Filter,
    witness: Option<u64>,
) -> Result<Response, Failure> {
    let (open, log) = (workspace.clone(), workspace.state().cursor);
    let found = blocking(move || {
        let accounts = app.accounts();
        let (head, witness) = (accounts.history_head()?, witness.map(|seq| accounts.history_link(seq)));
        let trail = Trail::whole(app.reader(), accounts, &open)?;
        Ok((trail.look(place, &filter, PAGE_ENTRIES)?, head, witness.transpose()?.flatten()))
    });
    let (found, accounts, witness) = found.await?;
    let next = found.next.map(|place| place.to_string());
    Ok(Json(AuditPage { entries: found.entries, next, log, accounts, witness }).into_response())
}

/// Answers with all that is asked for. That it was written out is noted before the first byte goes.
async fn file(app: App, asks: &InWorkspace, filter: Filter, format: Format) -> Result<Response, Failure> {
    let by = match &asks.caller {
        Caller::Session(session) => session.by(),
        Caller::Token(token) => By::Token { account: token.account, id: token.id },
    };
    let place = pieces::Place::take(&app, &asks.caller)?;
    let (open, workspace) = (asks.workspace.clone(), asks.workspace.id());
    let prepared = blocking(move || {
        let accounts = app.accounts();
        accounts.record_export(by, Some(workspace), app.clock().now())?;
        let names = app.reader().people(workspace)?;
        let names = names.into_iter().map(|known| (known.member, known.name)).collect();
        Ok(Writing { trail: Trail::whole(app.reader(), accounts, &open)?, names, filter, format })
    });
    let writing = prepared.await?;
    let body = place.answer(move |to| {
        if let Err(error) = writing.send(to) {
            tracing::error!(%error, "the audit could not be written out to its end");
            // An answer that breaks off is no answer that is whole.
            to.send(Err(std::io::Error::other("the audit could not be read")));
        }
    });
    let (kind, disposition) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"audit.csv\""),
        Format::Ndjson => ("application/x-ndjson", "attachment; filename=\"audit.ndjson\""),
    };
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], body).into_response())
}

/// A file on its way out.
struct Writing {
    trail: Trail,
    names: std::collections::HashMap<MemberId, String>,
    filter: Filter,
    format: Format,
}

impl Writing {
    fn send(&self, to: &pieces::Reading) -> Result<(), StoreError> {
        let headings = if self.format == Format::Csv { HEADINGS } else { "" };
        let (mut place, mut piece) = (Some(Place::NEWEST), headings.to_owned());
        while let Some(from) = place {
            let found = self.trail.look(from, &self.filter, PAGE_ENTRIES)?;
            for entry in &found.entries {
                piece.push_str(&self.line(entry));
            }
            place = found.next;
            let full = std::mem::take(&mut piece);
            // Whoever asked may have gone.
            if !full.is_empty() && !to.send(Ok(Bytes::from(full))) {
                return Ok(());
            }
        }
        Ok(())
    }

    fn line(&self, entry: &AuditEntry) -> String {
        match self.format {
            Format::Csv => cells(entry, |member| self.names.get(&member).cloned().unwrap_or_default()),
            Format::Ndjson => slipway_shared::json::write(entry) + "\n",
        }
    }
}
