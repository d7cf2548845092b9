//! The named places where the two databases need different words, and why.

use super::Backend;
use super::people::{Half, facts};

/// A deferred transaction that reads and then writes fails at once when another wrote in between,
/// whatever the busy timeout; so a writer takes the lock first.
pub(super) const BEGIN_WRITE_SQLITE: &str = "BEGIN IMMEDIATE";
/// Several statements of one page must see one picture; the embedded database gives that by itself.
pub(super) const BEGIN_READ_POSTGRES: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// The catalogue is named differently.
pub(super) const HAS_MIGRATIONS_SQLITE: &str =
    "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
/// The catalogue is named differently.
pub(super) const HAS_MIGRATIONS_POSTGRES: &str = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = '_sqlx_migrations'";
/// The same on both.
pub(super) const LAST_MIGRATION: &str = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations";

/// Several deliverers must not wait for one another's rows; the embedded database has one writer, and without figures about
/// its tables picks an index that it would have to sort. The recipient's domain is taken apart with other words.
pub(super) fn claim_due(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => concat!(
            "SELECT id FROM mail INDEXED BY mail_waiting WHERE state = 'pending' AND next_ms <= $1 ",
            "AND instr($3, ' ' || lower(substr(recipient, instr(recipient, '@') + 1)) || ' ') = 0 AND recipient LIKE $4 ORDER BY next_ms, id LIMIT $2"
        ),
        Backend::Postgres => concat!(
            "SELECT id FROM mail WHERE state = 'pending' AND next_ms <= $1 ",
            "AND strpos($3, ' ' || lower(substr(recipient, strpos(recipient, '@') + 1)) || ' ') = 0 AND recipient LIKE $4 ORDER BY next_ms, id LIMIT $2 FOR UPDATE SKIP LOCKED"
        ),
    }
}

/// The same for claims whose lease ran out.
pub(super) fn claim_left(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => {
            "SELECT id FROM mail INDEXED BY mail_leased WHERE state = 'leased' AND lease_until_ms <= $1 AND recipient LIKE $3 ORDER BY lease_until_ms, id LIMIT $2"
        }
        Backend::Postgres => {
            "SELECT id FROM mail WHERE state = 'leased' AND lease_until_ms <= $1 AND recipient LIKE $3 ORDER BY lease_until_ms, id LIMIT $2 FOR UPDATE SKIP LOCKED"
        }
    }
}

/// A list comes as one JSON text, which the two databases take apart with other words: ids.
macro_rules! of_ids {
    ($backend:expr, $before:expr, $after:literal) => {
        match $backend {
            Backend::Sqlite => concat!($before, "(SELECT value FROM json_each($1))", $after),
            Backend::Postgres => concat!($before, "(SELECT json_array_elements_text($1::json))", $after),
        }
    };
}

/// A change of claimed mails that are still ours, with what belongs to each. The embedded database would rather look
/// through all that is claimed, and through the list for each of them; the sign keeps it from the index on the state.
macro_rules! of_leased {
    ($backend:expr, $before:literal, $after:literal) => {
        match $backend {
            Backend::Sqlite => concat!(
                $before,
                " FROM (SELECT value ->> 'id' AS id, value ->> 'fence' AS fence, value ->> 'reply' AS reply FROM json_each($1)) AS listed",
                " WHERE mail.id = listed.id AND mail.fence = listed.fence AND +state = 'leased'",
                $after
            ),
            Backend::Postgres => concat!(
                $before,
                " FROM json_to_recordset($1::json) AS listed (id TEXT, fence BIGINT, reply TEXT)",
                " WHERE mail.id = listed.id AND mail.fence = listed.fence AND state = 'leased'",
                $after
            ),
        }
    };
}

/// The same with keyed hashes, written in hexadecimal digits.
macro_rules! of_keys {
    ($backend:expr, $before:expr, $after:literal) => {
        match $backend {
            Backend::Sqlite => concat!($before, "(SELECT unhex(value) FROM json_each($1))", $after),
            Backend::Postgres => concat!(
                $before,
                "(SELECT decode(value, 'hex') FROM json_array_elements_text($1::json) AS listed (value))",
                $after
            ),
        }
    };
}

/// What a judgement looks at, of people without a case by one of many values of a column.
macro_rules! others {
    ($column:literal) => {
        concat!(
            facts!(""),
            "WHERE NOT EXISTS (SELECT 1 FROM tolerance_case t WHERE t.person_id = p.id) AND ",
            $column,
            " IN "
        )
    };
}

/// People without a case by the keyed hashes of their ID numbers.
pub(super) fn others_by_keys(backend: Backend) -> &'static str {
    of_keys!(backend, others!("p.id_key"), " ORDER BY p.id")
}

