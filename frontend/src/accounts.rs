//! What the server knows of accounts, sessions, invitations and tokens: the only door of the pages to it. Nothing of it
//! works offline, and nothing of it is kept here.

use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use slipway_shared::json;
use slipway_shared::sync::client::Failure;
use slipway_shared::sync::protocol::ErrorCode;
use wasm_bindgen_futures::JsFuture;

use crate::components::live::memo;
use crate::replica::transport;

/// Asks the server about accounts. What matters it only does for whoever has given the password not long ago: then the
/// person is asked for it, and what was asked for goes on by itself.
#[derive(Clone, Copy)]
pub struct Accounts {
    /// Answers the question for the password; none while it is not asked.
    asked: RwSignal<Option<js_sys::Function>, LocalStorage>,
}

/// Makes the door. To be called once, by the app.
pub fn provide_accounts() {
    provide_context(Accounts { asked: RwSignal::new_local(None) });
}

/// Returns the door.
#[must_use]
pub fn use_accounts() -> Accounts {
    expect_context()
}

/// Returns the code of a refusal.
#[must_use]
pub fn code_of(failure: &Failure) -> Option<ErrorCode> {
    match failure {
        Failure::Refused(error) => Some(error.code),
        Failure::Unreachable | Failure::Unreadable => None,
    }
}

impl Accounts {
    /// Asks for something.
    ///
    /// # Errors
    ///
    /// When there is no answer, or another one.
    pub async fn get<T: DeserializeOwned>(self, url: &str) -> Result<T, Failure> {
        read(&self.call("GET", url, None).await?)
    }

    /// Asks for something to be made or changed, and for what came of it.
    ///
    /// # Errors
    ///
    /// Why it was not.
    pub async fn send<T: DeserializeOwned>(
        self,
        method: &str,
        url: &str,
        body: &impl Serialize,
    ) -> Result<T, Failure> {
        read(&self.call(method, url, Some(json::write(body))).await?)
    }

    /// Asks for something to be done; there is nothing to be told of it.
    ///
    /// # Errors
    ///
    /// Why it was not.
    pub async fn call(self, method: &str, url: &str, body: Option<String>) -> Result<String, Failure> {
        loop {
            let answered = transport::call(method, url, body.as_deref()).await;
            let is_confirmed = match &answered {
                Err(failure) if code_of(failure) == Some(ErrorCode::ConfirmationNeeded) => {
                    self.ask_to_confirm().await
                }
                _ => false,
            };
            if !is_confirmed {
                return answered;
            }
        }
    }

    /// Tells whether the person is to give the password again.
    #[must_use]
    pub fn asks(self) -> Memo<bool> {
        memo(move || self.asked.with(Option::is_some))
    }

    /// Says whether the password was given.
    pub fn answer(self, is_confirmed: bool) {
        if let Some(resolve) = self.asked.try_update(Option::take).flatten() {
            // It is a function of the browser that takes anything.
            let _ = resolve.call1(&wasm_bindgen::JsValue::NULL, &is_confirmed.into());
        }
    }

    async fn ask_to_confirm(self) -> bool {
        // One question at a time: who asked before is told no.
        self.answer(false);
        let asked = js_sys::Promise::new(&mut |resolve, _| self.asked.set(Some(resolve)));
        JsFuture::from(asked).await.is_ok_and(|answer| answer.is_truthy())
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    json::read(text).map_err(|_| Failure::Unreadable)
}
