//! Rules as data: limits, reminder points, recipients, each with the clause it rests on.
