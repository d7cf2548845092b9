//! The procedure as a reviewer checks it: which act is possible when, what each guard asks, in which order days come.

mod chance;
mod clock;
mod days;
mod gaming;
mod guards;
mod offers;
mod stored;
mod story;
mod table;
