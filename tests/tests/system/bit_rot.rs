//! Single bits that flip on the disk: in the log every one is found, and nothing that was altered is served as true.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use slipway_shared::canonical::Hash;
use slipway_shared::log::StoredEvent;
use slipway_tests::api::Api;
use slipway_tests::random::Random;
use slipway_tests::server::{ServerSetup, TestServer};
use slipway_tests::verify::total;

use crate::backup::{back_up, check};
use crate::killed::prepare;
use crate::pushers::Crew;

/// How many flips each file gets, and after how many of those that were found a server is started.
const FLIPS: usize = 60;
const SERVED_EVERY: usize = 6;

type Rows = Vec<(i64, Vec<u8>, String, Option<String>)>;

/// Returns the log as the file has it, unverified; `None` where it can't be read.
fn rows(db: &Path) -> Option<Rows> {
    let connection = rusqlite::Connection::open(db).ok()?;
    let sql = "SELECT seq, chain, header, payload FROM events ORDER BY seq";
    let mut statement = connection.prepare(sql).ok()?;
    let rows =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).ok()?;
    rows.collect::<Result<_, _>>().ok()
}

/// Returns the log of accounts as the file has it, unverified; `None` where it can't be read.
fn account_rows(db: &Path) -> Option<Vec<(i64, Vec<u8>, String)>> {
    let connection = rusqlite::Connection::open(db).ok()?;
    let sql = "SELECT seq, chain, body FROM account_events ORDER BY seq";
    let mut statement = connection.prepare(sql).ok()?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).ok()?;
    rows.collect::<Result<_, _>>().ok()
}

/// A data directory that is whole, and what its server said.
struct Original {
    files: BTreeMap<String, Vec<u8>>,
    rows: Rows,
    account_rows: Vec<(i64, Vec<u8>, String)>,
    log: Vec<StoredEvent>,
    digest: Hash,
    scratch: tempfile::TempDir,
}

impl Original {
    /// Reads what a server says, then ends it with `end` and reads the files it leaves.
    fn of(server: &mut TestServer, names: &[&str], end: impl FnOnce(&mut TestServer)) -> Self {
        let mut api = Api::connect(server.address()).unwrap();
        let (workspace, _) = api.snapshot().unwrap();
        let log = api.log().unwrap();
        end(server);
        let read = |name: &&str| ((*name).to_owned(), fs::read(server.data().join(name)).unwrap());
        let files: BTreeMap<_, _> = names.iter().map(read).collect();
        let scratch = tempfile::tempdir().unwrap();
        let (rows_before, accounts_before, digest) = (Vec::new(), Vec::new(), workspace.digest());
        let mut original =
            Self { files, rows: rows_before, account_rows: accounts_before, log, digest, scratch };
        let laid_out = original.laid_out(None).join("slipway.db");
        original.rows = rows(&laid_out).unwrap();
        original.account_rows = account_rows(&laid_out).unwrap();
        assert!(!original.account_rows.is_empty());
        assert_eq!(original.rows.len(), original.log.len());
        original
    }

    /// Returns a fresh copy of the directory, with one bit flipped.
    fn laid_out(&self, flip: Option<(&str, usize, u8)>) -> PathBuf {
        let data = self.scratch.path().join("data");
        drop(fs::remove_dir_all(&data));
        fs::create_dir(&data).unwrap();
        for (name, bytes) in &self.files {
            let mut bytes = bytes.clone();
            if let Some((_, at, bit)) = flip.filter(|(flipped, ..)| flipped == name) {
                bytes[at] ^= 1 << bit;
            }
            fs::write(data.join(name), bytes).unwrap();
        }
        data
    }

