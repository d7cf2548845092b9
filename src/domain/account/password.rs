//! What a password must be. Length counts more than signs of every kind: nothing is asked of its composition.

/// The longest password that is read, in characters; more would only be work for whoever tries to break in.
pub const LONGEST_PASSWORD: usize = 128;

/// Why a password is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Too short.
    #[error("密码至少 {0} 个字符：可以用几个不相干的词连起来，便于记又不易猜")]
    Short(usize),
    /// Too long.
    #[error("密码不能超过 {LONGEST_PASSWORD} 个字符")]
    Long,
    /// Widely used, or a simple row.
    #[error("这个密码太常见或太有规律（如 123456、abcd、键盘上的一排、重复的字符），容易被猜中")]
    Common,
    /// Made from what everybody knows.
    #[error("密码不能由登录名、姓名或单位名称拼成")]
    Personal,
}

/// Checks a new password: `common` are lower-case passwords that everybody tries, `own` what is known of its owner.
///
/// # Errors
/// Says what to do instead.
pub fn check_password(password: &str, least: usize, common: &[&str], own: &[&str]) -> Result<(), WeakPassword> {
    let length = password.chars().count();
    if length > LONGEST_PASSWORD {
        return Err(WeakPassword::Long);
    }
    if length < least {
        return Err(WeakPassword::Short(least));
    }
    let folded = password.to_lowercase();
    let bare = plain(&folded);
    if rest_without(&bare, own).chars().count() < least / 2 {
        return Err(WeakPassword::Personal);
    }
    if is_row(&folded) || is_repeated(&folded) || rest_without(&bare, common).chars().count() <= least / 3 {
        return Err(WeakPassword::Common);
    }
    Ok(())
}

/// Letters as they are meant: the signs that everybody puts in their place are undone.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '@' | '4' => 'a',
            '0' => 'o',
            '1' | '!' => 'i',
            '3' => 'e',
            '$' | '5' => 's',
            other => other,
        })
        .collect()
}

/// What is left when known pieces are taken away, the longest first.
fn rest_without(text: &str, pieces: &[&str]) -> String {
    let mut pieces: Vec<_> = pieces
        .iter()
        .map(|piece| plain(&piece.trim().to_lowercase()))
        .filter(|piece| piece.chars().count() > 1)
        .collect();
    pieces.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
    pieces
        .iter()
        .fold(text.to_owned(), |rest, piece| rest.replace(piece.as_str(), ""))
}

/// Whether nearly every character follows from the one before it: 12345, abcdef, zyx.
fn is_row(text: &str) -> bool {
    const KEYBOARD: [&str; 4] = ["1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./"];
    let signs: Vec<char> = text.chars().collect();
    let on_keyboard = |a: char, b: char| {
        KEYBOARD.iter().any(|row| {
            let at = |c: char| row.chars().position(|key| key == c);
            matches!((at(a), at(b)), (Some(a), Some(b)) if a.abs_diff(b) == 1)
        })
    };
    let follows = |pair: &[char]| {
        let (a, b) = (pair[0], pair[1]);
        a == b || (a as u32).abs_diff(b as u32) == 1 || on_keyboard(a, b)
    };
    let steps = signs.windows(2).filter(|pair| follows(pair)).count();
    steps * 4 >= signs.len().saturating_sub(1) * 3
}

/// Whether it is one short piece again and again, or has hardly any different characters.
fn is_repeated(text: &str) -> bool {
    let signs: Vec<char> = text.chars().collect();
    let different: std::collections::BTreeSet<_> = signs.iter().collect();
    let periodic = (1..=signs.len() / 2).any(|period| signs.iter().zip(&signs[period..]).all(|(a, b)| a == b));
    different.len() < 5 || periodic
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str) -> Result<(), WeakPassword> {
        check_password(
            password,
            12,
            &["password", "rongcuo", "iloveyou"],
            &["lin.jia", "林甲", "云川市住建局"],
        )
    }

    #[test]
    fn long_and_unguessable_passwords_are_taken() {
        for good in [
            "河边 三只 蓝灯 七点",
            "correct horse battery",
            "Tq8#vLm2xZ!w",
            "青石板上雨打芭蕉又一年",
        ] {
            assert_eq!(check_password(good, 8, &[], &[]), Ok(()), "{good}");
        }
        assert_eq!(check("correct horse battery"), Ok(()));
    }

    #[test]
    fn short_common_and_personal_ones_are_refused() {
        assert_eq!(check("Tq8#vLm2xZ!"), Err(WeakPassword::Short(12)));
        assert_eq!(check(&"长".repeat(129)), Err(WeakPassword::Long));
        for common in [
            "123456789012",
            "abcdefghijklm",
            "qwertyuiopas",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "P@ssw0rdPassword",
            "1qaz1qaz1qaz",
            "password1234",
        ] {
            assert!(check(common).is_err(), "{common}");
        }
        for own in ["lin.jia2026!", "云川市住建局林甲2026"] {
            assert_eq!(check(own), Err(WeakPassword::Personal), "{own}");
        }
    }
}
