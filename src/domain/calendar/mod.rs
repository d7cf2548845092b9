//! Working days of the People's Republic of China as the State Council's notices make them.
