//! `slipway user`: for the operator who helps somebody who is locked out, or locks somebody out. Works on the data
//! directory, also while a server uses it, which notices within a second.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use slipway_shared::account::{INVITATION_MS, TEXT_MOST, fold_login, tidy};
use slipway_shared::ids::{InvitationId, MemberId, WorkspaceId};
use slipway_shared::member::Role;
use slipway_shared::time::Timestamp;
use uuid::Uuid;

use super::config::Config;
use super::exit::{Exit, Failed, refuse_without_data};
use super::workspaces::{Known, WorkspaceArg};
use super::{DEFAULT_DATA, DataArgs, workspaces};
use crate::accounts::password::{Hasher, acceptable};
use crate::accounts::secret::Secret;
use crate::civil;
use crate::clock::Clock;
use crate::data_dir::user_of;
use crate::output;
use crate::store::accounts::{AccountRow, Acted, By, INVITATIONS_MOST, InvitationRow};
use crate::store::sqlite::Accounts;

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// List the accounts
    List(ListArgs),
    /// Set a password, read from standard input, and end all sessions and API tokens of the account
    Password(OneArgs),
    /// End all sessions of an account
    SignOut(OneArgs),
    /// Let nobody in by an account any more, and end its sessions and API tokens
    Disable(OneArgs),
    /// Let somebody in again; what was ended stays so
    Enable(OneArgs),
    /// Ask for no second factor any more, and end all sessions of the account
    SecondFactorOff(OneArgs),
    /// Make a link that lets somebody join a workspace
    Invite(InviteArgs),
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
pub(super) struct OneArgs {
    /// What they sign in with
    #[arg(value_name = "LOGIN")]
    login: String,
    #[command(flatten)]
    data: DataArgs,
}

#[derive(Debug, Args)]
pub(super) struct InviteArgs {
    /// What they may do
    #[arg(long, env = "SLIPWAY_ROLE", value_enum)]
    role: InvitedRole,
    /// For whom it is
    #[arg(long, env = "SLIPWAY_NOTE", value_name = "TEXT", default_value = "From the command line")]
    note: String,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    which: WorkspaceArg,
    /// The address people open, where no server runs that knows it
    #[arg(long, env = "SLIPWAY_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// As JSON
    #[arg(long, env = "SLIPWAY_JSON")]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum InvitedRole {
    Viewer,
    Member,
    Approver,
    Admin,
}

impl From<InvitedRole> for Role {
    fn from(role: InvitedRole) -> Self {
        match role {
            InvitedRole::Viewer => Self::Viewer,
            InvitedRole::Member => Self::Member,
            InvitedRole::Approver => Self::Approver,
            InvitedRole::Admin => Self::Admin,
        }
    }
}

pub(super) fn run(command: UserCommand, config: &Config) -> Result<(), Failed> {
    let now = Clock::system().now();
    match command {
        UserCommand::List(args) => {
            let (accounts, data) = look(args.data, config)?;
            list(&accounts, &workspaces::all(&data)?, args.json)
        }
        UserCommand::Password(args) => {
            let (accounts, account) = one(args, config)?;
            let password = new_password(&account.login)?;
            accounts.change_password(account.id, &password, None, now)?;
            let what = "has a new password, is signed in nowhere, has no API tokens any more, and what they invited to is good for nothing";
            done(&account, what)
        }
        UserCommand::SignOut(args) => {
            let (accounts, account) = one(args, config)?;
            let ended = accounts.end_sessions(account.id, None, now)?;
            done(&account, &format!("is signed in nowhere any more; {ended} sessions were ended"))
        }
        UserCommand::Disable(args) => {
            let (accounts, account) = one(args, config)?;
            accounts.set_disabled(account.id, Some(account.disabled_at.unwrap_or(now)), now)?;
            let what = "can't sign in any more, is signed in nowhere, has no API tokens any more, and what they invited to is good for nothing";
            done(&account, what)
        }
        UserCommand::Enable(args) => {
            let (accounts, account) = one(args, config)?;
            accounts.set_disabled(account.id, None, now)?;
            done(&account, "can sign in")
        }
        UserCommand::SecondFactorOff(args) => {
            let (accounts, account) = one(args, config)?;
            let had_one = accounts.drop_second_factor(account.id, None, now)? == Acted::Done;
            done(
                &account,
                if had_one {
                    "signs in without a second factor, and is signed in nowhere"
                } else {
                    "had no second factor"
                },
            )
        }
        UserCommand::Invite(args) => invite(args, config, now),
    }
}

