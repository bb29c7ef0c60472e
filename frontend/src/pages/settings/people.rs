//! Who is in the workspace, in which role, and who is invited.

use leptos::prelude::*;
use slipway_shared::account::{Invitation, Invite, Invited, People as Listed};
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::ids::MemberId;
use slipway_shared::member::{MemberCommand, Role};
use slipway_shared::order;

use super::form_dialog::{DialogState, FormDialog, Made};
use super::remote::Remote;
use crate::account_words::{ROLES, role_name, role_what};
use crate::accounts::{Request, read};
use crate::acts::use_acts;
use crate::browser::{intl, page};
use crate::components::avatar::{Avatar, use_name};
use crate::components::form::{Field, FieldKind, FormState};
use crate::components::live::{When, all, derive, live, memo};
use crate::components::menu::{Menu, MenuItem};
use crate::components::rows::{Row, asking_button, button, hint, question, rows, section};
use crate::may::use_may_not;
use crate::replica::use_replica;

const ROLE: &str = "invite-role";
const NOTE: &str = "invite-note";

/// Who is in the workspace. Members and roles are in the replica, so they are here offline; sign-in names and
/// invitations are not.
pub(super) fn people() -> AnyView {
    let replica = use_replica();
    let Some(workspace) = replica.workspace() else { return ().into_any() };
    let url = format!("/api/v1/workspaces/{workspace}");
    let listed = Remote::of(format!("{url}/people"));
    let view = replica.view();
    let members = memo(move || {
        let people = replica.people().get();
        let name = |member: &MemberId| people.get(member).map(|profile| profile.name.to_lowercase());
        let mut members: Vec<_> = view.with(|view| view.members.keys().copied().collect());
        order::sort_by_key(&mut members, |member| (name(member), *member));
        members
    });
    // Who joins has a sign-in name, and has used an invitation.
    Effect::new(move |before: Option<()>| {
        members.track();
        before.into_iter().for_each(|()| listed.ask());
    });
    let may_not = use_may_not(Capability::Administer);
    let list = live(move || rows(members.get().into_iter().map(|member| person(member, listed)).collect()));
    let rest = live(move || match may_not.get() {
        Some(_) => hint(t!(people_for_admins)),
        None => invitations(&url, listed),
    });
    section("settings-people", t!(settings_people), vec![list, rest])
}

fn person(member: MemberId, listed: Remote) -> Row {
    let replica = use_replica();
    let (view, me) = (replica.view(), replica.me());
    let login = memo(move || {
        let Listed { people, .. } = listed.get()?;
        people.into_iter().find(|person| person.member == member)?.login
    });
    let may_not = use_may_not(Capability::Administer);
    let role = memo(move || {
        let known = view.with(|view| {
            let why = view.is_last_admin(member).then(|| t!(last_admin));
            view.role(member).map(|role| (role, why))
        });
        known.map(|(role, why)| (role, why, may_not.with(Option::is_none)))
    });
    let remove = Capability::Remove { member };
    let may_go = derive(move || {
        view.with(|view| remove.refusal(view, me.get()).is_none() && !view.is_last_admin(member))
    });
    let picker = live(move || {
        role.get().map(
            |(role, why, is_open)| {
                if is_open { role_picker(member, role, why) } else { hint(role_name(role)) }
            },
        )
    });
    let going = view! { <When holds=may_go>{remove_button(member)}</When> }.into_any();
    Row {
        lead: view! { <Avatar member /> }.into_any(),
        title: use_name(member).into(),
        mark: derive(move || if me.get() == member { t!(you) } else { String::new() }),
        text: derive(move || login.get().unwrap_or_default()),
        actions: vec![picker, going],
    }
}

/// Offers the other roles. A role counts at once and everywhere, so it is picked, not passed over on the way; and who gives
/// up what they may do themselves is asked first, since only others can give it back.
fn role_picker(member: MemberId, role: Role, why: Option<String>) -> AnyView {
    if why.is_some() {
        return vec![hint(role_name(role)), hint(why.unwrap_or_default())].into_any();
    }
    let acts = use_acts();
    let name = use_name(member);
    let is_me = use_replica().me().get_untracked() == member;
    let (asks, asked) = (RwSignal::new(false), RwSignal::new(role));
    let set = move |role| Command::Member(MemberCommand::SetRole { member, role });
    let change = Callback::new(move |next: Role| {
        asks.set(false);
        acts.act_undoable(set(next), t!(role_changed, &name.get_untracked(), &role_name(next)), set(role));
    });
    let pick = Callback::new(move |next: Role| {
        if is_me && next < role {
            asked.set(next);
            asks.set(true);
        } else if next != role {
            change.run(next);
        }
    });
    let items = move || {
        let item = move |(_, known)| {
            let on_pick = Callback::new(move |()| pick.run(known));
            view! {
                <MenuItem
                    icon="user"
                    text=role_name(known)
                    hint=role_what(known)
                    is_current=known == role
                    on_pick
                />
            }
            .into_any()
        };
        all(ROLES, item)
    };
    let face = move || role_name(role);
    let actions = ViewFn::from(move || {
        let go = Callback::new(move |()| change.run(asked.get_untracked()));
        let stay = button("button is-quiet", t!(button_cancel), Callback::new(move |()| asks.set(false)));
        vec![button("button is-danger", t!(role_give_up, &role_name(asked.get_untracked())), go), stay]
    });
    let title = derive(move || t!(role_give_up_title, &role_name(asked.get())));
    view! {
        <Menu label=t!(role_of, &name.get_untracked()) class="button" face>
            {items()}
        </Menu>
        {question(asks, title, Signal::stored(t!(role_give_up_what)), actions)}
    }
    .into_any()
}

