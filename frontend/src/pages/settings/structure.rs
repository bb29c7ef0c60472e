//! What the board is made of: its columns, the environments, the services and the labels, changed in place. What is in
//! use is protected by the rules; what is archived is kept below.

mod dialog;
mod list;
mod order;
mod steps;

use leptos::prelude::*;
use slipway_shared::capability::Capability;

use crate::components::live::{When, derive, live, memo};
use crate::may::{MayNot, use_may_not};
use crate::replica::use_replica;
use dialog::EditDialog;
use list::List;
use steps::{Kind, Thing};

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Structure {
    /// What is being changed, or added.
    edited: RwSignal<Option<Thing>>,
    /// What assistive technology is told.
    said: RwSignal<String>,
    /// Why the person here may not change anything.
    may_not: Memo<Option<String>>,
}

fn use_structure() -> Structure {
    expect_context()
}

/// What the board is made of.
#[component]
pub fn StructurePage() -> impl IntoView {
    let structure = Structure {
        edited: RwSignal::new(None),
        said: RwSignal::new(String::new()),
        may_not: use_may_not(Capability::Administer),
    };
    provide_context(structure);
    view! {
        <div class="settings structure">
            <h1>{t!(structure)}</h1>
            <p class="faint">{t!(structure_what)}</p>
            <MayNot capability=Capability::Administer />
            <Part kind=Kind::Column title=t!(columns) what=t!(structure_columns) add=t!(column_new) />
            <Part kind=Kind::Environment title=t!(environments) what=t!(structure_environments) add=t!(environment_new) />
            <Part kind=Kind::Service title=t!(services) what=t!(structure_services) add=t!(service_new) />
            <Part kind=Kind::Label title=t!(labels) what=t!(structure_labels) add=t!(new_label) />
            <EditDialog />
            <div class="visually-hidden" aria-live="polite">{structure.said}</div>
        </div>
    }
}

/// All things of one kind, those that are archived below the others.
#[component]
fn Part(kind: Kind, title: String, what: String, add: String) -> impl IntoView {
    let structure = use_structure();
    let view = use_replica().view();
    let present = memo(move || view.with(|view| steps::in_order(view, kind, false)));
    let archived = memo(move || view.with(|view| steps::in_order(view, kind, true)));
    let heading = match kind {
        Kind::Column => "structure-columns",
        Kind::Environment => "structure-environments",
        Kind::Service => "structure-services",
        Kind::Label => "structure-labels",
    };
    view! {
        <section aria-labelledby=heading data-testid=heading>
            <div class="setting">
                <div>
                    <h2 id=heading>{title}</h2>
                    <p>{what}</p>
                </div>
                <When holds=derive(move || structure.may_not.with(Option::is_none))>
                    <button
                        class="button"
                        type="button"
                        on:click=move |_| structure.edited.set(Some(Thing { kind, id: None }))
                    >
                        {add.clone()}
                    </button>
                </When>
            </div>
            <List kind things=present />
            {live(move || {
                archived
                    .with(|archived| !archived.is_empty())
                    .then(|| {
                        view! {
                            <details>
                                <summary>{t!(archived)}</summary>
                                <List kind things=archived />
                            </details>
                        }
                    })
            })}
        </section>
    }
}
