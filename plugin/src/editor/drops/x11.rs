//! Files that come over the window on X11, by the XDND protocol (version 5). The framework's window
//! answers that it takes none; so a second window, which nobody sees, is named as the one that answers
//! for it, and a thread of its own listens there.

use super::{Dragged, paths};
use crate::editor::Frame;
use raw_window_handle::{HasWindowHandle, RawWindowHandle};
use std::error::Error;
use std::sync::Arc;
use std::thread::JoinHandle;
use x11rb::CURRENT_TIME;
use x11rb::connection::Connection;
use x11rb::errors::ReplyError;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConnectionExt, CreateWindowAux,
    EventMask, PropMode, SelectionNotifyEvent, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        INCR,
        XdndActionCopy,
        XdndAware,
        XdndDrop,
        XdndEnter,
        XdndFinished,
        XdndLeave,
        XdndPosition,
        XdndProxy,
        XdndSelection,
        XdndStatus,
        XdndTypeList,
        FILES: b"text/uri-list",
    }
}

/// The protocol's version, which has not changed since 2002.
const VERSION: u32 = 5;
/// How much of a list of files is read, in words of four bytes: a megabyte.
const LONGEST: u32 = 1 << 18;

/// Listens as long as it is kept and the window is there.
#[derive(Debug)]
pub(in crate::editor) struct Ear {
    connection: Arc<RustConnection>,
    own: Window,
    thread: Option<JoinHandle<()>>,
}

/// What is dragged over the window now.
#[derive(Clone, Copy, Debug)]
struct Hand {
    from: Window,
    has_files: bool,
    is_told: bool,
}

struct Listener<T> {
    connection: Arc<RustConnection>,
    atoms: Atoms,
    window: Window,
    own: Window,
    hand: Option<Hand>,
    tell: T,
}

impl Ear {
    /// `tell` says whether what it was told found room. Nothing where X11 does not let it be heard: files
    /// can be chosen and pasted as well.
    pub(in crate::editor) fn on(
        frame: &Frame,
        tell: impl Fn(Dragged) -> bool + Send + 'static,
    ) -> Option<Self> {
        let window = number(frame)?;
        Self::listen(window, tell).ok()
    }

    fn listen(
        window: Window,
        tell: impl Fn(Dragged) -> bool + Send + 'static,
    ) -> Result<Self, Box<dyn Error>> {
        let (connection, screen) = x11rb::connect(None)?;
        let connection = Arc::new(connection);
        let atoms = Atoms::new(&*connection)?.reply()?;
        let own = unseen_window(&connection, screen)?;
        let (replace, kind) = (PropMode::REPLACE, AtomEnum::WINDOW);
        for place in [own, window] {
            connection
                .change_property32(replace, place, atoms.XdndProxy, kind, &[own])?
                .check()?;
        }
        connection
            .change_property32(replace, own, atoms.XdndAware, AtomEnum::ATOM, &[VERSION])?
            .check()?;
        watch(&connection, window)?;
        let listener = Listener {
            connection: Arc::clone(&connection),
            atoms,
            window,
            own,
            hand: None,
            tell,
        };
        let thread = std::thread::Builder::new().name("lockstep drops".to_owned());
        let thread = thread.spawn(move || listener.run())?;
        Ok(Self {
            connection,
            own,
            thread: Some(thread),
        })
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        // Its thread sees that, or that the display is gone.
        let is_asked = self.connection.destroy_window(self.own).is_ok();
        if is_asked && self.connection.flush().is_ok() {
            let _ = self.thread.take().map(JoinHandle::join);
        }
    }
}

/// What X has for the window, if it is one of X's.
fn number(frame: &Frame) -> Option<Window> {
    match frame.baseview_window().window_handle().ok()?.as_raw() {
        RawWindowHandle::Xcb(handle) => Some(handle.window.get()),
        RawWindowHandle::Xlib(handle) => Window::try_from(handle.window).ok(),
        _ => None,
    }
}

/// A window that only hears, also of its own end.
fn unseen_window(connection: &RustConnection, screen: usize) -> Result<Window, Box<dyn Error>> {
    let screen = connection.setup().roots.get(screen);
    let root = screen.ok_or("there is no screen")?.root;
    let own = connection.generate_id()?;
    let (class, seen) = (
        WindowClass::INPUT_ONLY,
        CreateWindowAux::new().event_mask(EventMask::STRUCTURE_NOTIFY),
    );
    connection
        .create_window(0, own, root, -1, -1, 1, 1, 0, class, 0, &seen)?
        .check()?;
    Ok(own)
}

/// Lets the end of a window of somebody else be heard.
fn watch(connection: &RustConnection, window: Window) -> Result<(), ReplyError> {
    let seen = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
    connection.change_window_attributes(window, &seen)?.check()
}

