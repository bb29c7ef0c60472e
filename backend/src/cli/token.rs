//! `slipway token`: which API tokens there are, and ending them.

use clap::{Args, Subcommand};
use serde_json::json;
use slipway_shared::ids::TokenId;

use super::config::Config;
use super::exit::{Exit, Failed};
use super::{DataArgs, user};
use crate::civil;
use crate::clock::Clock;
use crate::output;
use crate::store::StoreError;
use crate::store::sqlite::SqliteStore;

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// List the tokens that are good
    List(ListArgs),
    /// End a token
    Revoke(RevokeArgs),
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    data: DataArgs,
    /// As JSON
    #[arg(long, env = "SLIPWAY_JSON")]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct RevokeArgs {
    /// Its id, as `slipway token list` tells it
    #[arg(value_name = "ID")]
    id: TokenId,
    #[command(flatten)]
    data: DataArgs,
}

pub(super) fn run(command: TokenCommand, config: &Config) -> Result<(), Failed> {
    match command {
        TokenCommand::List(args) => list(args, config),
        TokenCommand::Revoke(args) => revoke(args, config),
    }
}

fn list(args: ListArgs, config: &Config) -> Result<(), Failed> {
    let (accounts, data) = user::look(args.data, config)?;
    let heads = SqliteStore::read_only(&data)?.heads()?;
    let head = heads.first().ok_or(StoreError::Corrupt { seq: 0 })?;
    let tokens = accounts.tokens(head.workspace, Clock::system().now())?;
    if args.json {
        let tokens = tokens.iter().map(|token| {
            json!({
                "id": token.id, "name": token.name, "scope": token.scope, "member": token.member,
                "made": token.made, "ends": token.ends, "used": token.used,
            })
        });
        output::result(&json!({ "tokens": tokens.collect::<Vec<_>>() }).to_string());
        return Ok(());
    }
    for token in tokens {
        let used =
            token.used.map_or("never used".to_owned(), |used| format!("last used {}", civil::utc(used)));
        let ends = civil::utc(token.ends);
        output::result(&format!("{} {} ({:?}), {used}, ends {ends}", token.id, token.name, token.scope));
    }
    Ok(())
}

fn revoke(args: RevokeArgs, config: &Config) -> Result<(), Failed> {
    let (accounts, data) = user::open(args.data, config)?;
    let heads = SqliteStore::read_only(&data)?.heads()?;
    let head = heads.first().ok_or(StoreError::Corrupt { seq: 0 })?;
    if !accounts.revoke_token(head.workspace, args.id, None, Clock::system().now())? {
        let message = format!(
            "there is no token {} that is good. Nothing was changed. `slipway token list` tells which there are.",
            args.id
        );
        return Err(Failed::new(Exit::BadInput, message));
    }
    output::result(&format!("{} lets nobody in any more", args.id));
    Ok(())
}
