//! The app's files. Runs with and without a built app in the binary.

use axum::body::Body;
use axum::http::{Request, header};

use super::{Answer, TestApp};

async fn fetch(test: &TestApp, path: &str, headers: &[(header::HeaderName, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    test.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn app_paths_get_the_page_and_missing_files_do_not() {
    let test = TestApp::new();
    let page = test.get("/").await;
    let is_built = page.status == 200;
    assert!(is_built || page.status == 503, "{}", page.status);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    if !is_built {
        assert!(String::from_utf8_lossy(&page.body).contains("script/serve"));
    }
    for path in ["/board", "/deployments/018f", "/settings/people"] {
        let answer = test.get(path).await;
        assert_eq!((answer.status, answer.body == page.body), (page.status, true), "{path}");
    }
    for path in ["/missing.js", "/assets/app-0123456789abcdef.wasm", "/..%2f..%2fetc/passwd.txt"] {
        let answer = test.get(path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (404, Some("text/plain; charset=utf-8")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_page_is_asked_for_again_each_time_but_sent_only_when_it_changed() {
    let test = TestApp::new();
    let page = test.get("/index.html").await;
    if page.status != 200 {
        // Built without an app; then there are no files to be right about.
        return;
    }
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    let etag = page.header("etag").unwrap().to_owned();
    let known = fetch(&test, "/", &[(header::IF_NONE_MATCH, &etag)]).await;
    assert_eq!(
        (known.status.as_u16(), known.body.len(), known.header("etag")),
        (304, 0, Some(etag.as_str()))
    );
    let other = fetch(&test, "/", &[(header::IF_NONE_MATCH, "\"other\"")]).await;
    assert_eq!(other.status, 200);
    let worker = test.get("/sw.js").await;
    assert_eq!(
        (worker.header("cache-control"), worker.header("content-type")),
        (Some("no-cache"), Some("text/javascript; charset=utf-8"))
    );
    let manifest = test.get("/manifest.webmanifest").await;
    assert_eq!(manifest.header("content-type"), Some("application/manifest+json"));
}
