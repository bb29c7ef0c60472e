//! What can be done with the whole deployment: move it, copy it out, print it, take it off the board.

use std::sync::Arc;

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::column::ColumnKind;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::document::render;
use slipway_shared::ids::{ColumnId, DeploymentId};
use slipway_shared::rank;
use slipway_shared::workspace::Workspace;

use super::import::ImportDialog;
use super::offers::{COPY, MOVE, offer_deployment_actions};
use super::sealed::use_details;
use super::{Subject, use_subject};
use crate::acts::{Acts, use_acts};
use crate::app::place::Place;
use crate::browser::address::{Address, use_address};
use crate::browser::{page, platform};
use crate::command_words::{column_name, environment_name, name_of};
use crate::components::icon::Icon;
use crate::components::live::{When, derive, live, memo};
use crate::components::menu::{Menu, MenuItem};
use crate::may::use_may_not;
use crate::pages::board::view_model::needed_rollout;
use crate::pages::new_deployment::From;
use crate::pages::rollout_dialog::RolloutSubject;
use crate::replica::use_replica;
use crate::toasts::use_toasts;

/// What can be done with the whole deployment.
#[component]
pub fn Actions() -> impl IntoView {
    let subject = use_subject();
    let is_finished = subject.select(|known| known.finished.is_some());
    let is_archived = subject.select(|known| known.archived.is_some());
    let may_not = use_may_not(Capability::Work);
    let back = move || {
        let is_archived = is_archived.get();
        if is_archived {
            view! { <RestoreButton /> }.into_any()
        } else {
            view! { <ReopenButton /> }.into_any()
        }
    };
    let is_away = memo(move || is_finished.get() || is_archived.get());
    let is_importing = RwSignal::new(false);
    offer_deployment_actions();
    view! {
        <div class="deployment-actions">
            <When holds=derive(move || may_not.with(Option::is_none))>
                <When holds=derive(move || !is_away.get()) otherwise=back>
                    <MoveMenu />
                </When>
            </When>
            <When holds=subject.is_whole()>
                <CopyButton />
            </When>
            <Menu label=t!(more_actions) class="button is-quiet" face=|| view! { <Icon name="ellipsis" /> }>
                <MoreItems is_finished is_archived is_importing />
            </Menu>
            <ImportDialog is_open=is_importing />
        </div>
    }
}

#[component]
fn MoveMenu() -> impl IntoView {
    let subject = use_subject();
    let view = use_replica().view();
    let column = memo(move || {
        let column = subject.deployment.with(|known| known.as_ref().map(|known| known.column));
        column.map(|column| view.with(|view| column_name(column, view))).unwrap_or_default()
    });
    let columns = memo(move || view.with(|view| view.columns_in_order()));
    let face = move || {
        view! {
            <Icon name="columns-3" />
            {column}
            <Icon name="chevron-down" />
        }
    };
    view! {
        <Menu label=t!(move_to) class="button" id=MOVE face>
            {live(move || columns.get().into_iter().map(|column| view! { <MoveItem column /> }).collect_view())}
        </Menu>
    }
}

#[component]
fn MoveItem(column: ColumnId) -> impl IntoView {
    let subject = use_subject();
    let acts = use_acts();
    let view = use_replica().view();
    let known = view.get_untracked();
    let is_current = known.deployments.get(&subject.id).is_some_and(|known| known.column == column);
    let needed = needed_rollout(&known, subject.id, column);
    let hint = needed.map(|environment| {
        let environment = environment_name(environment, &known);
        t!(records_rollout, &environment)
    });
    let pick = Callback::new(move |()| match needed {
        _ if is_current => {}
        Some(environment) => {
            let deployment = subject.id;
            subject.recording.set(Some(RolloutSubject { deployment, environment, rollout: None }));
        }
        // What acts changes the view: it must not be borrowed meanwhile.
        None => move_on_top(acts, subject, &view.get_untracked(), column),
    });
    let icon = match known.columns.get(&column).map(|column| column.kind) {
        Some(ColumnKind::Environment(_)) => "server",
        Some(ColumnKind::Approval) => "shield-check",
        Some(ColumnKind::Monitoring) => "heart-pulse",
        Some(ColumnKind::Queue) | None => "inbox",
    };
    let text = column_name(column, &known);
    match hint {
        Some(hint) => view! { <MenuItem icon text hint is_current on_pick=pick /> },
        None => view! { <MenuItem icon text is_current on_pick=pick /> },
    }
}

fn move_on_top(acts: Acts, subject: Subject, view: &Workspace, to: ColumnId) {
    let Some(known) = view.deployments.get(&subject.id) else { return };
    let first =
        view.cards_in(to).first().and_then(|card| view.deployments.get(card)).map(|card| card.rank.clone());
    let step = |from, to, rank| {
        Command::Deployment(DeploymentCommand::Move { deployment: subject.id, from, to, rank })
    };
    let words = t!(moved, &name_of(subject.id, view), &column_name(to, view));
    acts.act_undoable(
        step(known.column, to, rank::between(None, first.as_deref())),
        words,
        step(to, known.column, known.rank.clone()),
    );
}

#[component]
fn CopyButton() -> impl IntoView {
    let subject = use_subject();
    let toasts = use_toasts();
    let copy = move |_| {
        let Some(text) = markdown_of(subject) else { return };
        leptos::task::spawn_local(async move {
            if platform::copy_text(&text).await {
                toasts.say(t!(copied_markdown));
            } else {
                toasts.refuse(t!(copy_failed));
            }
        });
    };
    view! {
        <button class="button is-quiet" type="button" id=COPY on:click=copy>
            <Icon name="copy" />
            {t!(copy_markdown)}
        </button>
    }
}

