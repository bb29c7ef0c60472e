//! `slipway serve`.

use std::fs::DirBuilder;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU16;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::config::Config;
use super::exit::{Exit, Failed};
use super::{BackupsArgs, DEFAULT_DATA, DEFAULT_DEMO_DATA, Demo, ServeArgs, logging, network};
use crate::access::places::StreamLimits;
use crate::access::setup;
use crate::accounts::rates::{Limits, Rates};
use crate::app::App;
use crate::backup::schedule::{self, Schedule};
use crate::clock::Clock;
use crate::open::{Beginning, Opened, forget_demo, open_with_key};
use crate::output;
use crate::serve::{Door, serve};

/// How long the end waits for a check or a backup that is under way.
const LAST_WORK: Duration = Duration::from_secs(10);
/// How often a backup is made, and how many are kept, where nobody says.
pub(super) const DEFAULT_EVERY_HOURS: NonZeroU16 = NonZeroU16::new(24).unwrap();
const DEFAULT_KEEP: NonZeroU16 = NonZeroU16::new(14).unwrap();
pub(super) const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

pub(super) fn run(args: ServeArgs, config: &Config) -> Result<(), Failed> {
    let listen = args.listen.or(config.listen).unwrap_or(DEFAULT_LISTEN);
    let door = network::door(args.network, config, listen)?;
    let demo = args.demo.or(config.demo);
    if demo.is_some() && door.facing.is_secure() {
        let message = "the demo lets in whoever asks from this computer, and a proxy asks for everybody. Nothing was \
                       started. Leave out --tls-cert, --tls-key and --behind-tls-proxy, or --demo.";
        return Err(Failed::new(Exit::Config, message));
    }
    let data = config.data(args.data.data, if demo.is_some() { DEFAULT_DEMO_DATA } else { DEFAULT_DATA });
    let standard = StreamLimits::STANDARD;
    let limits = StreamLimits {
        per_session: args.streams_per_session.or(config.streams_per_session).unwrap_or(standard.per_session),
        per_address: args.streams_per_address.or(config.streams_per_address).unwrap_or(standard.per_address),
    };
    let standard = Limits::STANDARD;
    let rates = Rates::new(Limits {
        api_per_session: args
            .requests_per_session
            .or(config.requests_per_session)
            .unwrap_or(standard.api_per_session),
        unauthenticated_per_address: args
            .requests_per_address
            .or(config.requests_per_address)
            .unwrap_or(standard.unauthenticated_per_address),
        ..standard
    });
    let backups = schedule(&args.backups, config, &data)?;
    logging::start();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failed::new(Exit::Failed, format!("no threads to be had: {error}")))?;
    // The address comes first: making the demo takes a moment, and would be in vain.
    let listener = runtime.block_on(bind(listen))?;
    let began = Instant::now();
    let key = args.secret_key_file.or_else(|| config.secret_key_file.clone());
    let opened = open_data(&data, key.as_deref(), demo)?;
    let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(took_ms, data = %data.display(), events = opened.events(), "opened");
    let served =
        runtime.block_on(serve_until_told(listener, opened, door, (limits, rates), demo.is_some(), backups));
    // What still reads or copies the file can be done again.
    runtime.shutdown_timeout(LAST_WORK);
    served
}

/// Returns where backups go and how often; none where nobody asked for them.
fn schedule(args: &BackupsArgs, config: &Config, data: &Path) -> Result<Option<Schedule>, Failed> {
    let Some(folder) = args.backup_to.clone().or_else(|| config.backup_to.clone()) else { return Ok(None) };
    let shown = folder.display();
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
    let real = made.and_then(|()| std::fs::canonicalize(&folder)).map_err(|error| {
        let message = format!("the folder {shown} for backups can't be made: {error}. Nothing was started.");
        Failed::new(Exit::NotWritable, message)
    })?;
    if std::fs::canonicalize(data).is_ok_and(|data| real.starts_with(data)) {
        let message = format!(
            "{shown} is inside of the data directory, and backups would be lost with it. Nothing was started. \
             Give another place, best on another disk."
        );
        return Err(Failed::new(Exit::Failed, message));
    }
    let every_hours = args.backup_every.or(config.backup_every).unwrap_or(DEFAULT_EVERY_HOURS);
    let keep = args.keep.or(config.keep).unwrap_or(DEFAULT_KEEP).get();
    Ok(Some(Schedule { folder: real, every_hours, keep: keep.into() }))
}