/// The same by their folded names.
pub(super) fn others_by_names(backend: Backend) -> &'static str {
    of_ids!(backend, others!("p.name_key"), " ORDER BY p.id")
}

/// A whole table as one JSON text of arrays, in no order, without its bytes and truths, which each takes in its own way.
macro_rules! at_once {
    ($backend:expr, $columns:literal, $sqlite:literal, $postgres:literal, $tail:literal) => {
        match $backend {
            Backend::Sqlite => concat!("SELECT json_group_array(json_array(", $columns, $sqlite, "))", $tail),
            Backend::Postgres => concat!(
                "SELECT COALESCE(json_agg(json_build_array(",
                $columns,
                $postgres,
                ")), '[]')::text",
                $tail
            ),
        }
    };
}

/// What people are looked for by, and what a judgement looks at.
macro_rules! known {
    ($backend:expr, $tail:literal) => {
        at_once!(
            $backend,
            "id, name, name_key, register_unit, roster_unit, post, rank, status, ",
            "CASE WHEN id_key IS NOT NULL THEN hex(id_key) END, CASE WHEN id_sealed IS NOT NULL THEN hex(id_sealed) END",
            "encode(id_key, 'hex'), encode(id_sealed, 'hex')",
            $tail
        )
    };
}

/// Everybody with a case; ids are digests, so that two halves are as long as one another.
pub(super) fn with_cases(backend: Backend, which: Half) -> &'static str {
    match which {
        Half::Lower => known!(
            backend,
            " FROM person WHERE id IN (SELECT person_id FROM tolerance_case WHERE person_id < '8')"
        ),
        Half::Upper => known!(
            backend,
            " FROM person WHERE id IN (SELECT person_id FROM tolerance_case WHERE person_id >= '8')"
        ),
    }
}

/// Everybody else.
pub(super) fn without_cases(backend: Backend) -> &'static str {
    known!(
        backend,
        " FROM person WHERE id NOT IN (SELECT person_id FROM tolerance_case)"
    )
}

/// Every case as far as it protects.
pub(super) fn case_facts(backend: Backend) -> &'static str {
    at_once!(
        backend,
        "id, person_id, case_no, matter, conclusion, concluded_on, doc_no, measure, ",
        "json(CASE WHEN revoked THEN 'true' ELSE 'false' END), revoked_on",
        "revoked, revoked_on",
        " FROM tolerance_case"
    )
}

/// A lease that ran out after the sending had begun leaves the attempt in doubt: nobody knows whether the server took the mail.
pub(super) fn claim_listed(backend: Backend) -> &'static str {
    of_ids!(
        backend,
        "UPDATE mail SET in_doubt = in_doubt + CASE WHEN state = 'leased' AND begun_ms IS NOT NULL THEN 1 ELSE 0 END, \
         state = 'leased', begun_ms = NULL, fence = fence + 1, lease_until_ms = $2, lease_owner = $3 WHERE id IN ",
        ""
    )
}

/// What was claimed.
pub(super) fn claimed_listed(backend: Backend) -> &'static str {
    of_ids!(
        backend,
        "SELECT m.id, m.message_id, m.sender, m.recipient, b.bytes, m.attempts, m.fence FROM mail m \
         JOIN mail_bytes b ON b.mail_id = m.id WHERE m.id IN ",
        ""
    )
}

/// The sendings of several mails begin.
pub(super) fn begin_listed(backend: Backend) -> &'static str {
    of_leased!(
        backend,
        "UPDATE mail SET begun_ms = $2, attempts = attempts + 1, lease_until_ms = $3",
        " AND begun_ms IS NULL RETURNING mail.id"
    )
}

/// Several mails were taken.
pub(super) fn sent_listed(backend: Backend) -> &'static str {
    of_leased!(
        backend,
        "UPDATE mail SET state = 'sent', sent_ms = $2, last_reply = listed.reply, lease_until_ms = NULL, lease_owner = NULL",
        " RETURNING mail.id"
    )
}

/// Writers of the journal queue for its head; the embedded database has one writer.
pub(super) fn lock_journal_head(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => "SELECT seq, hash FROM journal_head WHERE id = 1",
        Backend::Postgres => "SELECT seq, hash FROM journal_head WHERE id = 1 FOR UPDATE",
    }
}

/// A server ends statements that run longer than any page or pass may; a changed notice writes every open obligation.
pub(super) fn allow_long_statements(backend: Backend) -> Option<&'static str> {
    match backend {
        Backend::Sqlite => None,
        Backend::Postgres => Some("SET LOCAL statement_timeout = '15min'"),
    }
}