fn done(account: &AccountRow, what: &str) -> Result<(), Failed> {
    output::result(&format!("{} {what}", account.login));
    Ok(())
}

/// Opens the accounts of a data directory.
pub(super) fn open(data: DataArgs, config: &Config) -> Result<(Accounts, PathBuf), Failed> {
    let data = config.data(data.data, DEFAULT_DATA);
    refuse_without_data(&data)?;
    Ok((Accounts::open(&data)?, data))
}

/// Opens the accounts of a data directory to look alone.
pub(super) fn look(data: DataArgs, config: &Config) -> Result<(Accounts, PathBuf), Failed> {
    let data = config.data(data.data, DEFAULT_DATA);
    refuse_without_data(&data)?;
    Ok((Accounts::read_only(&data)?, data))
}

fn one(args: OneArgs, config: &Config) -> Result<(Accounts, AccountRow), Failed> {
    let (accounts, data) = open(args.data, config)?;
    let found = accounts.account_by_login(&fold_login(&args.login))?;
    let account = found.ok_or_else(|| {
        let message = format!(
            "nobody signs in with {:?} in {}. Nothing was changed. `slipway user list` tells who does.",
            args.login,
            data.display()
        );
        Failed::new(Exit::BadInput, message)
    })?;
    Ok((accounts, account))
}

fn list(accounts: &Accounts, known: &[Known], as_json: bool) -> Result<(), Failed> {
    let now = Clock::system().now();
    let mut lines = Vec::new();
    let all = accounts.all()?;
    let is_empty = all.is_empty();
    for account in all {
        let sessions = accounts.sessions(account.id, now)?;
        let used = sessions.iter().map(|session| session.used).max();
        let places = places(accounts, &account, known)?;
        if as_json {
            lines.push(json!({
                "id": account.id,
                "login": account.login,
                "name": account.name,
                "has_second_factor": account.second_factor.is_some(),
                "made": account.made,
                "disabled_at": account.disabled_at,
                "sessions": sessions.len(),
                "used": used,
                "workspaces": places.iter().map(|place| json!({
                    "id": place.0, "name": place.1, "member": place.2, "role": place.3,
                })).collect::<Vec<_>>(),
            }));
            continue;
        }
        let state = if account.disabled_at.is_some() { ", disabled" } else { "" };
        let factor = if account.second_factor.is_some() { ", second factor" } else { "" };
        let used = used.map(|used| format!(", last seen {}", civil::utc(used))).unwrap_or_default();
        let mut line =
            format!("{} ({}): {} sessions{used}{factor}{state}", account.login, account.name, sessions.len());
        for (_, name, _, role) in places {
            let role = role.map_or("removed".to_owned(), |role| format!("{role:?}").to_lowercase());
            line.push_str(&format!("\n    {name}: {role}"));
        }
        output::result(&line);
    }
    if as_json {
        output::result(&json!({ "accounts": lines }).to_string());
    } else if is_empty {
        output::result(
            "There are no accounts yet: start the server and open the link that it prints; that makes the first one.",
        );
    }
    Ok(())
}

/// A workspace that an account is or was a member of: its id, name, who they are, and their role; `None` for who was
/// removed.
type Place<'a> = (WorkspaceId, &'a str, MemberId, Option<Role>);

fn places<'a>(
    accounts: &Accounts,
    account: &AccountRow,
    known: &'a [Known],
) -> Result<Vec<Place<'a>>, Failed> {
    let memberships = accounts.memberships(account.id)?;
    let places = memberships.iter().filter_map(|membership| {
        let of = known.iter().find(|known| known.head.workspace == membership.workspace)?;
        let role = of.state.role(membership.member);
        Some((membership.workspace, &*of.state.name, membership.member, role))
    });
    Ok(places.collect())
}

fn new_password(login: &str) -> Result<String, Failed> {
    let password = read_password().map_err(|error| {
        Failed::new(Exit::NoInput, format!("no password could be read: {error}. Nothing was changed."))
    })?;
    let refused =
        |error: &dyn std::fmt::Display| Failed::new(Exit::BadInput, format!("{error}. Nothing was changed."));
    acceptable(&password, login).map_err(|error| refused(&error))?;
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|error| refused(&error))?;
    runtime.block_on(Hasher::new().hash(password)).map_err(|error| refused(&error))
}

