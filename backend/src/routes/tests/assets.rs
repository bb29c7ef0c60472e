//! The app's files, from a list made here; and that the binary serves whatever app is in it, or says how to get one.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use http_body_util::BodyExt;

use super::TestApp;
use crate::routes::assets::{Asset, respond};

const fn plain(path: &'static str) -> Asset {
    Asset { path, hash: "aa11", bytes: b"plain", brotli: None, gzip: None }
}

const fn compressed(path: &'static str) -> Asset {
    Asset { brotli: Some(b"brotli"), gzip: Some(b"gzip"), ..plain(path) }
}

static APP: &[Asset] = &[
    compressed("/app-0123456789abcdef.js"),
    compressed("/app-0123456789abcdef_bg.wasm"),
    plain("/fonts/inter.woff2"),
    compressed("/index.html"),
    compressed("/manifest.webmanifest"),
    compressed("/sw.js"),
];

fn fetch(path: &str, headers: &[(HeaderName, &'static str)]) -> Response {
    let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
    respond(APP, path, &headers.collect::<HeaderMap>())
}

#[track_caller]
fn told(response: &Response, name: HeaderName) -> &str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

async fn body(response: Response) -> Vec<u8> {
    response.into_body().collect().await.unwrap().to_bytes().to_vec()
}

#[tokio::test]
async fn files_are_sent_as_small_as_the_browser_reads_them() {
    for (accepted, encoding, expected) in [
        ("gzip, deflate, br, zstd", "br", "brotli"),
        ("gzip", "gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip", "gzip"),
        ("identity", "", "plain"),
        ("br;q=0.0", "", "plain"),
    ] {
        let response = fetch("/sw.js", &[(header::ACCEPT_ENCODING, accepted)]);
        assert_eq!(told(&response, header::CONTENT_ENCODING), encoding, "{accepted}");
        assert_eq!(told(&response, header::VARY), "accept-encoding");
        assert_eq!(body(response).await, expected.as_bytes(), "{accepted}");
    }
    assert_eq!(body(fetch("/fonts/inter.woff2", &[(header::ACCEPT_ENCODING, "br")])).await, b"plain");
}

#[test]
fn only_names_with_a_hash_are_kept_for_ever() {
    for path in ["/app-0123456789abcdef.js", "/app-0123456789abcdef_bg.wasm"] {
        let caching = fetch(path, &[]);
        assert_eq!(told(&caching, header::CACHE_CONTROL), "public, max-age=31536000, immutable", "{path}");
    }
    for path in ["/", "/index.html", "/sw.js", "/manifest.webmanifest", "/fonts/inter.woff2", "/board"] {
        assert_eq!(told(&fetch(path, &[]), header::CACHE_CONTROL), "no-cache", "{path}");
    }
}

#[test]
fn what_the_browser_has_is_not_sent_again() {
    let brotli = [(header::ACCEPT_ENCODING, "br")];
    let etag = told(&fetch("/", &brotli), header::ETAG).to_owned();
    assert_eq!(etag, "\"aa11-br\"");
    let again = |etag| fetch("/", &[(header::ACCEPT_ENCODING, "br"), (header::IF_NONE_MATCH, etag)]);
    for known in ["\"aa11-br\"", "\"other\", W/\"aa11-br\"", "*"] {
        let response = again(known);
        assert_eq!(
            (response.status().as_u16(), told(&response, header::ETAG)),
            (304, etag.as_str()),
            "{known}"
        );
        assert_eq!(told(&response, header::CACHE_CONTROL), "no-cache");
    }
    assert_eq!(again("\"aa11\"").status(), 200, "another form of it is something else");
}

#[test]
fn types_are_what_browsers_ask_for() {
    for (path, expected) in [
        ("/", "text/html; charset=utf-8"),
        ("/app-0123456789abcdef.js", "text/javascript; charset=utf-8"),
        ("/app-0123456789abcdef_bg.wasm", "application/wasm"),
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/fonts/inter.woff2", "font/woff2"),
    ] {
        assert_eq!(told(&fetch(path, &[]), header::CONTENT_TYPE), expected, "{path}");
    }
}

#[test]
fn app_paths_get_the_page_and_missing_files_do_not() {
    for path in ["/", "/board", "/deployments/018f", "/index.html"] {
        assert_eq!(fetch(path, &[]).status(), 200, "{path}");
    }
    for path in [
        "/missing.js",
        "/sign-in~",
        "/app-ffffffffffffffff.js",
        "/..%2f..%2fetc/passwd.txt",
        "/index.html.br",
    ] {
        let response = fetch(path, &[]);
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(told(&response, header::CONTENT_TYPE), "text/plain; charset=utf-8");
    }
}

#[tokio::test]
async fn without_an_app_the_page_says_how_to_get_one() {
    let response = respond(&[], "/board", &HeaderMap::new());
    assert_eq!(response.status(), 503);
    assert!(String::from_utf8(body(response).await).unwrap().contains("script/serve"));
    assert_eq!(respond(&[], "/sw.js", &HeaderMap::new()).status(), 404);
}

#[tokio::test]
async fn the_binary_serves_what_is_in_it() {
    let test = TestApp::new();
    let page = test.get("/").await;
    assert!([200, 503].contains(&page.status.as_u16()), "{}", page.status);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(test.get("/index.html").await.status == 200, page.status == 200);
}
