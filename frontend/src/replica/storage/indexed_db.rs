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

    #[wasm_bindgen(catch, js_name = write)]
    fn begin_write(database: &Database, steps: Array, strict: bool) -> Result<js_sys::Promise, JsValue>;

    #[wasm_bindgen(catch, js_name = readAll)]
    async fn read_all(database: &Database, store: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = randomBytes)]
    fn random_bytes() -> Uint8Array;
}

/// Returns sixteen random bytes.
pub(crate) fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    random_bytes().copy_to(&mut bytes);
    bytes
}

/// What is written together, in one transaction.
#[derive(Default)]
pub(super) struct Batch(Array);

impl Batch {
    pub(super) fn put(self, store: &str, key: impl Into<JsValue>, value: &str) -> Self {
        self.step(store, key.into(), value.into())
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

/// The browser could not write or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StorageFailed;

impl Database {
    /// Begins to write at once; what is returned answers when it is committed, or failed.
    pub(super) fn write(
        &self,
        batch: Batch,
        strict: bool,
    ) -> impl Future<Output = Result<(), StorageFailed>> + use<> {
        let database = self.clone();
        // The call begins here, not when the future is first polled: the tab may be gone by then.
        let writing = begin_write(&database, batch.0, strict);
        async move {
            match writing {
                Ok(promise) => {
                    wasm_bindgen_futures::JsFuture::from(promise).await.map(drop).map_err(|_| StorageFailed)
                }
                Err(_) => Err(StorageFailed),
            }
        }
    }

    /// Reads the texts of a store, in the order of their keys.
    pub(super) async fn texts(&self, store: &str) -> Result<Vec<String>, StorageFailed> {
        let values = read_all(self, store).await.map_err(|_| StorageFailed)?;
        let values: Array = values.dyn_into().map_err(|_| StorageFailed)?;
        Ok(values.iter().filter_map(|value| value.as_string()).collect())
    }
}
