//! Tests of the product through its public interface.

mod web;
