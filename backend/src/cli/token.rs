//! `slipway token`: which API tokens there are, and ending them.

use clap::{Args, Subcommand};
use serde_json::json;
use slipway_shared::ids::TokenId;

use super::config::Config;
use super::exit::{Exit, Failed};
use super::{DataArgs, user, workspaces};
use crate::civil;
use crate::clock::Clock;
use crate::output;
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
    let (accounts, data) = user::open(args.data, config)?;
    let now = Clock::system().now();
    let (mut told, workspaces) = (Vec::new(), workspaces::all(&data)?);
    let are_several = workspaces.len() > 1;
    for workspace in workspaces {
        for token in accounts.tokens(workspace.head.workspace, now)? {
            let place = if are_several { format!(", in {}", workspace.state.name) } else { String::new() };
            told.push((token, place));
        }
    }
    if args.json {
        let tokens = told.iter().map(|(token, _)| {
            json!({
                "id": token.id, "name": token.name, "scope": token.scope, "member": token.member,
                "workspace": token.workspace, "made": token.made, "ends": token.ends, "used": token.used,
            })
        });
        output::result(&json!({ "tokens": tokens.collect::<Vec<_>>() }).to_string());
        return Ok(());
    }
    for (token, place) in told {
        let used =
            token.used.map_or("never used".to_owned(), |used| format!("last used {}", civil::utc(used)));
        let ends = civil::utc(token.ends);
        output::result(&format!(
            "{} {} ({:?}){place}, {used}, ends {ends}",
            token.id, token.name, token.scope
        ));
    }
    Ok(())
}

fn revoke(args: RevokeArgs, config: &Config) -> Result<(), Failed> {
    let (accounts, data) = user::open(args.data, config)?;
    let now = Clock::system().now();
    for head in SqliteStore::read_only(&data)?.heads()? {
        if accounts.revoke_token(head.workspace, args.id, None, now)? {
            output::result(&format!("{} lets nobody in any more", args.id));
            return Ok(());
        }
    }
    let message = format!(
        "there is no token {} that is good. Nothing was changed. `slipway token list` tells which there are.",
        args.id
    );
    Err(Failed::new(Exit::BadInput, message))
}
