//! Workspaces that are on this device only: a copy as a file, and the way to a server. And the other end of it: bringing
//! one to this server from a file.

use leptos::prelude::*;
use slipway_shared::account::import::Imported;
use slipway_shared::sync::client::Failure;
use slipway_shared::sync::protocol::ErrorCode;
use wasm_bindgen::JsCast as _;

use crate::account_words::failure_words;
use crate::accounts::{code_of, use_accounts};
use crate::app::place::Place;
use crate::app::switcher::{switch_words, use_may_make, use_switch};
use crate::browser::platform;
use crate::components::live::{When, live, memo};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::rows::{Row, button, hint, rows, section};
use crate::language::count;
use crate::replica::{LocalWorkspace, MoveProblem, ReplicaHandle, use_replica};
use crate::toasts::use_toasts;

/// What is said below the list: a title, what it means, and whether something is wrong.
type Said = RwSignal<Option<(String, String, bool)>>;

/// The workspaces that are on this device only; nothing where there are none.
pub(super) fn local_workspaces() -> AnyView {
    let replica = use_replica();
    let shown = Shown { known: RwSignal::new(Vec::new()), said: RwSignal::new(None) };
    look(replica, shown);
    let has_some = memo(move || shown.known.with(|known| !known.is_empty()));
    // Only the list is drawn anew by what comes of something: what is said below it stays, and is heard.
    live(move || {
        let list = live(move || rows(shown.known.get().into_iter().map(|local| row(local, shown)).collect()));
        let what = if replica.is_local() { t!(local_what) } else { t!(local_what_beside) };
        let body = || vec![hint(what), list, told(shown.said)];
        has_some.get().then(|| section("settings-local", t!(local_title), body()))
    })
}

/// What the list shows.
#[derive(Clone, Copy)]
struct Shown {
    known: RwSignal<Vec<LocalWorkspace>>,
    said: Said,
}

/// Looks for the workspaces, and how they are.
fn look(replica: ReplicaHandle, shown: Shown) {
    leptos::task::spawn_local(async move {
        let found = replica.local_workspaces().await;
        if shown.known.try_with_untracked(|known| *known != found) == Some(true) {
            shown.known.try_set(found);
        }
    });
}

/// What came of the last that was asked for.
fn told(said: Said) -> AnyView {
    let shown = live(move || {
        said.get().map(|(title, text, is_wrong)| {
            let kind = if is_wrong { NoticeKind::Warning } else { NoticeKind::Plain };
            view! { <Notice kind title text actions=|| () /> }
        })
    });
    view! { <div role="status" data-testid="local-said">{shown}</div> }.into_any()
}

fn row(local: LocalWorkspace, shown: Shown) -> Row {
    let said = shown.said;
    let LocalWorkspace { workspace, name, is_open, is_moving } = local;
    let replica = use_replica();
    let go = use_switch();
    let open = Callback::new(move |()| go.run(workspace));
    let save = Callback::new(move |()| {
        leptos::task::spawn_local(async move {
            match replica.copy_local(workspace).await {
                Ok(copy) => {
                    platform::save_blob(&format!("slipway-{workspace}.jsonl"), &copy.lines);
                    said.try_set(Some((t!(local_saved), t!(local_digest, &copy.digest.to_string()), false)));
                }
                Err(problem) => say(said, t!(local_not_saved), &problem),
            }
        });
    });
    let load = use_load();
    let stay = Callback::new(move |()| {
        leptos::task::spawn_local(async move {
            match replica.stay_local(workspace).await {
                Ok(()) => load(&Place::Settings.path()).await,
                Err(problem) => say(said, t!(stay_failed), &problem),
            }
        });
    });
    let mut actions = vec![
        button(
            "button is-primary",
            if is_moving { t!(local_move_on) } else { t!(local_move) },
            mover(workspace, shown),
        ),
        button("button", t!(local_save), save),
    ];
    if is_moving {
        actions.push(button("button is-quiet", t!(local_stay), stay));
    }
    if !is_open {
        actions.push(button("button is-quiet", t!(button_open), open));
    }
    Row::new(name, if is_moving { t!(local_is_moving) } else { t!(local_here_only) }, actions)
}

/// Moves a workspace to the server of this address: signs in first where that is needed, and says so where there is none.
fn mover(workspace: slipway_shared::ids::WorkspaceId, shown: Shown) -> Callback<()> {
    let said = shown.said;
    let (replica, accounts, load) = (use_replica(), use_accounts(), use_load());
    let is_busy = RwSignal::new(false);
    Callback::new(move |()| {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        said.set(Some((t!(local_moving), t!(local_moving_what), false)));
        leptos::task::spawn_local(async move {
            let moved = match accounts.session().await {
                Ok(session) if session.account.is_some() => replica.move_local(workspace).await,
                Ok(_) => Err(MoveProblem::Refused(Failure::Unreachable)),
                Err(failure) => match code_of(&failure) {
                    Some(ErrorCode::SignInNeeded) => {
                        let back = Place::Settings.path();
                        is_busy.try_set(false);
                        said.try_set(None);
                        return load(&format!("{}?back={back}", Place::SignIn.path())).await;
                    }
                    Some(ErrorCode::SetupNeeded) => {
                        is_busy.try_set(false);
                        said.try_set(None);
                        return load(&Place::Setup.path()).await;
                    }
                    _ => Err(MoveProblem::Refused(failure)),
                },
            };
            is_busy.try_set(false);
            match moved {
                Ok(()) => load(&Place::Board.path()).await,
                Err(problem) => say(said, unmoved_title(&problem), &problem),
            }
            look(replica, shown);
        });
    })
}

