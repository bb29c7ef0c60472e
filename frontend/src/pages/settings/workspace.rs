//! The workspace that is open: its name, and the way to the others.

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::command::{Command, WorkspaceCommand};

use crate::account_words::{role_name, role_what};
use crate::acts::use_acts;
use crate::app::switcher::SwitchButton;
use crate::components::dialog::Dialog;
use crate::components::form::{Field, FieldKind, Form, FormState, Problem};
use crate::components::live::{When, derive, memo};
use crate::components::rows::{Row, button, section};
use crate::may::use_may_not;
use crate::rejection_words::rejection_words;
use crate::replica::use_replica;

const NAME: &str = "rename-workspace";

/// The workspace. Its name is in the replica, so it can be changed offline.
pub(super) fn workspace() -> AnyView {
    let replica = use_replica();
    let (view, me) = (replica.view(), replica.me());
    let name = memo(move || view.with(|view| view.name.clone()));
    let text = derive(move || {
        let role = view.with(|view| view.role(me.get()));
        role.map(|role| [role_name(role), role_what(role)].join(" · ")).unwrap_or_default()
    });
    let may_not = use_may_not(Capability::Administer);
    let rename = view! { <When holds=derive(move || may_not.with(Option::is_none))>{rename(name)}</When> };
    let switch = view! { <SwitchButton /> };
    let row =
        Row { text, ..Row::new(String::new(), String::new(), vec![rename.into_any(), switch.into_any()]) };
    section("settings-workspace", t!(settings_workspace), vec![Row { title: name.into(), ..row }.show()])
}

fn rename(name: Memo<String>) -> AnyView {
    let (acts, replica) = (use_acts(), use_replica());
    let state = FormState::new(Vec::new());
    let asks = RwSignal::new(false);
    let close = Callback::new(move |()| asks.set(false));
    let open = Callback::new(move |()| {
        state.set(NAME, name.get_untracked());
        asks.set(true);
    });
    let send = Callback::new(move |()| {
        let next = match state.needed(NAME) {
            Ok(next) => next,
            Err(problem) => return state.say(problem),
        };
        let rename = |name: String| Command::Workspace(WorkspaceCommand::Rename { name });
        let said = t!(workspace_renamed, &next);
        match acts.try_act(rename(next), said, rename(name.get_untracked())) {
            Ok(()) => asks.set(false),
            Err(rejection) => {
                let view = replica.view().get_untracked();
                state.say(Problem::of(NAME, rejection_words(&rejection, &view)));
            }
        }
    });
    let fields = || vec![Field::new(NAME, FieldKind::Text, t!(workspace_name))];
    view! {
        {button("button", t!(button_rename), open)}
        <Dialog is_open=asks on_close=close title=derive(|| t!(workspace_rename))>
            <Form state fields=fields() button=t!(button_save) on_send=send />
        </Dialog>
    }
    .into_any()
}
