//! The palette: one field, and a list of what can be done, where to go, and what was found. A combobox with a listbox,
//! as the ARIA patterns have it: the focus stays in the field.

mod choices;

use std::cell::RefCell;
use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::app::actions::KeyHint;
use crate::app::palette::use_palette;
use crate::app::search::use_search;
use crate::browser::address::use_address;
use crate::browser::focus;
use crate::components::icon::Icon;
use crate::components::live::{all, derive, live};
use crate::palette::Index;
use crate::palette::fold::{marks, words_of};
use crate::replica::use_replica;
use choices::{Choice, Doing, Section, sections};

thread_local! {
    /// Kept while the app is open, so that opening the palette folds only what changed since.
    static INDEX: RefCell<Index> = RefCell::default();
}

/// What the parts of the palette share.
#[derive(Clone, Copy)]
struct List {
    typed: RwSignal<String>,
    sections: Memo<Arc<Vec<Section>>>,
    active: RwSignal<usize>,
    pick: Callback<usize>,
}

/// What the palette shows.
#[component]
pub fn PaletteView() -> impl IntoView {
    let replica = use_replica();
    let palette = use_palette();
    let address = use_address();
    // What the board shows is what was looked for last.
    let typed = RwSignal::new(use_search().with_untracked(|search| search.text.clone()));
    let offers = StoredValue::new(palette.offers());
    let (view, people) = (replica.view(), replica.people());
    let compute = move |_: Option<&Arc<Vec<Section>>>| {
        let words = typed.get();
        view.with(|view| {
            people.with(|people| {
                INDEX.with_borrow_mut(|index| {
                    index.update(view, people);
                    Arc::new(sections(index, &words, &offers.get_value()))
                })
            })
        })
    };
    let found = Memo::new_with_compare(compute, |_, _| true);
    let active = RwSignal::new(0);
    let pick = Callback::new(move |place: usize| {
        let choice = found
            .with_untracked(|found| found.iter().flat_map(|section| &section.choices).nth(place).cloned());
        if let Some(choice) = choice.filter(|choice| choice.may_not.is_none()) {
            palette.close();
            // The focus is back where it was by then.
            request_animation_frame(move || match choice.doing {
                Doing::Run(offer) => offer.run(""),
                Doing::Go(to) => address.go(&to),
                Doing::Show(to, selector) => {
                    address.go(&to);
                    focus::focus_when_there(selector);
                }
            });
        }
    });
    let list = List { typed, sections: found, active, pick };
    view! {
        <PaletteField list />
        <div class="palette-list" role="listbox" id="palette-list" aria-label=t!(palette_found)>
            {live(move || found.with(|found| drawn(list, found)))}
        </div>
        <div class="visually-hidden" role="status">{derive(move || said(list))}</div>
        <PaletteFoot />
    }
}

#[component]
fn PaletteField(list: List) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let List { typed, active, pick, .. } = list;
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            // It is in an open dialog: nothing keeps the focus from it.
            let _ = field.focus();
            field.select();
        }
    });
    let on_input = move |event| {
        active.set(0);
        typed.set(event_target_value(&event));
    };
    let on_keydown = move |event: KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        let last = list.sections.with_untracked(|found| count(found)).saturating_sub(1);
        let at = active.get_untracked().min(last);
        match event.key().as_str() {
            "ArrowDown" => step_to(active, if at == last { 0 } else { at + 1 }),
            "ArrowUp" => step_to(active, at.checked_sub(1).unwrap_or(last)),
            "Enter" => pick.run(at),
            _ => return,
        }
        event.prevent_default();
    };
    let palette = use_palette();
    view! {
        <div class="palette-field">
            <Icon name="search" />
            <input
                node_ref=field
                type="text"
                role="combobox"
                aria-label=t!(palette)
                aria-expanded="true"
                aria-controls="palette-list"
                aria-autocomplete="list"
                aria-activedescendant=derive(move || {
                    let known = list.sections.with(|found| count(found));
                    (known > 0).then(|| option_id(active.get().min(known - 1)))
                })
                placeholder=t!(palette_hint)
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                enterkeyhint="go"
                maxlength="200"
                prop:value=typed
                on:input=on_input
                on:keydown=on_keydown
            />
            <button
                class="icon-button is-small"
                type="button"
                aria-label=t!(button_close)
                on:click=move |_| palette.close()
            >
                <Icon name="x" />
            </button>
        </div>
    }
}

