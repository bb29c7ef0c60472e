//! What the palette and the keys offer about the deployment that is shown: what its buttons and menus do, too.

use std::sync::Arc;

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::deployment::Deployment;
use slipway_shared::workspace::Workspace;
use web_sys::HtmlElement;

use super::actions::{archive, begin, finish};
use super::{Subject, use_subject};
use crate::acts::{Acts, use_acts};
use crate::app::actions::{Action, Offer, use_actions};
use crate::browser::address::{Address, use_address};
use crate::browser::{focus, page};
use crate::may::use_may_not;
use crate::replica::use_replica;

/// The button of the menu of columns.
pub const MOVE: &str = "move-menu";
/// The button of the menu of people.
pub const ASSIGN: &str = "assign-menu";
/// The button of the menu of labels.
pub const LABEL: &str = "label-menu";
/// The button that copies the document.
pub const COPY: &str = "copy-markdown";

/// What is offered, beside what edits the title.
const OFFERED: [Action; 9] = [
    Action::Assign,
    Action::Label,
    Action::MoveTo,
    Action::Copy,
    Action::Print,
    Action::Duplicate,
    Action::FollowUp,
    Action::Finish,
    Action::Archive,
];

/// Offers it while the deployment is shown.
pub fn offer_deployment_actions() {
    let actions = use_actions();
    let here =
        Here { subject: use_subject(), acts: use_acts(), address: use_address(), view: use_replica().view() };
    let may_not = use_may_not(Capability::Work);
    for action in OFFERED {
        let offer =
            Offer::new(action, move || here.run(action)).when(move |_| is_meant() && here.has(action));
        let is_for_all = matches!(action, Action::Copy | Action::Print);
        actions.offer(if is_for_all { offer } else { offer.unless(may_not) });
    }
}

/// The deployment, and what things are done to it with.
#[derive(Clone, Copy)]
struct Here {
    subject: Subject,
    acts: Acts,
    address: Address,
    view: Signal<Arc<Workspace>>,
}

impl Here {
    fn has(self, action: Action) -> bool {
        let holds = |holds: fn(&Deployment) -> bool| {
            self.subject.deployment.with_untracked(|known| known.as_ref().is_some_and(|known| holds(known)))
        };
        match action {
            Action::Duplicate => holds(|known| known.sealed.is_none()),
            Action::Finish | Action::Archive => holds(Deployment::is_on_board),
            Action::Print | Action::FollowUp => true,
            _ => button_of(action).is_some(),
        }
    }

    fn run(self, action: Action) {
        let id = self.subject.id;
        match action {
            Action::Print => page::print(),
            Action::Duplicate => begin(self.address, id, false),
            Action::FollowUp => begin(self.address, id, true),
            Action::Finish => finish(self.acts, self.view, id),
            Action::Archive => archive(self.acts, self.view, id),
            _ => {
                if let Some(button) = button_of(action) {
                    button.click();
                }
            }
        }
    }
}

/// Returns the button on the page that does what an action does, while it is there.
fn button_of(action: Action) -> Option<HtmlElement> {
    let id = match action {
        Action::Assign => ASSIGN,
        Action::Label => LABEL,
        Action::MoveTo => MOVE,
        Action::Copy => COPY,
        _ => return None,
    };
    focus::find(&format!("#{id}"))
}

/// Beside the board, who has a card in focus means that one.
fn is_meant() -> bool {
    let card = focus::focused().and_then(|focused| focused.closest(".deployment-card").ok().flatten());
    card.is_none()
}
