//! Who one is, who else is here, and how the app looks and listens on this device.

mod audit;
mod devices;
mod form_dialog;
mod freezes;
mod local;
mod people;
mod policies;
mod remote;
mod second_factor;
mod sign_out;
mod structure;
mod templates;
mod tokens;
mod workspace;
mod you;

use leptos::prelude::*;
use slipway_shared::account::Session;
use slipway_shared::capability::Capability;

use crate::app::place::Place;
use crate::browser::intl::{device_zone, zones};
use crate::browser::platform;
use crate::components::live::{When, live, memo};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::rows::Row;
use crate::language::language;
use crate::may::use_may_not;
use crate::messages::Language;
use crate::replica::{StoragePromise, use_replica};
use crate::settings::{Density, Theme, set_language, set_zone, use_settings, zone};
pub use audit::AuditPage;
use devices::devices;
use freezes::freezes;
use local::{bring_from_file, local_workspaces};
use people::people;
use policies::policies;
use remote::Remote;
pub use sign_out::SignOutButton;
pub use structure::StructurePage;
pub use templates::TemplatesPage;
use tokens::tokens;
use workspace::workspace;
use you::you;

/// Who one is, who else is here, and how the app looks and listens on this device.
#[component]
pub fn SettingsPage() -> impl IntoView {
    // Without a server there is nobody to sign in as, and nobody else to be let in.
    let of_server = if use_replica().is_local() {
        vec![workspace(), structure_link(), templates_link(), policies(), freezes()]
    } else {
        vec![
            workspace(),
            structure_link(),
            templates_link(),
            account_settings(),
            people(),
            policies(),
            freezes(),
            audit_link(),
            bring_from_file(),
        ]
    };
    let sign_out = if use_replica().is_local() { ().into_any() } else { sign_out_row() };
    view! {
        <div class="settings">
            <h1>{t!(nav_settings)}</h1>
            {local_workspaces()}
            {of_server}
            <section>
                <h2>{t!(this_device)}</h2>
                {sign_out}
                <LanguageSetting />
                {zone_setting()}
                <ThemeSetting />
                <DensitySetting />
                <KeysSetting />
            </section>
            <section>
                <h2>{t!(offline_here)}</h2>
                <StorageSetting />
                <InstallSetting />
                <div class="setting">
                    <div>
                        <div class="setting-name">{t!(sync)}</div>
                        <p>{t!(sync_setting_what)}</p>
                    </div>
                    <a class="button" href="/sync">{t!(button_open)}</a>
                </div>
            </section>
            <p class="faint small">{t!(about, &env!("CARGO_PKG_VERSION"))}</p>
        </div>
    }
}

/// The way to what the board is made of. Whoever may not change it may read it.
fn structure_link() -> AnyView {
    let open = view! {
        <a class="button" href=Place::Structure.path()>
            {t!(button_open)}
        </a>
    };
    let row = Row::new(t!(structure), t!(structure_what), vec![open.into_any()]).show();
    view! { <section aria-label=t!(structure)>{row}</section> }.into_any()
}

/// The way to the templates.
fn templates_link() -> AnyView {
    let open = view! {
        <a class="button" href=Place::Templates.path()>
            {t!(button_open)}
        </a>
    };
    let row = Row::new(t!(templates), t!(templates_row), vec![open.into_any()]).show();
    view! { <section aria-label=t!(templates)>{row}</section> }.into_any()
}

/// The way to the audit, for who may read it.
fn audit_link() -> AnyView {
    let may_not = use_may_not(Capability::Administer);
    live(move || {
        let is_open = may_not.with(Option::is_none);
        is_open.then(|| {
            let open = view! {
                <a class="button" href=Place::Audit.path()>
                    {t!(button_open)}
                </a>
            };
            let row = Row::new(t!(audit), t!(audit_what), vec![open.into_any()]).show();
            view! { <section aria-label=t!(audit)>{row}</section> }
        })
    })
}

/// What is about the account; a server without accounts has nothing to say here.
fn account_settings() -> AnyView {
    let session = Remote::of("/api/v1/session".to_owned());
    session.shown(move |known: Session| match known.account {
        Some(account) => vec![you(&account, session), devices(), tokens()].into_any(),
        None => ().into_any(),
    })
}

/// Also for whoever is signed out by now, and wants to leave nothing here.
fn sign_out_row() -> AnyView {
    let button = view! { <SignOutButton /> }.into_any();
    let what = if use_replica().is_shared() { t!(sign_out_what_shared) } else { t!(sign_out_what) };
    Row::new(t!(button_sign_out), what, vec![button]).show()
}

#[component]
fn LanguageSetting() -> impl IntoView {
    let options = Language::ALL.map(|known| {
        let pick = Callback::new(move |()| set_language(known.tag()));
        view! {
            <Choice name="language" text=known.name().to_owned() is_picked=language() == known on_pick=pick />
        }
    });
    view! {
        <div class="setting" role="radiogroup" aria-label=t!(language)>
            <div>
                <div class="setting-name">{t!(language)}</div>
                <p>{t!(language_what)}</p>
            </div>
            <div class="segmented">{options.collect_view()}</div>
        </div>
    }
}

