//! Who is in the workspace, in which role, and who is invited.

use leptos::prelude::*;
use slipway_shared::account::{Invitation, Invite, Invited, People as Listed};
use slipway_shared::command::Command;
use slipway_shared::ids::MemberId;
use slipway_shared::member::{MemberCommand, Role};
use slipway_shared::rejection::Rejection;
use slipway_shared::workspace::Workspace;

use super::form_dialog::{DialogState, FormDialog};
use super::remote::{Remote, run_or_say};
use super::tokens::picked;
use crate::account_words::{ROLES, role_name, role_what, text_problem};
use crate::accounts::use_accounts;
use crate::acts::use_acts;
use crate::browser::{intl, page};
use crate::components::avatar::{Avatar, use_name};
use crate::components::form::{Field, FieldKind, Problem};
use crate::components::live::{When, all, derive, live, memo};
use crate::components::pill::{Pill, PillKind};
use crate::rejection_words::rejection_words;
use crate::replica::use_replica;
use crate::toasts::use_toasts;

const ROLE: &str = "invite-role";
const NOTE: &str = "invite-note";

/// Who is in the workspace.
#[component]
pub(super) fn People() -> impl IntoView {
    let replica = use_replica();
    let Some(workspace) = replica.workspace() else { return ().into_any() };
    let url = format!("/api/v1/workspaces/{workspace}");
    // Members and roles are in the replica, so they are here offline; sign-in names and invitations are not.
    let listed = Remote::<Listed>::of(format!("{url}/people"));
    let view = replica.view();
    let members = memo(move || {
        let people = replica.people().get();
        let name = |member: &MemberId| people.get(member).map(|profile| profile.name.to_lowercase());
        let mut members: Vec<_> = view.with(|view| view.members.keys().copied().collect());
        members.sort_by_key(|member| (name(member), *member));
        members
    });
    let is_admin = use_is_admin();
    view! {
        <section aria-labelledby="settings-people">
            <h2 id="settings-people">{t!(settings_people)}</h2>
            <When holds=derive(move || !is_admin.get())>
                <p class="field-hint">{t!(people_for_admins)}</p>
            </When>
            <ul class="rows">
                {live(move || {
                    all(members.get(), move |member| view! { <PersonRow member listed /> }.into_any())
                })}
            </ul>
            <When holds=is_admin>
                <Invitations url=url.clone() listed />
            </When>
        </section>
    }
    .into_any()
}

fn use_is_admin() -> Memo<bool> {
    let replica = use_replica();
    let (view, me) = (replica.view(), replica.me());
    memo(move || view.with(|view| role_of(view, me.get()) == Some(Role::Admin)))
}

fn role_of(view: &Workspace, member: MemberId) -> Option<Role> {
    view.members.get(&member).map(|known| known.role)
}

/// Returns why somebody's role can't be changed by one who may change roles, where it can't.
fn fixed(view: &Workspace, member: MemberId) -> Option<Rejection> {
    let admins = view.members.values().filter(|known| known.role == Role::Admin).count();
    (role_of(view, member) == Some(Role::Admin) && admins == 1).then_some(Rejection::LastAdmin)
}

#[component]
fn PersonRow(member: MemberId, listed: Remote<Listed>) -> impl IntoView {
    let replica = use_replica();
    let (view, me) = (replica.view(), replica.me());
    let name = use_name(member);
    let is_admin = use_is_admin();
    let role = memo(move || view.with(|view| role_of(view, member)));
    let why = memo(move || view.with(|view| fixed(view, member).map(|why| rejection_words(&why, view))));
    let login = memo(move || {
        let people = listed.get()?.people;
        people.into_iter().find(|person| person.member == member)?.login
    });
    let help = format!("role-{member}");
    view! {
        <li class="setting" data-testid="person">
            <div class="person">
                <Avatar member />
                <div>
                    <div class="setting-name">
                        {name} " " {live(move || (me.get() == member).then(|| view! { <Pill kind=PillKind::Plain text=t!(you) /> }))}
                    </div>
                    <p>{live(move || login.get())}</p>
                </div>
            </div>
            {live(move || {
                let Some(role) = role.get() else { return ().into_any() };
                if !is_admin.get() {
                    return view! { <span title=role_what(role)>{role_name(role)}</span> }.into_any();
                }
                let (why, help) = (why.get(), help.clone());
                let described = why.is_some().then(|| help.clone());
                view! {
                    <div>
                        <RolePicker member role is_fixed=why.is_some() described />
                        {why.map(|why| view! { <p class="field-hint" id=help>{why}</p> })}
                    </div>
                }
                .into_any()
            })}
        </li>
    }
    .into_any()
}

