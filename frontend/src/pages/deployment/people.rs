//! Who is responsible for the deployment, put on and taken off here; and whose a check is.

use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::deployment::Deployment;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{CheckId, MemberId};

use super::offers::ASSIGN;
use super::use_subject;
use crate::acts::use_acts;
use crate::components::avatar::{Avatar, use_name};
use crate::components::icon::Icon;
use crate::components::live::{When, all, derive, live, memo};
use crate::components::menu::{Menu, MenuCheck};
use crate::pages::board::cards_menu::use_members;
use crate::pages::board::steps::assign_step;

/// Who is responsible, and the way to change that.
#[component]
pub fn Responsible() -> impl IntoView {
    let subject = use_subject();
    let assigned = subject.select(|known| known.assigned.iter().copied().collect::<Vec<_>>());
    let is_open = subject.select(Deployment::is_on_board);
    let may_not = crate::may::use_may_not(slipway_shared::capability::Capability::Work);
    view! {
        <dt>{t!(responsible)}</dt>
        <dd class="people">
            {live(move || all(assigned.get(), |member| view! { <Person member /> }.into_any()))}
            <When holds=derive(move || assigned.with(Vec::is_empty))>
                <span class="faint">{t!(person_nobody)}</span>
            </When>
            <When holds=derive(move || is_open.get() && may_not.with(Option::is_none))>
                <Menu
                    label=t!(assign)
                    id=ASSIGN
                    class="label-add no-print"
                    face=|| view! { <Icon name="user-plus" class="icon is-tiny" /> {t!(assign)} }
                >
                    <People />
                </Menu>
            </When>
        </dd>
    }
}

#[component]
fn Person(member: MemberId) -> impl IntoView {
    view! {
        <span class="row">
            <Avatar member />
            <bdi aria-hidden="true">{use_name(member)}</bdi>
        </span>
    }
}

#[component]
fn People() -> impl IntoView {
    let subject = use_subject();
    let members = use_members();
    // Whoever has left and is still responsible can be taken off.
    let shown = memo(move || {
        let members = members.get();
        let assigned = subject.deployment.with(|known| known.as_ref().map(|known| known.assigned.clone()));
        let left = assigned.unwrap_or_default().into_iter().filter(|member| !members.contains(member));
        left.chain(members.iter().copied()).collect::<Vec<_>>()
    });
    live(move || all(shown.get(), |member| view! { <PersonItem member /> }.into_any()))
}

#[component]
fn PersonItem(member: MemberId) -> impl IntoView {
    let (subject, acts) = (use_subject(), use_acts());
    let name = use_name(member);
    let is_on = subject.select(move |known| known.assigned.contains(&member));
    let pick = Callback::new(move |()| {
        let (on, off) = assign_step(subject.id, member);
        let (command, inverse) = if is_on.get_untracked() { (off, on) } else { (on, off) };
        acts.act_quietly(command, t!(assignment_changed, &name.get_untracked()), inverse);
    });
    live(move || view! { <MenuCheck text=name.get() is_on on_pick=pick /> })
}

/// The people a check can be made one's of, as items of its menu.
#[component]
pub fn CheckPeople(check: CheckId) -> impl IntoView {
    let members = use_members();
    live(move || all(members.get(), move |member| view! { <CheckPersonItem check member /> }.into_any()))
}

#[component]
fn CheckPersonItem(check: CheckId, member: MemberId) -> impl IntoView {
    let (subject, acts) = (use_subject(), use_acts());
    let name = use_name(member);
    let whose = subject.select(move |known| known.check(check).and_then(|check| check.assigned));
    let is_on = memo(move || whose.get() == Some(member));
    let pick = Callback::new(move |()| {
        let step = |member| {
            Command::Deployment(DeploymentCommand::AssignCheck { deployment: subject.id, check, member })
        };
        let before = whose.get_untracked();
        let next = (before != Some(member)).then_some(member);
        acts.act_quietly(step(next), t!(assignment_changed, &name.get_untracked()), step(before));
    });
    live(move || view! { <MenuCheck text=name.get() is_on on_pick=pick /> })
}