#[component]
fn PaletteFoot() -> impl IntoView {
    view! {
        <div class="palette-foot" aria-hidden="true">
            <span>
                <kbd class="key">"↑"</kbd>
                <kbd class="key">"↓"</kbd>
                " "
                {t!(palette_choose)}
            </span>
            <span>
                <kbd class="key">"↵"</kbd>
                " "
                {t!(palette_pick)}
            </span>
        </div>
    }
}

fn step_to(active: RwSignal<usize>, place: usize) {
    active.set(place);
    request_animation_frame(move || {
        if let Some(option) = focus::find(&format!("#{}", option_id(place))) {
            focus::reveal(&option);
        }
    });
}

fn drawn(list: List, found: &[Section]) -> AnyView {
    if count(found) == 0 {
        return view! { <p class="palette-empty">{t!(palette_nothing)}</p> }.into_any();
    }
    let words = words_of(&list.typed.get_untracked());
    let mut place = 0;
    let groups = found.iter().enumerate().map(|(number, section)| {
        let first = place;
        place += section.choices.len();
        let options = (first..).zip(&section.choices);
        let options = all(options, |(place, choice)| option(list, place, choice, &words));
        let heading = format!("palette-group-{number}");
        let name = heading.clone();
        view! {
            <div role="group" aria-labelledby=name>
                <div class="palette-group" id=heading role="presentation">
                    {section.title.clone()}
                </div>
                {options}
            </div>
        }
        .into_any()
    });
    groups.collect::<Vec<_>>().into_any()
}

fn option(list: List, place: usize, choice: &Choice, words: &[String]) -> AnyView {
    let List { active, pick, .. } = list;
    let is_active = derive(move || active.get() == place);
    let is_off = choice.may_not.is_some();
    let hint = choice.may_not.clone().unwrap_or_else(|| choice.hint.clone());
    view! {
        <div
            class="palette-option"
            role="option"
            id=option_id(place)
            aria-selected=derive(move || is_active.get().to_string())
            aria-disabled=is_off.then_some("true")
            on:pointermove=move |_| {
                if !is_active.get_untracked() {
                    active.set(place);
                }
            }
            // The focus stays in the field.
            on:pointerdown=move |event| event.prevent_default()
            on:click=move |_| pick.run(place)
        >
            <Icon name=choice.icon />
            <span class="palette-words clip">{marked(&choice.text, words)}</span>
            <span class="palette-hint clip">{marked(&hint, words)}</span>
            {choice.action.map(|action| view! { <KeyHint action /> })}
        </div>
    }
    .into_any()
}

/// Returns a text with what was looked for marked.
fn marked(text: &str, words: &[String]) -> AnyView {
    let mut parts = Vec::new();
    let mut from = 0;
    for range in marks(text, words) {
        let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default().to_owned();
        parts.push(part(from..range.start).into_any());
        from = range.end;
        parts.push(view! { <mark>{part(range)}</mark> }.into_any());
    }
    parts.push(text.get(from..).unwrap_or_default().to_owned().into_any());
    parts.into_any()
}

fn said(list: List) -> String {
    let words = list.typed.get();
    let known = list.sections.with(|found| count(found));
    if words.trim().is_empty() { String::new() } else { t!(palette_count, crate::language::count(known)) }
}

fn count(found: &[Section]) -> usize {
    found.iter().map(|section| section.choices.len()).sum()
}

fn option_id(place: usize) -> String {
    format!("palette-option-{place}")
}
