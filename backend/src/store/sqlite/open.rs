//! Opening: is it ours, is it of a version we know, and how SQLite is to treat it.

use std::fs::{self, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

use super::{StoreError, failed};

/// Marks the file as ours: `SLWY`.
const APPLICATION_ID: i64 = 0x534c_5759;
/// One for each file in `migrations/`, in order.
const MIGRATIONS: &[M<'_>] = &[
    M::up(include_str!("migrations/0001-log.sql")),
    M::up(include_str!("migrations/0002-details.sql")),
    M::up(include_str!("migrations/0003-timelines.sql")),
    M::up(include_str!("migrations/0004-accounts.sql")),
    M::up(include_str!("migrations/0005-invitations.sql")),
    M::up(include_str!("migrations/0006-requests.sql")),
    M::up(include_str!("migrations/0007-audit.sql")),
    M::up(include_str!("migrations/0008-history.sql")),
    M::up(include_str!("migrations/0009-endings.sql")),
    M::up(include_str!("migrations/0010-members.sql")),
];
/// Older ones may damage a file whose log is begun anew while somebody reads it.
pub(super) const OLDEST_SQLITE: i32 = 3_051_003;
/// Kibibytes of pages in memory; negative means kibibytes to SQLite.
const CACHE_KIB: i64 = -16 * 1024;
/// The same for the connections beside the log's own.
const SMALL_CACHE_KIB: i64 = -2048;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Enough for every statement of this folder.
const STATEMENTS: usize = 32;

pub(super) fn writer(path: &Path) -> Result<Connection, StoreError> {
    refuse_old_sqlite(rusqlite::version_number())?;
    make_private(path).map_err(|error| StoreError::Failed(error.into()))?;
    let mut connection = Connection::open(path).map_err(failed)?;
    refuse_foreign(&connection)?;
    keep_private(path).map_err(|error| StoreError::Failed(error.into()))?;
    protect(&connection).map_err(failed)?;
    for (pragma, value) in [
        ("journal_mode", "WAL"),
        ("synchronous", "FULL"),
        ("foreign_keys", "ON"),
        ("temp_store", "MEMORY"),
        ("cell_size_check", "ON"),
    ] {
        connection
            .pragma_update_and_check(None, pragma, value, |_| Ok(()))
            .or_else(no_row)
            .map_err(failed)?;
    }
    for (pragma, value) in
        [("wal_autocheckpoint", 4000), ("journal_size_limit", 64 * 1024 * 1024), ("cache_size", CACHE_KIB)]
    {
        connection
            .pragma_update_and_check(None, pragma, value, |_| Ok(()))
            .or_else(no_row)
            .map_err(failed)?;
    }
    // Writing it again would write the file, also for a caller who then finds that it is not for them.
    let application: i64 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(failed)?;
    if application != APPLICATION_ID {
        connection.pragma_update(None, "application_id", APPLICATION_ID).map_err(failed)?;
    }
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Migrations::from_slice(MIGRATIONS).to_latest(&mut connection).map_err(migration_failed)?;
    Ok(connection)
}

/// Makes the file where it is missing, for its owner alone: SQLite would make it for everybody. The files beside it get
/// the same mode from SQLite.
fn make_private(path: &Path) -> io::Result<()> {
    OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path).map(drop)
}

/// Takes away what others may do with a file of an earlier version: it has hashes of passwords now.
fn keep_private(path: &Path) -> io::Result<()> {
    let beside = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    for path in [path.to_owned(), beside("-wal"), beside("-shm")] {
        match fs::metadata(&path) {
            Ok(known) if known.permissions().mode() & 0o077 != 0 => {
                fs::set_permissions(&path, Permissions::from_mode(0o600))?;
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A writing connection beside the one that writes the log: it keeps little in memory, and leaves it to the other one
/// to take the log of the file into it, whose failures that one notices.
pub(super) fn small_writer(path: &Path) -> Result<Connection, StoreError> {
    let connection = writer(path)?;
    connection.pragma_update(None, "cache_size", SMALL_CACHE_KIB).map_err(failed)?;
    connection.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(())).map_err(failed)?;
    Ok(connection)
}

pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    refuse_foreign(&connection)?;
    protect(&connection).map_err(failed)?;
    connection.pragma_update(None, "query_only", "ON").map_err(failed)?;
    // What a reader needs again is mostly the newest pages; each of them keeps few.
    connection.pragma_update(None, "cache_size", SMALL_CACHE_KIB).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// As [`reader`], of a file that is of this version.
pub(super) fn current_reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = reader(path)?;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found < known {
        let text = format!("it is of an earlier version ({found}, this is {known}); start the server once");
        return Err(StoreError::Failed(text.into()));
    }
    Ok(connection)
}

/// A connection that reads the file and may write a copy of it elsewhere.
pub(super) fn copier(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    refuse_foreign(&connection)?;
    protect(&connection).map_err(failed)?;
    Ok(connection)
}

fn refuse_old_sqlite(version: i32) -> Result<(), StoreError> {
    if version >= OLDEST_SQLITE {
        return Ok(());
    }
    let found = format!("SQLite {version} may damage a database, {OLDEST_SQLITE} or newer is needed");
    Err(StoreError::Failed(found.into()))
}

/// Looks before touching: a file of something else, or of a newer version, is left as it is.
fn refuse_foreign(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let tables = "SELECT count(*) FROM sqlite_schema";
    let tables: i64 = connection.query_row(tables, [], |row| row.get(0)).map_err(failed)?;
    let version = number("user_version").map_err(failed)?;
    let application = number("application_id").map_err(failed)?;
    let is_new = tables == 0 && version == 0 && application == 0;
    // A crash between the first pragma and the first migration leaves our mark and no table.
    if !is_new && application != APPLICATION_ID {
        return Err(StoreError::Foreign);
    }
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if version > known {
        return Err(StoreError::Newer { found: version, known });
    }
    Ok(())
}

fn protect(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    Ok(())
}

/// Some pragmas answer with a row and some don't.
fn no_row(error: rusqlite::Error) -> rusqlite::Result<()> {
    if matches!(error, rusqlite::Error::QueryReturnedNoRows) { Ok(()) } else { Err(error) }
}

fn migration_failed(error: rusqlite_migration::Error) -> StoreError {
    match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => failed(err),
        other => StoreError::Failed(Box::new(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_sqlite_that_may_damage_files_is_refused() {
        assert!(refuse_old_sqlite(3_051_002).is_err());
        assert!(refuse_old_sqlite(OLDEST_SQLITE).is_ok());
        assert!(refuse_old_sqlite(rusqlite::version_number()).is_ok(), "the one that is built in is too old");
    }
}
