//! The frame around every page: rail, top line, page, and on a phone the dock.

use leptos::prelude::*;

use super::actions::{listen_for_keys, offer_everywhere};
use super::banners::Banners;
use super::boot_screen::BootScreen;
use super::dock::Dock;
use super::new_workspace::{NewWorkspaceDialog, provide_new_workspace};
use super::palette::PaletteDialog;
use super::place::Place;
use super::rail::Rail;
use super::routes::{Pages, use_place};
use super::shortcut_sheet::ShortcutSheet;
use super::top_line::TopLine;
use super::undo_question::UndoQuestion;
use super::update_prompt::UpdatePrompt;
use crate::browser::{focus, platform};
use crate::command_words::name_of;
use crate::components::confirmation::Confirmation;
use crate::components::live::{When, derive, memo};
use crate::components::toast::ToastList;
use crate::pages::late::fetch_late_pages;
use crate::pages::needs_you::use_waiting;
use crate::pages::outside::{Outside, use_outside};
use crate::replica::{Boot, use_replica};

/// The frame around every page.
#[component]
pub fn Shell() -> impl IntoView {
    let outside = use_outside();
    let picked = RwSignal::new(None);
    provide_context(PickedColumn(picked));
    let sheet_is_open = RwSignal::new(false);
    provide_new_workspace();
    offer_everywhere(sheet_is_open);
    listen_for_keys();
    keep_title_and_focus();
    tell_what_is_shown();
    show_badge();
    let to_page = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        focus::focus_soon("main".to_owned());
    };
    view! {
        <a class="skip-link" href="#main" on:click=to_page>{t!(skip_to_content)}</a>
        <When holds=derive(move || outside.get().is_some()) otherwise=move || view! { <Frame /> }>
            <Outside />
        </When>
        <ToastList />
        <Confirmation />
        <UpdatePrompt />
        <ShortcutSheet is_open=sheet_is_open />
        <UndoQuestion />
    }
}

#[component]
fn Frame() -> impl IntoView {
    let replica = use_replica();
    let is_ready = memo(move || replica.boot().get() == Boot::Ready);
    fetch_late_pages(is_ready);
    view! {
        <div class="shell">
            <Rail />
            <TopLine />
            <main id="main" class="page" tabindex="-1">
                <Banners />
                <When holds=is_ready otherwise=BootScreen>
                    <Pages />
                </When>
            </main>
            <Dock />
        </div>
        <PaletteDialog />
        <NewWorkspaceDialog />
    }
}

/// The column a phone shows of the board, by name and count: there its name is the title of the page.
#[derive(Clone, Copy)]
pub struct PickedColumn(pub RwSignal<Option<(String, usize)>>);

/// Returns the column a phone shows of the board.
#[must_use]
pub fn use_picked_column() -> RwSignal<Option<(String, usize)>> {
    expect_context::<PickedColumn>().0
}

/// Returns the name of a place, as titles and breadcrumbs have it.
#[must_use]
pub fn place_name(place: Place) -> String {
    let replica = use_replica();
    match place {
        Place::Board => t!(board),
        Place::Deployments => t!(deployments),
        Place::NewDeployment => t!(new_deployment),
        Place::Deployment(id) => replica.view().with(|view| name_of(id, view)),
        Place::NeedsYou => t!(needs_you),
        Place::Settings => t!(settings),
        Place::Sync => t!(sync),
        Place::Templates => t!(templates),
        Place::Audit => t!(audit),
        Place::Structure => t!(structure),
        Place::SignIn => t!(sign_in),
        Place::Setup => t!(setup),
        Place::Invitation => t!(invitation),
        Place::TryHere => t!(try_here),
        Place::Nowhere => t!(nowhere),
    }
}

/// A page that comes up says its name and takes the focus, as a page loaded by the browser would.
fn keep_title_and_focus() {
    let place = use_place();
    let name = memo(move || place_name(place.get()));
    Effect::new(move |_| document().set_title(&format!("{} · Slipway", name.get())));
    Effect::new(move |before: Option<Place>| {
        let place = place.get();
        let moved = before.is_some_and(|before| before != place);
        // A sheet beside the board takes the focus itself, and gives it back to its card.
        let beside = matches!(
            (before, place),
            (Some(Place::Board | Place::Deployment(_)), Place::Deployment(_))
                | (Some(Place::Deployment(_)), Place::Board)
        );
        if moved && !beside {
            focus::focus_soon("main".to_owned());
            if let Some(main) = focus::find("main") {
                main.set_scroll_top(0);
            }
        } else if moved {
            // Nobody does where the deployment was a page of its own.
            focus::focus_if_lost("main".to_owned());
        }
        place
    });
}

/// Others are shown who looks at the same deployment.
fn tell_what_is_shown() {
    let place = use_place();
    let shown = memo(move || match place.get() {
        Place::Deployment(id) => Some(id),
        _ => None,
    });
    use_replica().tell_what_is_shown(shown.into());
}

/// The icon of the installed app shows what waits for its person.
fn show_badge() {
    let total = use_waiting().total;
    Effect::new(move |_| {
        platform::set_badge(u32::try_from(total.get()).unwrap_or(u32::MAX));
    });
}
