//! What the terminal shows of a session: its link, and the same as a code for a phone's camera.

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

pub(crate) fn show_link(link: &str) {
    println!("\nYour session: {link}\nOpen it in a browser, paste it into the plugin, share it.\n");
    if let Ok(code) = QrCode::with_error_correction_level(link, EcLevel::L) {
        // Terminals are mostly dark, so what is light is drawn.
        let picture = code
            .render::<Dense1x2>()
            .dark_color(Dense1x2::Light)
            .light_color(Dense1x2::Dark)
            .build();
        println!("{picture}\n");
    }
}
