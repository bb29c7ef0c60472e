//! Who the tests are to each server.
//!
//! That goes along with every request to its address, and into a browser that goes there. Secrets are looked up by
//! address, so that a test speaks of servers and not of cookies.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags, params};
use slipway_shared::account::{ABSOLUTE_MS, IDLE_MS};
use slipway_shared::canonical::Hash;

use crate::http::Response;
use crate::random::{Random, now_ms};

static KNOWN: Mutex<BTreeMap<SocketAddr, String>> = Mutex::new(BTreeMap::new());

/// Remembers the secret of a session at an address, in place of the one before.
pub fn remember(address: SocketAddr, session: String) {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(address, session);
}

/// Makes requests to `address` go along with the session of `other`, such as behind a proxy.
pub fn share(address: SocketAddr, other: SocketAddr) {
    if let Some(session) = session(other) {
        remember(address, session);
    }
}

/// Returns the secret of the session at an address; `None` where nobody is known.
#[must_use]
pub fn session(address: SocketAddr) -> Option<String> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&address).cloned()
}

/// Returns the name of the session's cookie in a browser that goes to an address.
#[must_use]
pub fn cookie_name(address: SocketAddr) -> String {
    format!("slipway-{}", address.port())
}

/// Returns the header that goes along with a request to an address.
#[must_use]
pub fn cookie(address: SocketAddr) -> Option<String> {
    session(address).map(|session| format!("{}={session}", cookie_name(address)))
}

/// Reads the secret of a session off the answer that began it.
#[must_use]
pub fn begun(address: SocketAddr, answer: &Response) -> Option<String> {
    let set = answer.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value);
    let mut pairs = set.filter_map(|cookie| cookie.split(';').next()?.split_once('='));
    pairs.find(|(name, _)| *name == cookie_name(address)).map(|(_, secret)| secret.to_owned())
}

/// Puts the session back that a restore has ended, as if the owner had signed in again on the same browser: what a test
/// goes on with is not the screens for that.
///
/// It looks without touching: a file with a log beside it is that of a server that was killed, and belongs to the test.
///
/// # Errors
///
/// When the file is of an older version, has no such owner, or is damaged.
pub fn revive(address: SocketAddr, data: &Path, login: &str) -> rusqlite::Result<()> {
    let Some(session) = session(address) else { return Ok(()) };
    let (file, log) = (data.join("slipway.db"), data.join("slipway.db-wal"));
    if !file.exists() || std::fs::metadata(log).is_ok_and(|log| log.len() > 0) {
        return Ok(());
    }
    let hash = Hash::of(&[session.as_bytes()]);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let look = Connection::open_with_flags(format!("file:{}?immutable=1", file.display()), flags)?;
    let known = "SELECT EXISTS (SELECT 1 FROM sessions WHERE hash = ?1)";
    if look.query_row(known, [hash.0], |row| row.get(0))? {
        return Ok(());
    }
    let owner: Vec<u8> =
        look.query_row("SELECT id FROM accounts WHERE login = ?1", [login], |row| row.get(0))?;
    drop(look);
    let now = now_ms();
    let (idle, absolute) = (now + IDLE_MS, now + ABSOLUTE_MS);
    let id = Random::fresh().id().to_be_bytes();
    let begin = "INSERT INTO sessions
        (hash, id, account, device, began, used, idle_end, absolute_end, is_shared, confirmed_at)
        VALUES (?1, ?2, ?3, 'Revived', ?4, ?4, ?5, ?6, 0, ?4)";
    let values = params![hash.0, id, owner, now, idle, absolute];
    Connection::open(file)?.execute(begin, values).map(drop)
}
