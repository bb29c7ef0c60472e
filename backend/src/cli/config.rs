//! The configuration file: the flags of `slipway serve` under their own names.

use std::net::SocketAddr;
use std::num::{NonZeroU16, NonZeroU32};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Demo;
use super::exit::{Exit, Failed};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Config {
    pub(super) listen: Option<SocketAddr>,
    pub(super) data: Option<PathBuf>,
    pub(super) demo: Option<Demo>,
    pub(super) streams_per_session: Option<usize>,
    pub(super) streams_per_address: Option<usize>,
    pub(super) requests_per_session: Option<NonZeroU32>,
    pub(super) requests_per_address: Option<NonZeroU32>,
    pub(super) secret_key_file: Option<PathBuf>,
    pub(super) public_url: Option<String>,
    pub(super) host: Option<Vec<String>>,
    pub(super) tls_cert: Option<PathBuf>,
    pub(super) tls_key: Option<PathBuf>,
    pub(super) behind_tls_proxy: Option<bool>,
    pub(super) trusted_proxy: Option<Vec<String>>,
    pub(super) backup_to: Option<PathBuf>,
    pub(super) backup_every: Option<NonZeroU16>,
    pub(super) keep: Option<NonZeroU16>,
}

impl Config {
    pub(super) fn read(path: Option<&Path>) -> Result<Self, Failed> {
        let Some(path) = path else { return Ok(Self::default()) };
        let shown = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Failed::new(Exit::Config, format!("the configuration file {shown} can't be read: {error}"))
        })?;
        toml::from_str(&text).map_err(|error| {
            let message = format!(
                "the configuration file {shown} is not right, so nothing was started.\n{error}\
                 It may have the keys listen, data, demo, streams-per-session, streams-per-address, \
                 requests-per-session, requests-per-address, secret-key-file, public-url, host, tls-cert, tls-key, \
                 behind-tls-proxy, trusted-proxy, backup-to, backup-every and keep."
            );
            Failed::new(Exit::Config, message)
        })
    }

    /// Returns the data directory: as given, else as configured, else the default.
    pub(super) fn data(&self, given: Option<PathBuf>, default: &str) -> PathBuf {
        given.or_else(|| self.data.clone()).unwrap_or_else(|| PathBuf::from(default))
    }
}
