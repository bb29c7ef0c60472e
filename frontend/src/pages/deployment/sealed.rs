//! A deployment that was closed long ago: the facts are here, and its details come from the server when asked for.

use std::sync::Arc;

use leptos::prelude::*;
use slipway_shared::canonical::Hash;
use slipway_shared::command::Command;
use slipway_shared::deployment::Deployment;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::sync::client::Failure;

use super::{Subject, use_subject};
use crate::acts::Acts;
use crate::components::live::{When, derive};
use crate::components::notice::{Notice, NoticeKind};
use crate::replica::{ReplicaHandle, use_replica};
use crate::toasts::{Toasts, use_toasts};

/// The details that were fetched for this page, with the hash they were asked for by.
pub(super) type Fetched = RwSignal<Option<(Hash, Arc<Deployment>)>>;

/// Returns what is to be shown of a deployment: its details where they were fetched, else what this device has.
pub(super) fn shown(known: Arc<Deployment>, fetched: Option<&(Hash, Arc<Deployment>)>) -> Arc<Deployment> {
    match (&known.sealed, fetched) {
        (Some(sealed), Some((hash, detail))) if sealed.detail == *hash => {
            let sealed = Some(sealed.clone());
            Arc::new(Deployment { sealed, ..Deployment::clone(detail) })
        }
        _ => known,
    }
}

/// The way to the details.
#[derive(Clone, Copy)]
pub(super) struct Details {
    subject: Subject,
    replica: ReplicaHandle,
    toasts: Toasts,
}

/// Returns the way to the details. To be called while a component is made.
pub(super) fn use_details() -> Details {
    Details { subject: use_subject(), replica: use_replica(), toasts: use_toasts() }
}

impl Details {
    /// Fetches the details unless they are here, and does something with them; says so when there are none to be had.
    pub(super) fn fetch(self, then: impl FnOnce(Deployment) + 'static) {
        let Subject { id, fetched, known, .. } = self.subject;
        let hash = known.with_untracked(|known| Some(known.as_ref()?.sealed.as_ref()?.detail));
        let Some(hash) = hash else { return };
        leptos::task::spawn_local(async move {
            match self.replica.detail(id, hash).await {
                Ok(detail) => {
                    // The page may be left meanwhile.
                    let _ = fetched.try_set(Some((hash, Arc::new(detail.clone()))));
                    then(detail);
                }
                Err(Failure::Unreachable) => self.toasts.refuse(t!(details_offline)),
                Err(_) => self.toasts.refuse(t!(details_failed)),
            }
        });
    }

    /// Puts it back on the board by `reopen`; before that brings back what only the server has.
    pub(super) fn before(self, acts: Acts, reopen: impl FnOnce() + 'static) {
        let Subject { id, known, .. } = self.subject;
        if known.with_untracked(|known| known.as_ref().is_none_or(|known| known.sealed.is_none())) {
            return reopen();
        }
        self.fetch(move |detail| {
            let unseal = DeploymentCommand::Unseal { deployment: id, detail: Box::new(detail) };
            if acts.act(Command::Deployment(unseal)) {
                reopen();
            }
        });
    }
}

/// Says where the details are, and fetches them.
#[component]
pub fn SealedNotice() -> impl IntoView {
    let subject = use_subject();
    let details = use_details();
    let is_whole = subject.is_whole();
    let show = move || {
        view! {
            <button class="button" type="button" on:click=move |_| details.fetch(drop)>
                {t!(show_details)}
            </button>
        }
    };
    let read = move || view! { <Notice kind=NoticeKind::Plain title=t!(sealed) text=t!(sealed_read) actions=|| () /> };
    view! {
        <When holds=subject.is_sealed()>
            <div class="conflict no-print">
                <When holds=derive(move || !is_whole.get()) otherwise=read>
                    <Notice kind=NoticeKind::Plain title=t!(sealed) text=t!(sealed_what) actions=show />
                </When>
            </div>
        </When>
    }
}