async fn bind(listen: SocketAddr) -> Result<TcpListener, Failed> {
    TcpListener::bind(listen).await.map_err(|error| {
        let reason = match error.kind() {
            std::io::ErrorKind::AddrInUse => "another program listens there".to_owned(),
            std::io::ErrorKind::PermissionDenied => "that port is for the administrator".to_owned(),
            _ => error.to_string(),
        };
        let message = format!(
            "the server can't listen on {listen}: {reason}. Nothing was touched. Stop the other program, or \
             give another port, such as --listen {}:{}.",
            listen.ip(),
            if listen.port() == 8081 { 8082 } else { 8081 }
        );
        Failed::new(Exit::Address, message)
    })
}

fn open_data(data: &Path, key: Option<&Path>, demo: Option<Demo>) -> Result<Opened, Failed> {
    let clock = Clock::system();
    if demo == Some(Demo::Reset) {
        forget_demo(data)?;
    }
    let beginning = if demo.is_some() { Beginning::Demo } else { Beginning::Workspace };
    Ok(open_with_key(data, key, beginning, &clock)?)
}

async fn serve_until_told(
    listener: TcpListener,
    opened: Opened,
    door: Door,
    (limits, rates): (StreamLimits, Rates),
    is_demo: bool,
    backups: Option<Schedule>,
) -> Result<(), Failed> {
    let signals =
        signals().map_err(|error| Failed::new(Exit::Failed, format!("no signals to be had: {error}")))?;
    let app = App::start_with(opened, Clock::system(), limits, rates)?;
    let address = listener.local_addr();
    let address =
        address.map_err(|error| Failed::new(Exit::Address, format!("no address to be had: {error}")))?;
    let data: PathBuf = app.dir().path().to_owned();
    let (url, noted) = (door.facing.public_url(), backups.as_ref().map(Schedule::noted));
    app.dir().announce(address, door.tls.is_some(), url, noted).map_err(|source| {
        Failed::from(crate::data_dir::DataDirError::NotWritable { path: data.clone(), source })
    })?;
    let token = setup::offer(&app)?;
    let kind = if is_demo { "the demo" } else { "Slipway" };
    let place = network::shown(&door, address);
    output::note(&format!("{kind} is on {place}, its data in {}", data.display()));
    let link = network::link(&door, address);
    let offering = token.map(|token| {
        tell_link(&link, &token, &data);
        let app = app.clone();
        tokio::spawn(async move {
            if let Err(error) = setup::keep_offering(&app, |token| tell_link(&link, token, &data)).await {
                tracing::error!(%error, "no new link for the first visit could be made; start the server again");
            }
        })
    });
    tracing::info!(%address, "ready");
    check_in_background(&app);
    let backups = backups.map(|schedule| tokio::spawn(schedule::keep(app.clone(), schedule)));
    let served = serve(listener, app, door, signals).await;
    for task in backups.into_iter().chain(offering) {
        task.abort();
    }
    served.map_err(|error| {
        let message = format!("{error}. Look at the disk, then start it again: what was kept is there.");
        Failed::new(Exit::StoreFailed, message)
    })
}

/// Says how somebody becomes the owner.
fn tell_link(link: &str, token: &str, data: &Path) {
    output::note(&format!(
        "This server has no owner yet. Whoever opens this link within an hour becomes it:\n\n    \
         {link}/setup#{token}\n\nAfter that there is a new one. The token is also in {}/setup-token.",
        data.display()
    ));
}

fn signals() -> std::io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Looks for damage once the server answers, since that reads the whole file.
fn check_in_background(app: &App) {
    let reader = app.reader();
    tokio::task::spawn_blocking(move || match reader.check() {
        Ok(None) => tracing::debug!("the store was checked"),
        Ok(Some(found)) => tracing::error!(found, "the store is damaged: back it up and look at the disk"),
        Err(error) => tracing::warn!(%error, "the store could not be checked"),
    });
}
