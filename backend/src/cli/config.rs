//! The configuration file: the flags of `slipway serve` under their own names.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Demo;
use super::exit::{Exit, Failed};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    pub(super) listen: Option<SocketAddr>,
    pub(super) data: Option<PathBuf>,
    pub(super) demo: Option<Demo>,
    pub(super) streams_per_session: Option<usize>,
    pub(super) streams_per_address: Option<usize>,
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
                 It may have the keys listen, data, demo, streams_per_session and streams_per_address."
            );
            Failed::new(Exit::Config, message)
        })
    }

    /// Returns the data directory: as given, else as configured, else the default.
    pub(super) fn data(&self, given: Option<PathBuf>, default: &str) -> PathBuf {
        given.or_else(|| self.data.clone()).unwrap_or_else(|| PathBuf::from(default))
    }
}
