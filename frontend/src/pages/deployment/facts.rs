//! The plain facts: where it is on the board, since when, by whom.

use leptos::prelude::*;

use super::people::Responsible;
use super::use_subject;
use crate::command_words::column_name;
use crate::components::avatar::use_name;
use crate::components::live::{live, memo};
use crate::components::relative_time::RelativeTime;
use crate::components::swatch::Swatch;
use crate::replica::use_replica;

/// The plain facts.
#[component]
pub fn Facts() -> impl IntoView {
    let subject = use_subject();
    let view = use_replica().view();
    let entered = memo(move || {
        subject.deployment.with(|known| {
            known.as_ref().map(|known| (known.column, known.entered, known.finished.or(known.archived)))
        })
    });
    let service = memo(move || {
        let service = subject.deployment.with(|known| known.as_ref().map(|known| known.service));
        view.with(|view| service.and_then(|id| view.services.get(&id).cloned()))
    });
    view! {
        <section>
            <h2>{t!(facts)}</h2>
            <dl class="facts">
                <dt>{t!(column)}</dt>
                <dd>
                    {live(move || {
                        entered
                            .get()
                            .map(|(column, entered, finished)| match finished {
                                Some(finished) => {
                                    view! {
                                        {t!(off_the_board)}
                                        " · "
                                        <RelativeTime at=finished.at />
                                    }
                                        .into_any()
                                }
                                None => {
                                    view! {
                                        {view.with(|view| column_name(column, view))}
                                        " · "
                                        <RelativeTime at=entered.at />
                                    }
                                        .into_any()
                                }
                            })
                    })}
                </dd>
                <dt>{t!(service)}</dt>
                <dd>
                    {live(move || {
                        service
                            .get()
                            .map(|service| {
                                view! {
                                    <span class="row">
                                        <Swatch hue=service.hue />
                                        {service.name.clone()}
                                    </span>
                                    {service.repository.clone().map(|text| view! { <small class="faint">{text}</small> })}
                                }
                            })
                    })}
                </dd>
                <Responsible />
                <dt>{t!(moved_by)}</dt>
                <dd>{live(move || entered.get().map(|(_, entered, _)| use_name(entered.actor).get()))}</dd>
            </dl>
        </section>
    }
}
