//! What a browser keeps of the page for when there is no server, and what it lets go of.

use lockstep_tests::browser::{Browser, Screen};
use lockstep_tests::server::Server;

const OLDER: &str = "/app/engine-00000000.wasm";

/// Whether the service worker has kept such a file.
fn is_kept(page: &Browser, path: &str) -> bool {
    let script =
        format!("return caches.match({path:?}, {{ ignoreSearch: true }}).then((found) => !!found)");
    page.evaluate(&script) == true
}

#[test]
fn a_page_opens_without_its_server_and_keeps_no_file_that_a_later_one_replaced() {
    let mut server = Server::start();
    let page = Browser::open(&server.url("/"), Screen::Desk);
    page.wait_until("the worker is at work", |page| {
        page.evaluate("return !!navigator.serviceWorker.controller") == true
    });
    page.evaluate(&format!(
        "return caches.open('lockstep-page')
            .then((kept) => kept.put({OLDER:?}, new Response('older')))
            .then(() => true)"
    ));
    assert!(is_kept(&page, OLDER));

    let session = server.new_session();
    page.visit(&server.url(&format!("/s/{session}")));
    page.wait_until_connected();
    page.click("[aria-label='Play']");
    page.wait_until("the older engine has gone", |page| !is_kept(page, OLDER));
    page.wait_until("the page itself is kept", |page| is_kept(page, "/"));

    server.kill();
    page.reload();
    page.wait_until("the page is there and says how it is", |page| {
        !page.connection_words().is_empty()
    });
    server.come_back();
    page.wait_until_connected();
}
