//! What a person does on a page: finds things by role and name, clicks, writes, reads, waits to see.

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use serde_json::{Value, json};

use crate::browser::{Browser, Engine};
use crate::wait;

/// Returns the first element of a role and a name that is shown. Names are compared whole, or as patterns `/…/`.
pub(crate) const FIND: &str = include_str!("find.js");

/// Returns what the page says about itself.
const ACCOUNT: &str = include_str!("account.js");

/// A page as a person uses it.
impl Browser {
    /// Waits until something of `role` is shown whose accessible name is `name` (or matches `/name/`).
    ///
    /// # Panics
    ///
    /// When it is not in time.
    #[must_use]
    pub fn find(&self, role: &str, name: &str) -> Element {
        self.find_within("body", role, name)
    }

    /// As [`Browser::find`], somewhere in what `css` selects.
    ///
    /// # Panics
    ///
    /// When it is not shown in time.
    #[must_use]
    pub fn find_within(&self, css: &str, role: &str, name: &str) -> Element {
        let arguments = [json!(css), json!(role), json!(name)];
        let what = format!("{role} {name:?} in {css}");
        let instead = || format!("{what}\n{}", self.account());
        let found = wait::until_or(wait::PATIENCE, instead, || {
            let found = self.try_script(FIND, &arguments).ok()?;
            (!found.is_null()).then_some(found)
        });
        self.element(&what, &found)
    }

    /// Reads an element that a script returned.
    fn element(&self, what: &str, found: &Value) -> Element {
        let reference = found.as_object().and_then(|found| found.values().next()).and_then(Value::as_str);
        let reference = reference.unwrap_or_else(|| panic!("{what} is {found}")).to_owned();
        Element::from_element_id(self.client().clone(), reference.into())
    }

    /// Tells whether something of `role` and `name` is shown now.
    #[must_use]
    pub fn has(&self, role: &str, name: &str) -> bool {
        let arguments = [json!("body"), json!(role), json!(name)];
        self.try_script(FIND, &arguments).is_ok_and(|found| !found.is_null())
    }

    /// Clicks something of `role` and `name`, once it is shown.
    ///
    /// # Panics
    ///
    /// When it is not shown in time, or can't be clicked.
    pub fn click(&self, role: &str, name: &str) {
        self.click_within("body", role, name);
    }

    /// As [`Browser::click`], somewhere in what `css` selects.
    ///
    /// # Panics
    ///
    /// When it is not shown in time, or can't be clicked.
    pub fn click_within(&self, css: &str, role: &str, name: &str) {
        let why = std::cell::RefCell::new(String::new());
        let instead = || format!("{role} {name:?} in {css} to be clicked; {}", why.borrow());
        wait::until_or(wait::PATIENCE, instead, || {
            // What moves or is drawn anew meanwhile is looked for again.
            let found = self.find_within(css, role, name);
            let clicked = self.run(found.click());
            clicked
                .or_else(|error| self.click_by_script(&found, error))
                .map_err(|error| why.replace(error.to_string()))
                .ok()
        });
    }

    /// Clicks where `WebKitGTK`'s driver refuses to without a word, as it does at times for what is below the fold.
    fn click_by_script(&self, found: &Element, error: CmdError) -> Result<(), CmdError> {
        if self.engine() != Engine::WebKit {
            return Err(error);
        }
        let found = serde_json::to_value(found).unwrap_or_default();
        self.try_script("arguments[0].click()", &[found]).map(drop)
    }

    /// Writes into a field of `name`, in place of what is there.
    ///
    /// # Panics
    ///
    /// When it is not shown in time, or can't be written into.
    pub fn write(&self, name: &str, text: &str) {
        let field = wait::until(&format!("field {name:?} to be emptied"), || {
            // What is drawn anew meanwhile is looked for again.
            let field = self.find("textbox", name);
            self.run(field.clear()).ok().map(|()| field)
        });
        self.run(field.send_keys(text)).unwrap();
    }

    /// Waits until what `css` selects is shown.
    ///
    /// # Panics
    ///
    /// When it is not in time.
    pub fn wait_for(&self, css: &str) -> Element {
        // One look both says that it is shown and brings it: between two the page may be drawn anew.
        let shown = "const found = document.querySelector(arguments[0]); return found?.checkVisibility() ? found : null";
        let instead =
            || format!("{css} to be shown; the page shows:\n{}\n{}", self.words("body"), self.account());
        let found = wait::until_or(wait::PATIENCE, instead, || {
            let found = self.try_script(shown, &[json!(css)]).ok()?;
            (!found.is_null()).then_some(found)
        });
        self.element(css, &found)
    }

    /// Waits until nothing that `css` selects is there.
    ///
    /// # Panics
    ///
    /// When it is still there.
    pub fn wait_gone(&self, css: &str) {
        let gone = "return !document.querySelector(arguments[0])?.checkVisibility()";
        self.wait_script(&format!("{css} to be gone"), gone, &[json!(css)]);
    }

    /// Waits until the page shows `text`.
    ///
    /// # Panics
    ///
    /// When it does not in time.
    pub fn see(&self, text: &str) {
        self.see_in("body", text);
    }

    /// Waits until what `css` selects shows `text`.
    ///
    /// # Panics
    ///
    /// When it does not in time; with what it shows instead.
    pub fn see_in(&self, css: &str, text: &str) {
        let instead =
            || format!("{css} to show {text:?}; it shows:\n{}\n{}", self.words(css), self.account());
        wait::until_or(wait::PATIENCE, instead, || self.words(css).contains(text).then_some(()));
    }

    /// Returns what the page says about itself, for a test that fails: what it may wait for, and whether that answers.
    fn account(&self) -> String {
        let asked = self.run(self.client().execute_async(ACCOUNT, Vec::new()));
        asked.map_or_else(|error| error.to_string(), |told| told.as_str().unwrap_or_default().to_owned())
    }

    /// Returns the text of what `css` selects; none where that is not there.
    fn words(&self, css: &str) -> String {
        let words = "return document.querySelector(arguments[0])?.innerText ?? ''";
        let words = self.try_script(words, &[json!(css)]).unwrap_or_default();
        words.as_str().unwrap_or_default().to_owned()
    }

    /// Returns how many elements `css` selects.
    ///
    /// # Panics
    ///
    /// When the page is gone.
    #[must_use]
    pub fn count(&self, css: &str) -> u64 {
        let count = self.script("return document.querySelectorAll(arguments[0]).length", &[json!(css)]);
        count.as_u64().unwrap_or_default()
    }

    /// Returns where the page is, without the server's part.
    ///
    /// # Panics
    ///
    /// When the page is gone.
    #[must_use]
    pub fn path(&self) -> String {
        self.script("return location.pathname", &[]).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the service worker has everything the app needs without a server, and serves this page.
    ///
    /// # Panics
    ///
    /// When it does not get there.
    pub fn wait_offline_ready(&self) {
        let ready = "return Boolean(navigator.serviceWorker?.controller?.state === 'activated')";
        self.wait_script("the service worker to serve the page", ready, &[]);
    }
}
