//! What somebody does who has nothing but a keyboard, and what they see of where they are.

use fantoccini::actions::{ActionSequence, InputSource as _, KeyAction, KeyActions};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::page::FIND;
use crate::wait;

/// The key that goes on to the next thing.
pub const TAB: char = '\u{e004}';
/// The key that does it.
pub const ENTER: char = '\u{e007}';
/// The key that ticks.
pub const SPACE: char = ' ';
/// The key that leaves.
pub const ESCAPE: char = '\u{e00c}';
/// The arrows.
pub const LEFT: char = '\u{e012}';
/// The arrow to the right.
pub const RIGHT: char = '\u{e014}';
/// The arrow up.
pub const UP: char = '\u{e013}';
/// The arrow down.
pub const DOWN: char = '\u{e015}';
const SHIFT: char = '\u{e008}';

/// How many things somebody goes past at most before they give up.
const STEPS: usize = 250;

/// Returns what is wrong with where the focus is: that nothing has it, that it is not on the screen, or that nothing is
/// drawn around it. What is no stop of the Tab key, such as a page that has just come up, is a place to read on from and
/// needs no line around it.
const LOST: &str = r"
const has = document.activeElement;
if (!has || has === document.body || has === document.documentElement) return 'nothing has the focus';
const words = `${has.localName}.${has.className} “${(has.getAttribute('aria-label') ?? has.textContent).replace(/\s+/g, ' ').trim().slice(0, 60)}”`;
if (!has.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return `${words} is hidden`;
const box = has.getBoundingClientRect();
if (box.bottom <= 0 || box.right <= 0 || box.top >= innerHeight || box.left >= innerWidth) return `${words} is off the screen`;
const isStop = has.tabIndex >= 0 || has.matches('[role^=menuitem], [role=option]');
if (!isStop) return null;
const drawn = (element, part) => {
  const style = getComputedStyle(element, part);
  const hasLine = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  return hasLine || style.boxShadow.includes('inset');
};
const around = [has];
while (around.length < 5 && around.at(-1).parentElement) around.push(around.at(-1).parentElement);
const isDrawn = around.some((element) => drawn(element)) || ['::before', '::after'].some((part) => drawn(has, part));
return isDrawn ? null : `nothing is drawn around ${words}`;
";

/// Somebody who has nothing but a keyboard.
impl Browser {
    /// Types a text.
    ///
    /// # Panics
    ///
    /// When the browser refuses.
    pub fn type_text(&self, text: &str) {
        let keys: Vec<char> = text.chars().collect();
        self.press(&keys);
    }

    /// Tells whether what has the focus is of `role` and `name`, the first of them within what `css` selects.
    #[must_use]
    pub fn is_on(&self, css: &str, role: &str, name: &str) -> bool {
        let script = format!(
            "const found = (function () {{ {FIND} }}).apply(null, arguments);
             return found !== null && found === document.activeElement"
        );
        let arguments = [json!(css), json!(role), json!(name)];
        self.try_script(&script, &arguments).is_ok_and(|is_on| is_on == json!(true))
    }

    /// Goes on by Tab until something of `role` and `name` within what `css` selects has the focus.
    ///
    /// # Panics
    ///
    /// When it is not shown in time, or is not to be reached.
    pub fn tab_to(&self, css: &str, role: &str, name: &str) {
        self.step_to(css, role, name, || self.press(&[TAB]));
    }

    /// As [`Browser::tab_to`], the other way.
    ///
    /// # Panics
    ///
    /// When it is not shown in time, or is not to be reached.
    pub fn tab_back_to(&self, css: &str, role: &str, name: &str) {
        self.step_to(css, role, name, || self.press_shifted(TAB));
    }

    fn step_to(&self, css: &str, role: &str, name: &str, step: impl Fn()) {
        let _shown = self.find_within(css, role, name);
        for _ in 0..STEPS {
            if self.is_on(css, role, name) {
                return;
            }
            step();
        }
        panic!("{role} {name:?} in {css} is not to be reached; the focus is on: {}", self.focused());
    }

    fn press_shifted(&self, key: char) {
        let keys = KeyActions::new("keys".to_owned())
            .then(KeyAction::Down { value: SHIFT })
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key })
            .then(KeyAction::Up { value: SHIFT });
        self.perform(ActionSequence::from(keys));
    }

    /// Returns what has the focus, as the page writes it.
    ///
    /// # Panics
    ///
    /// When the page is gone.
    #[must_use]
    pub fn focused(&self) -> String {
        let focused =
            self.script("return document.activeElement?.cloneNode(true).outerHTML.slice(0, 300)", &[]);
        focused.as_str().unwrap_or_default().to_owned()
    }

    /// Sees where the focus is, once the page has settled.
    ///
    /// # Panics
    ///
    /// When it is nowhere, or not to be seen; `what` says after what.
    pub fn see_focus(&self, what: &str) {
        let lost = || self.try_script(LOST, &[]).unwrap_or_else(|error| json!(error.to_string()));
        let instead = || format!("the focus to be seen after {what}: {}; {}", lost(), self.focused());
        wait::until_or(std::time::Duration::from_secs(5), instead, || (lost() == Value::Null).then_some(()));
    }
}
