//! What else the deployment has to do with: addresses, and other deployments.

use leptos::html;
use leptos::prelude::*;
use slipway_shared::deployment::outline::{Link, LinkTarget, OutlineEdit};
use slipway_shared::ids::DeploymentId;
use slipway_shared::rejection::TextField;
use slipway_shared::text::is_safe_address;

use super::outline_act::{OutlineActs, use_outline_acts};
use super::use_subject;
use crate::app::place::Place;
use crate::browser::page;
use crate::command_words::name_of;
use crate::components::icon::Icon;
use crate::components::live::{When, all, derive, live};
use crate::replica::use_replica;

/// What else the deployment has to do with.
#[component]
pub fn Links() -> impl IntoView {
    let subject = use_subject();
    let links = subject.select(|known| known.links.clone());
    let may_add = subject.select(|known| known.finished.is_none() && known.sealed.is_none());
    let is_needed = derive(move || may_add.get() || links.with(|links| !links.is_empty()));
    view! {
        <When holds=is_needed>
            <section>
                <h2>{t!(links)}</h2>
                <ul class="change-list" role="list">
                    {live(move || all(links.get(), |link| view! { <LinkItem link may_remove=may_add /> }.into_any()))}
                </ul>
                <When holds=may_add>
                    <AddLink />
                </When>
            </section>
        </When>
    }
}

#[component]
fn LinkItem(link: Link, may_remove: Memo<bool>) -> impl IntoView {
    let outline = use_outline_acts();
    let shown = shown(&link);
    let link = StoredValue::new(link);
    let remove = move |_| {
        let link = link.get_value();
        outline.edit(
            OutlineEdit::RemoveLink { to: link.to.clone() },
            t!(link_removed),
            OutlineEdit::AddLink(link),
        );
    };
    view! {
        <li class="row">
            <Icon name="link" />
            {shown}
            <When holds=may_remove>
                <button
                    class="icon-button is-small no-print"
                    type="button"
                    aria-label=t!(link_remove)
                    title=t!(link_remove)
                    on:click=remove
                >
                    <Icon name="x" class="icon is-small" />
                </button>
            </When>
        </li>
    }
}

fn shown(link: &Link) -> AnyView {
    let label = link.label.clone();
    match &link.to {
        LinkTarget::Address(address) => {
            let words = if label.is_empty() { address.clone() } else { label };
            view! {
                <a class="clip grow" href=address.clone() title=address.clone() rel="noopener noreferrer external" target="_blank">
                    <bdi>{words}</bdi>
                </a>
            }
            .into_any()
        }
        LinkTarget::Deployment(id) => {
            let id = *id;
            let view = use_replica().view();
            let name = derive(move || view.with(|view| name_of(id, view)));
            view! {
                <span class="clip grow">
                    {(!label.is_empty()).then(|| format!("{label} "))}
                    <a href=Place::Deployment(id).path()>
                        <bdi>{name}</bdi>
                    </a>
                </span>
            }
            .into_any()
        }
    }
}

/// A field for one more link: an address, with words before it if it is to be called something.
#[component]
fn AddLink() -> impl IntoView {
    let outline = use_outline_acts();
    let field = NodeRef::<html::Input>::new();
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        if field.value().trim().is_empty() {
            return;
        }
        if add_link(outline, link_of(&field.value(), &page::origin())) {
            field.set_value("");
        }
    };
    view! {
        <form class="check-add no-print" on:submit=add>
            <Icon name="plus" />
            <input
                node_ref=field
                aria-label=t!(link_add)
                placeholder=t!(link_add_hint)
                maxlength=TextField::Link.limit().to_string()
                enterkeyhint="done"
            />
        </form>
    }
}

fn add_link(outline: OutlineActs, link: Link) -> bool {
    let back = OutlineEdit::RemoveLink { to: link.to.clone() };
    outline.edit(OutlineEdit::AddLink(link), t!(link_added), back)
}

/// Reads a line: the address is the word that is one, the others are what it is called. An address of a deployment here is a
/// link to that.
fn link_of(line: &str, origin: &str) -> Link {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_address = |word: &&&str| is_safe_address(word);
    let address = words.iter().find(is_address).copied().unwrap_or_else(|| line.trim());
    let label: Vec<&str> = words.iter().copied().filter(|word| *word != address).collect();
    let label = if label.len() == words.len() { String::new() } else { label.join(" ") };
    let path = address.strip_prefix(origin).unwrap_or(address);
    let id: Option<DeploymentId> = path.strip_prefix("/deployments/").and_then(|id| id.parse().ok());
    let to = id.map_or_else(|| LinkTarget::Address(address.to_owned()), LinkTarget::Deployment);
    Link { label, to }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, label: &str, to: LinkTarget) {
        assert_eq!(link_of(line, "https://slipway.example"), Link { label: label.to_owned(), to }, "{line}");
    }

    #[test]
    fn a_line_is_read_as_an_address_and_what_it_is_called() {
        let address = |text: &str| LinkTarget::Address(text.to_owned());
        check("https://ci.example/1", "", address("https://ci.example/1"));
        check(" The build  https://ci.example/1 ", "The build", address("https://ci.example/1"));
        check("javascript:alert(1)", "", address("javascript:alert(1)"));
        check("no address", "", address("no address"));
        let id = DeploymentId::from_u128(7);
        check(&format!("https://slipway.example/deployments/{id}"), "", LinkTarget::Deployment(id));
        check(&format!("Before /deployments/{id}"), "", address(&format!("Before /deployments/{id}")));
    }
}