#[component]
fn RolePicker(member: MemberId, role: Role, is_fixed: bool, described: Option<String>) -> impl IntoView {
    let acts = use_acts();
    let name = use_name(member);
    let change = move |event| {
        let next = picked(&ROLES, &event_target_value(&event));
        let set = |role| Command::Member(MemberCommand::SetRole { member, role });
        acts.act_undoable(set(next), t!(role_changed, &name.get_untracked(), &role_name(next)), set(role));
    };
    let options = all(ROLES, move |(option, known)| {
        view! { <option value=option selected=known == role>{role_name(known)}</option> }.into_any()
    });
    view! {
        <select
            class="input"
            disabled=is_fixed
            aria-label=derive(move || t!(role_of, &name.get()))
            aria-describedby=described
            on:change=change
        >
            {options}
        </select>
    }
    .into_any()
}

#[component]
fn Invitations(url: String, listed: Remote<Listed>) -> impl IntoView {
    let url = format!("{url}/invitations");
    let at = url.clone();
    view! {
        <h3>{t!(invitations)}</h3>
        {listed.shown(move |known| {
            let at = at.clone();
            if known.invitations.is_empty() {
                return view! { <p class="field-hint">{t!(invitations_none)}</p> }.into_any();
            }
            view! {
                <ul class="rows">
                    {all(known.invitations, move |invitation| {
                        let url = format!("{at}/{}", invitation.id);
                        view! { <InvitationRow invitation url listed /> }.into_any()
                    })}
                </ul>
            }
            .into_any()
        })}
        <div class="row">
            <InviteSomebody url listed />
        </div>
    }
    .into_any()
}

#[component]
fn InvitationRow(invitation: Invitation, url: String, listed: Remote<Listed>) -> impl IntoView {
    let (accounts, toasts) = (use_accounts(), use_toasts());
    let url = StoredValue::new(url);
    let withdraw = move |_| {
        run_or_say(
            toasts,
            Box::pin(async move {
                accounts.call("DELETE", &url.get_value(), None).await?;
                listed.ask();
                toasts.say(t!(invitation_withdrawn));
                Ok(())
            }),
        );
    };
    let by = use_name(invitation.by);
    view! {
        <li class="setting">
            <div>
                <div class="setting-name">{invitation.note}</div>
                <p>
                    {role_name(invitation.role)} " · " {by} " · " {t!(ends, &intl::exact_time(invitation.ends))}
                </p>
            </div>
            <button class="button is-danger" type="button" on:click=withdraw>
                {t!(invitation_withdraw)}
            </button>
        </li>
    }
    .into_any()
}

#[component]
fn InviteSomebody(url: String, listed: Remote<Listed>) -> impl IntoView {
    let (accounts, state) = (use_accounts(), DialogState::new());
    let url = StoredValue::new(url);
    let open = Callback::new(move |()| state.form.set(ROLE, "member".to_owned()));
    let send = Callback::new(move |()| {
        state.form.run(Box::pin(async move {
            let note = state.form.get(NOTE).trim().to_owned();
            if let Some(text) = text_problem(&note) {
                return Err(Problem::of(NOTE, text));
            }
            let invite = Invite { role: picked(&ROLES, &state.form.get(ROLE)), note };
            let made = accounts.send::<Invited>("POST", &url.get_value(), &invite).await?;
            listed.ask();
            let link = format!("{}/invitation#{}", page::origin(), made.token);
            state.show(
                t!(invitation_link),
                t!(invitation_link_what, &intl::exact_time(made.invitation.ends)),
                link,
            );
            Ok(())
        }));
    });
    let fields = |()| {
        let roles =
            ROLES.map(|(option, role)| (option, format!("{}: {}", role_name(role), role_what(role)))).into();
        vec![
            Field::new(NOTE, FieldKind::Text, t!(invite_note)).with_hint(t!(invite_note_hint)),
            Field::new(ROLE, FieldKind::Choice(roles), t!(role)),
        ]
    };
    view! { <FormDialog state word=t!(invite) title=t!(invite) fields button=t!(invite_button) on_open=open on_send=send /> }
}

#[cfg(test)]
mod tests {
    use slipway_shared::member::Member;

    use super::*;

    #[test]
    fn the_last_admin_stays_one() {
        let [anna, ben, cleo] = [1, 2, 3].map(MemberId::from_u128);
        let mut view = Workspace::default();
        view.members.insert(anna, Member { role: Role::Admin });
        view.members.insert(ben, Member { role: Role::Viewer });
        assert_eq!(
            [anna, ben, cleo].map(|member| fixed(&view, member)),
            [Some(Rejection::LastAdmin), None, None]
        );
        view.members.insert(ben, Member { role: Role::Admin });
        assert_eq!([anna, ben].map(|member| fixed(&view, member)), [None, None]);
    }
}
