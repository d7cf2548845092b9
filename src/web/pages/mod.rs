//! One file a page: the template's struct and the handler.

pub(super) mod account;
pub(super) mod accounts;
pub(super) mod alerts;
pub(super) mod answer;
pub(super) mod audit;
pub(super) mod calendar;
pub(super) mod calendar_import;
pub(super) mod case_act;
pub(super) mod case_new;
pub(super) mod case_paper;
pub(super) mod cases;
pub(super) mod dashboard;
pub(super) mod finding;
pub(super) mod findings;
mod form;
pub(super) mod held;
pub(super) mod help;
pub(super) mod mail;
pub(super) mod mails;
pub(super) mod obligation;
pub(super) mod obligations;
pub(super) mod precheck;
pub(super) mod precheck_job;
pub(super) mod protections;
pub(super) mod rectification;
pub(super) mod rectification_acts;
pub(super) mod rectifications;
pub(super) mod remind;
pub(super) mod set_up;
pub(super) mod setting_people;
pub(super) mod setting_texts;
pub(super) mod setting_way;
pub(super) mod setting_ways;
pub(super) mod settings;
pub(super) mod sign_in;
pub(super) mod sign_on;
mod span;
pub(super) mod standing;
pub(super) mod statistics;
mod timeline;

use super::address::address;

/// One choice of a list's filter.
struct Choice {
    word: &'static str,
    href: String,
    current: bool,
}

/// The choices of a filter as links that keep the other parameters.
fn choices<T: Copy + PartialEq>(
    path: &str,
    name: &str,
    all: &[T],
    current: T,
    words: impl Fn(T) -> (&'static str, &'static str),
    others: &[(&str, &str)],
) -> Vec<Choice> {
    all.iter()
        .map(|one| {
            let (key, word) = words(*one);
            let mut parameters = vec![(name, key)];
            parameters.extend_from_slice(others);
            Choice {
                word,
                href: address(path, &parameters),
                current: *one == current,
            }
        })
        .collect()
}
