//! A deployment beside the board. The board stays usable; the address is that of the deployment's page.

use leptos::prelude::*;
use slipway_shared::ids::DeploymentId;

use crate::app::actions::{Action, with_keys};
use crate::app::place::Place;
use crate::app::search::use_search;
use crate::components::icon::Icon;
use crate::components::live::derive;
use crate::pages::late::{LatePage, late};

/// The deployment that is shown beside the board, if one is.
#[component]
pub fn Sheet(shown: Memo<Option<DeploymentId>>) -> impl IntoView {
    let search = use_search();
    move || {
        shown.get().map(|id| {
            view! {
                <section class="sheet" aria-label=t!(deployment) data-testid="sheet">
                    <div class="sheet-bar">
                        <span class="grow"></span>
                        <a
                            class="icon-button is-small"
                            href=Place::Deployment(id).path()
                            rel="external"
                            aria-label=t!(open_as_page)
                            title=t!(open_as_page)
                        >
                            <Icon name="maximize-2" class="icon is-small" />
                        </a>
                        <a
                            class="icon-button is-small"
                            href=derive(move || search.with(|search| search.address(Place::Board)))
                            aria-label=t!(button_close)
                            title=with_keys(t!(button_close), Action::Back)
                        >
                            <Icon name="x" />
                        </a>
                    </div>
                    {late(LatePage::Beside(id))}
                </section>
            }
            .into_any()
        })
    }
}