/// Reads one line; on a terminal what is typed is not shown.
fn read_password() -> io::Result<String> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let stdin = io::stdin();
    let mut line = String::new();
    if stdin.is_terminal() {
        output::note("The new password (it is not shown):");
        let shown = tcgetattr(&stdin)?;
        let mut hidden = shown.clone();
        // Who gives up in the middle would be left with a terminal that shows nothing: the key is read as a character.
        hidden.local_modes.remove(LocalModes::ECHO | LocalModes::ISIG);
        tcsetattr(&stdin, OptionalActions::Flush, &hidden)?;
        let read = read_typed(&mut stdin.lock(), &mut line);
        tcsetattr(&stdin, OptionalActions::Flush, &shown)?;
        read?;
    } else {
        stdin.lock().read_line(&mut line)?;
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// What Ctrl-C and Ctrl-\\ are as characters.
const GIVEN_UP: [u8; 2] = [0x03, 0x1c];

/// Reads what is typed up to the end of the line, or until it is given up.
fn read_typed(from: &mut impl io::BufRead, line: &mut String) -> io::Result<()> {
    from.read_line(line)?;
    match line.bytes().any(|byte| GIVEN_UP.contains(&byte)) {
        true => Err(io::Error::new(io::ErrorKind::Interrupted, "it was given up")),
        false => Ok(()),
    }
}

fn invite(args: InviteArgs, config: &Config, now: Timestamp) -> Result<(), Failed> {
    let (accounts, data) = open(args.data, config)?;
    if !accounts.is_claimed()? {
        let message = "the server has no owner yet, who comes before everybody else. Nothing was changed. Start it, and \
                       open the link that it prints.";
        return Err(Failed::new(Exit::Failed, message));
    }
    let note = tidy(&args.note).ok_or_else(|| {
        let message = format!(
            "the note has 1 to {TEXT_MOST} characters, all of them visible. Nothing was changed. Give another --note."
        );
        Failed::new(Exit::BadInput, message)
    })?;
    let head = workspaces::chosen(&data, args.which.workspace.as_deref())?;
    let secret =
        Secret::new().map_err(|error| Failed::new(Exit::Failed, format!("{error}. Nothing was changed.")))?;
    let minted = || Uuid::now_v7().as_u128();
    let invitation = InvitationRow {
        id: InvitationId::from_u128(minted()),
        workspace: head.workspace,
        member: MemberId::from_u128(minted()),
        role: args.role.into(),
        note,
        by: head.local_member,
        is_operators: true,
        ends: now.plus(INVITATION_MS),
    };
    if accounts.invite(secret.hash(), &invitation, By::Operator, now)? != Acted::Done {
        let message = format!(
            "{INVITATIONS_MOST} invitations to this workspace are open already. Nothing was changed. An admin can withdraw \
             some."
        );
        return Err(Failed::new(Exit::Failed, message));
    }
    let public = args.public_url.as_ref().or(config.public_url.as_ref());
    let link = link(&data, public, secret.text());
    if args.json {
        let told =
            json!({ "id": invitation.id, "link": link, "token": secret.text(), "ends": invitation.ends });
        output::result(&told.to_string());
    } else {
        output::result(&link);
        output::note(&format!("Good once, until {}.", civil::utc(invitation.ends)));
    }
    Ok(())
}

/// Returns the link as people open it: at the public address of the server that uses the directory, else at the one given here,
/// else at its own, or the one that a server usually has.
fn link(data: &Path, public: Option<&String>, token: &str) -> String {
    let running = user_of(data).flatten();
    let known = running.as_ref().and_then(|server| server.public_url.clone());
    let public = known.or_else(|| public.map(|url| url.trim_end_matches('/').to_owned()));
    let own = || match &running {
        Some(server) if server.is_tls => format!("https://{}", server.address),
        Some(server) => format!("http://{}", server.address),
        None => format!("http://{}", super::serve::DEFAULT_LISTEN),
    };
    format!("{}/invitation#{token}", public.unwrap_or_else(own))
}
