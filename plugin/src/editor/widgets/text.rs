//! Words: headings, captions, sentences, and fields that are typed in.

use crate::editor::theme::Theme;
use egui::{Color32, FontId, Key, Response, RichText, TextEdit, Ui};

/// A heading as panels have them: small capitals.
pub(in crate::editor) fn heading(ui: &mut Ui, theme: &Theme, text: &str) {
    let text = RichText::new(text.to_uppercase())
        .size(theme.small)
        .extra_letter_spacing(0.6)
        .color(theme.faint);
    ui.label(text);
}

/// The name of a value beside it.
pub(in crate::editor) fn caption(ui: &mut Ui, theme: &Theme, text: &str) -> Response {
    ui.label(RichText::new(text).size(theme.small).color(theme.faint))
}

pub(in crate::editor) fn label(ui: &mut Ui, theme: &Theme, text: &str) -> Response {
    ui.label(RichText::new(text).size(theme.text).color(theme.dim))
}

/// A sentence that may take several lines.
pub(in crate::editor) fn words(
    ui: &mut Ui,
    theme: &Theme,
    text: &str,
    colour: Color32,
) -> Response {
    let text = RichText::new(text).size(theme.text).color(colour);
    ui.add(egui::Label::new(text).wrap())
}

/// What stands in a panel that has nothing to show yet, and what to do about it.
pub(in crate::editor) fn empty(ui: &mut Ui, theme: &Theme, text: &str) {
    ui.add_space(theme.space);
    words(ui, theme, text, theme.dim);
}

/// Sharps and flats as letters that every font has.
pub(in crate::editor) fn spelled(note: &str) -> String {
    note.replace('\u{266d}', "b").replace('\u{266f}', "#")
}

/// A text that can be typed over; it is taken with Enter or by leaving the field.
#[must_use = "a control is shown by `show`"]
pub(in crate::editor) struct Field<'a> {
    name: &'a str,
    text: &'a str,
    invitation: &'a str,
    hint: &'a str,
    width: f32,
    size: Option<f32>,
    most: usize,
    is_bare: bool,
    is_enabled: bool,
}

impl<'a> Field<'a> {
    /// The name tells this field from the others of its panel.
    pub(in crate::editor) fn new(name: &'a str, text: &'a str) -> Self {
        Self {
            name,
            text,
            invitation: "",
            hint: "",
            width: 160.0,
            size: None,
            most: 100,
            is_bare: false,
            is_enabled: true,
        }
    }

    /// What an empty field says.
    pub(in crate::editor) fn invitation(self, invitation: &'a str) -> Self {
        Self { invitation, ..self }
    }

    pub(in crate::editor) fn hint(self, hint: &'a str) -> Self {
        Self { hint, ..self }
    }

    pub(in crate::editor) fn width(self, width: f32) -> Self {
        Self { width, ..self }
    }

    pub(in crate::editor) fn size(self, size: f32) -> Self {
        Self {
            size: Some(size),
            ..self
        }
    }

    /// How many characters it takes.
    pub(in crate::editor) fn most(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// Without a box until it is used.
    pub(in crate::editor) fn bare(self) -> Self {
        Self {
            is_bare: true,
            ..self
        }
    }

    pub(in crate::editor) fn enabled(self, is_enabled: bool) -> Self {
        Self { is_enabled, ..self }
    }

    /// The same, typed in from the moment it is there. Also says whether it still is.
    pub(in crate::editor) fn show_focused(
        self,
        ui: &mut Ui,
        theme: &Theme,
    ) -> (Option<String>, bool) {
        let id = ui.scope_id().with(("field", self.name));
        let began = id.with("began");
        if !ui.data(|data| data.get_temp(began).unwrap_or(false)) {
            ui.memory_mut(|memory| memory.request_focus(id));
            ui.data_mut(|data| data.insert_temp(began, true));
        }
        let taken = self.show(ui, theme);
        let has_focus = ui.memory(|memory| memory.has_focus(id));
        if !has_focus {
            ui.data_mut(|data| data.remove::<bool>(began));
        }
        (taken, has_focus)
    }

    /// The new text, once it is taken.
    pub(in crate::editor) fn show(self, ui: &mut Ui, theme: &Theme) -> Option<String> {
        let id = ui.scope_id().with(("field", self.name));
        let draft: Option<String> = ui.data(|data| data.get_temp(id));
        let mut text = draft.unwrap_or_else(|| self.text.to_owned());
        let fill = if self.is_bare {
            Color32::TRANSPARENT
        } else {
            theme.raised
        };
        let is_used = ui.memory(|memory| memory.has_focus(id));
        let editor = TextEdit::singleline(&mut text)
            .id(id)
            .font(FontId::proportional(self.size.unwrap_or(theme.text)))
            .hint_text(RichText::new(self.invitation).color(theme.faint))
            .background_color(fill)
            .align(egui::Align2::LEFT_CENTER)
            .char_limit(self.most)
            .desired_width(self.width);
        let editor = if self.is_bare && !is_used {
            editor.frame(egui::Frame::NONE.inner_margin(egui::Margin::symmetric(4, 2)))
        } else if self.is_bare {
            let frame = egui::Frame::NONE.inner_margin(egui::Margin::symmetric(4, 2));
            editor.frame(frame.fill(theme.raised).corner_radius(theme.radius))
        } else {
            editor
        };
        let response = ui.add_enabled(self.is_enabled, editor);
        let is_cancelled = ui.input(|input| input.key_pressed(Key::Escape));
        let taken = if response.lost_focus() {
            ui.data_mut(|data| data.remove::<String>(id));
            Some(text).filter(|text| text != self.text && !is_cancelled)
        } else {
            if response.has_focus() {
                ui.data_mut(|data| data.insert_temp(id, text));
            }
            None
        };
        if !self.hint.is_empty() {
            response.on_hover_text(self.hint);
        }
        taken
    }
}
