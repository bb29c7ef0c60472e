//! One deployment: its document on the left, the facts about it on the right. As a page, and as a sheet beside
//! the board.

mod actions;
mod changes;
mod check_edit;
mod check_grip;
mod check_row;
mod comment_box;
mod comments;
mod conflicts;
mod environments;
mod facts;
pub(super) mod gate;
mod header;
mod import;
mod judged;
mod labels;
mod left_behind;
mod line_edit;
mod links;
mod mentions;
mod offers;
mod outline_act;
mod outline_moves;
mod people;
mod plan;
mod rollout_history;
mod said_by;
mod sealed;
mod section;
mod section_menu;
mod section_text;
mod stages;
mod testing;
mod timeline;
mod timeline_model;
mod timeline_words;

use std::sync::Arc;

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::deployment::Deployment;
use slipway_shared::ids::{DeploymentId, SectionId};

use super::rollout_dialog::{RolloutDialog, RolloutSubject};
use crate::components::empty_state::EmptyState;
use crate::components::live::{When, derive, each, memo};
use crate::may::{MayNot, use_may_not};
use crate::replica::use_replica;
use actions::Actions;
use changes::ChangesAside;
use check_grip::provide_pull;
use comments::Comments;
use conflicts::Conflicts;
pub use conflicts::{KeepButton, conflict_edit, conflict_what};
use environments::Environments;
use facts::Facts;
use gate::Gates;
use header::Header;
pub use judged::{Difference, Judged, differences};
use left_behind::{LeftBehindList, provide_left_behind};
use links::Links;
use plan::Plan;
use sealed::{Fetched, SealedNotice, shown};
use section::SectionView;
use section_menu::AddSection;
pub use section_text::keep_draft;
use stages::Stages;
use timeline::Timeline;

/// One deployment as a page.
#[component]
pub fn DeploymentPage(id: DeploymentId) -> impl IntoView {
    view! { <DeploymentView id /> }
}

/// One deployment, or a word that there is none.
#[component]
pub fn DeploymentView(id: DeploymentId) -> impl IntoView {
    let deployment = use_replica().deployment(id);
    let is_known = memo(move || deployment.with(Option::is_some));
    let unknown = || {
        view! {
            <div class="lone">
                <h1 class="visually-hidden">{t!(unknown_deployment)}</h1>
                <EmptyState icon="circle-dashed" title=t!(unknown_deployment) text=t!(unknown_deployment_what) />
            </div>
        }
    };
    view! {
        <When holds=is_known otherwise=unknown>
            <Known id known=deployment />
        </When>
    }
}

/// What the parts of the page share: the deployment, and what a rollout is being recorded for.
#[derive(Clone, Copy)]
struct Subject {
    id: DeploymentId,
    /// What is shown of it.
    deployment: Memo<Option<Arc<Deployment>>>,
    /// What this device has of it: of a sealed one the facts.
    known: Memo<Option<Arc<Deployment>>>,
    fetched: Fetched,
    recording: RwSignal<Option<RolloutSubject>>,
    /// The requests that the server has not answered.
    requested: Memo<Vec<Command>>,
}

fn use_subject() -> Subject {
    expect_context()
}

impl Subject {
    /// Tells whether nothing of it can be changed.
    fn is_sealed(self) -> Memo<bool> {
        self.select(|known| known.sealed.is_some())
    }

    /// Tells whether what is shown is all there is; of a sealed one the facts alone may be here.
    fn is_whole(self) -> Signal<bool> {
        let is_sealed = self.is_sealed();
        derive(move || !is_sealed.get() || self.fetched.with(Option::is_some))
    }

    /// Selects something of the deployment; the default when it is gone.
    fn select<T>(self, read: impl Fn(&Deployment) -> T + Send + Sync + 'static) -> Memo<T>
    where
        T: PartialEq + Default + Send + Sync + 'static,
    {
        memo(move || self.deployment.with(|known| known.as_deref().map(&read)).unwrap_or_default())
    }
}

#[component]
fn Known(id: DeploymentId, known: Memo<Option<Arc<Deployment>>>) -> impl IntoView {
    let fetched: Fetched = RwSignal::new(None);
    let deployment =
        memo(move || fetched.with(|fetched| known.get().map(|known| shown(known, fetched.as_ref()))));
    let subject = Subject {
        id,
        deployment,
        known,
        fetched,
        recording: RwSignal::new(None),
        requested: use_replica().requested(),
    };
    let is_sealed = subject.is_sealed();
    let may_not = use_may_not(Capability::Work);
    let is_archived = subject.select(|known| known.archived.is_some());
    let is_fixed = memo(move || is_sealed.get() || is_archived.get() || may_not.with(Option::is_some));
    provide_context(subject);
    provide_pull();
    provide_left_behind();
    let sections =
        subject.select(|known| known.sections.iter().map(|section| section.id).collect::<Vec<SectionId>>());
    view! {
        <div class="deployment" data-testid="deployment">
            <article class="deployment-document on-ground">
                <fieldset disabled=is_fixed>
                    <Header />
                    <Stages />
                    <Conflicts />
                    <LeftBehindList />
                </fieldset>
                <Actions />
                <SealedNotice />
                <When holds=is_archived>
                    <p class="may-not" data-testid="archived">{t!(archived_note)}</p>
                </When>
                <MayNot capability=Capability::Work />
                <Gates />
                <fieldset disabled=is_fixed>
                    {each(sections, |id| view! { <SectionView id /> }.into_any())}
                    <AddSection />
                    <Comments />
                </fieldset>
                <Timeline />
            </article>
            <aside class="deployment-facts on-ground" aria-label=t!(facts)>
                <Environments />
                <Facts />
                <Plan />
                <fieldset disabled=is_fixed>
                    <Links />
                </fieldset>
                <ChangesAside />
            </aside>
            <RolloutDialog subject=subject.recording />
        </div>
    }
}
