//! The app itself, from the binary: files that were compressed when it was built.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};

use super::method_not_allowed;

/// A file of the app.
pub(super) struct Asset {
    /// Its address.
    pub(super) path: &'static str,
    /// The hash of its bytes, in hexadecimal.
    pub(super) hash: &'static str,
    pub(super) bytes: &'static [u8],
    pub(super) brotli: Option<&'static [u8]>,
    pub(super) gzip: Option<&'static [u8]>,
}

// `ASSETS`, sorted by path; made by `build.rs`. Empty when there was no app.
include!(concat!(env!("OUT_DIR"), "/assets.rs"));

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Slipway</title>\
    <h1>The app is not in this server</h1><p>The server runs, and its API answers under /api/v1. It was built \
    before the app was: run <code>script/serve</code>, or <code>script/build-app</code> and then \
    <code>cargo build --release -p slipway-backend</code>, and start it again.</p></html>\n";

/// Answers with a file of the app; with its page for every address that is none of a file.
pub(crate) async fn serve(request: Request<Body>) -> Response {
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        return method_not_allowed().await.into_response();
    }
    respond(ASSETS, request.uri().path(), request.headers())
}

/// Answers from a list of files that is sorted by path.
pub(super) fn respond(assets: &'static [Asset], path: &str, headers: &HeaderMap) -> Response {
    let page = || if is_file_like(path) { None } else { find(assets, "/index.html") };
    match find(assets, path).or_else(page) {
        Some(asset) => answer(asset, headers),
        None if assets.is_empty() && !is_file_like(path) => {
            let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-store")];
            (StatusCode::SERVICE_UNAVAILABLE, headers, NOT_BUILT).into_response()
        }
        None => {
            let headers = [(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "no-store")];
            (StatusCode::NOT_FOUND, headers, "There is no such file.\n").into_response()
        }
    }
}

fn find(assets: &'static [Asset], path: &str) -> Option<&'static Asset> {
    let place = assets.binary_search_by(|asset| asset.path.cmp(path)).ok()?;
    assets.get(place)
}

/// A missing script must not be answered with the page: browsers would report nonsense instead of 404. Nor what an editor leaves
/// behind, which would look as if it were there.
fn is_file_like(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.contains(['.', '~']))
}

fn answer(asset: &'static Asset, headers: &HeaderMap) -> Response {
    let (encoding, bytes) = encoded(asset, headers);
    let mut etag = format!("\"{}", asset.hash);
    if let Some(encoding) = encoding {
        // Writing to a text can't fail.
        let _ = write!(etag, "-{encoding}");
    }
    etag.push('"');
    let caching = if has_hash(asset.path) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let common = [(ETAG, etag.as_str()), (CACHE_CONTROL, caching), (VARY, "accept-encoding")];
    if is_known(headers, &etag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let mut response = (common, [(CONTENT_TYPE, content_type(asset.path))], bytes).into_response();
    if let Some(encoding) = encoding {
        response.headers_mut().insert(CONTENT_ENCODING, axum::http::HeaderValue::from_static(encoding));
    }
    response
}

fn encoded(asset: &'static Asset, headers: &HeaderMap) -> (Option<&'static str>, &'static [u8]) {
    let accepted = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let accepted: Vec<_> = accepted.flat_map(|value| value.split(',')).collect();
    match (asset.brotli, asset.gzip) {
        (Some(bytes), _) if accepts(&accepted, "br") => (Some("br"), bytes),
        (_, Some(bytes)) if accepts(&accepted, "gzip") => (Some("gzip"), bytes),
        _ => (None, asset.bytes),
    }
}

fn accepts(accepted: &[&str], encoding: &str) -> bool {
    accepted.iter().any(|accepted| {
        let mut parts = accepted.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let is_refused = parts.any(|part| {
            part.strip_prefix("q=")
                .and_then(|weight| weight.parse::<f32>().ok())
                .is_some_and(|weight| weight <= 0.0)
        });
        is_named && !is_refused
    })
}

fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag
    })
}

/// Tells whether a file's name changes with its bytes: Trunk puts a hash of 16 digits there.
fn has_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let parts = name.split(['-', '.', '_']);
    parts.skip(1).any(|part| part.len() >= 12 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
