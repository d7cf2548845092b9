//! A QR code as a picture in the page.

use qrcode::QrCode;
use std::fmt::Write as _;

/// Modules of white around the code, as readers expect.
const MARGIN: usize = 4;

/// The code of a text as SVG; empty for a text that is too long for one.
pub(super) fn svg(text: &str) -> String {
    let Ok(code) = QrCode::new(text.as_bytes()) else {
        return String::new();
    };
    let width = code.width();
    let side = width + 2 * MARGIN;
    let mut path = String::new();
    for (at, colour) in code.to_colors().into_iter().enumerate() {
        if colour == qrcode::Color::Dark {
            let (x, y) = (at % width + MARGIN, at / width + MARGIN);
            write!(path, "M{x} {y}h1v1h-1z").expect("writing to a string cannot fail");
        }
    }
    format!(
        "<svg class=\"qr\" viewBox=\"0 0 {side} {side}\" role=\"img\" aria-label=\"二维码，用动态验证码程序扫描\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::svg;

    #[test]
    fn a_code_has_its_three_eyes_and_a_margin() {
        let picture = svg("otpauth://totp/rongcuo:lin.jia?secret=GEZDGNBVGY3TQOJQ&issuer=rongcuo");
        // The outer corner of the first eye; nothing stands in the margin.
        assert!(picture.contains("M4 4h1v1h-1z"));
        assert!(!picture.contains("M3 ") && !picture.contains("\"M0 "));
        assert!(svg(&"x".repeat(5000)).is_empty());
    }
}
