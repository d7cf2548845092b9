//! Names that no spelling changes: nearly all of a long list.

/// A longer text may be a name with something beside it.
const LONGEST: usize = 3;
/// What is no name, or an address behind one.
const NEITHER: [&str; 2] = ["某", "同志"];

/// Whether a text is certain to be one name and nothing else, spelled as [`super::normal_name`] spells it and without a
/// hidden part.
pub fn is_plain_name(text: &str) -> bool {
    let is_han = |c: char| matches!(c, '\u{4e00}'..='\u{9fff}');
    text.len() <= LONGEST * '一'.len_utf8()
        && !text.is_empty()
        && text.chars().all(is_han)
        && !NEITHER.iter().any(|word| holds(text, word))
}

/// Whether a short text holds a word; a search for longer ones takes more time to begin.
fn holds(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|at| at == word.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::person::{is_masked, listed_names, masked_name, names_within, normal_name, without_dots};
    use proptest::prelude::*;

    #[test]
    fn what_may_be_more_than_a_name_is_none() {
        assert!(is_plain_name("闻立言") && is_plain_name("闻立"));
        for other in ["", "闻立言明", "闻某", "闻同志", "闻立1", "闻 立", "闻·立", "闻*", "A"] {
            assert!(!is_plain_name(other), "{other}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn a_plain_name_is_spelled_as_it_stands_and_names_nobody_else(
            text in prop_oneof![
                "[一-龥]{1,3}",
                "[闻立言同志女男某士先生〇零一二十、兼代局长的者等人名]{1,4}",
            ]
        ) {
            prop_assume!(is_plain_name(&text));
            prop_assert_eq!(without_dots(&normal_name(&text)), text.clone());
            prop_assert_eq!(listed_names(&text), Vec::<String>::new());
            prop_assert!(!is_masked(&text) && masked_name(&text).is_none());
            prop_assert!(names_within(&text).iter().all(|name| *name == text));
        }
    }
}
