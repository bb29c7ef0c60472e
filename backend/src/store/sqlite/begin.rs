//! Beginning a log, with everything it comes with, in one transaction.

use rusqlite::{Connection, Transaction, params};

use super::{StoreError, failed, redaction, row, timelines, write};
use crate::store::accounts::Membership;
use crate::store::{LogHead, NewLog};

pub(super) fn begin(connection: &mut Connection, log: &NewLog) -> Result<(), StoreError> {
    let transaction = write::begin(connection)?;
    let workspace = log.head.workspace;
    insert_head(&transaction, &log.head).map_err(failed)?;
    for person in &log.people {
        let sql = "INSERT INTO profiles (ws, member, name) VALUES (?1, ?2, ?3)";
        let values = params![key(workspace.as_u128()), key(person.member.as_u128()), person.name];
        transaction.execute(sql, values).map_err(failed)?;
    }
    for append in &log.appends {
        if write::insert(&transaction, workspace, append)?.is_some() {
            // It does not follow the one before it.
            return Err(StoreError::Corrupt { seq: append.expected.seq + 1 });
        }
    }
    for timeline in &log.timelines {
        timelines::remember(&transaction, workspace, *timeline)?;
    }
    for seq in &log.redactions {
        redaction::remember(&transaction, workspace, *seq)?;
    }
    for membership in &log.memberships {
        insert_membership(&transaction, membership).map_err(failed)?;
    }
    write::commit(transaction)
}

fn insert_head(transaction: &Transaction<'_>, head: &LogHead) -> rusqlite::Result<()> {
    let sql = "INSERT INTO workspaces (id, epoch, head, chain, local_member, is_demo)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let cursor = &head.cursor;
    let values = params![
        key(head.workspace.as_u128()),
        key(cursor.epoch.as_u128()),
        row::to_sql(cursor.seq),
        cursor.chain.0,
        key(head.local_member.as_u128()),
        head.is_demo,
    ];
    transaction.execute(sql, values).map(drop)
}

fn insert_membership(
    transaction: &Transaction<'_>,
    Membership { account, workspace, member }: &Membership,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO memberships (account, ws, member) VALUES (?1, ?2, ?3)";
    let values = params![key(account.as_u128()), key(workspace.as_u128()), key(member.as_u128())];
    transaction.execute(sql, values).map(drop)
}

fn key(id: u128) -> [u8; 16] {
    id.to_be_bytes()
}
