//! The pages that come in a WebAssembly file of their own: everything but the board.
//!
//! Nobody needs them for the first sight of it, so the file is fetched once the board is painted, and before that only
//! where such a page is asked for. `script/lib/trunk/wasm-bindgen` cuts the app where `late_page` is;
//! `docs/decisions/0025-two-files.md` has what that is worth.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use slipway_shared::ids::DeploymentId;

use super::board::card_menu::CardMenuItems;
use super::board::cards_menu::{CardsMenu, CardsMenuItems};
use super::board::filter::FilterPanel;
use super::board::position::PositionForm;
use super::board::views::ViewsPanel;
use super::outside::{self, OutsidePage};
use super::palette::PaletteView;
use super::rollout_dialog::{RolloutForm, RolloutSubject};
use super::{deployment, deployments, needs_you, new_deployment, nowhere, settings, sync};
use crate::app::place::Place;
use crate::app::shortcut_sheet::KeyList;
use crate::browser::slices::when_idle;
use crate::components::live::live;
use crate::components::notice::{Notice, NoticeKind};
use crate::components::skeleton::TextSkeleton;
use crate::components::sync_details::SyncDetails;

/// The longest the second file is put off once there is something to see, in milliseconds.
const FETCH_WITHIN_MS: u32 = 1_500;

/// What the second file can show.
#[derive(Clone, Copy)]
pub enum LatePage {
    /// The page of a place.
    At(Place),
    /// A deployment beside the board.
    Beside(DeploymentId),
    /// A page without the frame.
    Outside(OutsidePage),
    /// What the sync indicator opens.
    SyncDetails,
    /// What the palette shows.
    Palette,
    /// What the sheet of keys shows.
    Keys,
    /// The form that records a rollout, and what is done once it is filled in.
    Rollout(RolloutSubject, Callback<()>),
    /// What deployments are picked by.
    Filter,
    /// What the rows of the board are, and the views that were saved.
    Views,
    /// The menu of one card of the board.
    Card(DeploymentId),
    /// A menu about cards of the board.
    Cards(CardsMenu),
    /// Nothing to see: counts what waits in other workspaces.
    CountBeside,
    /// The form that puts a card to a place by its number.
    Position(DeploymentId),
}

/// How far the second file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Arrival {
    /// Nobody has asked for it.
    NotAsked,
    /// It is on its way.
    Coming,
    /// It is here.
    Here,
    /// It could not be fetched.
    Failed,
}

#[derive(Clone, Copy)]
struct SecondFile(RwSignal<Arrival>);

/// Provides what [`late`] needs.
pub fn provide_late_pages() {
    provide_context(SecondFile(RwSignal::new(Arrival::NotAsked)));
}

/// Fetches the second file in an idle moment, once there is something to see.
pub fn fetch_late_pages(is_ready: Memo<bool>) {
    let file = use_second_file();
    Effect::new(move |_| {
        if is_ready.get() {
            when_idle(FETCH_WITHIN_MS, move || file.fetch());
        }
    });
}

fn use_second_file() -> SecondFile {
    expect_context()
}

impl SecondFile {
    fn fetch(self) {
        if matches!(self.0.get_untracked(), Arrival::Coming | Arrival::Here) {
            return;
        }
        self.0.set(Arrival::Coming);
        leptos::task::spawn_local(async move {
            let arrived = fetch_second_file().await;
            self.0.set(if arrived.is_ok() { Arrival::Here } else { Arrival::Failed });
        });
    }
}

/// Shows a page of the second file, and until it is here that it is on its way.
#[must_use]
pub fn late(page: LatePage) -> AnyView {
    let file = use_second_file();
    live(move || match file.0.get() {
        Arrival::Here => now(late_page(page)).unwrap_or_else(|| failed(file)),
        Arrival::Failed => failed(file),
        Arrival::NotAsked | Arrival::Coming => {
            // After this view is drawn: what it draws depends on what is set there.
            queue_microtask(move || file.fetch());
            view! { <TextSkeleton /> }.into_any()
        }
    })
}

/// Returns what is there without waiting: the file is, so the way into it is open.
fn now(page: impl Future<Output = Result<AnyView, SplitLoaderError>>) -> Option<AnyView> {
    match pin!(page).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(view) => view.ok(),
        Poll::Pending => None,
    }
}

fn failed(file: SecondFile) -> AnyView {
    let again = move || {
        view! { <button class="button" type="button" on:click=move |_| file.fetch()>{t!(try_again)}</button> }
    };
    view! { <Notice kind=NoticeKind::Warning title=t!(page_not_here) text=t!(page_not_here_what) actions=again /> }
        .into_any()
}

#[wasm_split(pages, wasm_split_path = leptos::wasm_split, fallible, preload(fetch_second_file))]
fn late_page(page: LatePage) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        LatePage::At(place) => page_at(place),
        LatePage::Beside(id) => view! { <deployment::DeploymentView id /> }.into_any(),
        LatePage::Outside(page) => outside::page(page),
        LatePage::Palette => view! { <PaletteView /> }.into_any(),
        LatePage::Keys => view! { <KeyList /> }.into_any(),
        LatePage::SyncDetails => view! { <SyncDetails /> }.into_any(),
        LatePage::Rollout(subject, on_done) => view! { <RolloutForm subject on_done /> }.into_any(),
        LatePage::Filter => view! { <FilterPanel /> }.into_any(),
        LatePage::Views => view! { <ViewsPanel /> }.into_any(),
        LatePage::Card(id) => view! { <CardMenuItems id /> }.into_any(),
        LatePage::Cards(menu) => view! { <CardsMenuItems menu /> }.into_any(),
        LatePage::CountBeside => needs_you::count_beside(),
        LatePage::Position(id) => view! { <PositionForm id /> }.into_any(),
    })
}

fn page_at(place: Place) -> AnyView {
    match place {
        Place::Deployments => view! { <deployments::DeploymentsPage /> }.into_any(),
        Place::NewDeployment => view! { <new_deployment::NewDeploymentPage /> }.into_any(),
        Place::Deployment(id) => view! { <deployment::DeploymentPage id /> }.into_any(),
        Place::NeedsYou => view! { <needs_you::NeedsYouPage /> }.into_any(),
        Place::Settings => view! { <settings::SettingsPage /> }.into_any(),
        Place::Templates => view! { <settings::TemplatesPage /> }.into_any(),
        Place::Audit => view! { <settings::AuditPage /> }.into_any(),
        Place::Structure => view! { <settings::StructurePage /> }.into_any(),
        Place::Sync => view! { <sync::SyncPage /> }.into_any(),
        Place::Nowhere => view! { <nowhere::NowherePage /> }.into_any(),
        // The board is in the first file; the others are shown by themselves, without the frame.
        Place::Board | Place::SignIn | Place::Setup | Place::Invitation | Place::TryHere => ().into_any(),
    }
}
