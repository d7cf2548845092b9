//! Integration tests, one binary.

mod calendar;
mod support;
mod web;
