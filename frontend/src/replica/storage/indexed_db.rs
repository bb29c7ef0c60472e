//! The glue to `indexed_db.js`.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/replica/storage/indexed_db.js")]
extern "C" {
    /// An open database.
    #[derive(Clone)]
    pub(super) type Database;

    #[wasm_bindgen(catch, js_name = openDatabase)]
    pub(super) async fn open_database(name: &str) -> Result<Database, JsValue>;

    #[wasm_bindgen(js_name = closeDatabase)]
    fn close_database(database: &Database);

    #[wasm_bindgen(catch, js_name = databaseNames)]
    async fn names_of_databases() -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = write)]
    fn begin_write(
        database: &Database,
        steps: Array,
        strict: bool,
        guard: Option<&str>,
        expected: Option<&str>,
    ) -> Result<js_sys::Promise, JsValue>;

    #[wasm_bindgen(catch, js_name = readAll)]
    async fn read_all(
        database: &Database,
        store: &str,
        from: Option<f64>,
        limit: Option<f64>,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = readSome)]
    async fn read_some(database: &Database, store: &str, keys: Array) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = randomBytes)]
    fn random_bytes() -> Uint8Array;
}

/// Returns sixteen random bytes.
pub(crate) fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    random_bytes().copy_to(&mut bytes);
    bytes
}

/// Returns the names of the databases of this origin; none where the browser doesn't tell.
pub(super) async fn database_names() -> Vec<String> {
    names_of_databases().await.map(|names| texts_of(&names)).unwrap_or_default()
}

/// What is written together, in one transaction.
#[derive(Clone, Default)]
pub(super) struct Batch(Array);

impl Batch {
    pub(super) fn put(self, store: &str, key: impl Into<JsValue>, value: &str) -> Self {
        self.put_value(store, key, value.into())
    }

    /// As [`Batch::put`], for a text that the browser has already.
    pub(super) fn put_value(self, store: &str, key: impl Into<JsValue>, value: JsValue) -> Self {
        self.step(store, key.into(), value)
    }

    pub(super) fn delete(self, store: &str, key: impl Into<JsValue>) -> Self {
        self.step(store, key.into(), JsValue::UNDEFINED)
    }

    /// Deletes the keys from `low` to `high`, both included.
    pub(super) fn delete_range(self, store: &str, low: f64, high: f64) -> Self {
        let range = Array::of2(&low.into(), &high.into());
        self.step(store, range.into(), JsValue::UNDEFINED)
    }

    pub(super) fn clear(self, store: &str) -> Self {
        self.step(store, JsValue::UNDEFINED, JsValue::UNDEFINED)
    }

    fn step(self, store: &str, key: JsValue, value: JsValue) -> Self {
        self.0.push(&store.into());
        self.0.push(&key);
        self.0.push(&value);
        self
    }
}

/// A row of `meta` that has to say something, or nothing is written: its key, and what it has to say.
pub(super) type Guard = (&'static str, String);

/// The browser could not write or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StorageFailed {
    /// There is no room left.
    pub(super) is_full: bool,
}

impl StorageFailed {
    /// Anything but a lack of room.
    pub(super) const BROKEN: Self = Self { is_full: false };

    /// Tells whether there is no room left.
    pub(crate) const fn is_full(self) -> bool {
        self.is_full
    }

    fn of(error: &JsValue) -> Self {
        let name = js_sys::Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string());
        Self { is_full: name.as_deref() == Some("QuotaExceededError") }
    }
}

impl Database {
    /// Lets go of it; what is read or written later opens it again.
    pub(super) fn close(&self) {
        close_database(self);
    }

    /// Begins to write at once; what is returned answers when it is committed, or failed.
    pub(super) fn write(
        &self,
        batch: &Batch,
        strict: bool,
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        self.begin(batch, strict, None)
    }

    /// As [`Database::write`], if the term in the database still is this one.
    pub(super) fn write_in_term(
        &self,
        batch: &Batch,
        term: String,
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        self.begin(batch, false, Some(("term", term)))
    }

    /// Begins to write, if what guards it still is as it was.
    pub(super) fn begin(
        &self,
        batch: &Batch,
        strict: bool,
        guard: Option<Guard>,
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        let database = self.clone();
        // The call begins here, not when the future is first polled: the tab may be gone by then.
        let (row, expected) =
            (guard.as_ref().map(|(row, _)| *row), guard.as_ref().map(|(_, text)| text.as_str()));
        let writing = begin_write(&database, batch.0.clone(), strict, row, expected);
        async move {
            let written = match writing {
                Ok(promise) => wasm_bindgen_futures::JsFuture::from(promise).await,
                Err(error) => Err(error),
            };
            written.map(drop).map_err(|error| StorageFailed::of(&error))
        }
    }

    /// Reads the texts of a store, in the order of their keys.
    pub(super) async fn texts(&self, store: &str) -> Result<Vec<String>, StorageFailed> {
        Ok(texts_of(&self.read(store, None, None).await?.get(1)))
    }

    /// Reads the texts of a store whose keys are numbers, from `from` on.
    pub(super) async fn texts_from(&self, store: &str, from: f64) -> Result<Vec<String>, StorageFailed> {
        Ok(texts_of(&self.read(store, Some(from), None).await?.get(1)))
    }

    /// Reads the keys of a store, where they are texts, with the texts.
    pub(super) async fn rows(&self, store: &str) -> Result<Vec<(String, String)>, StorageFailed> {
        let found = self.read(store, None, None).await?;
        Ok(texts_of(&found.get(0)).into_iter().zip(texts_of(&found.get(1))).collect())
    }

    /// As [`Database::texts_from`], at most so many.
    pub(super) async fn page_from(
        &self,
        store: &str,
        from: f64,
        limit: f64,
    ) -> Result<Vec<String>, StorageFailed> {
        Ok(texts_of(&self.read(store, Some(from), Some(limit)).await?.get(1)))
    }

    /// Reads the texts of some keys; an empty one where there is none.
    pub(super) async fn some(&self, store: &str, keys: Array) -> Result<Vec<String>, StorageFailed> {
        let found = read_some(self, store, keys).await.map_err(|error| StorageFailed::of(&error))?;
        Ok(texts_of(&found))
    }

    async fn read(&self, store: &str, from: Option<f64>, limit: Option<f64>) -> Result<Array, StorageFailed> {
        let found = read_all(self, store, from, limit).await.map_err(|error| StorageFailed::of(&error))?;
        found.dyn_into().map_err(|_| StorageFailed::BROKEN)
    }
}

fn texts_of(values: &JsValue) -> Vec<String> {
    Array::from(values).iter().map(|value| value.as_string().unwrap_or_default()).collect()
}
