//! The command line: what can be asked, and where flags, environment and configuration file meet.

mod backup;
mod check;
mod client;
mod config;
mod exit;
mod export;
mod import_git_tags;
mod import_workspace;
mod logging;
mod network;
mod openapi;
#[cfg(test)]
mod reference;
mod restore;
mod serve;
mod sink;
mod token;
mod user;
mod workspaces;

use std::net::SocketAddr;
use std::num::{NonZeroU16, NonZeroU32};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use exit::Failed;

use crate::output;
use backup::BackupArgs;
use check::CheckArgs;
use config::Config;
use export::ExportArgs;
use import_git_tags::GitTagsArgs;
use import_workspace::WorkspaceArgs;
use network::NetworkArgs;
use restore::RestoreArgs;

/// The data directory when nobody says, and that of the demo.
const DEFAULT_DATA: &str = "data";
const DEFAULT_DEMO_DATA: &str = "data-demo";

/// Deployments, checklists and runbooks that work with no network.
#[derive(Debug, Parser)]
#[command(name = "slipway", version, about, after_help = exit::CODES)]
pub struct Cli {
    /// A TOML file with the same names as the flags; a key it doesn't know is an error
    #[arg(long, global = true, env = "SLIPWAY_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Asked,
}

#[derive(Debug, Subcommand)]
enum Asked {
    /// Serve the app and its API
    Serve(ServeArgs),
    /// Bring something in
    #[command(subcommand)]
    Import(Import),
    /// Write a whole workspace out, as lines of JSON
    Export(ExportArgs),
    /// Write a verified copy of everything into one file, also while the server runs
    Backup(BackupArgs),
    /// Put a backup in the place of the data, on a timeline of its own
    Restore(RestoreArgs),
    /// Look for damage in the data or in a backup, also while the server runs
    Check(CheckArgs),
    /// See who has an account, and help who is locked out; also while the server runs
    #[command(subcommand)]
    User(user::UserCommand),
    /// See which API tokens there are, and end them; also while the server runs
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Print the description of the API over HTTP, as /api/openapi.json has it
    Openapi,
    /// Print the version
    Version {
        /// As JSON
        #[arg(long, env = "SLIPWAY_JSON")]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
enum Import {
    /// Make a service's history from the tags of a Git repository; a second run adds only what is new
    GitTags(GitTagsArgs),
    /// Bring in a workspace that `slipway export` wrote, into an empty data directory
    Workspace(WorkspaceArgs),
}

#[derive(Debug, Args)]
struct DataArgs {
    /// The directory everything is kept in [default: ./data]
    #[arg(long, env = "SLIPWAY_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct ServeArgs {
    /// Where to listen; any but an address of this computer wants TLS, its own or a proxy's [default: 127.0.0.1:8080]
    #[arg(long, env = "SLIPWAY_LISTEN", value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    #[command(flatten)]
    data: DataArgs,
    /// Serve a filled-in workspace, by default from ./data-demo; `reset` makes it anew
    #[arg(
        long,
        env = "SLIPWAY_DEMO",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "keep",
        value_name = "reset"
    )]
    demo: Option<Demo>,
    /// How many streams one session or token may have open [default: 8]
    #[arg(long, env = "SLIPWAY_STREAMS_PER_SESSION", value_name = "COUNT")]
    streams_per_session: Option<usize>,
    /// How many streams one address may have open; a proxy or an office may need more [default: 64]
    #[arg(long, env = "SLIPWAY_STREAMS_PER_ADDRESS", value_name = "COUNT")]
    streams_per_address: Option<usize>,
    /// How many requests a minute one session or token has, besides those of its sync [default: 600]
    #[arg(long, env = "SLIPWAY_REQUESTS_PER_SESSION", value_name = "COUNT")]
    requests_per_session: Option<NonZeroU32>,
    /// How many requests a minute an address has of which nobody is signed in [default: 60]
    #[arg(long, env = "SLIPWAY_REQUESTS_PER_ADDRESS", value_name = "COUNT")]
    requests_per_address: Option<NonZeroU32>,
    /// A file with the key for what is kept locked, 64 hexadecimal digits [default: secret-key in the data directory]
    #[arg(long, env = "SLIPWAY_SECRET_KEY_FILE", value_name = "FILE")]
    secret_key_file: Option<PathBuf>,
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    backups: BackupsArgs,
}

#[derive(Debug, Args)]
struct BackupsArgs {
    /// Make verified backups by itself, into this folder; best on another disk
    #[arg(long, env = "SLIPWAY_BACKUP_TO", value_name = "DIR")]
    backup_to: Option<PathBuf>,
    /// The hours from one backup to the next [default: 24]
    #[arg(long, env = "SLIPWAY_BACKUP_EVERY", value_name = "HOURS")]
    backup_every: Option<NonZeroU16>,
    /// How many of its own backups are kept there [default: 14]
    #[arg(long, env = "SLIPWAY_KEEP", value_name = "N")]
    keep: Option<NonZeroU16>,
}

/// What to do with the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Demo {
    /// Make it once and keep it.
    #[value(alias = "true", alias = "1")]
    Keep,
    /// Make it anew.
    Reset,
}

impl Cli {
    /// Does what was asked.
    ///
    /// # Errors
    ///
    /// With a message for people and the code to exit with.
    pub fn run(self) -> Result<(), Failed> {
        let config = Config::read(self.config.as_deref())?;
        match self.command {
            Asked::Serve(args) => serve::run(args, &config),
            Asked::Import(Import::GitTags(args)) => import_git_tags::run(args, &config),
            Asked::Import(Import::Workspace(args)) => import_workspace::run(args, &config),
            Asked::Export(args) => export::run(args, &config),
            Asked::Backup(args) => backup::run(args, &config),
            Asked::Restore(args) => restore::run(args, &config),
            Asked::Check(args) => check::run(args, &config),
            Asked::User(command) => user::run(command, &config),
            Asked::Token(command) => token::run(command, &config),
            Asked::Openapi => {
                openapi::run();
                Ok(())
            }
            Asked::Version { json } => {
                version(json);
                Ok(())
            }
        }
    }
}

fn version(json: bool) {
    let version = env!("CARGO_PKG_VERSION");
    if json {
        let protocol = slipway_shared::sync::protocol::PROTOCOL;
        let model = slipway_shared::workspace::MODEL_VERSION;
        let version = serde_json::json!({ "version": version, "protocol": protocol, "model": model });
        output::result(&version.to_string());
    } else {
        output::result(&format!("slipway {version}"));
    }
}
