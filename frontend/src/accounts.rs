//! What the server knows of accounts, sessions, invitations and tokens: the only door of the pages to it. Nothing of it
//! works offline, and nothing of it is kept here.

use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use slipway_shared::account::Session;
use slipway_shared::json;
use slipway_shared::sync::client::Failure;
use slipway_shared::sync::protocol::ErrorCode;
use wasm_bindgen_futures::JsFuture;

use crate::account_words::failure_words;
use crate::components::live::memo;
use crate::replica::transport;
use crate::toasts::Toasts;

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

/// What is asked for, and with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// How.
    pub method: &'static str,
    /// Where.
    pub url: String,
    /// With what, as JSON.
    pub body: Option<String>,
}

impl Request {
    /// Returns a request that carries something.
    #[must_use]
    pub fn with(method: &'static str, url: String, body: &impl Serialize) -> Self {
        Self { method, url, body: Some(json::write(body)) }
    }

    /// Returns a request that ends something.
    #[must_use]
    pub const fn delete(url: String) -> Self {
        Self { method: "DELETE", url, body: None }
    }
}

impl Accounts {
    /// Asks for something beside any form, and goes on with the answer; what goes wrong is said in a corner.
    pub fn act(self, toasts: Toasts, request: Request, done: Callback<String>) {
        leptos::task::spawn_local(async move {
            match self.call(&request).await {
                // Whoever wanted to know may be gone.
                Ok(text) => done.try_run(text).unwrap_or_default(),
                Err(failure) => toasts.refuse(failure_words(&failure)),
            }
        });
    }

    /// Asks who is signed in.
    ///
    /// # Errors
    ///
    /// When nobody is, or the server does not answer.
    pub async fn session(self) -> Result<Session, Failure> {
        let url = "/api/v1/session".to_owned();
        read(&self.call(&Request { method: "GET", url, body: None }).await?)
    }

    /// Asks for something, and returns the answer as it comes.
    ///
    /// # Errors
    ///
    /// Why it was not done, or that there is no answer.
    pub async fn call(self, request: &Request) -> Result<String, Failure> {
        let Request { method, url, body } = request;
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

    /// Asks for the password again, for what waits for it.
    pub fn confirm(self) {
        leptos::task::spawn_local(async move {
            // What follows from it follows for every tab, and for this one as for the others.
            self.ask_to_confirm().await;
        });
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

/// Reads an answer.
///
/// # Errors
///
/// When it is something else.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    json::read(text).map_err(|_| Failure::Unreadable)
}
