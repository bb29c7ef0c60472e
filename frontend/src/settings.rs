//! How the app looks and listens on this device. Kept on the device, never sent.

use leptos::prelude::*;

use crate::browser::{kept, page};

/// Light, dark, or as the system has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// How much room things take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    /// More on the screen.
    #[default]
    Compact,
    /// More air.
    Comfortable,
}

/// How the app looks and listens on this device.
#[derive(Clone, Copy)]
pub struct Settings {
    theme: RwSignal<Theme>,
    density: RwSignal<Density>,
    single_keys: RwSignal<bool>,
}

/// Reads the settings. To be called once; `js/boot.js` has applied them to the page already.
pub fn provide_settings() {
    let theme = match kept::read::<String>("theme").as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    };
    let density = match kept::read::<String>("density").as_deref() {
        Some("comfortable") => Density::Comfortable,
        _ => Density::Compact,
    };
    provide_context(Settings {
        theme: RwSignal::new(theme),
        density: RwSignal::new(density),
        single_keys: RwSignal::new(kept::read("single_keys").unwrap_or(true)),
    });
}

/// Returns the settings of this device.
#[must_use]
pub fn use_settings() -> Settings {
    expect_context()
}

impl Settings {
    /// Returns the theme.
    #[must_use]
    pub fn theme(self) -> Signal<Theme> {
        self.theme.into()
    }

    /// Returns the density.
    #[must_use]
    pub fn density(self) -> Signal<Density> {
        self.density.into()
    }

    /// Tells whether single keys do something; some people type by voice, and would set them off.
    #[must_use]
    pub fn single_keys(self) -> Signal<bool> {
        self.single_keys.into()
    }

    /// Changes the theme.
    pub fn set_theme(self, theme: Theme) {
        let word = match theme {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        };
        keep("theme", word);
        page::set_root_attribute("data-theme", word);
        self.theme.set(theme);
    }

    /// Changes the density.
    pub fn set_density(self, density: Density) {
        let word = match density {
            Density::Compact => None,
            Density::Comfortable => Some("comfortable"),
        };
        keep("density", word);
        page::set_root_attribute("data-density", word);
        self.density.set(density);
    }

    /// Turns single-key shortcuts on or off.
    pub fn set_single_keys(self, on: bool) {
        kept::keep("single_keys", &on);
        self.single_keys.set(on);
    }
}

/// Changes the language and loads the page anew: its texts are fixed while it is shown.
pub fn set_language(tag: &str) {
    keep("language", Some(tag));
    page::reload();
}

/// Returns the time zone that was picked for this device; `None` for the device's own.
#[must_use]
pub fn zone() -> Option<String> {
    kept::read("zone")
}

/// Changes the time zone and loads the page anew, since times are written everywhere; `None` is the device's own.
pub fn set_zone(zone: Option<&str>) {
    keep("zone", zone);
    page::reload();
}

fn keep(name: &str, word: Option<&str>) {
    match word {
        Some(word) => drop(kept::keep(name, &word)),
        None => kept::forget(name),
    }
}