/// Takes somebody out of the workspace, or oneself. There is no way back but an invitation, so it is asked first.
fn remove_button(member: MemberId) -> AnyView {
    let acts = use_acts();
    let name = use_name(member);
    let is_me = use_replica().me().get_untracked() == member;
    let asks = RwSignal::new(false);
    let go = Callback::new(move |()| {
        asks.set(false);
        acts.act(Command::Member(MemberCommand::Remove { member }));
    });
    let title = derive(move || if is_me { t!(leave_title) } else { t!(remove_title, &name.get()) });
    let what = Signal::stored(if is_me { t!(leave_what) } else { t!(remove_what) });
    let word = move || if is_me { t!(leave) } else { t!(remove_person, &name.get_untracked()) };
    let actions = ViewFn::from(move || {
        let stay = button("button is-quiet", t!(button_cancel), Callback::new(move |()| asks.set(false)));
        vec![button("button is-danger", word(), go), stay]
    });
    let ask = live(move || {
        // Of somebody who has just come the name comes later.
        name.track();
        button("button is-danger", word(), Callback::new(move |()| asks.set(true)))
    });
    vec![ask, question(asks, title, what, actions)].into_any()
}

fn invitations(url: &str, listed: Remote) -> AnyView {
    let url = format!("{url}/invitations");
    let invite = invite(url.clone(), listed);
    let list = listed.shown(move |Listed { invitations, .. }| {
        if invitations.is_empty() {
            return hint(t!(invitations_none));
        }
        let row = |invitation: Invitation| {
            let url = format!("{url}/{}", invitation.id);
            invitation_row(invitation, listed.end(url, t!(invitation_withdrawn)))
        };
        rows(invitations.into_iter().map(row).collect())
    });
    view! {
        <h3>{t!(invitations)}</h3>
        {list}
        <div class="row">{invite}</div>
    }
    .into_any()
}

fn invitation_row(invitation: Invitation, withdraw: Callback<()>) -> Row {
    let Invitation { role, note, by, ends, .. } = invitation;
    let by = by.map_or_else(|| memo(|| t!(the_operator)), use_name);
    let text = derive(move || [role_name(role), by.get(), t!(ends, &intl::exact_time(ends))].join(" · "));
    let actions = vec![asking_button(t!(invitation_withdraw), &note, t!(invitation_withdraw_what), withdraw)];
    Row { text, ..Row::new(note, String::new(), actions) }
}

fn invite(url: String, listed: Remote) -> AnyView {
    let state = DialogState::new();
    let fields = || {
        let roles = ROLES.map(|(option, role)| (option, format!("{}: {}", role_name(role), role_what(role))));
        vec![
            Field::new(NOTE, FieldKind::Text, t!(invite_note)).with_hint(t!(invite_note_hint)),
            Field::new(ROLE, FieldKind::Choice(roles.into()), t!(role)),
        ]
    };
    let request = move |form: FormState| {
        let invite = Invite { note: form.needed(NOTE)?, role: form.picked(ROLE, &ROLES) };
        Ok(Request::with("POST", url.clone(), &invite))
    };
    let done = move |text: String| {
        let show = |Invited { invitation, token }| Made {
            label: t!(invitation_link),
            hint: t!(invitation_link_what, &intl::exact_time(invitation.ends)),
            secret: format!("{}/invitation#{token}", page::origin()),
            file: None,
        };
        state.made.set(read(&text).ok().map(show));
        listed.ask();
    };
    FormDialog {
        button: t!(invite_button),
        on_open: Callback::new(move |()| state.form.set(ROLE, "member".to_owned())),
        ..FormDialog::new(state, t!(invite), fields).sends(request, done)
    }
    .show()
}
