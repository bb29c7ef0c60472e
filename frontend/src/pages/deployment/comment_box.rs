//! The field a comment is written in: it completes the names of people after an `@`.

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use slipway_shared::ids::MemberId;
use slipway_shared::member::Profile;
use web_sys::KeyboardEvent;

use super::mentions::{Begun, begun, bytes_at, completed, mentioned, offered, utf16_at};
use crate::browser::kept;
use crate::components::avatar::Avatar;
use crate::components::live::{When, all, derive, live, memo};
use crate::replica::use_replica;

/// What is done with a comment that was written: its text, and whom it mentions. Tells whether it could be done.
pub type Send = Callback<(String, Vec<MemberId>), bool>;

/// A field for a comment, with the buttons below it.
#[component]
pub fn CommentBox(
    /// Under which name what was begun is kept.
    #[prop(into)]
    draft: String,
    /// What is there to begin with, if nothing was kept.
    #[prop(optional, into)]
    before: String,
    /// What the field is for.
    #[prop(into)]
    label: String,
    /// What the button says.
    #[prop(into)]
    button: String,
    /// What becomes of it.
    send: Send,
    /// Goes back to reading, where there is something to read.
    #[prop(optional)]
    on_cancel: Option<Callback<()>>,
) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    let draft = StoredValue::new(draft);
    let people = use_replica().people();
    let text = kept::read::<String>(&draft.get_value()).unwrap_or(before);
    if on_cancel.is_some() {
        Effect::new(move |_| field.get().map(|field| field.focus()));
    }
    let naming = Naming { field, draft, people, begun: RwSignal::new(None), at: RwSignal::new(0) };
    let submit = move || {
        let Some(field) = field.get_untracked() else { return };
        let text = field.value();
        if text.trim().is_empty() {
            return;
        }
        let mentions = people.with_untracked(|people| mentioned(people, &text));
        if send.run((text, mentions)) {
            kept::forget(&draft.get_value());
            field.set_value("");
            naming.begun.set(None);
        }
    };
    let on_input = move |_| {
        naming.keep();
        naming.look();
    };
    let on_keydown = move |event: KeyboardEvent| {
        if naming.take_key(&event) {
            event.prevent_default();
            event.stop_propagation();
        } else if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            submit();
        }
    };
    let cancel = move |on_cancel: Callback<()>| {
        kept::forget(&draft.get_value());
        on_cancel.run(());
    };
    view! {
        <form
            class="comment-form no-print"
            on:submit=move |event| {
                event.prevent_default();
                submit();
            }
        >
            <div class="comment-field">
                <textarea
                    class="input"
                    dir="auto"
                    rows="3"
                    maxlength="10000"
                    node_ref=field
                    aria-label=label
                    aria-autocomplete="list"
                    aria-controls=move || naming.is_open().then_some(LIST)
                    aria-activedescendant=move || naming.is_open().then(|| option_id(naming.at.get()))
                    on:keydown=on_keydown
                    on:input=on_input
                    on:click=move |_| naming.look()
                    on:blur=move |_| naming.begun.set(None)
                >
                    {text}
                </textarea>
                <People naming />
            </div>
            <div class="row">
                <span class="faint small grow">{t!(comment_hint)}</span>
                {on_cancel
                    .map(|on_cancel| {
                        view! {
                            <button class="button is-quiet" type="button" on:click=move |_| cancel(on_cancel)>
                                {t!(button_cancel)}
                            </button>
                        }
                    })}
                <button class="button" type="submit">
                    {button}
                </button>
            </div>
        </form>
    }
}

/// The id of the list of people; there is one at a time, for the field that has the focus.
const LIST: &str = "people-to-mention";

fn option_id(place: usize) -> String {
    format!("{LIST}-{place}")
}

/// A name that is being typed, and what is offered for it.
#[derive(Clone, Copy)]
struct Naming {
    field: NodeRef<html::Textarea>,
    /// Under which name what was begun is kept.
    draft: StoredValue<String>,
    people: Signal<Arc<BTreeMap<MemberId, Profile>>>,
    begun: RwSignal<Option<Begun>>,
    /// Which of those offered is picked with Enter.
    at: RwSignal<usize>,
}

impl Naming {
    fn offered(self) -> Vec<Profile> {
        let people = self.people;
        let typed = self.begun.with(|begun| begun.as_ref().map(|begun| begun.typed.clone()));
        typed.map(|typed| people.with(|people| offered(people, &typed))).unwrap_or_default()
    }

    fn is_open(self) -> bool {
        !self.offered().is_empty()
    }

    /// Keeps what was begun.
    fn keep(self) {
        let Some(field) = self.field.get_untracked() else { return };
        let text = field.value();
        if text.trim().is_empty() {
            kept::forget(&self.draft.get_value());
        } else {
            kept::keep(&self.draft.get_value(), &text);
        }
    }

    /// Looks whether a name is being typed.
    fn look(self) {
        let Some(field) = self.field.get_untracked() else { return };
        let text = field.value();
        let caret = field.selection_start().ok().flatten().unwrap_or_default();
        self.begun.set(begun(&text, bytes_at(&text, caret)));
        self.at.set(0);
    }

    /// Takes a key that is for the list; tells whether it was.
    fn take_key(self, event: &KeyboardEvent) -> bool {
        let offered = untrack(|| self.offered());
        let last = offered.len().saturating_sub(1);
        let at = self.at.get_untracked().min(last);
        let is_plain = !event.ctrl_key() && !event.meta_key() && !event.is_composing();
        match event.key().as_str() {
            _ if offered.is_empty() || !is_plain => return false,
            "ArrowDown" => self.at.set(if at == last { 0 } else { at + 1 }),
            "ArrowUp" => self.at.set(at.checked_sub(1).unwrap_or(last)),
            "Escape" => self.begun.set(None),
            "Enter" | "Tab" => {
                if let Some(profile) = offered.get(at) {
                    self.pick(&profile.name);
                }
            }
            _ => return false,
        }
        true
    }

    fn pick(self, name: &str) {
        let (Some(field), Some(begun)) = (self.field.get_untracked(), self.begun.get_untracked()) else {
            return;
        };
        let (text, caret) = completed(&field.value(), &begun, name);
        field.set_value(&text);
        let caret = utf16_at(&text, caret);
        // A place in the text that was just set is there.
        let _ = field.set_selection_range(caret, caret);
        self.begun.set(None);
        self.keep();
    }
}

#[component]
fn People(naming: Naming) -> impl IntoView {
    let offered = memo(move || naming.offered());
    let at = memo(move || naming.at.get().min(offered.with(|offered| offered.len().saturating_sub(1))));
    let options = move || {
        all(offered.get().into_iter().enumerate(), move |(place, profile)| {
            let name = profile.name.clone();
            view! {
                <li
                    id=option_id(place)
                    class="menu-item"
                    role="option"
                    aria-selected=derive(move || (at.get() == place).to_string())
                    on:pointerdown=move |event| {
                        // The field keeps the focus.
                        event.prevent_default();
                        naming.pick(&name);
                    }
                >
                    <Avatar member=profile.member />
                    <bdi>{profile.name}</bdi>
                </li>
            }
            .into_any()
        })
    };
    view! {
        <When holds=derive(move || offered.with(|offered| !offered.is_empty()))>
            <ul id=LIST class="comment-people" role="listbox" aria-label=t!(comment_people)>
                {live(options)}
            </ul>
        </When>
    }
}