impl<T: Fn(Dragged) -> bool> Listener<T> {
    fn run(mut self) {
        while let Ok(event) = self.connection.wait_for_event() {
            let done = match event {
                Event::ClientMessage(message) => self.message(&message),
                Event::SelectionNotify(notice) => self.handed(&notice),
                Event::DestroyNotify(end) if [self.own, self.window].contains(&end.window) => break,
                Event::DestroyNotify(end) => {
                    if self.hand.is_some_and(|hand| hand.from == end.window) {
                        self.away();
                    }
                    Ok(())
                }
                _ => Ok(()),
            };
            // A program that drags may end at any time; a display that does is seen above.
            if done.is_err() {
                self.away();
            }
        }
        self.away();
    }

    fn message(&mut self, message: &ClientMessageEvent) -> Result<(), ReplyError> {
        if message.format != 32 {
            return Ok(());
        }
        let data = message.data.as_data32();
        let [from, ..] = data;
        let (atoms, kind) = (self.atoms, message.type_);
        if kind == atoms.XdndEnter {
            return self.enter(data);
        }
        let Some(hand) = self.hand.filter(|hand| hand.from == from) else {
            return Ok(());
        };
        if kind == atoms.XdndPosition {
            self.answer_place(hand)?;
        } else if kind == atoms.XdndLeave {
            self.away();
        } else if kind == atoms.XdndDrop {
            self.ask_for_files(hand, data[2])?;
        }
        Ok(())
    }

    fn enter(&mut self, data: [u32; 5]) -> Result<(), ReplyError> {
        self.away();
        let [from, about, first @ ..] = data;
        watch(&self.connection, from)?;
        let has_more = about & 1 == 1;
        let has_files = if has_more {
            let kinds = self.connection.get_property(
                false,
                from,
                self.atoms.XdndTypeList,
                AtomEnum::ATOM,
                0,
                LONGEST,
            )?;
            let kinds = kinds.reply()?;
            let mut kinds = kinds.value32().into_iter().flatten();
            kinds.any(|kind| kind == self.atoms.FILES)
        } else {
            first.contains(&self.atoms.FILES)
        };
        self.hand = Some(Hand {
            from,
            has_files,
            is_told: false,
        });
        Ok(())
    }

    fn answer_place(&mut self, hand: Hand) -> Result<(), ReplyError> {
        if hand.has_files && !hand.is_told {
            let is_told = (self.tell)(Dragged::Over);
            self.hand = Some(Hand { is_told, ..hand });
        }
        let action = if hand.has_files {
            self.atoms.XdndActionCopy
        } else {
            x11rb::NONE
        };
        let is_taken = u32::from(hand.has_files);
        // No part of the window is as good as all of it, so there is no rectangle.
        self.say(
            hand.from,
            self.atoms.XdndStatus,
            [self.window, is_taken, 0, 0, action],
        )
    }

    fn ask_for_files(&mut self, hand: Hand, time: u32) -> Result<(), ReplyError> {
        if !hand.has_files {
            self.away();
            return self.finish(hand.from, false);
        }
        // Whoever is slow to hand them over, or never does, leaves nothing over the window.
        self.away();
        self.hand = Some(Hand {
            is_told: false,
            ..hand
        });
        self.connection.convert_selection(
            self.own,
            self.atoms.XdndSelection,
            self.atoms.FILES,
            self.atoms.XdndSelection,
            if time == 0 { CURRENT_TIME } else { time },
        )?;
        Ok(self.connection.flush()?)
    }

    /// What was asked for lies at our window, if anything does.
    fn handed(&mut self, notice: &SelectionNotifyEvent) -> Result<(), ReplyError> {
        let Some(hand) = self.hand else {
            return Ok(());
        };
        let files = if notice.property == x11rb::NONE {
            Dragged::Away
        } else {
            self.read()?
        };
        self.hand = None;
        let is_list = matches!(files, Dragged::Dropped(_));
        let has_room = (self.tell)(files);
        self.finish(hand.from, is_list && has_room)
    }

    fn read(&self) -> Result<Dragged, ReplyError> {
        let text = self.connection.get_property(
            true,
            self.own,
            self.atoms.XdndSelection,
            AtomEnum::ANY,
            0,
            LONGEST,
        )?;
        let text = text.reply()?;
        if text.type_ == self.atoms.INCR || text.bytes_after > 0 {
            return Ok(Dragged::TooMany);
        }
        let files = paths(&String::from_utf8_lossy(&text.value));
        Ok(if files.is_empty() {
            Dragged::Away
        } else {
            Dragged::Dropped(files)
        })
    }

    fn away(&mut self) {
        if self.hand.take().is_some_and(|hand| hand.is_told) {
            let _ = (self.tell)(Dragged::Away);
        }
    }

    fn finish(&self, to: Window, is_taken: bool) -> Result<(), ReplyError> {
        let action = if is_taken {
            self.atoms.XdndActionCopy
        } else {
            x11rb::NONE
        };
        let is_taken = u32::from(is_taken);
        self.say(
            to,
            self.atoms.XdndFinished,
            [self.window, is_taken, action, 0, 0],
        )
    }

    fn say(&self, to: Window, kind: Atom, data: [u32; 5]) -> Result<(), ReplyError> {
        let message = ClientMessageEvent::new(32, to, kind, data);
        self.connection
            .send_event(false, to, EventMask::NO_EVENT, message)?
            .check()
    }
}
