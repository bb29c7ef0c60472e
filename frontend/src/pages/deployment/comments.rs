//! What people say to each other about a deployment.

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::comment::{Comment, CommentChange, CommentText};
use slipway_shared::ids::{CommentId, DeploymentId};

use super::comment_box::{CommentBox, Send};
use super::use_subject;
use crate::acts::use_acts;
use crate::browser::{focus, kept};
use crate::components::avatar::{Avatar, use_name};
use crate::components::icon::Icon;
use crate::components::live::{When, derive, each, live, memo};
use crate::components::markdown::Markdown;
use crate::components::menu::{Menu, MenuItem};
use crate::components::pill::{Pill, PillKind};
use crate::components::relative_time::RelativeTime;
use crate::replica::use_replica;

fn change(deployment: DeploymentId, comment: CommentId, change: CommentChange) -> Command {
    Command::Deployment(DeploymentCommand::Comment { deployment, comment, change })
}

fn draft_name(deployment: DeploymentId, what: &str) -> String {
    kept::own(&format!("{}/{deployment}/{what}", kept::DRAFT))
}

/// The comments, and a field for one more.
#[component]
pub fn Comments() -> impl IntoView {
    let subject = use_subject();
    let acts = use_acts();
    let replica = use_replica();
    let ids = subject.select(|known| known.comments.iter().map(|comment| comment.id).collect::<Vec<_>>());
    let number =
        subject.select(|known| known.comments.iter().filter(|comment| comment.deleted.is_none()).count());
    let send: Send = Callback::new(move |(text, mentions)| {
        let comment = CommentId::from_u128(replica.mint());
        let write = CommentChange::Write(CommentText { text, mentions });
        let back = change(subject.id, comment, CommentChange::Delete);
        acts.act_undoable(change(subject.id, comment, write), t!(comment_sent), back)
    });
    view! {
        <section id="comments" aria-labelledby="comments-heading" data-testid="comments">
            <h2 class="section-head" id="comments-heading">
                {t!(comments)}
                <When holds=derive(move || number.get() != 0)>
                    <span class="num">{derive(move || number.get().to_string())}</span>
                </When>
            </h2>
            <ul class="comments" role="list">
                {each(ids, |id| view! { <CommentItem id /> }.into_any())}
            </ul>
            <CommentBox
                draft=draft_name(subject.id, "comment")
                label=t!(comment_write)
                button=t!(comment_send)
                send
            />
        </section>
    }
}

#[component]
fn CommentItem(id: CommentId) -> impl IntoView {
    let subject = use_subject();
    let comment = subject.select(move |known| known.comment(id).cloned());
    let is_deleted =
        memo(move || comment.with(|known| known.as_ref().is_some_and(|known| known.deleted.is_some())));
    let draft = draft_name(subject.id, &id.to_string());
    // An edit that was begun and not sent goes on.
    let is_editing = RwSignal::new(kept::read::<String>(&draft).is_some());
    let gone = move || {
        live(move || {
            let by = comment.with(|known| known.as_ref().and_then(|known| known.deleted));
            by.map(|by| {
                view! {
                    <p class="faint small">
                        {derive(move || t!(comment_deleted_by, &use_name(by.actor).get()))} " · " <RelativeTime at=by.at />
                    </p>
                }
            })
        })
    };
    view! {
        <li id=format!("comment-{id}") class="comment" tabindex="-1" data-testid="comment">
            <When holds=derive(move || !is_deleted.get()) otherwise=gone>
                <Said comment id is_editing />
                <When
                    holds=is_editing
                    otherwise=move || {
                        let text = derive(move || {
                            comment.with(|known| known.as_ref().map(|known| known.text.clone()).unwrap_or_default())
                        });
                        view! { <Markdown text /> }
                    }
                >
                    <EditForm comment id is_editing />
                </When>
            </When>
        </li>
    }
}

/// Who said it, when, and what can be done with it.
#[component]
fn Said(comment: Memo<Option<Comment>>, id: CommentId, is_editing: RwSignal<bool>) -> impl IntoView {
    let written =
        memo(move || comment.with(|known| known.as_ref().map(|known| (known.written, known.edited))));
    live(move || {
        let (written, edited) = written.get()?;
        let name = use_name(written.actor);
        let is_unsent = edited.unwrap_or(written).seq.is_none();
        let head = view! {
            <div class="comment-head">
                <Avatar member=written.actor />
                <b>
                    <bdi>{name}</bdi>
                </b>
                <RelativeTime at=written.at />
                {edited
                    .map(|edited| {
                        view! {
                            <span class="faint small">
                                {t!(comment_edited)} " " <RelativeTime at=edited.at />
                            </span>
                        }
                    })}
                {is_unsent.then(|| view! { <Pill kind=PillKind::Unsent text=t!(only_here) /> })}
                <span class="grow"></span>
                <CommentMenu comment id is_editing />
            </div>
        };
        Some(head)
    })
}

#[component]
fn CommentMenu(comment: Memo<Option<Comment>>, id: CommentId, is_editing: RwSignal<bool>) -> impl IntoView {
    let subject = use_subject();
    let acts = use_acts();
    let (view, me) = (use_replica().view(), use_replica().me());
    let is_own = memo(move || {
        comment.with(|known| known.as_ref().is_some_and(|known| known.written.actor == me.get()))
    });
    let may_delete = memo(move || {
        is_own.get() || view.with(|view| Capability::Administer.refusal(view, me.get()).is_none())
    });
    let edit = Callback::new(move |()| is_editing.set(true));
    let delete = Callback::new(move |()| {
        let [delete, back] = [CommentChange::Delete, CommentChange::Restore];
        let deleted = acts.act_undoable(
            change(subject.id, id, delete),
            t!(comment_deleted),
            change(subject.id, id, back),
        );
        if deleted {
            focus::focus_soon(format!("#comment-{id}"));
        }
    });
    view! {
        <When holds=may_delete>
            <Menu label=t!(comment_menu) class="icon-button is-small no-print" face=|| view! { <Icon name="ellipsis" /> }>
                <When holds=is_own>
                    <MenuItem icon="pencil" text=t!(comment_edit) on_pick=edit />
                </When>
                <MenuItem icon="x" text=t!(comment_delete) on_pick=delete />
            </Menu>
        </When>
    }
}

#[component]
fn EditForm(comment: Memo<Option<Comment>>, id: CommentId, is_editing: RwSignal<bool>) -> impl IntoView {
    let subject = use_subject();
    let acts = use_acts();
    let seen = use_replica().reached();
    let (before, mentions) = comment.with_untracked(|known| {
        known.as_ref().map(|known| (known.text.clone(), known.mentions.clone())).unwrap_or_default()
    });
    let was = StoredValue::new(CommentText { text: before.clone(), mentions });
    let close = move || {
        is_editing.set(false);
        focus::focus_soon(format!("#comment-{id}"));
    };
    let send: Send = Callback::new(move |(text, mentions)| {
        let edit = |said| change(subject.id, id, CommentChange::Edit(said));
        let said = CommentText { text, mentions };
        let sent = acts.edit_undoable(edit(said), seen, t!(comment_changed), edit(was.get_value()));
        if sent {
            close();
        }
        sent
    });
    view! {
        <CommentBox
            draft=draft_name(subject.id, &id.to_string())
            before
            label=t!(comment_edit)
            button=t!(button_save)
            send
            on_cancel=Callback::new(move |()| close())
        />
    }
}
