//! MIDI keyboards at the page. No machine of the tests has one, nor a system that would know of it, so
//! they are stood in for where the browser would hand them out.

use lockstep_tests::browser::{Browser, Ear, Screen, named, overheard_page};
use lockstep_tests::server::Server;
use serde_json::json;

const KEYBOARDS: &str = "
    window.keyboards = { inputs: new Map(), onstatechange: null };
    window.asked = 0;
    const told = () => keyboards.onstatechange?.(new Event('statechange'));
    window.plug = (id) => {
      const input = Object.assign(new EventTarget(), { id });
      input.addEventListener('midimessage', (event) => input.onmidimessage?.(event));
      keyboards.inputs.set(id, input);
      told();
    };
    window.unplug = (id) => {
      keyboards.inputs.delete(id);
      told();
    };
    window.strike = (id, ...bytes) =>
      keyboards.inputs.get(id).dispatchEvent(new MIDIMessageEvent('midimessage', { data: new Uint8Array(bytes) }));
    navigator.requestMIDIAccess = async () => {
      asked += 1;
      return keyboards;
    };";
const BUTTON: &str = "[title='Lets MIDI keyboards play the selected track']";

/// What the page says of its keyboards.
fn wait_until_said(page: &Browser, words: &str) {
    page.wait_until("it says so of its keyboards", |page| {
        page.text(".panel[aria-label='Settings']").contains(words)
    });
}

#[test]
fn keyboards_play_the_selected_track_whenever_they_are_plugged_in() {
    let folder = overheard_page();
    let server = Server::start_with(&["--web", &named(folder.path())]);
    let session = server.url(&format!("/s/{}", server.new_session()));
    let page = Browser::joined(&session, Screen::Desk);
    page.prepare(KEYBOARDS);
    page.reload();
    page.wait_until_joined();
    let ear = Ear::at(&page);
    page.open_panel("Settings");
    page.click(BUTTON);
    ear.wait_until_it_sounds();
    wait_until_said(&page, "No MIDI keyboard is connected");
    page.evaluate("plug('one')");
    wait_until_said(&page, "The MIDI keyboard plays the selected track");
    // Asked again, it is the same keyboard still.
    page.click(BUTTON);
    page.evaluate("plug('two')");
    wait_until_said(&page, "The MIDI keyboards play the selected track");
    assert_eq!(page.evaluate("return asked"), 1);

    let select = |track: usize| page.click(&format!(".row:nth-of-type({track}) .name"));
    select(1);
    page.evaluate("strike('one', 0x90, 60, 100)");
    page.evaluate("strike('two', 0x93, 60, 100)");
    select(2);
    page.evaluate("strike('one', 0x80, 60, 0)");
    page.evaluate("strike('one', 0x90, 62, 100)");
    page.evaluate("strike('one', 0x90, 200, 100)");
    page.evaluate("unplug('two')");
    wait_until_said(&page, "The MIDI keyboard plays the selected track");
    page.evaluate("strike('one', 0x90, 62, 0)");
    ear.listen_for(0.3);
    let [kick, snare] = [0, 1];
    let played = [
        (kick, 60, true),
        (kick, 60, true),
        (kick, 60, false),
        (snare, 62, true),
        (kick, 60, false),
        (snare, 62, false),
    ];
    assert_eq!(ear.keys(), played);

    // The browser knows that they were let in, and so does the page.
    page.allow(&json!({ "name": "midi" }));
    page.reload();
    page.wait_until_joined();
    let ear = Ear::at(&page);
    page.click(".status");
    ear.wait_until_it_sounds();
    page.wait_until("the page asks by itself", |page| {
        page.evaluate("return asked") == 1
    });
    page.evaluate("plug('one')");
    page.evaluate("strike('one', 0x90, 64, 100)");
    page.wait_until("it plays", |_| ear.keys() == [(kick, 64, true)]);
    assert_eq!(page.complaints(), Vec::<String>::new());
}

#[test]
fn a_browser_that_lets_no_keyboard_in_is_told_of_in_words() {
    let server = Server::start();
    let session = server.url(&format!("/s/{}", server.new_session()));
    let page = Browser::joined(&session, Screen::Desk);
    page.open_panel("Settings");
    page.click(BUTTON);
    wait_until_said(&page, "The browser lets no MIDI keyboard in");
    // No machine of the tests has a system that it could ask for them.
    page.allow(&json!({ "name": "midi", "sysex": true }));
    page.click(BUTTON);
    wait_until_said(&page, "does not reach this machine's MIDI");
    page.evaluate("navigator.requestMIDIAccess = undefined");
    page.click(BUTTON);
    wait_until_said(&page, "This browser knows no MIDI keyboards");
}