/// Returns what loads another page anew, and says why not where something would be lost by it.
fn use_load() -> impl AsyncFn(&str) + Copy + 'static {
    let (replica, toasts) = (use_replica(), use_toasts());
    async move |to: &str| {
        let refusal = switch_words(&replica.load_page(to).await);
        refusal.into_iter().for_each(|words| toasts.refuse(words));
    }
}

/// Returns what came of a move that was not finished, as far as that is known.
fn unmoved_title(problem: &MoveProblem) -> String {
    match problem {
        MoveProblem::Unknown(_) => t!(move_unknown_title),
        MoveProblem::NotHandedOver => t!(move_not_handed_over_title),
        _ => t!(move_failed),
    }
}

fn say(said: Said, title: String, problem: &MoveProblem) {
    let text = match problem {
        MoveProblem::Storage => t!(move_storage),
        MoveProblem::Unreadable => t!(move_unreadable),
        MoveProblem::Different => t!(move_different),
        MoveProblem::Unknown(_) => t!(move_unknown),
        MoveProblem::NotHandedOver => t!(move_not_handed_over),
        MoveProblem::Refused(failure) => refused_words(failure),
    };
    said.try_set(Some((title, text, true)));
}

fn refused_words(failure: &Failure) -> String {
    match code_of(failure) {
        None => t!(move_no_server),
        Some(ErrorCode::Forbidden) => t!(move_forbidden),
        Some(ErrorCode::Fork) => t!(move_other_history),
        Some(ErrorCode::TooLarge) => t!(move_too_large),
        Some(ErrorCode::Malformed | ErrorCode::Unacceptable) => t!(move_not_a_workspace),
        Some(_) => failure_words(failure),
    }
}

/// Brings a workspace to this server from a file, for who may make one there.
pub(super) fn bring_from_file() -> AnyView {
    let may_make = use_may_make();
    view! { <When holds=may_make>{bringing()}</When> }.into_any()
}

/// Sends a file, and compares the digest that the file names with the server's.
fn bringing() -> AnyView {
    let (replica, toasts) = (use_replica(), use_toasts());
    let said: Said = RwSignal::new(None);
    let brought = RwSignal::new(None);
    let pick = move |event: web_sys::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        let Some(input) = input else { return };
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        // So that the same file can be picked again.
        input.set_value("");
        said.set(Some((t!(bring_sending), String::new(), false)));
        leptos::task::spawn_local(async move {
            let named = platform::file_digest(&file).await;
            match replica.bring(&file).await {
                Ok(imported) => {
                    said.try_set(Some(arrived_words(named.as_deref(), &imported)));
                    brought.try_set(Some(imported));
                }
                Err(Failure::Unreachable | Failure::Unreadable) => {
                    said.try_set(Some((t!(bring_unknown_title), t!(bring_no_answer), true)));
                }
                Err(failure) => {
                    said.try_set(Some((t!(bring_failed), refused_words(&failure), true)));
                }
            }
        });
    };
    let open = live(move || {
        let Imported { session, workspace, .. } = brought.get()?;
        let enter = Callback::new(move |()| {
            let session = session.clone();
            leptos::task::spawn_local(async move {
                let refusal = switch_words(&replica.enter_workspace(&session, workspace).await);
                refusal.into_iter().for_each(|words| toasts.refuse(words));
            });
        });
        Some(button("button is-primary", t!(bring_open), enter))
    });
    let picker = view! {
        <label class="button">
            {t!(bring_button)}
            <input
                class="visually-hidden"
                type="file"
                accept=".jsonl,.ndjson,.json,application/x-ndjson"
                data-testid="bring-file"
                on:change=pick
            />
        </label>
    }
    .into_any();
    let row = Row::new(t!(bring_file), t!(bring_what), vec![picker]).show();
    section(
        "settings-bring",
        t!(bring),
        vec![row, told(said), view! { <div class="row">{open}</div> }.into_any()],
    )
}

fn arrived_words(named: Option<&str>, imported: &Imported) -> (String, String, bool) {
    if let Some(here) = imported.here.filter(|here| named != Some(&here.digest.to_string())) {
        let events = count(here.events);
        return (t!(bring_arrived), t!(bring_further, events, &here.digest.to_string()), false);
    }
    let there = imported.digest.to_string();
    match named {
        Some(named) if named == there => (t!(bring_arrived), t!(bring_equal, &there), false),
        Some(named) => (t!(bring_arrived), t!(bring_differs, named, &there), true),
        None => (t!(bring_arrived), t!(local_digest, &there), false),
    }
}
