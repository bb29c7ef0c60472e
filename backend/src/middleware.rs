//! What happens to every request: who may ask, what every answer says, and what is logged.

pub(crate) mod origin;
pub(crate) mod request_log;
pub(crate) mod security_headers;
