//! Pictures of the product as it is, for its front page: the plugin's window in a host, the page on a
//! desk and on a phone, all in one session that plays. And the page's icon for systems that take none
//! that is drawn. The argument is the folder of assets they go to.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lockstep_tests::browser::{Browser, Screen};
use lockstep_tests::display::Display;
use lockstep_tests::hosts::{Bundles, DawdreamerHost, HostSetup, state_with_link};
use lockstep_tests::room::Room;
use std::path::PathBuf;

const SETUP: HostSetup = HostSetup {
    sample_rate: 48_000.0,
    block: 512,
};
/// As large as a phone wants it, with corners, because the phone cuts them off itself.
const ICON: &str = "
    const drawn = new Image();
    drawn.src = '/app/icon.svg';
    return drawn.decode().then(() => {
        const canvas = document.createElement('canvas');
        canvas.width = canvas.height = 180;
        const pen = canvas.getContext('2d');
        pen.fillStyle = '#1b1d24';
        pen.fillRect(0, 0, 180, 180);
        pen.drawImage(drawn, 0, 0, 180, 180);
        return canvas.toDataURL('image/png');
    })";

fn main() {
    let assets = PathBuf::from(std::env::args().nth(1).expect("the folder they go to"));
    let folder = assets.join("pictures");
    let room = Room::open();
    let desk = Browser::joined(&room.link(), Screen::Desk);
    let phone = Browser::joined(&room.link(), Screen::Phone);
    desk.click("[aria-label='Play']");
    desk.wait_until("it plays", |page| page.playhead_column().is_some());

    // It follows a session that plays, and would lead one that does not.
    let display = Display::open();
    let mut host = DawdreamerHost::open_on(Some(display.name()), &Bundles::built(), SETUP);
    assert!(host.load_state(&state_with_link(&room.link())));
    host.show_editor();
    let window = display.window_of(host.process());
    room.wait_for_daws(1);

    // Two edits, so that their cells carry their authors' colours.
    desk.click_step("Clap", 8);
    phone.click_step("Snare", 4);
    phone.wait_until("both have been heard of", |page| {
        page.pressed("Clap", 8) == desk.pressed("Clap", 8)
            && page.pressed("Snare", 4) == desk.pressed("Snare", 4)
    });

    desk.screenshot(&folder.join("page.png"));
    phone.screenshot(&folder.join("phone.png"));
    let picture = display.picture(window);
    std::fs::write(folder.join("plugin.png"), picture).expect("the picture is written");

    let icon = desk.evaluate(ICON);
    let icon = icon.as_str().and_then(|url| url.split_once(','));
    let icon = STANDARD.decode(icon.expect("a picture in an address").1);
    std::fs::write(assets.join("web/icon.png"), icon.expect("base 64")).expect("it is written");
}
