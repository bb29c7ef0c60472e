//! How `slipway serve` faces a network: its flags, what goes together, and what is refused.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use clap::builder::BoolishValueParser;
use ipnet::IpNet;

use super::config::Config;
use super::exit::{Exit, Failed};
use crate::accounts::client_ip::TrustedProxies;
use crate::facing::{Facing, NotAName, PublicName};
use crate::serve::Door;
use crate::tls::Tls;

/// Where more is said.
const MORE: &str = "docs/operations.md has an example for each.";

#[derive(Debug, Args)]
pub(super) struct NetworkArgs {
    /// The address people open, such as `https://slipway.example.org`
    #[arg(long, env = "SLIPWAY_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// A name besides that of --public-url that the server answers to; may be repeated
    #[arg(long, env = "SLIPWAY_HOST", value_name = "NAME", value_delimiter = ',')]
    host: Vec<String>,
    /// The certificate to serve TLS with, and those between it and its root, in PEM form; read anew when it changes
    #[arg(long, env = "SLIPWAY_TLS_CERT", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// The key of the certificate, in PEM form, readable by its owner alone
    #[arg(long, env = "SLIPWAY_TLS_KEY", value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// Serve plain HTTP to a proxy that does TLS; nobody else is answered
    #[arg(long, env = "SLIPWAY_BEHIND_TLS_PROXY", value_parser = BoolishValueParser::new())]
    behind_tls_proxy: bool,
    /// A network whose proxies are believed whom they speak for; may be repeated [default: this computer]
    #[arg(long, env = "SLIPWAY_TRUSTED_PROXY", value_name = "CIDR", value_delimiter = ',')]
    trusted_proxy: Vec<String>,
}

/// What was asked for, with what the configuration file adds.
struct Asked {
    listen: SocketAddr,
    names: Vec<PublicName>,
    trusted: Option<Vec<IpNet>>,
    tls: Option<(PathBuf, PathBuf)>,
    is_proxied: bool,
}

/// Finds out how the server is to be reached.
pub(super) fn door(args: NetworkArgs, config: &Config, listen: SocketAddr) -> Result<Door, Failed> {
    let asked = Asked::read(args, config, listen)?;
    let is_local = listen.ip().is_loopback();
    match (&asked.tls, asked.is_proxied) {
        (Some(_), true) => Err(not_right(
            "--behind-tls-proxy means that the server does no TLS of its own, and --tls-cert that it does. Leave \
             one out; a proxy in front of the server's own TLS is named with --trusted-proxy alone.",
        )),
        (Some((cert, key)), false) => {
            asked.want_names(is_local)?;
            let tls = Tls::load(cert, key).map_err(|error| not_right(&format!("{error}.")))?;
            let trusted = asked.trusted.map_or_else(TrustedProxies::none, TrustedProxies::new);
            Ok(Door { facing: Arc::new(Facing::tls(asked.names, trusted)), tls: Some(tls) })
        }
        (None, true) => {
            asked.want_names(false)?;
            let trusted = asked.trusted.map_or_else(TrustedProxies::loopback, TrustedProxies::new);
            Ok(Door { facing: Arc::new(Facing::proxied(asked.names, trusted)), tls: None })
        }
        (None, false) if !is_local => Err(asked.refuse_other_computers()),
        (None, false) if asked.trusted.is_some() || !asked.names.is_empty() => Err(not_right(
            "--public-url, --host and --trusted-proxy are for a server that others reach, with --tls-cert and \
             --tls-key or with --behind-tls-proxy.",
        )),
        (None, false) => Ok(Door::loopback()),
    }
}

/// Returns the address to tell whoever started the server.
pub(super) fn shown(door: &Door, address: SocketAddr) -> String {
    match (door.facing.public_url(), &door.tls) {
        (Some(url), Some(_)) => format!("{url} ({address})"),
        (Some(url), None) => format!("{url} (a proxy passes on to http://{address})"),
        (None, Some(_)) => format!("https://{address}"),
        (None, None) => format!("http://{address}"),
    }
}

/// Returns the beginning of links that people open.
pub(super) fn link(door: &Door, address: SocketAddr) -> String {
    let own = || format!("{}://{address}", if door.tls.is_some() { "https" } else { "http" });
    door.facing.public_url().unwrap_or_else(own)
}

impl Asked {
    fn read(args: NetworkArgs, config: &Config, listen: SocketAddr) -> Result<Self, Failed> {
        let cert = args.tls_cert.or_else(|| config.tls_cert.clone());
        let key = args.tls_key.or_else(|| config.tls_key.clone());
        let tls = match (cert, key) {
            (Some(cert), Some(key)) => Some((cert, key)),
            (None, None) => None,
            (Some(_), None) => {
                return Err(not_right("--tls-cert wants the key of the certificate: --tls-key FILE."));
            }
            (None, Some(_)) => return Err(not_right("--tls-key wants the certificate: --tls-cert FILE.")),
        };
        let url = args.public_url.as_ref().or(config.public_url.as_ref());
        let url = url.map(|url| PublicName::from_url(url).map_err(|error| wrong("--public-url", url, error)));
        let hosts = given_or(args.host, config.host.as_ref()).unwrap_or_default();
        let hosts = hosts.iter().map(|host| host.parse().map_err(|error| wrong("--host", host, error)));
        let trusted = given_or(args.trusted_proxy, config.trusted_proxy.as_ref());
        let trusted = trusted.map(|all| all.iter().map(|cidr| network(cidr)).collect::<Result<_, _>>());
        Ok(Self {
            listen,
            names: url.into_iter().chain(hosts).collect::<Result<_, _>>()?,
            trusted: trusted.transpose()?,
            tls,
            is_proxied: args.behind_tls_proxy || config.behind_tls_proxy.unwrap_or_default(),
        })
    }

    /// Wants to be told the names the server answers to, where they are not those of this computer alone.
    fn want_names(&self, is_local: bool) -> Result<(), Failed> {
        if is_local || !self.names.is_empty() {
            return Ok(());
        }
        Err(not_right(&format!(
            "the server has to know under which name people reach it, so that no other site can speak in their \
             name: --public-url https://slipway.example.org, and --host for each other name. {MORE}"
        )))
    }

    fn refuse_other_computers(&self) -> Failed {
        let listen = self.listen;
        let message = format!(
            "{listen} can be reached from other computers, and without TLS whoever is on the way could read \
             passwords and change everything. Nothing was started. Either give the server a certificate, with \
             --tls-cert FILE --tls-key FILE, or put a proxy that does TLS in front, with --behind-tls-proxy; both \
             with --public-url. {MORE} Or listen on 127.0.0.1:{} or [::1]:{0}, for this computer alone.",
            listen.port()
        );
        Failed::new(Exit::NotLoopback, message)
    }
}

/// What was given counts instead of what is configured, not besides.
fn given_or(given: Vec<String>, configured: Option<&Vec<String>>) -> Option<Vec<String>> {
    if given.is_empty() { configured.cloned() } else { Some(given) }
}

/// Reads a network, or one address.
fn network(text: &str) -> Result<IpNet, Failed> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    text.parse().or(address).map_err(|_| {
        not_right(&format!(
            "--trusted-proxy {text}: a network is like 10.0.0.0/8, and an address like 10.0.0.1."
        ))
    })
}

fn wrong(flag: &str, value: &str, error: NotAName) -> Failed {
    not_right(&format!("{flag} {value}: {error}."))
}

fn not_right(why: &str) -> Failed {
    Failed::new(Exit::Config, format!("{why} Nothing was started."))
}
