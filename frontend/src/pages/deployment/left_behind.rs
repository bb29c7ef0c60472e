//! What was typed about a check that somebody else took out, or moved, meanwhile: it stays until its author has put it
//! somewhere.

use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::comment::{CommentChange, CommentText};
use slipway_shared::ids::{CheckId, CommentId, SectionId};

use super::{Subject, use_subject};
use crate::acts::use_acts;
use crate::browser::{focus, platform};
use crate::components::live::{all, live};
use crate::components::notice::{Notice, NoticeKind};
use crate::replica::use_replica;
use crate::toasts::use_toasts;

/// What somebody typed, and which check it was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// What was typed: what the check says, or what shows that it holds.
    pub text: String,
    /// How to verify it, where that was asked.
    pub verify: Option<String>,
    /// What the check said.
    pub check: String,
    /// In which section it stood.
    pub section: Option<SectionId>,
}

impl Typed {
    /// Returns all of it as one text.
    fn whole(&self) -> String {
        let verify = self.verify.iter().filter(|verify| !verify.trim().is_empty());
        [&self.text].into_iter().chain(verify).cloned().collect::<Vec<_>>().join("\n\n")
    }
}

/// What was left behind on the page that is shown.
#[derive(Clone, Copy)]
pub struct LeftBehind(RwSignal<Vec<(u128, Typed)>>);

/// Provides where what is left behind goes. To be called by the page.
pub fn provide_left_behind() {
    provide_context(LeftBehind(RwSignal::new(Vec::new())));
}

/// A form about a check, while somebody types in it.
#[derive(Clone, Copy)]
pub struct TypingIn {
    /// What was typed so far; nothing while it is as it was, or once it was saved or given up.
    typed: StoredValue<Option<Typed>>,
}

impl TypingIn {
    /// Begins to follow a form. When it goes while something is typed in it, that is kept beside.
    #[must_use]
    pub fn follow() -> Self {
        let typed = StoredValue::new(None);
        let (left, number) = (expect_context::<LeftBehind>(), use_replica().mint());
        on_cleanup(move || {
            let Some(typed) = typed.try_update_value(Option::take).flatten() else { return };
            // Where the page goes as well, nobody is there to show it to.
            let kept = left.0.try_update(|left| left.push((number, typed)));
            if kept.is_some() {
                focus::focus_soon(format!("#left-{number:x} button"));
            }
        });
        Self { typed }
    }

    /// Notes what is typed.
    pub fn note(self, typed: Typed) {
        self.typed.set_value(Some(typed));
    }

    /// Somebody has saved it, or given it up.
    pub fn end(self) {
        self.typed.set_value(None);
    }
}

/// Returns what a check says, and in which section it stands.
pub fn place_of_check(subject: Subject, check: CheckId) -> (String, Option<SectionId>) {
    subject.deployment.with_untracked(|known| {
        let known = known.as_deref();
        let text = known.and_then(|known| known.check(check)).map(|check| check.text.clone());
        let section = known.and_then(|known| super::outline_moves::section_with(known, check));
        (text.unwrap_or_default(), section.map(|section| section.id))
    })
}

/// What was left behind, with what can be done with it.
#[component]
pub fn LeftBehindList() -> impl IntoView {
    let left = expect_context::<LeftBehind>();
    live(move || all(left.0.get(), |(number, typed)| view! { <Left number typed /> }.into_any()))
}

#[component]
fn Left(number: u128, typed: Typed) -> impl IntoView {
    let (subject, left) = (use_subject(), expect_context::<LeftBehind>());
    let (acts, toasts, replica) = (use_acts(), use_toasts(), use_replica());
    let (title, text) = (t!(left_behind, &typed.check), typed.whole());
    let typed = StoredValue::new(typed);
    let done = move || left.0.update(|left| left.retain(|(known, _)| *known != number));
    let copy = move |_| {
        let text = typed.with_value(Typed::whole);
        leptos::task::spawn_local(async move {
            if platform::copy_text(&text).await {
                toasts.say(t!(button_copied));
            }
        });
    };
    let act = move |command: DeploymentCommand| {
        if acts.act(Command::Deployment(command)) {
            done();
        }
    };
    let add_check = move |_| {
        let Typed { text, verify, section, .. } = typed.get_value();
        // Its section may be gone with it.
        let section = subject.deployment.with_untracked(|known| {
            let sections = &known.as_deref()?.sections;
            let own = sections.iter().find(|known| Some(known.id) == section);
            own.or_else(|| sections.iter().find(|known| !known.checks.is_empty())).map(|known| known.id)
        });
        let verify = verify.filter(|verify| !verify.trim().is_empty());
        let Some(section) = section else { return toasts.refuse(t!(left_no_section)) };
        let (deployment, check) = (subject.id, CheckId::from_u128(replica.mint()));
        act(DeploymentCommand::AddCheck { deployment, section, check, text, verify });
    };
    let add_comment = move |_| {
        let text = typed.with_value(Typed::whole);
        let (deployment, comment) = (subject.id, CommentId::from_u128(replica.mint()));
        let change = CommentChange::Write(CommentText { text, mentions: Vec::new() });
        act(DeploymentCommand::Comment { deployment, comment, change });
    };
    let actions = move || {
        view! {
            <button class="button" type="button" on:click=copy>
                {t!(button_copy)}
            </button>
            <button class="button" type="button" on:click=add_check>
                {t!(left_as_check)}
            </button>
            <button class="button" type="button" on:click=add_comment>
                {t!(left_as_comment)}
            </button>
            <button class="button is-quiet" type="button" on:click=move |_| done()>
                {t!(button_discard)}
            </button>
        }
    };
    view! {
        <div id=format!("left-{number:x}") data-testid="left-behind" role="alert">
            <Notice kind=NoticeKind::Warning title text actions />
        </div>
    }
    .into_any()
}
