//! Pictures to look at.
use lockstep_tests::browser::{Browser, Screen};
use lockstep_tests::server::Server;

#[test]
fn zz_pictures() {
    let server = Server::start();
    let json = ("content-type", "application/json");
    let made = server.send(
        "POST",
        "/api/v1/sessions",
        &[json],
        br#"{"template":"house"}"#,
    );
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let url = server.url(&format!("/s/{id}"));
    let which = std::env::var("PICTURE").unwrap_or_default();
    let screens: &[(&str, Screen)] = &[("desk", Screen::Desk), ("phone", Screen::Phone)];
    for (name, screen) in screens {
        let page = Browser::open(&url, *screen);
        page.wait_until_connected();
        let shot = |what: &str| {
            page.screenshot(std::path::Path::new(&format!(
                "/tmp/shot-p-{name}-{what}.png"
            )))
        };
        shot("session");
        for tab in [
            "Clips",
            "Harmony",
            "Instrument",
            "Mixer",
            "Effects",
            "Samples",
            "Export",
            "Settings",
        ] {
            if !which.is_empty() && !which.contains(tab) {
                continue;
            }
            let script = format!(
                "const it = [...document.querySelectorAll('[role=tab]')].find(t => t.textContent == '{tab}'); it?.click(); return !!it"
            );
            if page.evaluate(&script) == true {
                std::thread::sleep(std::time::Duration::from_millis(300));
                shot(tab);
                page.evaluate("document.querySelector('.sheet .close')?.click()");
            }
        }
        page.evaluate(
            "[...document.querySelectorAll('button')].find(t => t.textContent == 'Share').click()",
        );
        std::thread::sleep(std::time::Duration::from_millis(400));
        shot("Share");
        println!("{:?}", page.complaints());
    }
    let page = Browser::open(&server.url("/"), Screen::Desk);
    std::thread::sleep(std::time::Duration::from_millis(600));
    page.screenshot(std::path::Path::new("/tmp/shot-p-desk-front.png"));
}