/// A field with suggestions, not a list to pick from: each key would pick another zone, and load the page anew.
fn zone_setting() -> AnyView {
    let is_unknown = RwSignal::new(false);
    let pick = move |event| {
        let typed = event_target_value(&event).trim().replace(' ', "_");
        let known = zones().into_iter().find(|zone| zone.eq_ignore_ascii_case(&typed));
        is_unknown.set(known.is_none() && !typed.is_empty());
        if known.is_some() || typed.is_empty() {
            set_zone(known.as_deref());
        }
    };
    let options: Vec<_> = zones().into_iter().map(|zone| view! { <option value=zone></option> }).collect();
    view! {
        <label class="setting">
            <div>
                <div class="setting-name">{t!(zone)}</div>
                <p>{t!(zone_what, &device_zone())}</p>
                <p role="alert">{live(move || is_unknown.get().then(|| t!(zone_unknown)))}</p>
            </div>
            <input
                class="input"
                list="zones"
                autocomplete="off"
                placeholder=device_zone()
                value=zone().unwrap_or_default()
                on:change=pick
            />
            <datalist id="zones">{options}</datalist>
        </label>
    }
    .into_any()
}

#[component]
fn ThemeSetting() -> impl IntoView {
    let settings = use_settings();
    let theme = settings.theme();
    let options =
        [(Theme::System, t!(theme_system)), (Theme::Light, t!(theme_light)), (Theme::Dark, t!(theme_dark))];
    let options = options.map(|(known, text)| {
        let pick = Callback::new(move |()| settings.set_theme(known));
        view! { <Choice name="theme" text is_picked=theme.get_untracked() == known on_pick=pick /> }
    });
    view! {
        <div class="setting" role="radiogroup" aria-label=t!(theme)>
            <div class="setting-name">{t!(theme)}</div>
            <div class="segmented">{options.collect_view()}</div>
        </div>
    }
}

#[component]
fn DensitySetting() -> impl IntoView {
    let settings = use_settings();
    let density = settings.density();
    let options = [(Density::Compact, t!(density_compact)), (Density::Comfortable, t!(density_comfortable))];
    let options = options.map(|(known, text)| {
        let pick = Callback::new(move |()| settings.set_density(known));
        view! { <Choice name="density" text is_picked=density.get_untracked() == known on_pick=pick /> }
    });
    view! {
        <div class="setting" role="radiogroup" aria-label=t!(density)>
            <div class="setting-name">{t!(density)}</div>
            <div class="segmented">{options.collect_view()}</div>
        </div>
    }
}

/// One of a few, in a segmented control.
#[component]
fn Choice(name: &'static str, text: String, is_picked: bool, on_pick: Callback<()>) -> impl IntoView {
    view! {
        <label>
            <input type="radio" name=name checked=is_picked on:change=move |_| on_pick.run(()) />
            {text}
        </label>
    }
}

#[component]
fn KeysSetting() -> impl IntoView {
    let settings = use_settings();
    let on = settings.single_keys();
    view! {
        <label class="setting">
            <div>
                <div class="setting-name">{t!(single_keys)}</div>
                <p>{t!(single_keys_what)}</p>
            </div>
            <input
                type="checkbox"
                prop:checked=on
                on:change=move |event| settings.set_single_keys(event_target_checked(&event))
            />
        </label>
    }
}

#[component]
fn StorageSetting() -> impl IntoView {
    let replica = use_replica();
    let promise = memo(move || replica.status().with(|status| status.promise));
    let ask = move || {
        view! {
            <button class="button" type="button" on:click=move |_| replica.keep_storage()>
                {t!(ask_to_keep)}
            </button>
        }
    };
    move || {
        match promise.get() {
        StoragePromise::Promised => {
            view! { <Notice kind=NoticeKind::Plain title=t!(storage_promised) text=t!(storage_promised_what) actions=|| () /> }
                .into_any()
        }
        StoragePromise::Evictable | StoragePromise::Unknown => {
            view! { <Notice kind=NoticeKind::Plain title=t!(storage_evictable) text=t!(storage_evictable_what) actions=ask /> }
                .into_any()
        }
    }
    }
}

/// Offered only where the browser can ask; elsewhere its own menu has it.
#[component]
fn InstallSetting() -> impl IntoView {
    let is_offered = RwSignal::new(platform::can_install());
    let install = move |_| {
        leptos::task::spawn_local(async move {
            let installed = platform::install().await;
            is_offered.try_set(!installed && platform::can_install());
        });
    };
    view! {
        <When holds=is_offered>
            <div class="setting">
                <div>
                    <div class="setting-name">{t!(install)}</div>
                    <p>{t!(install_what)}</p>
                </div>
                <button class="button" type="button" on:click=install>
                    {t!(install_button)}
                </button>
            </div>
        </When>
    }
}
