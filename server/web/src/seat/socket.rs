//! One WebSocket as the replica needs it: open or not, text in, text out. Dropping it closes it,
//! and nothing is heard of it afterwards.

use leptos::prelude::window;
use lockstep_session::protocol::SUBPROTOCOL;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

/// What a socket has to tell.
pub(super) enum News<'a> {
    Opened,
    Text(&'a str),
    /// Closed or never opened, with the code the server gave.
    Closed(u16),
}

pub(super) struct Socket {
    socket: WebSocket,
    /// The browser calls these as long as they live.
    _opened: Closure<dyn FnMut()>,
    _heard: Closure<dyn FnMut(MessageEvent)>,
    _closed: Closure<dyn FnMut(CloseEvent)>,
}

impl Socket {
    pub(super) fn open(session: &str, hear: impl Fn(News<'_>) + Copy + 'static) -> Option<Socket> {
        let socket = WebSocket::new_with_str(&address(session)?, SUBPROTOCOL).ok()?;
        let opened = Closure::<dyn FnMut()>::new(move || hear(News::Opened));
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                hear(News::Text(&text));
            }
        });
        let closed = Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
            hear(News::Closed(event.code()))
        });
        socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
        Some(Socket {
            socket,
            _opened: opened,
            _heard: heard,
            _closed: closed,
        })
    }

    /// What cannot be sent any more is sent again by the replica on its next connection.
    pub(super) fn send(&self, text: &str) {
        let _ = self.socket.send_with_str(text);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // Closing one that is closed already is no error worth a word.
        let _ = self.socket.close();
    }
}

fn address(session: &str) -> Option<String> {
    let location = window().location();
    let scheme = if location.protocol().ok()? == "https:" {
        "wss"
    } else {
        "ws"
    };
    Some(format!(
        "{scheme}://{}/api/v1/sessions/{session}/ws",
        location.host().ok()?
    ))
}