fn markdown_of(subject: Subject) -> Option<String> {
    subject.deployment.with_untracked(|known| known.as_ref().map(|known| render(&known.document())))
}

#[component]
fn MoreItems(
    is_finished: Memo<bool>,
    is_archived: Memo<bool>,
    is_importing: RwSignal<bool>,
) -> impl IntoView {
    let subject = use_subject();
    let view = use_replica().view();
    let download = Callback::new(move |()| {
        let name = view.with_untracked(|view| name_of(subject.id, view)).replace(['/', ' '], "-");
        if let Some(text) = markdown_of(subject) {
            platform::save_file(&format!("{name}.md"), "text/markdown", &text);
        }
    });
    let may_not = use_may_not(Capability::Work);
    let print = Callback::new(|()| page::print());
    let address = use_address();
    let template = move || format!("{}?from={}", Place::Templates.path(), subject.id);
    let is_sealed = subject.is_sealed();
    let begin_here = move |follows| Callback::new(move |()| begin(address, subject.id, follows));
    view! {
        <When holds=subject.is_whole()>
            <MenuItem icon="download" text=t!(download_markdown) on_pick=download />
        </When>
        <When holds=derive(move || !is_finished.get() && !is_archived.get() && may_not.with(Option::is_none))>
            <MenuItem
                icon="upload"
                text=t!(import_markdown)
                hint=t!(import_markdown_what)
                on_pick=Callback::new(move |()| is_importing.set(true))
            />
        </When>
        <MenuItem icon="file-text" text=t!(print) on_pick=print />
        <When holds=derive(move || may_not.with(Option::is_none))>
            <hr />
            <When holds=derive(move || !is_sealed.get())>
                <MenuItem icon="copy" text=t!(duplicate) hint=t!(duplicate_what) on_pick=begin_here(false) />
            </When>
            <When holds=derive(move || !is_sealed.get())>
                <MenuItem icon="file-text" text=t!(save_as_template) on_pick=Callback::new(move |()| address.go(&template())) />
            </When>
            <MenuItem icon="corner-down-right" text=t!(follow_up) hint=t!(follow_up_what) on_pick=begin_here(true) />
        </When>
        <When holds=derive(move || !is_archived.get() && subject.is_whole().get() && may_not.with(Option::is_none))>
            <hr />
            <When holds=derive(move || !is_finished.get())>
                <FinishItem />
            </When>
            <ArchiveItem />
        </When>
    }
}

/// Goes to the form for a new deployment that begins as one that is there, or follows it.
pub(super) fn begin(address: Address, deployment: DeploymentId, follows: bool) {
    address.go(&From { deployment, follows }.path());
}

/// Says that it is over, which takes it off the board.
pub(super) fn finish(acts: Acts, view: Signal<Arc<Workspace>>, deployment: DeploymentId) {
    let words = view.with_untracked(|view| t!(finished, &name_of(deployment, view)));
    let command = Command::Deployment(DeploymentCommand::Finish { deployment });
    acts.act_undoable(command, words, Command::Deployment(DeploymentCommand::Reopen { deployment }));
}

/// Puts it away without its being over.
pub(super) fn archive(acts: Acts, view: Signal<Arc<Workspace>>, deployment: DeploymentId) {
    let words = view.with_untracked(|view| t!(archived_one, &name_of(deployment, view)));
    let command = Command::Deployment(DeploymentCommand::Archive { deployment });
    acts.act_undoable(command, words, Command::Deployment(DeploymentCommand::Restore { deployment }));
}

#[component]
fn FinishItem() -> impl IntoView {
    let (subject, acts, view) = (use_subject(), use_acts(), use_replica().view());
    let over = Callback::new(move |()| finish(acts, view, subject.id));
    view! { <MenuItem icon="flag" text=t!(finish) hint=t!(finish_what) on_pick=over /> }
}

#[component]
fn ArchiveItem() -> impl IntoView {
    let (subject, acts, view) = (use_subject(), use_acts(), use_replica().view());
    let is_sealed = subject.is_sealed();
    let away = Callback::new(move |()| archive(acts, view, subject.id));
    view! {
        <When holds=derive(move || !is_sealed.get())>
            <MenuItem icon="archive" text=t!(archive) hint=t!(archive_what) on_pick=away />
        </When>
    }
}

#[component]
fn RestoreButton() -> impl IntoView {
    let (subject, acts) = (use_subject(), use_acts());
    let view = use_replica().view();
    let restore = move |_| {
        let deployment = subject.id;
        let words = view.with_untracked(|view| t!(restored_one, &name_of(deployment, view)));
        let command = Command::Deployment(DeploymentCommand::Restore { deployment });
        acts.act_undoable(command, words, Command::Deployment(DeploymentCommand::Archive { deployment }));
    };
    view! {
        <button class="button" type="button" on:click=restore>
            <Icon name="rotate-ccw" />
            {t!(restore)}
        </button>
    }
}

#[component]
fn ReopenButton() -> impl IntoView {
    let subject = use_subject();
    let acts = use_acts();
    let details = use_details();
    let view = use_replica().view();
    let reopen = move |_| {
        let deployment = subject.id;
        let words = view.with_untracked(|view| t!(reopened, &name_of(deployment, view)));
        let command = Command::Deployment(DeploymentCommand::Reopen { deployment });
        let inverse = Command::Deployment(DeploymentCommand::Finish { deployment });
        details.before(acts, move || {
            acts.act_undoable(command, words, inverse);
        });
    };
    view! {
        <button class="button" type="button" on:click=reopen>
            <Icon name="rotate-ccw" />
            {t!(reopen)}
        </button>
    }
}
