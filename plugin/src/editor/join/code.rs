//! A link as a QR code, for the telephone on the table.

use crate::editor::theme::Theme;
use egui::{Color32, Rect, Sense, Ui, pos2, vec2};
use qrcode::{Color, EcLevel, QrCode};

const SIZE: f32 = 116.0;
/// Light modules around it, without which cameras do not find it.
const QUIET: u16 = 2;

/// Made anew only when the link is another one.
#[derive(Debug, Default)]
pub(super) struct Code {
    link: String,
    /// Row by row.
    dark: Vec<bool>,
    width: u16,
}

impl Code {
    pub(super) fn show(&mut self, ui: &mut Ui, theme: &Theme, link: &str) {
        if self.link != link {
            *self = Self::of(link);
        }
        if self.width == 0 {
            return;
        }
        let (area, response) = ui.allocate_exact_size(vec2(SIZE, SIZE), Sense::HOVER);
        let painter = ui.painter();
        painter.rect_filled(area, theme.gap, Color32::WHITE);
        let each = SIZE / f32::from(self.width + 2 * QUIET);
        for (row, modules) in (0_u16..).zip(self.dark.chunks(usize::from(self.width))) {
            let mut column = 0;
            for run in modules.chunk_by(|one, other| one == other) {
                let length = u16::try_from(run.len()).unwrap_or(0);
                if run.first() == Some(&true) {
                    let left = area.left() + f32::from(column + QUIET) * each;
                    let top = area.top() + f32::from(row + QUIET) * each;
                    // A hair wider, so that no light shows between modules.
                    let size = vec2(f32::from(length) * each + 0.2, each + 0.2);
                    let module = Rect::from_min_size(pos2(left, top), size);
                    painter.rect_filled(module, 0.0, Color32::BLACK);
                }
                column += length;
            }
        }
        response.on_hover_text("Point a telephone's camera here to join");
    }

    /// A link that is too long has no code.
    fn of(link: &str) -> Self {
        let code = QrCode::with_error_correction_level(link, EcLevel::L).ok();
        let width = code
            .as_ref()
            .and_then(|code| u16::try_from(code.width()).ok());
        let colours = code.map(QrCode::into_colors).unwrap_or_default();
        Self {
            link: link.to_owned(),
            dark: colours
                .into_iter()
                .map(|colour| colour == Color::Dark)
                .collect(),
            width: width.unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_square_and_has_its_finders() {
        let code = Code::of("http://127.0.0.1:7878/s/fuzzy-penguin-42-abcdefghij234567");
        let width = usize::from(code.width);
        assert_eq!(code.dark.len(), width * width);
        assert!(width >= 21);
        for corner in [0, width - 7, width * (width - 7)] {
            assert!(code.dark[corner..corner + 7].iter().all(|is_dark| *is_dark));
        }
    }
}
