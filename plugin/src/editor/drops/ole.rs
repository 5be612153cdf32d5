//! Files that come over the window on Windows, by OLE's drag and drop. The framework's window has
//! registered a target that takes none; ours takes its place, and goes with the window as that would have.

#![expect(unsafe_code, reason = "the system's interface is one of C")]

use super::Dragged;
use crate::editor::Frame;
use lockstep_session::document::Document;
use raw_window_handle::{HasWindowHandle, RawWindowHandle};
use std::cell::Cell;
use std::ffi::OsString;
use std::os::windows::ffi::OsStringExt;
use windows::Win32::Foundation::{HWND, POINTL, S_OK};
use windows::Win32::System::Com::{DVASPECT_CONTENT, FORMATETC, IDataObject, TYMED_HGLOBAL};
use windows::Win32::System::Ole::{
    CF_HDROP, DROPEFFECT, DROPEFFECT_COPY, DROPEFFECT_NONE, IDropTarget, IDropTarget_Impl,
    RegisterDragDrop, ReleaseStgMedium, RevokeDragDrop,
};
use windows::Win32::System::SystemServices::MODIFIERKEYS_FLAGS;
use windows::Win32::UI::Shell::{DragQueryFileW, HDROP};
use windows_core::{Ref, Result, implement};

/// The system keeps the target itself for as long as the window is there.
#[derive(Debug)]
pub(in crate::editor) struct Ear;

#[implement(IDropTarget)]
struct Target {
    tell: Box<dyn Fn(Dragged) -> bool>,
    has_files: Cell<bool>,
}

impl Ear {
    /// `tell` says whether what it was told found room.
    pub(in crate::editor) fn on(
        frame: &Frame,
        tell: impl Fn(Dragged) -> bool + Send + 'static,
    ) -> Option<Self> {
        let handle = frame.baseview_window().window_handle().ok()?;
        let RawWindowHandle::Win32(handle) = handle.as_raw() else {
            return None;
        };
        let window = HWND(std::ptr::with_exposed_provenance_mut(
            handle.hwnd.get().cast_unsigned(),
        ));
        let target: IDropTarget = Target {
            tell: Box::new(tell),
            has_files: Cell::new(false),
        }
        .into();
        // SAFETY: the window is the one that is being made, on its own thread, which has OLE.
        unsafe {
            // One that was never registered is no hindrance.
            let _ = RevokeDragDrop(window);
            RegisterDragDrop(window, &target).ok()?;
        }
        Some(Self)
    }
}

impl Target_Impl {
    /// Takes copies of files, where whoever drags them allows that.
    fn answer(&self, effect: *mut DROPEFFECT) {
        // SAFETY: the system gives a place that can be read and written, or none.
        if let Some(effect) = unsafe { effect.as_mut() } {
            let is_taken = self.has_files.get() && effect.contains(DROPEFFECT_COPY);
            *effect = if is_taken {
                DROPEFFECT_COPY
            } else {
                DROPEFFECT_NONE
            };
        }
    }
}

impl IDropTarget_Impl for Target_Impl {
    fn DragEnter(
        &self,
        data: Ref<'_, IDataObject>,
        _: MODIFIERKEYS_FLAGS,
        _: &POINTL,
        effect: *mut DROPEFFECT,
    ) -> Result<()> {
        let has_files = data.as_ref().is_some_and(has_files);
        self.has_files.set(has_files);
        if has_files {
            let _ = (self.tell)(Dragged::Over);
        }
        self.answer(effect);
        Ok(())
    }

    fn DragOver(&self, _: MODIFIERKEYS_FLAGS, _: &POINTL, effect: *mut DROPEFFECT) -> Result<()> {
        self.answer(effect);
        Ok(())
    }

    fn DragLeave(&self) -> Result<()> {
        let _ = (self.tell)(Dragged::Away);
        Ok(())
    }

    fn Drop(
        &self,
        data: Ref<'_, IDataObject>,
        _: MODIFIERKEYS_FLAGS,
        _: &POINTL,
        effect: *mut DROPEFFECT,
    ) -> Result<()> {
        let files = data.as_ref().map_or(Dragged::Away, files);
        let is_list = matches!(files, Dragged::Dropped(_));
        let has_room = (self.tell)(files);
        self.has_files.set(is_list && has_room);
        self.answer(effect);
        Ok(())
    }
}

fn format() -> FORMATETC {
    FORMATETC {
        cfFormat: CF_HDROP.0,
        ptd: std::ptr::null_mut(),
        dwAspect: DVASPECT_CONTENT.0,
        lindex: -1,
        tymed: TYMED_HGLOBAL.0.cast_unsigned(),
    }
}

fn has_files(data: &IDataObject) -> bool {
    // SAFETY: the format lives until the answer is there.
    let answer = unsafe { data.QueryGetData(&format()) };
    answer == S_OK
}

fn files(data: &IDataObject) -> Dragged {
    // SAFETY: what is asked for is a list of files in memory, so that is what lies there; it is given back
    // after the last look at it.
    unsafe {
        let Ok(mut medium) = data.GetData(&format()) else {
            return Dragged::Away;
        };
        let list = HDROP(medium.u.hGlobal.0);
        let count = DragQueryFileW(list, u32::MAX, None);
        // A session has no room for more, and there may be very many.
        let most = u32::try_from(Document::MOST_SAMPLES).unwrap_or(u32::MAX);
        let files = if count > most {
            Dragged::TooMany
        } else {
            Dragged::Dropped((0..count).map(|place| path(list, place).into()).collect())
        };
        ReleaseStgMedium(&raw mut medium);
        files
    }
}

/// One of the paths of a list.
unsafe fn path(list: HDROP, place: u32) -> OsString {
    // SAFETY: the caller's list is there, and the length is that of the path with the zero behind it.
    unsafe {
        let length = DragQueryFileW(list, place, None);
        let length = usize::try_from(length).unwrap_or_default();
        let mut letters = vec![0; length + 1];
        DragQueryFileW(list, place, Some(&mut letters));
        letters.truncate(length);
        OsString::from_wide(&letters)
    }
}
