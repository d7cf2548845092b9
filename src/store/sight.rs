//! What a unit sees, as a condition of a statement; which columns count stands in ADR 19.

/// The column names the unit of a place such as `$2`, or one that lies below it. It agrees with
/// [`Scope::holds`](crate::domain::account::Scope::holds) on names as they ought to be written; of a name with other
/// slashes or with blanks inside it never holds more.
macro_rules! within {
    ($column:literal, $top:literal) => {
        concat!(
            "(substr(",
            $column,
            " || '/', 1, length(",
            $top,
            ") + 1) = ",
            $top,
            " || '/' OR (substr(",
            $column,
            ", 1, length(",
            $top,
            ")) = ",
            $top,
            " AND replace(replace(replace(replace(",
            $column,
            " || ",
            $top,
            ", '/', ''), '\\', ''), '／', ''), '＼', '') = ",
            $column,
            " || ",
            $top,
            "))"
        )
    };
}
pub(crate) use within;

/// The place is empty, which is the whole tree, or one of the columns names a unit within it, or one of the conditions
/// behind them holds.
macro_rules! seen {
    ($top:literal: $($column:literal),+ $(; $($other:expr),+)?) => {
        concat!(
            "(", $top, " IS NULL", $(" OR ", $crate::store::sight::within!($column, $top),)+ $($(" OR ", $other,)+)? ")"
        )
    };
}
pub(crate) use seen;

/// The organ that holds a case lies within the place; `$case` is the column that names the case.
macro_rules! by_organ {
    ($top:literal, $case:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM tolerance_case t WHERE t.id = ",
            $case,
            " AND ",
            $crate::store::sight::within!("t.organ", $top),
            ")"
        )
    };
}
pub(crate) use by_organ;

/// The obligation is seen whose id a column names.
macro_rules! by_obligation {
    ($top:literal, $id:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM obligation o WHERE o.id = ",
            $id,
            " AND (",
            $crate::store::sight::within!("o.scope_unit", $top),
            " OR ",
            $crate::store::sight::within!("o.acting_unit", $top),
            "))"
        )
    };
}
pub(crate) use by_obligation;