    /// Starts a server on an altered directory: it serves the truth, or what nobody takes for it, or nothing.
    fn serve(&self, flip: (&str, usize, u8)) -> bool {
        let setup = ServerSetup::default();
        let laid_out = self.laid_out(Some(flip));
        fs::rename(laid_out, setup.data()).unwrap();
        let mut server = setup.stopped();
        if server.try_restart().is_some() {
            return false;
        }
        let Ok(mut api) = Api::connect(server.address()) else { return false };
        if let Ok((workspace, cursor)) = api.snapshot() {
            let is_true = workspace.digest() == self.digest;
            let is_older = cursor.seq < self.log.len() as u64;
            // A commit whose record is torn is gone, with all after it: that is an older truth, and noticed by cursors.
            assert!(is_true || is_older, "{flip:?}: another state is served");
        }
        let Ok(log) = api.log() else { return true };
        let mut cursor = slipway_shared::log::Cursor {
            epoch: slipway_shared::ids::EpochId::from_u128(0),
            seq: 0,
            chain: Hash::ZERO,
        };
        for (served, known) in log.iter().zip(&self.log) {
            // Whoever reads verifies each event: what is not what was written is not taken.
            let Ok(read) = served.read_after(&cursor) else { return true };
            assert_eq!(served, known, "{flip:?}: an event that was altered passes for true");
            cursor = slipway_shared::log::Cursor { seq: read.header.seq, chain: read.chain, ..cursor };
        }
        true
    }
}

/// Flips bits of one file, one at a time, and counts what became of them.
fn flip(original: &Original, name: &str, random: &mut Random) {
    let length = original.files[name].len();
    let (mut found, mut harmless, mut served) = (0, 0, 0);
    for number in 0..FLIPS {
        let at = random.below(length);
        let flipped = (name, at, u8::try_from(random.below(8)).unwrap());
        let data = original.laid_out(Some(flipped));
        let (code, told) = check(&["--data", &data.to_string_lossy()]);
        if code == Some(0) {
            harmless += 1;
            // A bit of the schema's own text: some connections mind it, others don't. What is served has to be true.
            let Some(after) = rows(&data.join("slipway.db")) else {
                served += usize::from(original.serve(flipped));
                continue;
            };
            assert_eq!(
                after[..],
                original.rows[..after.len()],
                "{flipped:?} altered the log and was not found"
            );
            let of_accounts = account_rows(&data.join("slipway.db")).unwrap_or_default();
            assert_eq!(
                of_accounts[..],
                original.account_rows[..of_accounts.len()],
                "{flipped:?} altered the log of accounts and was not found"
            );
            // In the log of recent writes SQLite's own checksum ends it before the first record that is wrong.
            assert!(name.ends_with("-wal") || after.len() == original.rows.len(), "{flipped:?}: {told}");
            continue;
        }
        found += 1;
        if number % SERVED_EVERY == 0 {
            served += usize::from(original.serve(flipped));
        }
    }
    total(
        "bit rot in a file of the server",
        &format!(
            "{name}: {FLIPS} bits flipped, {found} found, {harmless} left all of the log or a true beginning of it; {served} tries to serve it told no lies"
        ),
    );
}

#[test]
fn a_flipped_bit_in_the_database_is_found_and_not_served() {
    let mut random = Random::announced("bit rot, database");
    let mut server = TestServer::start();
    prepare(&server, &mut random, 4);
    let original = Original::of(&mut server, &["slipway.db"], |server| {
        let _ended = server.terminate();
    });
    flip(&original, "slipway.db", &mut random);
}

#[test]
fn a_flipped_bit_in_the_write_ahead_log_is_found_and_not_served() {
    let mut random = Random::announced("bit rot, write-ahead log");
    let mut server = TestServer::start();
    prepare(&server, &mut random, 4);
    // As a crash leaves it: the newest changes are in the log beside the database only.
    let original = Original::of(&mut server, &["slipway.db", "slipway.db-wal"], TestServer::kill);
    flip(&original, "slipway.db-wal", &mut random);
}

#[test]
fn a_flipped_bit_in_a_backup_is_always_found() {
    let mut random = Random::announced("bit rot, backup");
    let server = TestServer::start();
    let crew = Crew::start(&server, server.address(), &mut random, 2);
    slipway_tests::wait::until("some load", || (crew.acknowledged().len() > 50).then_some(()));
    let _acknowledged = crew.stop();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    back_up(&server.data(), &file);
    let whole = fs::read(&file).unwrap();
    for _ in 0..FLIPS {
        let at = random.below(whole.len());
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << random.below(8);
        fs::write(&file, bytes).unwrap();
        let (code, told) = check(&[&file.to_string_lossy()]);
        assert!(code == Some(74) || code == Some(76), "a bit of byte {at} flipped: {told}");
    }
    total("bit rot in a backup", &format!("{FLIPS} bits flipped, {FLIPS} found"));
}
